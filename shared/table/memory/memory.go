// Package memory is an engine of the table that keeps everything in this process: for
// simulations and for measurements over many rows, where a file would cost more than
// what is looked at. It keeps the whole contract (tabletest), the feed included, and
// nothing beyond the process's life.
package memory

import (
	"bytes"
	"context"
	"maps"
	"sync"
	"time"

	"github.com/deskhook/deskhook/shared/table"
)

// DB is the engine. It is safe for concurrent use.
type DB struct {
	now func() time.Time

	mu    sync.RWMutex
	rows  map[table.Key]table.Item
	lists map[table.Index]map[string]*list // by partition; Primary too
	feed  feed
}

var (
	_ table.Table = (*DB)(nil)
	_ table.Feed  = (*DB)(nil)
)

// New makes an empty table. The time comes from now, which decides what has expired.
func New(now func() time.Time) *DB {
	db := &DB{now: now, rows: map[table.Key]table.Item{}, lists: map[table.Index]map[string]*list{table.Primary: {}}, feed: newFeed()}
	for _, name := range table.Indexes {
		db.lists[name] = map[string]*list{}
	}
	return db
}

// Get implements table.Table.
func (db *DB) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	if err := table.ValidateKeys(keys); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	items, now := make([]table.Item, len(keys)), db.now()
	for i, key := range keys {
		items[i] = clone(db.seen(key, now))
	}
	return items, nil
}

// seen is a row as a reader sees it: an expired one is absent.
func (db *DB) seen(key table.Key, now time.Time) table.Item {
	it, ok := db.rows[key]
	if !ok || expired(it, now) {
		return table.Item{Key: key}
	}
	return it
}

func expired(it table.Item, now time.Time) bool {
	return !it.Expires.IsZero() && it.Expires.Unix() <= now.Unix()
}

// Write implements table.Table.
func (db *DB) Write(ctx context.Context, ops ...table.Op) error {
	if err := table.Validate(ops); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	now := db.now()
	for _, op := range ops {
		if !op.Holds(db.seen(op.Item.Key, now)) {
			return table.ErrConflict
		}
	}
	for _, op := range ops {
		db.apply(op, now)
	}
	return nil
}

func (db *DB) apply(op table.Op, now time.Time) {
	key := op.Item.Key
	before := table.Item{Key: key}
	if it, ok := db.rows[key]; ok {
		before = it
	}
	after := table.Item{Key: key}
	switch op.Kind {
	case table.OpPut:
		after = put(op.Item)
	case table.OpAdd:
		after.Counters = sum(before.Counters, op.Item.Counters)
	case table.OpDelete:
		if !before.Exists() {
			return
		}
	default:
		return
	}
	db.unlink(before)
	db.link(after)
	db.feed.add(table.Change{At: now.UTC().Truncate(time.Second), Key: key, Old: before, New: after})
}

func put(it table.Item) table.Item {
	it = clone(it)
	it.Version++
	if !it.Expires.IsZero() {
		it.Expires = time.Unix(it.Expires.Unix(), 0).UTC()
	}
	return it
}

// sum adds counters. A row with a version here is an expired one, which is absent.
func sum(stored, add map[string]int64) map[string]int64 {
	out := maps.Clone(add)
	for name, n := range stored {
		out[name] += n
	}
	return out
}

func (db *DB) link(it table.Item) {
	if !it.Exists() {
		return
	}
	if _, ok := db.rows[it.Key]; !ok {
		db.list(table.Primary, it.PK).insert(entry{it.SK, it.Key})
	}
	db.rows[it.Key] = it
	for name, k := range it.Index {
		db.list(name, k.PK).insert(entry{k.SK, it.Key})
	}
}

func (db *DB) unlink(it table.Item) {
	if !it.Exists() {
		return
	}
	delete(db.rows, it.Key)
	db.list(table.Primary, it.PK).remove(entry{it.SK, it.Key})
	for name, k := range it.Index {
		db.list(name, k.PK).remove(entry{k.SK, it.Key})
	}
}

func (db *DB) list(index table.Index, pk string) *list {
	l := db.lists[index][pk]
	if l == nil {
		l = &list{}
		db.lists[index][pk] = l
	}
	return l
}

// clone shares nothing with the item: neither readers nor writers change what is kept.
func clone(it table.Item) table.Item {
	it.Doc, it.Summary = bytes.Clone(it.Doc), bytes.Clone(it.Summary)
	it.Index, it.Counters = maps.Clone(it.Index), maps.Clone(it.Counters)
	return it
}
