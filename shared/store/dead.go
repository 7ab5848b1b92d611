package store

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/table"
)

// Feed is under what name a batch of the change feed is kept that its reader was given up
// on; all other dead letters bear the name of the queue they were sent to.
const Feed queue.Name = "feed"

// DeadLetter is what was tried so often that it was given up: nobody has done it.
type DeadLetter struct {
	ID      string     `json:"id"` // says where it lies: see DeadLetterID
	Queue   queue.Name `json:"q"`
	Message string     `json:"mid"`           // the queue's own id, which stands in the function's log
	Group   string     `json:"g,omitempty"`   // FIFO: whose order it keeps
	Sent    time.Time  `json:"sent"`          // by the queue's clock
	Found   time.Time  `json:"at"`            // when it was laid here
	Tries   int        `json:"n"`             // receives before, where the queue tells; else 0
	About   DeadAbout  `json:"of"`            // what it is, as far as its form tells
	Body    string     `json:"b,omitempty"`   // as it was sent; gone when dropped
	Size    int        `json:"z"`             // bytes of the body, or of the batch
	Blob    string     `json:"blb,omitempty"` // Feed: where the batch lies

	// What became of it since; one that died again stands here as not redriven.
	Redriven time.Time  `json:"rd,omitzero"` // given to its queue once more
	Dropped  time.Time  `json:"dr,omitzero"`
	By       desk.Actor `json:"by,omitzero"` // who redrove or dropped it
	Again    int        `json:"ag,omitempty"`
	Settings int64      `json:"v,omitempty"` // in force then
}

// DeadAbout tells what a dead letter is, without anybody's words in it.
type DeadAbout struct {
	Kind    string        `json:"k"`           // message, timer, nudge, survey, a job's kind, mail, feed, unknown
	Channel desk.Channel  `json:"c,omitempty"` // of a message
	Account string        `json:"a,omitempty"`
	Ticket  desk.TicketID `json:"t,omitempty"`
	Reader  string        `json:"r,omitempty"` // Feed: the function that was given the batch
}

// Open says whether it still waits for somebody.
func (d DeadLetter) Open() bool { return d.Redriven.IsZero() && d.Dropped.IsZero() }

// deadSpare is left free in a letter's row, for its keys and for who redrives or drops it.
const deadSpare = 8 * 1024

// Fits says whether a letter can be kept: a row is 400 kB at most, and what a body has of
// quotes and control characters is longer in it.
func (d DeadLetter) Fits() bool {
	doc, err := json.Marshal(d)
	return err == nil && len(doc) <= table.MaxItemBytes-deadSpare
}

// deadLife is how long a dead letter is kept.
const deadLife = 90 * 24 * time.Hour

// DeadLetterID names a message that died in a queue: the lane it keeps its order in, when
// it was sent, its place, its own id. The same message gives the same, so that it is kept
// once; what died again after it was redriven is another message. seq is decimal, or "".
func DeadLetterID(q queue.Name, group string, sent time.Time, seq, message string) string {
	lane := group
	if lane == "" {
		lane = message // no order to keep: a lane of its own
	}
	return fmt.Sprintf("%s.%013d.%s.%s", queue.Hash(lane)[:16], max(sent.UnixMilli(), 0), digits(seq), message)
}

// digits pads a sequence number to the width at which byte order is its order.
func digits(seq string) string { return strings.Repeat("0", max(0, 39-len(seq))) + seq }

var deadID = regexp.MustCompile(`^([A-Z2-7]{16})\.(\d{13}\.\d{39}\.[A-Za-z0-9-]{1,100})$`)

// deadLetterKey finds a dead letter by its queue and id; false for what is no id.
func deadLetterKey(q queue.Name, id string) (table.Key, bool) {
	m := deadID.FindStringSubmatch(id)
	if m == nil {
		return table.Key{}, false
	}
	return table.Key{PK: "D#" + part(string(q)) + "#" + m[1], SK: m[2]}, true
}

func deadPK(q queue.Name, open bool) string {
	if open {
		return "dead#" + part(string(q))
	}
	return "dead#" + part(string(q)) + "#done"
}

// deadIndex lists what is open by lane and then in order, what is done by when it was.
func deadIndex(d DeadLetter) table.IndexKey {
	if d.Open() {
		return table.IndexKey{PK: deadPK(d.Queue, true), SK: d.ID}
	}
	at := d.Redriven
	if at.IsZero() {
		at = d.Dropped
	}
	return table.IndexKey{PK: deadPK(d.Queue, false), SK: stamp(at) + "#" + d.ID}
}

// DeadLetter reads one; Exists is false where there is none.
func (s *Store) DeadLetter(ctx context.Context, q queue.Name, id string) (Row[DeadLetter], error) {
	key, ok := deadLetterKey(q, id)
	if !ok {
		return Row[DeadLetter]{}, nil
	}
	return get[DeadLetter](ctx, s, key)
}

