package store

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// TicketSummary is what an index tells of a ticket. Nothing in it changes with a
// message, so a message on an open ticket writes no index.
type TicketSummary struct {
	ID       desk.TicketID `json:"id"`
	Subject  string        `json:"s,omitempty"`
	Name     string        `json:"n,omitempty"`
	Channel  desk.Channel  `json:"c"`
	Status   desk.Status   `json:"st"`
	Priority desk.Priority `json:"p"`
}

func summarize(t desk.Ticket) []byte {
	return marshalSummary(TicketSummary{
		ID: t.ID, Subject: clip(t.Subject, 100), Name: clip(t.Name, 60),
		Channel: t.From.Channel, Status: t.Status, Priority: t.Priority,
	})
}

// Ticket reads a ticket's header; NotFound where there is none.
func (s *Store) Ticket(ctx context.Context, id desk.TicketID) (Row[desk.Ticket], error) {
	r, err := get[desk.Ticket](ctx, s, TicketKey(id))
	return must(r, err, "ticket")
}

// Tickets reads headers in the order asked; absent ones are left out. At most 100.
func (s *Store) Tickets(ctx context.Context, ids ...desk.TicketID) ([]Row[desk.Ticket], error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]table.Key, len(ids))
	for i, id := range ids {
		keys[i] = TicketKey(id)
	}
	return read[desk.Ticket](ctx, s, keys)
}

// read gets rows by key, in the order asked; absent ones are left out.
func read[V any](ctx context.Context, s *Store, keys []table.Key) ([]Row[V], error) {
	items, err := s.T.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	rows := make([]Row[V], 0, len(items))
	for _, it := range items {
		r, err := decode[V](it)
		if err != nil {
			return nil, err
		}
		if r.Exists() {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// PutTicket writes a ticket's header with its places in the lists.
func (tx *Tx) PutTicket(r Row[desk.Ticket]) {
	t := r.Value
	key := TicketKey(t.ID)
	it := table.Item{Summary: summarize(t), Index: map[table.Index]table.IndexKey{
		table.View: {PK: viewPK(t.Team, t.Status), SK: openedSK(t)},
		table.Who:  {PK: whoPK(t.Customer), SK: openedSK(t)},
	}}
	switch {
	case t.Assignee != "":
		it.Index[table.Mine] = table.IndexKey{PK: minePK(t.Assignee, t.Status.Active()), SK: openedSK(t)}
	case t.Status.Active():
		it.Index[table.Mine] = table.IndexKey{PK: waitingPK(t.Team), SK: openedSK(t)}
	}
	put(tx, key, r, withDue(it, key, t.Due()))
}

// Message reads one message of a ticket; NotFound where there is none.
func (s *Store) Message(ctx context.Context, t desk.TicketID, m desk.MessageID) (Row[desk.Message], error) {
	r, err := get[desk.Message](ctx, s, MessageKey(t, m))
	return must(r, err, "message")
}

// MessagesByID reads messages of a ticket in the order asked; absent ones are left out.
// At most 100. Units: 1 per 4 kB of each.
func (s *Store) MessagesByID(ctx context.Context, t desk.TicketID, ids ...desk.MessageID) ([]Row[desk.Message], error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]table.Key, len(ids))
	for i, id := range ids {
		keys[i] = MessageKey(t, id)
	}
	return read[desk.Message](ctx, s, keys)
}

// Messages reads a page of a ticket's timeline in the order recorded, newest first if
// reverse.
func (s *Store) Messages(ctx context.Context, t desk.TicketID, cursor string, limit int, reverse bool) ([]Row[desk.Message], string, error) {
	return rowsOf[desk.Message](ctx, s, table.Query{
		PK: ticketPK(t), Prefix: "M#", Cursor: cursor, Limit: limit, Reverse: reverse,
	})
}

// MessagesBetween reads a page of what a ticket's timeline recorded from a time, to another
// not included, the oldest first.
func (s *Store) MessagesBetween(ctx context.Context, t desk.TicketID, from, to time.Time, cursor string, limit int) ([]Row[desk.Message], string, error) {
	return rowsOf[desk.Message](ctx, s, table.Query{
		PK: ticketPK(t), From: "M#" + desk.MessageStamp(from), To: "M#" + desk.MessageStamp(to), Cursor: cursor, Limit: limit,
	})
}

// MessagesFrom is the cursor of Messages, newest first, whose page begins with a message.
func MessagesFrom(t desk.TicketID, m desk.MessageID) string {
	q, key := table.Query{PK: ticketPK(t), Prefix: "M#", Reverse: true}, MessageKey(t, m)
	key.SK += "~" // after it, and before whatever was recorded later
	return q.CursorAt(table.Position{Sort: key.SK, Key: key})
}

func rowsOf[V any](ctx context.Context, s *Store, q table.Query) ([]Row[V], string, error) {
	page, err := s.T.Query(ctx, q)
	if err != nil {
		return nil, "", err
	}
	rows := make([]Row[V], 0, len(page.Items))
	for _, it := range page.Items {
		r, err := decode[V](it)
		if err != nil {
			return nil, "", err
		}
		rows = append(rows, r)
	}
	return rows, page.Cursor, nil
}

// PutMessage writes a message of a ticket.
func (tx *Tx) PutMessage(r Row[desk.Message]) {
	put(tx, MessageKey(r.Value.Ticket, r.Value.ID), r, table.Item{})
}

// Once marks a request with an idempotency key as done by a message; the Write fails
// with ErrConflict if it was. The mark is kept for a week.
func (tx *Tx) Once(t desk.TicketID, key string, by Seen, at time.Time) {
	put(tx, onceKey(t, key), Row[Seen]{Value: by}, table.Item{Expires: at.Add(onceLife).Truncate(time.Second)})
}

// onceLife is how long the mark of a request is kept.
const onceLife = 7 * 24 * time.Hour

// OnceAct is Once for a request that is on no ticket.
func (tx *Tx) OnceAct(key string, by Seen, at time.Time) {
	put(tx, actKey(key), Row[Seen]{Value: by}, table.Item{Expires: at.Add(onceLife).Truncate(time.Second)})
}

// DoneAct is Done for a request that is on no ticket.
func (s *Store) DoneAct(ctx context.Context, key string) (Row[Seen], error) {
	return get[Seen](ctx, s, actKey(key))
}

// Done finds what an idempotency key was used for.
func (s *Store) Done(ctx context.Context, t desk.TicketID, key string) (Row[Seen], error) {
	return get[Seen](ctx, s, onceKey(t, key))
}

// UnsentOf tells a change of the feed that put a new message to send: what relay nudges for.
func UnsentOf(c table.Change) (desk.Message, bool) {
	m, ok := MessageOf(c)
	return m, ok && m.Kind == desk.ToCustomer && m.State == desk.Queued
}

// UnfetchedOf tells a change of the feed that put a message some of whose files still
// lie with the provider, and which of its attachments those are: what relay has fetched.
func UnfetchedOf(c table.Change) (desk.Message, []int) {
	m, ok := MessageOf(c)
	if !ok || m.From.Channel != desk.WeChat && m.From.Channel != desk.SMS {
		return desk.Message{}, nil // elsewhere a Ref is any address, and the desk calls none that a message names
	}
	var waiting []int
	for i, a := range m.Attachments {
		if a.Waiting() {
			waiting = append(waiting, i)
		}
	}
	return m, waiting
}
