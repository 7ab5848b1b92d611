package cost

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/table"
)

// Count is what something uses.
type Count struct {
	Invocations float64 `json:"lambda_invocations"`
	GBSeconds   float64 `json:"lambda_gb_seconds"` // by the durations assumed in functions.go
	SQS         float64 `json:"sqs_requests"`      // standard queues
	FIFO        float64 `json:"sqs_fifo_requests"`
	HTTP        float64 `json:"http_api_requests"`
	WriteUnits  float64 `json:"write_units"` // table and indexes together
	ReadUnits   float64 `json:"read_units"`
	S3Puts      float64 `json:"s3_puts"`
	S3Gets      float64 `json:"s3_gets"`
}

// Dollars is what it costs at list prices.
func (c Count) Dollars() float64 {
	return c.Invocations*priceInvocation + c.GBSeconds*priceGBSecond +
		c.SQS*priceSQS + c.FIFO*priceSQSFIFO + c.HTTP*priceHTTP +
		c.WriteUnits*priceWriteUnit + c.ReadUnits*priceReadUnit +
		c.S3Puts*priceS3Put + c.S3Gets*priceS3Get
}

// countingTable adds up the units of every call by the rules of table.WriteUnits and
// table.ReadUnits, from the items as they really are.
type countingTable struct {
	table.Table
	count *Count
}

// Get counts each key by the size of its item.
func (t countingTable) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	items, err := t.Table.Get(ctx, keys...)
	for _, it := range items {
		t.count.ReadUnits += table.ReadUnits(sizeOf(it), true)
	}
	return items, err
}

// Query counts a page by the bytes looked at; indexes are read eventually consistent.
func (t countingTable) Query(ctx context.Context, q table.Query) (table.Page, error) {
	page, err := t.Table.Query(ctx, q)
	bytes := 0
	for _, it := range page.Items {
		bytes += it.Size()
	}
	if err == nil {
		t.count.ReadUnits += table.ReadUnits(bytes, q.Index == table.Primary)
	}
	return page, err
}

// Write counts each item as it was and as it became; a refused write is paid for, too.
func (t countingTable) Write(ctx context.Context, ops ...table.Op) error {
	keys := make([]table.Key, len(ops))
	for i, op := range ops {
		keys[i] = op.Item.Key
	}
	old, err := t.Table.Get(ctx, keys...)
	if err != nil {
		return err
	}
	wrong := t.Table.Write(ctx, ops...)
	if wrong != nil && !errors.Is(wrong, table.ErrConflict) {
		return wrong
	}
	now, err := t.Table.Get(ctx, keys...)
	if err != nil {
		return err
	}
	for i := range keys {
		if wrong != nil {
			now[i] = old[i]
		}
		units, index := table.WriteUnits(old[i], now[i], len(ops) > 1)
		t.count.WriteUnits += units + index
	}
	return wrong
}

func sizeOf(it table.Item) int {
	if !it.Exists() {
		return 0
	}
	return it.Size()
}

// countingQueue counts requests, and keeps what is sent until it is taken out.
type countingQueue struct {
	count *Count
	sent  map[queue.Name][]string
}

// Send takes one request for each ten messages.
func (q *countingQueue) Send(_ context.Context, to queue.Name, msgs ...queue.Message) error {
	for chunk := range slices.Chunk(msgs, queue.MaxBatch) {
		q.requests(to, 1)
		for _, m := range chunk {
			q.sent[to] = append(q.sent[to], m.Body)
		}
	}
	return nil
}

// Postpone is one request.
func (q *countingQueue) Postpone(_ context.Context, on queue.Name, _ string, _ time.Duration) error {
	q.requests(on, 1)
	return nil
}

func (q *countingQueue) requests(on queue.Name, n float64) {
	if on.FIFO() {
		q.count.FIFO += n
		return
	}
	q.count.SQS += n
}

// take receives what was sent and deletes it, as an event source does: two requests.
func (q *countingQueue) take(from queue.Name) []string {
	bodies := q.sent[from]
	delete(q.sent, from)
	if len(bodies) > 0 {
		q.requests(from, 2)
	}
	return bodies
}

// Counting is a table that adds to a count what each call of it takes.
func Counting(t table.Table, c *Count) table.Table { return countingTable{t, c} }
