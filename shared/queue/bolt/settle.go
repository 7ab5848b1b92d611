package bolt

import (
	"context"
	"time"

	"go.etcd.io/bbolt"

	"github.com/deskhook/deskhook/shared/queue"
)

// settle writes down what time alone has done to a queue: leases that ended (their
// receive is counted, or the message moves to the dead-letter queue) and messages over
// their retention. Most calls find nothing to do and cost no transaction.
func (db *DB) settle(ctx context.Context, q *memory) error {
	if db.isClosed() {
		return ErrClosed
	}
	db.mu.Lock()
	now := db.now()
	due := q.leaseOver(now) || q.nextTooOld(now, nil) != nil
	db.mu.Unlock()
	if !due {
		return nil
	}
	s := &settling{q: q, dead: db.queues[q.DLQ]}
	return db.submit(ctx, &change{
		stage: func(tx *bbolt.Tx) (bool, error) { return s.stage(tx, db.now()) },
		apply: func() { s.apply(db.now()) },
		undo:  s.undo,
	})
}

func (q *memory) leaseOver(now time.Time) bool {
	t, ok := q.leases.top(leasing)
	return ok && !t.at.After(now)
}

func (q *memory) tooOld(it *item, now time.Time) bool { return !it.entered.Add(q.Retention).After(now) }

// nextTooOld finds the oldest item over its retention that nobody holds, after the
// element of an earlier answer.
func (q *memory) nextTooOld(now time.Time, after *item) *item {
	e := q.order.Front()
	if after != nil {
		e = after.elem.Next()
	}
	for ; e != nil; e = e.Next() {
		it := e.Value.(*item)
		if !q.tooOld(it, now) {
			return nil
		}
		if !it.held() {
			return it
		}
	}
	return nil
}

// settling is one settle on its way through the committer.
type settling struct {
	q, dead *memory

	back  []*item // visible again
	moved []*item // gone to the dead-letter queue
	aged  []*item // over their retention
	to    []arrival
}

func (s *settling) stage(tx *bbolt.Tx, now time.Time) (bool, error) {
	for s.q.leaseOver(now) {
		it := s.q.leases.pop().item
		s.q.claim(it)
		if err := s.end(tx, it, now); err != nil {
			return false, err
		}
	}
	b := tx.Bucket(messagesBucket(s.q.Name))
	for it := s.q.nextTooOld(now, nil); it != nil; it = s.q.nextTooOld(now, it) {
		s.q.claim(it)
		s.aged = append(s.aged, it)
		if err := b.Delete(key(it.seq)); err != nil {
			return false, err
		}
	}
	return len(s.back)+len(s.moved)+len(s.aged) > 0, nil
}

// end writes what becomes of a message whose lease is over.
func (s *settling) end(tx *bbolt.Tx, it *item, now time.Time) error {
	b := tx.Bucket(messagesBucket(s.q.Name))
	if s.q.tooOld(it, now) {
		s.aged = append(s.aged, it)
		return b.Delete(key(it.seq))
	}
	r, err := decode(b.Get(key(it.seq)), true)
	if err != nil {
		s.back = append(s.back, it)
		return err
	}
	r.First, r.Total = it.first, r.Total+1
	if s.dead == nil || it.receives+1 < s.q.MaxReceive {
		s.back = append(s.back, it)
		r.Receives = it.receives + 1
		return b.Put(key(it.seq), r.encode())
	}
	s.moved = append(s.moved, it)
	if err := b.Delete(key(it.seq)); err != nil {
		return err
	}
	r.From = s.q.Name
	arrived, err := move(tx, s.dead.Name, r, now)
	s.to = append(s.to, arrived)
	return err
}

// move enters a record into another queue, where its receives and its age start anew.
// It passes by dedup: a dead letter is no duplicate of itself.
func move(tx *bbolt.Tx, to queue.Name, r record, now time.Time) (arrival, error) {
	r.Entered, r.Due, r.First, r.Receives = now, time.Time{}, time.Time{}, 0
	it, err := enter(tx, to, r)
	return arrival{it, r.Group}, err
}

func (s *settling) apply(now time.Time) {
	for _, it := range s.back {
		it.receives++
		s.q.release(it)
	}
	forEach(s.moved, s.q.remove)
	forEach(s.aged, s.q.remove)
	s.q.expired += uint64(len(s.aged))
	for _, a := range s.to {
		s.dead.add(a.item, a.group, now)
	}
}

func (s *settling) undo() {
	for _, items := range [][]*item{s.back, s.moved, s.aged} {
		for _, it := range items {
			s.q.unclaim(it)
			if it.leased {
				s.q.leases.push(timer{it.due, it})
			}
		}
	}
}
