package store

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// noticeLife is how long an agent can read again what they were told.
const noticeLife = 30 * 24 * time.Hour

// Notice reads what an agent was told of something, whether or not they were.
func (s *Store) Notice(ctx context.Context, agent, id string) (Row[desk.Notice], error) {
	return get[desk.Notice](ctx, s, noticeKey(agent, id))
}

// Notices lists what an agent was told, the newest first.
func (s *Store) Notices(ctx context.Context, agent, cursor string, limit int) ([]Row[desk.Notice], string, error) {
	return rowsOf[desk.Notice](ctx, s, table.Query{PK: noticePK(agent), Cursor: cursor, Limit: limit, Reverse: true})
}

// NoticesSince lists the newest of what an agent was told behind an id; "" is all.
func (s *Store) NoticesSince(ctx context.Context, agent, id string, limit int) ([]Row[desk.Notice], error) {
	q := table.Query{PK: noticePK(agent), Limit: limit, Reverse: true}
	if id != "" {
		q.From = part(id) + "!" // ids have nothing below it
	}
	rows, _, err := rowsOf[desk.Notice](ctx, s, q)
	return rows, err
}

// NoticesRead says how far an agent has read.
func (s *Store) NoticesRead(ctx context.Context, agent string) (Row[desk.NoticesRead], error) {
	r, err := get[desk.NoticesRead](ctx, s, noticesReadKey(agent))
	r.Value.Agent = agent
	return r, err
}

// PutNotice writes what an agent is told. It is kept for 30 days after it happened.
func (tx *Tx) PutNotice(r Row[desk.Notice]) {
	put(tx, noticeKey(r.Value.Agent, r.Value.ID), r, table.Item{Expires: r.Value.At.Add(noticeLife).Truncate(time.Second)})
}

// PutNoticesRead writes how far an agent has read.
func (tx *Tx) PutNoticesRead(r Row[desk.NoticesRead]) {
	put(tx, noticesReadKey(r.Value.Agent), r, table.Item{})
}

// Digest reads what waits for an agent's quiet hours to end; Exists is false before the
// first.
func (s *Store) Digest(ctx context.Context, agent string) (Row[desk.Digest], error) {
	r, err := get[desk.Digest](ctx, s, digestKey(agent))
	r.Value.Agent = agent
	return r, err
}

// PutDigest writes it, with its timer.
func (tx *Tx) PutDigest(r Row[desk.Digest]) {
	key := digestKey(r.Value.Agent)
	put(tx, key, r, withDue(table.Item{}, key, r.Value.Due))
}

// CheckDigest holds the transaction to what waits as it was read.
func (tx *Tx) CheckDigest(r Row[desk.Digest]) {
	tx.ops = append(tx.ops, table.Check(digestKey(r.Value.Agent), r.Version))
}
