package store

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// ServiceKey is a program's key as the table keeps it: its secret only as a hash.
type ServiceKey struct {
	ID       string     `json:"id"`
	Hash     string     `json:"h"`
	Name     string     `json:"n"`
	Role     string     `json:"r"`
	Teams    []string   `json:"t,omitempty"` // none: all
	ReadOnly bool       `json:"ro,omitempty"`
	Created  time.Time  `json:"at"`
	Expires  time.Time  `json:"x"`
	By       desk.Actor `json:"by"`
	Settings int64      `json:"cfg"`
}

// MaxKeys is how many service keys a desk has at most, so that a list of them is one read.
const MaxKeys = 100

// ServiceKey reads a key; Exists is false where there is none, or it has expired.
func (s *Store) ServiceKey(ctx context.Context, id string) (Row[ServiceKey], error) {
	return get[ServiceKey](ctx, s, serviceKey(id))
}

// ServiceKeys lists the keys that are good, at most MaxKeys.
func (s *Store) ServiceKeys(ctx context.Context) ([]Row[ServiceKey], error) {
	rows, _, err := rowsOf[ServiceKey](ctx, s, table.Query{PK: serviceKeysPK, Limit: MaxKeys})
	return rows, err
}

// PutServiceKey writes a key; it goes by itself when it expires.
func (tx *Tx) PutServiceKey(r Row[ServiceKey]) {
	put(tx, serviceKey(r.Value.ID), r, table.Item{Expires: r.Value.Expires.Truncate(time.Second)})
}

// DeleteServiceKey takes a key away, as it was read.
func (tx *Tx) DeleteServiceKey(r Row[ServiceKey]) {
	tx.ops = append(tx.ops, table.Delete(serviceKey(r.Value.ID), r.Version))
}
