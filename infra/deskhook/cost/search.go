package cost

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/functions/jobs/jobsfn"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/work"
)

// countingBlob counts what is asked of the blob store.
type countingBlob struct {
	blob.Store
	count *Count
}

// Put counts one.
func (b countingBlob) Put(ctx context.Context, key string, data []byte, o blob.Options) error {
	b.count.S3Puts++
	return b.Store.Put(ctx, key, data, o)
}

// Get counts one.
func (b countingBlob) Get(ctx context.Context, key string, max int64) ([]byte, error) {
	b.count.S3Gets++
	return b.Store.Get(ctx, key, max)
}

// GetRange counts one, however little is read.
func (b countingBlob) GetRange(ctx context.Context, key string, at, n int64) ([]byte, error) {
	b.count.S3Gets++
	return b.Store.GetRange(ctx, key, at, n)
}

// searching measures what finding costs: the run that takes a busy stretch of three
// minutes into a segment, whatever came in it, and the two ways to look.
func (b *bench) searching(ctx context.Context) ([]Operation, error) {
	var out []Operation
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"words of three minutes made findable", func() error { return b.index(ctx) }},
		{"look-up by number or address", func() error { return b.find(ctx, customer) }},
		{"words looked for in one segment (2 reads more for each other)", func() error { return b.find(ctx, "杭州 包裹") }},
	} {
		op, err := b.measure(step.name, step.do)
		if err != nil {
			return nil, err
		}
		out = append(out, op)
	}
	return out, nil
}

func (b *bench) index(ctx context.Context) error {
	b.queue.requests("jobs", 3) // sent, received, deleted
	b.count.invoke("jobs")
	h := &jobsfn.Handler{
		Store: b.store, Blob: b.files, Queue: b.queue, Settings: b.current,
		Now: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler),
	}
	r, err := h.Handle(ctx, events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: `{"kind":"` + work.JobIndex + `"}`}}})
	if err == nil && len(r.BatchItemFailures) > 0 {
		err = fmt.Errorf("cost: the words were not made findable")
	}
	return err
}

func (b *bench) find(ctx context.Context, q string) error {
	return b.call(ctx, "GET", "/v1/search?q="+url.QueryEscape(q), "")
}

// looks are jobs' looks of a month for new words, where there are none.
func (b *bench) looks(ctx context.Context) (float64, error) {
	quiet := *b
	quiet.count = &Count{}
	quiet.queue = &countingQueue{count: quiet.count, sent: b.queue.sent}
	quiet.store = store.New(countingTable{b.db, quiet.count})
	if err := quiet.index(ctx); err != nil {
		return 0, err
	}
	return quiet.count.Dollars() * minutesAMonth / lookEvery, nil
}

// lookEvery is every how many minutes jobs looks for new words; see functions/schedule.
const lookEvery = 3
