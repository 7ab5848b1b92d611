package store

import (
	"context"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Presences reads agents at work in the order asked, at most 100; who never said
// anything is away, and has a row of version 0.
func (s *Store) Presences(ctx context.Context, agents ...string) ([]Row[desk.Presence], error) {
	if len(agents) == 0 {
		return nil, nil
	}
	keys := make([]table.Key, len(agents))
	for i, a := range agents {
		keys[i] = presenceKey(a)
	}
	items, err := s.T.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	rows := make([]Row[desk.Presence], len(items))
	for i, it := range items {
		if rows[i], err = decode[desk.Presence](it); err != nil {
			return nil, err
		}
		if !rows[i].Exists() {
			rows[i].Value = desk.Presence{Agent: agents[i], State: desk.Away}
		}
	}
	return rows, nil
}

// PutPresence writes an agent at work, with the timer of their shift's end.
func (tx *Tx) PutPresence(r Row[desk.Presence]) {
	key := presenceKey(r.Value.Agent)
	put(tx, key, r, withDue(table.Item{}, key, r.Value.Until))
}

// PresenceOf tells a change of the feed that wrote an agent at work, and how they were
// before.
func PresenceOf(c table.Change) (was, is desk.Presence, ok bool) {
	if !strings.HasPrefix(c.Key.PK, "U#") || c.Key.SK != "P" || !c.New.Exists() {
		return was, is, false
	}
	before, err := decode[desk.Presence](c.Old)
	if err != nil {
		return was, is, false
	}
	after, err := decode[desk.Presence](c.New)
	return before.Value, after.Value, err == nil
}

// PresenceKey is where an agent's presence lies.
func PresenceKey(agent string) table.Key { return presenceKey(agent) }