// PutDeadLetter writes one, into its queue's list. 2 W, and 1 W per kB of its body; the
// same again when it is redriven or dropped.
func (tx *Tx) PutDeadLetter(r Row[DeadLetter]) {
	d := r.Value
	key, ok := deadLetterKey(d.Queue, d.ID)
	if !ok {
		tx.err = fmt.Errorf("store: not a dead letter's id")
		return
	}
	put(tx, key, r, table.Item{
		Expires: d.Found.Add(deadLife).Truncate(time.Second),
		Index:   map[table.Index]table.IndexKey{table.View: deadIndex(d)},
		Summary: marshalSummary(summaryOf(d)),
	})
}

// deadSummary is what lists need: the id and the queue stand in the index's key.
type deadSummary struct {
	Sent    int64     `json:"s"`
	Found   int64     `json:"f"`
	Tries   int       `json:"n"`
	Size    int       `json:"z"`
	About   DeadAbout `json:"o"`
	Redrive int64     `json:"r,omitempty"`
	Drop    int64     `json:"d,omitempty"`
	By      string    `json:"b,omitempty"`
	Again   int       `json:"g,omitempty"`
}

func summaryOf(d DeadLetter) deadSummary {
	s := deadSummary{Sent: d.Sent.UnixMilli(), Found: d.Found.UnixMilli(), Tries: d.Tries, Size: d.Size, About: d.About, By: clip(d.By.ID, 32), Again: d.Again}
	s.About.Account = clip(s.About.Account, 40)
	if !d.Redriven.IsZero() {
		s.Redrive = d.Redriven.UnixMilli()
	}
	if !d.Dropped.IsZero() {
		s.Drop = d.Dropped.UnixMilli()
	}
	return s
}

// DeadLetters lists those of a queue, without their bodies: what is open in each sender's
// order, or what is done, the last first. 0.5 r per 4 kB of some 300 bytes each.
func (s *Store) DeadLetters(ctx context.Context, q queue.Name, open bool, cursor string, limit int) ([]DeadLetter, string, error) {
	page, err := s.T.Query(ctx, table.Query{Index: table.View, PK: deadPK(q, open), Cursor: cursor, Limit: limit, Reverse: !open})
	if err != nil {
		return nil, "", err
	}
	var out []DeadLetter
	for _, it := range page.Items {
		var m deadSummary
		if err := json.Unmarshal(it.Summary, &m); err != nil {
			return nil, "", fmt.Errorf("store: summary of a dead letter: %w", err)
		}
		out = append(out, m.letter(q, it.Index[table.View].SK, open))
	}
	return out, page.Cursor, nil
}

func (m deadSummary) letter(q queue.Name, sk string, open bool) DeadLetter {
	if !open {
		_, sk, _ = strings.Cut(sk, "#")
	}
	d := DeadLetter{
		ID: sk, Queue: q, Sent: time.UnixMilli(m.Sent).UTC(), Found: time.UnixMilli(m.Found).UTC(), Tries: m.Tries, Size: m.Size,
		About: m.About, By: desk.Actor{ID: m.By}, Again: m.Again,
	}
	if i := strings.LastIndexByte(sk, '.'); i >= 0 {
		d.Message = sk[i+1:]
	}
	if m.Redrive != 0 {
		d.Redriven = time.UnixMilli(m.Redrive).UTC()
	}
	if m.Drop != 0 {
		d.Dropped = time.UnixMilli(m.Drop).UTC()
	}
	return d
}

// OldestDead gives the id of the first open letter in the lane of one: what must be
// redriven or dropped before it, or itself. 0.5 r; the index may lag behind a moment.
func (s *Store) OldestDead(ctx context.Context, q queue.Name, id string) (string, error) {
	lane, _, _ := strings.Cut(id, ".")
	page, err := s.T.Query(ctx, table.Query{Index: table.View, PK: deadPK(q, true), Prefix: lane + ".", Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return id, err
	}
	return page.Items[0].Index[table.View].SK, nil
}

// RedrivenOf tells a change of the feed that redrove a dead letter: what relay gives to
// its queue once more.
func RedrivenOf(c table.Change) (DeadLetter, bool) {
	return doneOf(c, func(d DeadLetter) time.Time { return d.Redriven })
}

// DroppedOf tells a change of the feed that dropped a dead letter: a batch's bytes go.
func DroppedOf(c table.Change) (DeadLetter, bool) {
	return doneOf(c, func(d DeadLetter) time.Time { return d.Dropped })
}

func doneOf(c table.Change, when func(DeadLetter) time.Time) (DeadLetter, bool) {
	if !strings.HasPrefix(c.Key.PK, "D#") || !c.New.Exists() {
		return DeadLetter{}, false
	}
	now, err := decode[DeadLetter](c.New)
	if err != nil || when(now.Value).IsZero() {
		return DeadLetter{}, false
	}
	was, err := decode[DeadLetter](c.Old)
	return now.Value, err == nil && !when(was.Value).Equal(when(now.Value))
}
