package bolt

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/queue"
)

// NextVisible says when a Receive may next give something, as far as is known now: a
// time not after now where it may at once, else when the next delay or lease ends.
// False: nothing before the next Send or Delete. With a clock that only moves when
// told, this is where to move it.
func (db *DB) NextVisible(on queue.Name) (time.Time, bool) {
	q, err := db.queue(on)
	if err != nil {
		return time.Time{}, false
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	at, _, ok := q.next(db.now())
	return at, ok
}

// next returns also the channel that is closed when the answer may have changed.
func (q *memory) next(now time.Time) (at time.Time, changed <-chan struct{}, ok bool) {
	q.promote(now)
	q.dropStale()
	if q.ready.Len() > 0 {
		return now, q.changed, true
	}
	delay, delayed := q.delays.top(delaying)
	lease, leased := q.leases.top(leasing)
	switch {
	case delayed && (!leased || delay.at.Before(lease.at)):
		return delay.at, q.changed, true
	case leased:
		return lease.at, q.changed, true
	}
	return time.Time{}, q.changed, false
}

// Wait returns nil when a Receive may give something; another consumer may be faster.
// It is woken by Send, Postpone, Delete, and by the end of a delay or a lease. It
// sleeps in the process's time for as long as the given clock says is left: after
// moving a clock by hand, call ClockMoved. The error is the context's, or ErrClosed.
func (db *DB) Wait(ctx context.Context, on queue.Name) error {
	q, err := db.queue(on)
	if err != nil {
		return err
	}
	for {
		db.mu.Lock()
		now := db.now()
		at, changed, ok := q.next(now)
		db.mu.Unlock()
		if ok && !at.After(now) {
			return nil
		}
		if err := db.sleep(ctx, changed, at.Sub(now), ok); err != nil {
			return err
		}
	}
}

// sleep waits for a change, or at most d if bounded.
func (db *DB) sleep(ctx context.Context, changed <-chan struct{}, d time.Duration, bounded bool) error {
	var alarm <-chan time.Time
	if bounded {
		t := time.NewTimer(d)
		defer t.Stop()
		alarm = t.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-db.quit:
		return ErrClosed
	case <-changed:
	case <-alarm:
	}
	return nil
}

// ClockMoved lets every Wait look at the clock again.
func (db *DB) ClockMoved() {
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, q := range db.queues {
		q.wake()
	}
}
