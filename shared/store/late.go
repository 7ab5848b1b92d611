package store

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// lateSpan says which part of a team's late tickets is meant.
type lateSpan struct{ from, to string }

// ListLate puts a ticket into its team's list of late ones: those a warning was given
// for, or that are past a deadline. It is a row of its own beside the header, so that
// only what is late costs anything. A ticket is listed once at a time.
func (tx *Tx) ListLate(t desk.Ticket, deadline time.Time) {
	put(tx, lateKey(t.ID, t.Team, deadline), Row[struct{}]{}, table.Item{
		Index: map[table.Index]table.IndexKey{table.View: lateIndex(t.ID, t.Team, deadline)},
	})
}

// UnlistLate takes it out again; team and deadline are those it was listed with.
func (tx *Tx) UnlistLate(t desk.TicketID, team string, deadline time.Time) {
	tx.ops = append(tx.ops, table.Delete(lateKey(t, team, deadline), 1))
}

// OverdueTickets lists a team's tickets past a deadline, the longest overdue first.
// Units: 0.5 per 4 kB of the list; headers are read by Tickets.
func (s *Store) OverdueTickets(ctx context.Context, team string, now time.Time, cursor string, limit int) (TicketPage, error) {
	return s.late(ctx, team, lateSpan{to: after(now)}, cursor, limit)
}

// AtRiskTickets lists a team's tickets that a warning was given for and that are in time
// yet, the next deadline first.
func (s *Store) AtRiskTickets(ctx context.Context, team string, now time.Time, cursor string, limit int) (TicketPage, error) {
	return s.late(ctx, team, lateSpan{from: after(now)}, cursor, limit)
}

// after is where what is due later than now begins: a deadline is passed at its moment.
func after(now time.Time) string { return stamp(now.Add(time.Millisecond)) }

func (s *Store) late(ctx context.Context, team string, span lateSpan, cursor string, limit int) (TicketPage, error) {
	q := span.query(team)
	q.Cursor, q.Limit = cursor, limit
	return s.ticketIDs(ctx, q)
}

func (l lateSpan) query(team string) table.Query {
	return table.Query{Index: table.View, PK: latePK(team), From: l.from, To: l.to}
}

// LateLists are the lists of several teams' late tickets: those past a deadline, or those
// warned of one. They are read by the deadline, the oldest first.
func LateLists(teams []string, now time.Time, overdue bool) []List {
	span := lateSpan{from: after(now)}
	if overdue {
		span = lateSpan{to: after(now)}
	}
	lists := make([]List, len(teams))
	for i, t := range teams {
		lists[i] = List{Team: t, Late: span}
	}
	return lists
}
