// Package figuresfn adds up the facts of the table's change feed to the day's figures. In
// the same window it notes which messages' words have changed, in one row: jobs makes them
// findable, and nothing is noted twice or lost, as no fact is.
//
// It is the feed's second reader, one batch at a time for each shard. Sums gather in
// the state of a tumbling window, so that a busy minute costs one transaction and not
// one for each fact; they are written at the window's end, at an early end, and whenever
// they touch maxRows rows or maxState bytes. The transaction also moves the shard's
// position, under the position's version: whatever is repeated, retried or lost on the
// way back, a record counts exactly once (promise 8), because records up to the position
// are skipped and a state that the position has passed is thrown away.
//
// A plain event, without a window, is written at the end of each batch. It doesn't name
// its shard, so all plain events are taken for one feed: the embedded engine's.
//
// What this function writes comes back to it in the feed. A batch in which nothing
// counts writes nothing, or it would feed itself for ever.
//
// Batches that Lambda gives up on lie in the failure bucket; handing them in again does
// not count them once the shard has moved on. Those days are mended by a recount.
package figuresfn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// ErrOverlap: sums in the window's state were written in part by another invocation
// of the same shard, and can't be told apart. Nothing was written. It takes two
// invocations of one shard at a time, which the event source rules out while its
// parallelization factor is 1.
var ErrOverlap = errors.New("figuresfn: the state overlaps what was written")

// PlainShard is the name under which the position of plain events is kept.
const PlainShard = "plain"

// tries is how often a batch is counted anew after a conflict or a throttle before it
// goes back to the feed.
const tries = 8

// Figures is the handler. Store and Settings are required.
type Figures struct {
	Store *store.Store
	// Settings gives the desk's time zone, in which messages are dated.
	Settings func(context.Context) (*config.Settings, error)
	// Pause waits between two tries; nil sleeps a little with jitter.
	Pause func(ctx context.Context, try int) error
}

// Handle counts a batch. It takes time-window events and plain ones alike: a plain one
// has no window and decodes to an event without one. The answer's failures name the
// first record that could not be read; everything before it is written then. An error
// means that the whole batch is to come again.
func (f *Figures) Handle(ctx context.Context, e events.DynamoDBTimeWindowEvent) (events.DynamoDBTimeWindowEventResponse, error) {
	s, err := f.Settings(ctx)
	if err != nil {
		return events.DynamoDBTimeWindowEventResponse{}, fmt.Errorf("figuresfn: settings: %w", err)
	}
	in := incoming(e)
	in.zone = s.Desk.Location()
	for try := range tries {
		var state map[string]string
		state, err = f.count(ctx, in)
		if err == nil {
			return lambdaevent.WindowResponse(state, in.failed...), nil
		}
		if !errors.Is(err, table.ErrConflict) && !errors.Is(err, table.ErrThrottled) {
			break
		}
		if perr := f.pause(ctx, try); perr != nil {
			return events.DynamoDBTimeWindowEventResponse{}, errors.Join(err, perr)
		}
	}
	return events.DynamoDBTimeWindowEventResponse{}, fmt.Errorf("figuresfn: %w", err)
}

// batch is an event as it was read, with what it asks for.
type batch struct {
	shard   string
	state   map[string]string
	changes []table.Change
	failed  []string // sequence number of the first unreadable record
	flush   bool     // write all at the end
	zone    *time.Location
}

// incoming reads the records one by one, up to the first that can't be read. After
// that one nothing may be left in the state: whether Lambda keeps the state of an answer
// with failures is nowhere written, so everything is in the table by then.
func incoming(e events.DynamoDBTimeWindowEvent) batch {
	b := batch{shard: e.ShardID, state: e.State}
	b.flush = e.IsFinalInvokeForWindow || e.IsWindowTerminatedEarly
	if b.shard == "" {
		b.shard, b.state, b.flush = PlainShard, nil, true
	}
	for _, r := range e.Records {
		cs, err := lambdaevent.Changes(events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{r}})
		if err != nil {
			b.failed, b.flush = []string{r.Change.SequenceNumber}, true
			break
		}
		b.changes = append(b.changes, cs...)
	}
	return b
}

// count is one try: it starts from the event's own state and the position as it stands
// now, so that after a conflict nothing is assumed about who wrote what.
func (f *Figures) count(ctx context.Context, b batch) (map[string]string, error) {
	position, err := f.Store.Position(ctx, b.shard)
	if err != nil {
		return nil, err
	}
	t, err := openTally(b.state, position.Value.Upto)
	if err != nil {
		return nil, err
	}
	for _, c := range b.changes {
		t.add(c, b.zone)
		if !t.full() {
			continue
		}
		if position, err = f.write(ctx, b.shard, position, t); err != nil {
			return nil, err
		}
	}
	if b.flush {
		if _, err = f.write(ctx, b.shard, position, t); err != nil {
			return nil, err
		}
	}
	return t.state(), nil
}

// write adds the sums to the days and moves the position, all or nothing, and leaves
// the tally empty.
func (f *Figures) write(ctx context.Context, shard string, position store.Row[store.Position], t *tally) (store.Row[store.Position], error) {
	if t.first == "" {
		return position, nil
	}
	var tx store.Tx
	for c, counters := range t.sums {
		// What cancelled itself out is not written.
		maps.DeleteFunc(counters, func(_ string, n int64) bool { return n == 0 })
		if len(counters) > 0 {
			tx.Add(store.FigureKey(c.Cut, c.Day), counters)
		}
	}
	if len(t.words.Messages) > 0 {
		tx.PutTouched(store.TouchedID(shard, t.upto), t.words.row())
	}
	position.Value.Upto = t.upto
	tx.PutPosition(shard, position)
	if err := f.Store.Commit(ctx, &tx); err != nil {
		return position, err
	}
	position.Version++
	t.clear()
	return position, nil
}

func (f *Figures) pause(ctx context.Context, try int) error {
	if f.Pause != nil {
		return f.Pause(ctx, try)
	}
	wait := time.Duration(5<<try)*time.Millisecond + time.Duration(rand.IntN(10))*time.Millisecond
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}
