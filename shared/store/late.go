package store

import (
	"context"
	"slices"
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
	return s.ticketIDs(ctx, table.Query{
		Index: table.View, PK: latePK(team), From: span.from, To: span.to, Cursor: cursor, Limit: limit,
	})
}

// MergeLate reads the first late tickets of several teams, at most limit of each, by
// their deadline: those past it, or those warned of one. keep leaves out what the caller
// doesn't want; nil keeps all. more says that there are further ones. Units: 0.5 per team
// and 4 kB, and 1 per header.
func (s *Store) MergeLate(ctx context.Context, teams []string, now time.Time, overdue bool, limit int, keep func(desk.Ticket) bool) (rows []Row[desk.Ticket], more bool, err error) {
	list := s.AtRiskTickets
	if overdue {
		list = s.OverdueTickets
	}
	for _, team := range teams {
		page, err := list(ctx, team, now, "", limit)
		if err != nil {
			return nil, false, err
		}
		part, err := s.Tickets(ctx, page.IDs...)
		if err != nil {
			return nil, false, err
		}
		rows, more = append(rows, part...), more || page.Cursor != ""
	}
	rows = slices.DeleteFunc(rows, func(r Row[desk.Ticket]) bool {
		return r.Value.Clocks == nil || keep != nil && !keep(r.Value)
	})
	slices.SortStableFunc(rows, func(x, y Row[desk.Ticket]) int { return x.Value.Clocks.Listed.Compare(y.Value.Clocks.Listed) })
	if len(rows) > limit {
		rows, more = rows[:limit], true
	}
	return rows, more, nil
}
