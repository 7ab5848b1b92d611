package bolt

import (
	"context"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"github.com/deskhook/deskhook/shared/queue"
)

// Received is one message given to a consumer.
type Received struct {
	ID, Body, Receipt string
	Group, Dedup      string    // empty on a standard queue
	Seq               uint64    // grows with the order in the queue
	ReceiveCount      int       // 1 at the first receive
	Sent              time.Time // first sent, before any move to a dead-letter queue
	FirstReceived     time.Time // in this queue
}

// Receive gives up to max (1..10) visible messages and hides them for the queue's
// visibility timeout. It never waits for a message: none is a nil slice. Several of
// one FIFO group may be in one batch, in order, and no other of it is given until all
// of them are deleted or have come back. Messages received too often go to the
// dead-letter queue here, and those over their retention are dropped.
func (db *DB) Receive(ctx context.Context, on queue.Name, max int) ([]Received, error) {
	q, err := db.queue(on)
	if err != nil {
		return nil, err
	}
	if max < 1 || max > queue.MaxBatch {
		return nil, fmt.Errorf("%w: receive of %d, allowed 1 to %d", queue.ErrInvalid, max, queue.MaxBatch)
	}
	if err := db.settle(ctx, q); err != nil {
		return nil, err
	}
	out, items := db.lease(q, max)
	if err := db.readInto(q.Name, out); err != nil {
		db.giveBack(q, items)
		return nil, err
	}
	return out, nil
}

// lease takes items in memory alone.
func (db *DB) lease(q *memory, max int) ([]Received, []*item) {
	db.mu.Lock()
	defer db.mu.Unlock()
	now := db.now()
	q.promote(now)
	items := q.pick(max)
	out := make([]Received, 0, len(items))
	for _, it := range items {
		if it.first.IsZero() {
			it.first = now
		}
		q.leaseNo++
		q.hold(it, now.Add(q.Visibility), q.leaseNo)
		out = append(out, Received{
			Seq: it.seq, Receipt: db.receipt(it), ReceiveCount: it.receives + 1, FirstReceived: it.first,
		})
	}
	return out, items
}

// pick chooses the next items over all lanes that may give, in order of arrival.
func (q *memory) pick(max int) []*item {
	var out []*item
	var begun laneHeap // lanes of which this batch already holds the first
	next := map[*lane]int{}
	for len(out) < max {
		l := q.nextLane(&begun)
		if l == nil {
			break
		}
		n := next[l]
		out = append(out, l.items[n])
		next[l] = n + 1
		if n+1 < len(l.items) {
			begun.push(laneRef{l, l.items[n+1].seq})
		}
	}
	return out
}

// nextLane takes the lane whose next item came first.
func (q *memory) nextLane(begun *laneHeap) *lane {
	q.dropStale()
	switch {
	case q.ready.Len() == 0 && begun.Len() == 0:
		return nil
	case q.ready.Len() == 0 || begun.Len() > 0 && begun.all[0].seq < q.ready.all[0].seq:
		return begun.pop().lane
	}
	l := q.ready.pop().lane
	l.ready = false
	return l
}

// dropStale leaves on top of the heap a lane that may give, under its present head.
func (q *memory) dropStale() {
	for q.ready.Len() > 0 {
		top := q.ready.all[0]
		if l := top.lane; l.held == 0 && len(l.items) > 0 && l.items[0].seq == top.seq {
			return
		}
		q.ready.pop()
		top.lane.ready = false
		q.offer(top.lane)
	}
}

// readInto fills in what lies in the file.
func (db *DB) readInto(on queue.Name, out []Received) error {
	if len(out) == 0 {
		return nil
	}
	return db.view(func(tx *bbolt.Tx) error {
		b := tx.Bucket(messagesBucket(on))
		for i := range out {
			r, err := decode(b.Get(key(out[i].Seq)), true)
			if err != nil {
				return fmt.Errorf("queue %s, message %d: %w", on, out[i].Seq, err)
			}
			out[i].ID, out[i].Body, out[i].Group, out[i].Dedup, out[i].Sent = r.ID, r.Body, r.Group, r.Dedup, r.Sent
		}
		return nil
	})
}

func (db *DB) view(read func(*bbolt.Tx) error) error {
	if db.isClosed() {
		return ErrClosed
	}
	return db.file.View(read)
}

func (db *DB) giveBack(q *memory, items []*item) {
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, it := range items {
		if it.leased && !it.claimed {
			q.release(it)
		}
	}
}
