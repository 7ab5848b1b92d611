package store

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// PutFact writes something that happened; id makes it the same fact when decided
// twice.
func (tx *Tx) PutFact(id string, f desk.Fact) {
	put(tx, factKey(f.Day, id), Row[desk.Fact]{Value: f}, table.Item{})
}

// Facts reads all facts of a day, for a recount. It walks the day's shards a page at a
// time and hands each fact to fn.
func (s *Store) Facts(ctx context.Context, day string, fn func(desk.Fact) error) error {
	for sh := range uint32(factShards) {
		q := table.Query{PK: factPK(day, sh), Limit: table.MaxLimit}
		for {
			rows, next, err := rowsOf[desk.Fact](ctx, s, q)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if err := fn(r.Value); err != nil {
					return err
				}
			}
			if q.Cursor = next; next == "" {
				break
			}
		}
	}
	return nil
}

// FactOf tells a change of the feed that put a new fact.
func FactOf(c table.Change) (desk.Fact, bool) {
	if c.Old.Exists() || !strings.HasPrefix(c.Key.PK, "F#") {
		return desk.Fact{}, false
	}
	r, err := decode[desk.Fact](c.New)
	return r.Value, err == nil && r.Exists()
}

// MessageOf tells a change of the feed that put a new row of a timeline: what volumes
// are counted from.
func MessageOf(c table.Change) (desk.Message, bool) {
	if c.Old.Exists() || !strings.HasPrefix(c.Key.PK, "T#") || !strings.HasPrefix(c.Key.SK, "M#") {
		return desk.Message{}, false
	}
	r, err := decode[desk.Message](c.New)
	return r.Value, err == nil && r.Exists()
}

// Position is how far figures has counted in one shard of the feed.
type Position struct {
	Upto string `json:"u"`
}

// Position reads it; Exists is false before the first.
func (s *Store) Position(ctx context.Context, shard string) (Row[Position], error) {
	return get[Position](ctx, s, PositionKey(shard))
}

// PutPosition moves it, in the transaction that adds what was counted.
func (tx *Tx) PutPosition(shard string, r Row[Position]) {
	put(tx, PositionKey(shard), r, table.Item{})
}

// Figures reads the sums of a cut for days (2006-01-02), in their order; a day without
// any has none. At most 100 days.
func (s *Store) Figures(ctx context.Context, cut string, days ...string) ([]map[string]int64, error) {
	keys := make([]table.Key, len(days))
	for i, d := range days {
		keys[i] = FigureKey(cut, d)
	}
	items, err := s.T.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]int64, len(days))
	for i, it := range items {
		out[i] = it.Counters
	}
	return out, nil
}

// Settings reads the settings row with the highest version as its JSON; Version 0
// where none was put yet.
func (s *Store) Settings(ctx context.Context) (doc json.RawMessage, version int64, err error) {
	rows, _, err := rowsOf[json.RawMessage](ctx, s, table.Query{PK: settingsPK, Prefix: "V#", Limit: 1, Reverse: true})
	if err != nil || len(rows) == 0 {
		return nil, 0, err
	}
	var head struct {
		Version int64 `json:"version"`
	}
	err = json.Unmarshal(rows[0].Value, &head)
	return rows[0].Value, head.Version, err
}

// PutSettings writes the settings' next version; the Write fails with ErrConflict if
// somebody else wrote that version first. doc carries its version.
func (tx *Tx) PutSettings(version int64, doc json.RawMessage) {
	put(tx, settingsKey(version), Row[json.RawMessage]{Value: doc}, table.Item{})
}

// SettingsOf tells a change of the feed that put a settings row.
func SettingsOf(c table.Change) (json.RawMessage, bool) {
	if c.Key.PK != settingsPK || !strings.HasPrefix(c.Key.SK, "V#") || !c.New.Exists() {
		return nil, false
	}
	return c.New.Doc, true
}
