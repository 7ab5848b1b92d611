package bolt

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"github.com/deskhook/deskhook/shared/queue"
)

// A receipt is "opening.message.lease": one of an earlier opening or receive never
// fits a later one.
func (db *DB) receipt(it *item) string {
	return fmt.Sprintf("%d.%d.%d", db.epoch, it.seq, it.lease)
}

// find returns the item that a receipt still holds; mu is held.
func (db *DB) find(q *memory, receipt string) (*item, error) {
	stale := fmt.Errorf("%w: receipt of %s no longer good", queue.ErrUnknown, q.Name)
	var part [3]uint64
	fields := strings.Split(receipt, ".")
	if len(fields) != len(part) {
		return nil, stale
	}
	for i, f := range fields {
		n, err := strconv.ParseUint(f, 10, 64)
		if err != nil {
			return nil, stale
		}
		part[i] = n
	}
	it := q.items[part[1]]
	if part[0] != db.epoch || it == nil || !it.leased || it.claimed || it.lease != part[2] || !it.due.After(db.now()) {
		return nil, stale
	}
	return it, nil
}

// Postpone implements queue.Queue. It changes the lease in memory alone; the message's
// group waits for it all that time, and its receipt stays good. With 0 the message is
// back at once. A receipt whose timeout has passed, or of a deleted message, is
// queue.ErrUnknown.
func (db *DB) Postpone(ctx context.Context, on queue.Name, receipt string, d time.Duration) error {
	q, err := db.queue(on)
	if err != nil {
		return err
	}
	if err := queue.CheckHold(d); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if db.isClosed() {
		return ErrClosed
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	it, err := db.find(q, receipt)
	if err != nil {
		return err
	}
	it.due = db.now().Add(d)
	q.leases.push(timer{it.due, it})
	q.wake()
	return nil
}

// Delete acknowledges received messages; they are gone from the disk when it returns.
// Receipts that are no longer good delete nothing and make the error queue.ErrUnknown;
// the others are deleted all the same.
func (db *DB) Delete(ctx context.Context, on queue.Name, receipts ...string) error {
	q, err := db.queue(on)
	if err != nil || len(receipts) == 0 {
		return err
	}
	var items []*item
	var stale error
	err = db.submit(ctx, &change{
		stage: func(tx *bbolt.Tx) (bool, error) {
			for _, receipt := range receipts {
				it, err := db.find(q, receipt)
				if err != nil {
					stale = err
					continue
				}
				q.claim(it)
				items = append(items, it)
				if err := tx.Bucket(messagesBucket(on)).Delete(key(it.seq)); err != nil {
					return false, err
				}
			}
			return len(items) > 0, nil
		},
		apply: func() { forEach(items, q.remove) },
		undo:  func() { forEach(items, q.unclaim) },
	})
	if err != nil {
		return err // before stale is read: after a context's end the committer may still write it
	}
	return stale
}

func forEach(items []*item, do func(*item)) {
	for _, it := range items {
		do(it)
	}
}
