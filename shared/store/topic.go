package store

import (
	"context"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Topic reads what several records ask for; NotFound where there is none.
func (s *Store) Topic(ctx context.Context, id desk.TopicID) (Row[desk.Topic], error) {
	r, err := get[desk.Topic](ctx, s, topicKey(id))
	return must(r, err, "topic")
}

// PutTopic writes one: in the list of its state, with its timer while customers are told.
func (tx *Tx) PutTopic(r Row[desk.Topic]) {
	t := r.Value
	key := topicKey(t.ID)
	it := withDue(table.Item{}, key, t.Due)
	if it.Index == nil {
		it.Index = map[table.Index]table.IndexKey{}
	}
	it.Index[table.View] = table.IndexKey{PK: topicsPK(t.State), SK: stamp(t.Created) + "#" + part(string(t.ID))}
	put(tx, key, r, it)
}

// Topics lists those of a state, newest first. Units: 0.5 per 4 kB of the list and 1 per
// row.
func (s *Store) Topics(ctx context.Context, st desk.TopicState, cursor string, limit int) ([]Row[desk.Topic], string, error) {
	page, err := s.T.Query(ctx, table.Query{Index: table.View, PK: topicsPK(st), Cursor: cursor, Limit: limit, Reverse: true})
	if err != nil || len(page.Items) == 0 {
		return nil, page.Cursor, err
	}
	keys := make([]table.Key, len(page.Items))
	for i, it := range page.Items {
		keys[i] = it.Key
	}
	rows, err := read[desk.Topic](ctx, s, keys)
	var out []Row[desk.Topic]
	for _, r := range rows {
		if r.Value.State == st { // an index may lag behind
			out = append(out, r)
		}
	}
	return out, page.Cursor, err
}

// Outreach reads a message that the desk sends of itself; Exists is false where there is
// none.
func (s *Store) Outreach(ctx context.Context, id string) (Row[desk.Outreach], error) {
	return get[desk.Outreach](ctx, s, outreachKey(id))
}

// PutOutreach writes one, with its timer while it has one.
func (tx *Tx) PutOutreach(r Row[desk.Outreach]) {
	key := outreachKey(r.Value.ID)
	put(tx, key, r, withDue(table.Item{}, key, r.Value.Due))
}
