package bolt

import (
	"bytes"
	"context"
	"fmt"
	"time"

	bbolt "go.etcd.io/bbolt"

	"github.com/deskhook/deskhook/shared/table"
)

// trimBatch bounds one commit of TrimFeed, behind which writers wait.
const trimBatch = 1000

// Changes implements table.Feed. After a sequence number that was trimmed away it
// goes on with the first change kept.
func (db *DB) Changes(ctx context.Context, after string, limit int) ([]table.Change, error) {
	seq, err := table.ParseSeq(after)
	if err != nil {
		return nil, err
	}
	if limit < 1 {
		return nil, fmt.Errorf("%w: limit %d", table.ErrInvalid, limit)
	}
	var changes []table.Change
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		changes, err = readLog(tx, seq, limit)
		return err
	})
	return changes, err
}

func readLog(tx *bbolt.Tx, after uint64, limit int) ([]table.Change, error) {
	var changes []table.Change
	if after+1 == 0 {
		return nil, nil
	}
	c := tx.Bucket(bucketLog).Cursor()
	for k, v := c.Seek(seqKey(after + 1)); k != nil && len(changes) < limit; k, v = c.Next() {
		change, err := decodeChange(k, v)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// Wait implements table.Feed. It ends with ErrClosed when the DB is closed.
func (db *DB) Wait(ctx context.Context, after string) error {
	seq, err := table.ParseSeq(after)
	if err != nil {
		return err
	}
	for {
		db.mu.Lock()
		last, changed := db.last, db.changed
		db.mu.Unlock()
		if last > seq {
			return nil
		}
		select {
		case <-changed:
		case <-db.quit:
			return ErrClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// TrimFeed forgets the changes before a sequence number, which itself is kept.
// Sequence numbers are never given twice.
func (db *DB) TrimFeed(ctx context.Context, before string) error {
	seq, err := table.ParseSeq(before)
	if err != nil {
		return err
	}
	for {
		n, err := db.submit(ctx, func(tx *bbolt.Tx, _ time.Time) (int, error) {
			return trim(tx, seqKey(seq))
		})
		if err != nil || n < trimBatch {
			return err
		}
	}
}

func trim(tx *bbolt.Tx, end []byte) (int, error) {
	log := tx.Bucket(bucketLog)
	var keys [][]byte
	c := log.Cursor()
	for k, _ := c.First(); k != nil && len(keys) < trimBatch && bytes.Compare(k, end) < 0; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := log.Delete(k); err != nil {
			return 0, brokenError{err}
		}
	}
	return len(keys), nil
}
