package bolt

import (
	"context"
	"time"

	"go.etcd.io/bbolt"

	"github.com/deskhook/deskhook/shared/queue"
)

// Send implements queue.Queue. All messages that queue.Check lets pass are enqueued in
// one transaction, whatever their number, and are on disk when it returns.
func (db *DB) Send(ctx context.Context, to queue.Name, msgs ...queue.Message) error {
	q, err := db.queue(to)
	if err != nil {
		return err
	}
	good, refused := sift(to, msgs)
	if len(good) > 0 {
		if err := db.submit(ctx, db.sending(q, good)); err != nil {
			return err
		}
	}
	if len(refused) > 0 {
		return &queue.SendError{Failed: refused}
	}
	return nil
}

func sift(to queue.Name, msgs []queue.Message) (good []queue.Message, refused map[int]error) {
	refused = map[int]error{}
	for i, m := range msgs {
		if err := queue.Check(to, m); err != nil {
			refused[i] = err
			continue
		}
		good = append(good, m)
	}
	return good, refused
}

func (db *DB) sending(q *memory, msgs []queue.Message) *change {
	s := &sender{q: q, msgs: msgs}
	c := &change{
		stage: func(tx *bbolt.Tx) (bool, error) { return s.stage(tx, db.now()) },
		apply: func() { s.apply(db.now()) },
		undo:  s.undo,
	}
	for _, m := range msgs {
		c.bytes += len(m.Body)
	}
	return c
}

// sender is one Send on its way through the committer.
type sender struct {
	q    *memory
	msgs []queue.Message
	in   []arrival
	ids  []dedupEntry
}

type arrival struct {
	item  *item
	group string
}

func (s *sender) stage(tx *bbolt.Tx, now time.Time) (bool, error) {
	ids := tx.Bucket(dedupBucket(s.q.Name))
	if s.q.Name.FIFO() {
		if err := s.q.dedup.purge(ids, now); err != nil {
			return false, err
		}
	}
	for _, m := range s.msgs {
		if s.q.Name.FIFO() && s.q.dedup.seen(m.Dedup, now) {
			continue
		}
		seq, err := s.put(tx, m, now)
		if err != nil {
			return false, err
		}
		if s.q.Name.FIFO() {
			if err := s.keep(ids, dedupEntry{seq, m.Dedup, now}); err != nil {
				return false, err
			}
		}
	}
	return len(s.in) > 0, nil
}

func (s *sender) put(tx *bbolt.Tx, m queue.Message, now time.Time) (uint64, error) {
	r := record{Sent: now, Entered: now, Group: m.Group, Dedup: m.Dedup, Body: m.Body}
	if m.Delay > 0 {
		r.Due = now.Add(m.Delay)
	}
	it, err := enter(tx, s.q.Name, r)
	if err != nil {
		return 0, err
	}
	s.in = append(s.in, arrival{it, m.Group})
	return it.seq, nil
}

// enter writes a record as the last of a queue. It takes an id from its place, unless
// it has one already.
func enter(tx *bbolt.Tx, to queue.Name, r record) (*item, error) {
	b := tx.Bucket(messagesBucket(to))
	b.FillPercent = 0.9 // keys only grow
	seq, err := b.NextSequence()
	if err != nil {
		return nil, err
	}
	if r.ID == "" {
		r.ID = messageID(to, seq)
	}
	it := &item{seq: seq, entered: r.Entered, due: r.Due}
	return it, b.Put(key(seq), r.encode())
}

// keep makes the id known at once: another Send of the same transaction must see it.
func (s *sender) keep(b *bbolt.Bucket, e dedupEntry) error {
	if err := b.Put(key(e.seq), e.encode()); err != nil {
		return err
	}
	s.q.dedup.at[e.id] = e.at
	s.ids = append(s.ids, e)
	return nil
}

func (s *sender) apply(now time.Time) {
	for _, a := range s.in {
		s.q.add(a.item, a.group, now)
	}
	s.q.dedup.oldest = append(s.q.dedup.oldest, s.ids...)
	if len(s.in) > 0 {
		s.q.wake() // a delayed one moves the time a Wait must look at
	}
}

func (s *sender) undo() {
	for _, e := range s.ids {
		delete(s.q.dedup.at, e.id)
	}
}
