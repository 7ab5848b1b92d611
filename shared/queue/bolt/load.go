package bolt

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/deskhook/deskhook/shared/queue"
)

// The file's buckets: one of messages and one of dedup ids per queue, and one more
// whose sequence counts openings.
var epochBucket = []byte("epoch")

func messagesBucket(n queue.Name) []byte { return []byte("m:" + string(n)) }
func dedupBucket(n queue.Name) []byte    { return []byte("d:" + string(n)) }

// load makes buckets, counts the opening and builds the index.
func (db *DB) load() error {
	return db.file.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(epochBucket)
		if err != nil {
			return err
		}
		if db.epoch, err = b.NextSequence(); err != nil {
			return err
		}
		for _, s := range db.specs {
			q := newMemory(s)
			db.queues[s.Name] = q
			if err := db.loadQueue(tx, q); err != nil {
				return fmt.Errorf("queue %s: %w", s.Name, err)
			}
		}
		return nil
	})
}

func (db *DB) loadQueue(tx *bbolt.Tx, q *memory) error {
	messages, err := tx.CreateBucketIfNotExists(messagesBucket(q.Name))
	if err != nil {
		return err
	}
	now := db.now()
	err = messages.ForEach(func(k, v []byte) error {
		r, err := decode(v, false)
		if err != nil || len(k) != 8 {
			return fmt.Errorf("message %x: %w", k, errCorrupt)
		}
		it := &item{
			seq: binary.BigEndian.Uint64(k), entered: r.Entered, due: r.Due,
			first: r.First, receives: r.Receives,
		}
		q.add(it, r.Group, now)
		return nil
	})
	if err != nil || !q.Name.FIFO() {
		return err
	}
	return db.loadDedup(tx, q)
}

func (db *DB) loadDedup(tx *bbolt.Tx, q *memory) error {
	b, err := tx.CreateBucketIfNotExists(dedupBucket(q.Name))
	if err != nil {
		return err
	}
	return b.ForEach(func(k, v []byte) error {
		e, err := decodeDedup(k, v)
		if err != nil {
			return fmt.Errorf("dedup id %x: %w", k, err)
		}
		q.dedup.remember(e) // the old ones too: the next Sends purge them from the file
		return nil
	})
}
