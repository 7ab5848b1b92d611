package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"go.etcd.io/bbolt"

	"github.com/deskhook/deskhook/shared/queue"
)

// Stats counts the messages of a queue.
type Stats struct {
	Visible  int       // may be received, also those that wait behind one of their group
	InFlight int       // received, neither deleted nor back
	Delayed  int       // not yet visible
	Oldest   time.Time // when the oldest of all came into the queue; zero if there is none
	Expired  uint64    // dropped for their age since Open
}

// Depth counts; an unknown queue has none.
func (db *DB) Depth(on queue.Name) Stats {
	q, err := db.queue(on)
	if err != nil {
		return Stats{}
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	now := db.now()
	q.promote(now)
	s := Stats{InFlight: q.inFlight, Delayed: q.delayed, Expired: q.expired}
	s.InFlight -= q.unsettled(now)
	s.Visible = len(q.items) - s.InFlight - s.Delayed
	if e := q.order.Front(); e != nil {
		s.Oldest = e.Value.(*item).entered
	}
	return s
}

// unsettled counts leases that are over, though no Receive has written it down yet. A
// lease may have more than one timer.
func (q *memory) unsettled(now time.Time) int {
	over := map[*item]bool{}
	for _, t := range q.leases.all {
		if leasing(t) && !t.at.After(now) {
			over[t.item] = true
		}
	}
	return len(over)
}

// Peeked is a message looked at without receiving it.
type Peeked struct {
	ID, Body, Group string
	Seq             uint64
	Receives        int        // in all queues, as far as they ended in a return
	Sent            time.Time  // first sent
	Entered         time.Time  // came into this queue
	From            queue.Name // of a dead letter: the queue it died in
}

// MaxPeek is the most that one Peek gives.
const MaxPeek = 100

// Peek looks at up to limit (1..MaxPeek) messages in their order, whatever their state,
// after the cursor of an earlier Peek ("" = from the first). next is "" at the end. A
// cursor that is none is queue.ErrInvalid.
func (db *DB) Peek(on queue.Name, limit int, cursor string) (msgs []Peeked, next string, err error) {
	if _, err := db.queue(on); err != nil {
		return nil, "", err
	}
	var after uint64
	if cursor != "" {
		if after, err = strconv.ParseUint(cursor, 10, 64); err != nil {
			return nil, "", fmt.Errorf("%w: cursor", queue.ErrInvalid)
		}
	}
	limit = min(max(limit, 1), MaxPeek)
	err = db.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(messagesBucket(on)).Cursor()
		for k, v := c.Seek(key(after + 1)); k != nil; k, v = c.Next() {
			if len(msgs) == limit {
				next = strconv.FormatUint(msgs[limit-1].Seq, 10)
				return nil
			}
			r, err := decode(v, true)
			if err != nil {
				return fmt.Errorf("queue %s, message %x: %w", on, k, err)
			}
			msgs = append(msgs, peeked(r, binary.BigEndian.Uint64(k)))
		}
		return nil
	})
	return msgs, next, err
}

func peeked(r record, seq uint64) Peeked {
	return Peeked{
		ID: r.ID, Body: r.Body, Group: r.Group, Seq: seq,
		Receives: r.Total, Sent: r.Sent, Entered: r.Entered, From: r.From,
	}
}

// Redrive moves up to max visible messages from a dead-letter queue to another of the
// same kind, behind all that is there, in their order and counted from nothing again;
// dedup does not apply. With to == "" each goes back where it died. It returns how many
// were moved, in one transaction.
func (db *DB) Redrive(ctx context.Context, dead, to queue.Name, max int) (int, error) {
	from, err := db.queue(dead)
	if err != nil {
		return 0, err
	}
	if to != "" {
		if _, err := db.queue(to); err != nil {
			return 0, err
		}
		if to == dead || to.FIFO() != dead.FIFO() {
			return 0, fmt.Errorf("%w: redrive from %q to %q", queue.ErrInvalid, dead, to)
		}
	}
	if err := db.settle(ctx, from); err != nil {
		return 0, err
	}
	r := &redrive{db: db, from: from, to: to, max: max}
	err = db.submit(ctx, &change{stage: r.stage, apply: r.apply, undo: r.undo})
	if err != nil {
		return 0, err
	}
	return len(r.items), nil
}

// redrive is one Redrive on its way through the committer.
type redrive struct {
	db    *DB
	from  *memory
	to    queue.Name
	max   int
	items []*item
	in    []arrival
	where []*memory // of in
}

func (r *redrive) stage(tx *bbolt.Tx) (bool, error) {
	now := r.db.now()
	r.from.promote(now)
	for e := r.from.order.Front(); e != nil && len(r.items) < r.max; e = e.Next() {
		it := e.Value.(*item)
		if it.held() || it.waiting || it.lane.blocked() {
			continue
		}
		if err := r.one(tx, it, now); err != nil {
			return false, err
		}
	}
	return len(r.items) > 0, nil
}

// blocked says that one of the lane is in flight: moving a later one would break order.
func (l *lane) blocked() bool {
	for _, it := range l.items {
		if it.leased {
			return true
		}
		if !it.claimed {
			return false
		}
	}
	return false
}

func (r *redrive) one(tx *bbolt.Tx, it *item, now time.Time) error {
	b := tx.Bucket(messagesBucket(r.from.Name))
	rec, err := decode(b.Get(key(it.seq)), true)
	if err != nil {
		return err
	}
	to := r.to
	if to == "" {
		to = rec.From
	}
	dest := r.db.queues[to]
	if dest == nil || dest == r.from {
		return nil // it never died, or its queue is no more: it stays
	}
	r.from.claim(it)
	r.items = append(r.items, it)
	if err := b.Delete(key(it.seq)); err != nil {
		return err
	}
	rec.From = ""
	arrived, err := move(tx, to, rec, now)
	r.in, r.where = append(r.in, arrived), append(r.where, dest)
	return err
}

func (r *redrive) apply() {
	forEach(r.items, r.from.remove)
	for i, a := range r.in {
		r.where[i].add(a.item, a.group, r.db.now())
	}
}

func (r *redrive) undo() { forEach(r.items, r.from.unclaim) }
