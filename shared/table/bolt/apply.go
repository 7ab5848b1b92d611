package bolt

import (
	"maps"
	"time"

	bbolt "go.etcd.io/bbolt"

	"github.com/deskhook/deskhook/shared/table"
)

var (
	bucketItems  = []byte("items")
	bucketLog    = []byte("log")
	bucketExpiry = []byte("expiry")
)

func indexBucket(i table.Index) []byte { return []byte("index:" + string(i)) }

// apply checks every condition before it changes anything, so a lost race leaves the
// transaction fit for the others in it.
func apply(tx *bbolt.Tx, ops []table.Op, now time.Time) (int, error) {
	stored := make([]table.Item, len(ops))
	for i, op := range ops {
		it, err := load(tx, op.Item.Key)
		if err != nil {
			return 0, brokenError{err}
		}
		if !op.Holds(present(it, now.Unix())) {
			return 0, table.ErrConflict
		}
		stored[i] = it
	}
	changed := 0
	for i, op := range ops {
		after, writes := outcome(op, stored[i])
		if !writes {
			continue
		}
		if err := replace(tx, now, stored[i], after); err != nil {
			return 0, brokenError{err}
		}
		changed++
	}
	return changed, nil
}

// outcome is the row after an op, and whether anything is written at all.
func outcome(op table.Op, stored table.Item) (after table.Item, writes bool) {
	switch op.Kind {
	case table.OpPut:
		return putItem(op.Item), true
	case table.OpDelete:
		return table.Item{Key: op.Item.Key}, stored.Exists()
	case table.OpAdd:
		return added(op.Item, stored), true
	default:
		return table.Item{}, false
	}
}

func putItem(it table.Item) table.Item {
	it.Version++
	if !it.Expires.IsZero() {
		it.Expires = time.Unix(it.Expires.Unix(), 0).UTC()
	}
	return it
}

// added sums counters. A row with a version here is an expired one, which is absent.
func added(it, stored table.Item) table.Item {
	sum := maps.Clone(it.Counters)
	for name, n := range stored.Counters {
		sum[name] += n
	}
	return table.Item{Key: it.Key, Counters: sum}
}

// replace turns one stored row into another (absent = delete), with its index entries
// and its entry in the log.
func replace(tx *bbolt.Tx, now time.Time, before, after table.Item) error {
	if err := unlink(tx, before); err != nil {
		return err
	}
	if err := link(tx, after); err != nil {
		return err
	}
	log := tx.Bucket(bucketLog)
	// The log only grows at its end: full pages, instead of pages split in halves.
	log.FillPercent = 1
	seq, err := log.NextSequence()
	if err != nil {
		return err
	}
	return log.Put(seqKey(seq), encodeChange(now, before, after))
}

func unlink(tx *bbolt.Tx, it table.Item) error {
	for name, ik := range it.Index {
		if err := tx.Bucket(indexBucket(name)).Delete(indexEntry(ik, it.Key)); err != nil {
			return err
		}
	}
	if at := expiry(it); at != 0 {
		if err := tx.Bucket(bucketExpiry).Delete(expiryEntry(at, it.Key)); err != nil {
			return err
		}
	}
	return tx.Bucket(bucketItems).Delete(itemKey(it.Key))
}

func link(tx *bbolt.Tx, it table.Item) error {
	if !it.Exists() {
		return nil
	}
	for name, ik := range it.Index {
		if err := tx.Bucket(indexBucket(name)).Put(indexEntry(ik, it.Key), nil); err != nil {
			return err
		}
	}
	if at := expiry(it); at != 0 {
		if err := tx.Bucket(bucketExpiry).Put(expiryEntry(at, it.Key), nil); err != nil {
			return err
		}
	}
	return tx.Bucket(bucketItems).Put(itemKey(it.Key), encodeItem(nil, it))
}

// load reads a row as stored, expired or not.
func load(tx *bbolt.Tx, key table.Key) (table.Item, error) {
	raw := tx.Bucket(bucketItems).Get(itemKey(key))
	if raw == nil {
		return table.Item{Key: key}, nil
	}
	return decodeItem(key, raw)
}

func sweep(tx *bbolt.Tx, now time.Time, limit int) (int, error) {
	keys, err := expiredKeys(tx, now.Unix(), limit)
	if err != nil {
		return 0, brokenError{err}
	}
	for _, key := range keys {
		it, err := load(tx, key)
		if err == nil {
			err = replace(tx, now, it, table.Item{Key: key})
		}
		if err != nil {
			return 0, brokenError{err}
		}
	}
	return len(keys), nil
}

// expiredKeys are collected first: bbolt's cursor may skip rows deleted under it.
func expiredKeys(tx *bbolt.Tx, now int64, limit int) ([]table.Key, error) {
	var keys []table.Key
	c := tx.Bucket(bucketExpiry).Cursor()
	for raw, _ := c.First(); raw != nil && len(keys) < limit; raw, _ = c.Next() {
		at, key, err := parseExpiryEntry(raw)
		if err != nil {
			return nil, err
		}
		if at > now {
			break
		}
		keys = append(keys, key)
	}
	return keys, nil
}
