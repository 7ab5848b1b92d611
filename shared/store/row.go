package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Row is a value and the version it was read at (0: not stored yet).
type Row[V any] struct {
	Value   V
	Version int64
}

// Exists says whether the row was there when read.
func (r Row[V]) Exists() bool { return r.Version > 0 }

// Store reads and writes the desk's rows. Its methods return the table's errors, and a
// *desk.Error of kind NotFound where a single row asked for is not there.
type Store struct{ T table.Table }

// New makes a Store over a table.
func New(t table.Table) *Store { return &Store{T: t} }

func decode[V any](it table.Item) (Row[V], error) {
	r := Row[V]{Version: it.Version}
	if it.Version == 0 {
		return r, nil
	}
	if err := json.Unmarshal(it.Doc, &r.Value); err != nil {
		return r, fmt.Errorf("store: row %s/%s: %w", kindOfKey(it.PK), kindOfKey(it.SK), err)
	}
	return r, nil
}

// kindOfKey is the part of a key that names nobody, for error texts.
func kindOfKey(k string) string {
	for i := range k {
		if k[i] == '#' {
			return k[:i]
		}
	}
	return k
}

// get reads one row.
func get[V any](ctx context.Context, s *Store, k table.Key) (Row[V], error) {
	items, err := s.T.Get(ctx, k)
	if err != nil {
		return Row[V]{}, err
	}
	return decode[V](items[0])
}

// must turns an absent row into a NotFound error that names what was asked for.
func must[V any](r Row[V], err error, what string) (Row[V], error) {
	if err == nil && !r.Exists() {
		err = desk.Errorf(desk.NotFound, "no such %s", what)
	}
	return r, err
}

// Tx gathers what is written all or nothing.
type Tx struct {
	ops []table.Op
	err error
}

// put adds a Put of a value.
func put[V any](tx *Tx, key table.Key, r Row[V], opt table.Item) {
	doc, err := json.Marshal(r.Value)
	if err != nil {
		tx.err = errors.Join(tx.err, err)
		return
	}
	opt.Key, opt.Version, opt.Doc = key, r.Version, doc
	tx.ops = append(tx.ops, table.Put(opt))
}

// Len is the number of rows the transaction writes or checks.
func (tx *Tx) Len() int { return len(tx.ops) }

// Ops are the table's operations, for counting what they cost.
func (tx *Tx) Ops() []table.Op { return tx.ops }

// Add adds counters, for figures.
func (tx *Tx) Add(key table.Key, counters map[string]int64) {
	tx.ops = append(tx.ops, table.Add(key, counters))
}

// Commit writes the transaction.
func (s *Store) Commit(ctx context.Context, tx *Tx) error {
	if tx.err != nil {
		return fmt.Errorf("store: %w", tx.err)
	}
	return s.T.Write(ctx, tx.ops...)
}

func withDue(it table.Item, key table.Key, at time.Time) table.Item {
	if !at.IsZero() {
		if it.Index == nil {
			it.Index = map[table.Index]table.IndexKey{}
		}
		it.Index[table.Due] = dueIndex(key, at)
	}
	return it
}

func marshalSummary(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil || len(b) > table.MaxSummary {
		return nil
	}
	return b
}

// clip cuts a text to at most n bytes without cutting a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
