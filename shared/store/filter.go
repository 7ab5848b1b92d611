package store

import (
	"context"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Filters reads an agent's saved filters; Exists is false before the first. 1 R.
func (s *Store) Filters(ctx context.Context, agent string) (Row[desk.Filters], error) {
	r, err := get[desk.Filters](ctx, s, filtersKey(agent))
	r.Value.Agent = agent
	return r, err
}

// FiltersKey is where they lie.
func FiltersKey(agent string) table.Key { return filtersKey(agent) }

// PutFilters writes them, as they were read and changed.
func (tx *Tx) PutFilters(r Row[desk.Filters]) { put(tx, filtersKey(r.Value.Agent), r, table.Item{}) }
