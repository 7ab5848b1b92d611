package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Happened is one entry of a customer's timeline: a ticket, dated when it opened, or
// something that happened outside any ticket.
type Happened struct {
	At     time.Time
	Ticket Row[desk.Ticket] // its Value.ID is empty: an event
	Event  desk.Message     // where it is no ticket

	place string
}

// Marks of an entry's kind in its place: of one moment tickets come first.
const (
	eventMark  = "#E"
	ticketMark = "#T"
)

// PersonTimeline reads a page of all that happened with a customer and those they took
// in, over all channels, newest first. The cursor is a place, so that the lists of
// several customers are walked as one. Units: for each of them 0.5 and 0.5 for each 4 kB
// looked at, twice; and 1 per ticket.
func (s *Store) PersonTimeline(ctx context.Context, c desk.Customer, cursor string, limit int) ([]Happened, string, error) {
	events, tickets, err := below(cursor)
	if err != nil {
		return nil, "", err
	}
	var all []Happened
	more := false
	for _, id := range append([]desk.CustomerID{c.ID}, c.Aliases()...) {
		part, rest, err := s.happened(ctx, id, events, tickets, limit)
		if err != nil {
			return nil, "", err
		}
		all, more = append(all, part...), more || rest
	}
	slices.SortFunc(all, func(a, b Happened) int { return strings.Compare(b.place, a.place) })
	// A merge is told to both customers, by one id.
	all = slices.CompactFunc(all, func(a, b Happened) bool { return a.place == b.place })
	if len(all) > limit {
		all, more = all[:limit], true
	}
	if !more || len(all) == 0 {
		return all, "", nil
	}
	return all, all[len(all)-1].place, nil
}

// happened reads one customer's newest entries below two sort keys.
func (s *Store) happened(ctx context.Context, c desk.CustomerID, events, tickets string, limit int) (out []Happened, more bool, err error) {
	rows, next, err := rowsOf[desk.Message](ctx, s, table.Query{PK: customerKey(c).PK, From: "M#", To: events, Limit: limit, Reverse: true})
	if err != nil {
		return nil, false, err
	}
	for _, r := range rows {
		out = append(out, Happened{At: r.Value.At, Event: r.Value, place: stamp(r.Value.At) + eventMark + string(r.Value.ID)})
	}
	page, err := s.ticketIDs(ctx, table.Query{Index: table.Who, PK: whoPK(c), To: tickets, Limit: limit, Reverse: true})
	if err != nil || len(page.IDs) == 0 {
		return out, next != "", err
	}
	heads, err := s.Tickets(ctx, page.IDs...)
	for _, r := range heads {
		out = append(out, Happened{At: r.Value.Opened, Ticket: r, place: stamp(r.Value.Opened) + ticketMark + string(r.Value.ID)})
	}
	return out, next != "" || page.Cursor != "", err
}

// below gives the sort keys of events and of tickets that all older than a place are
// below.
func below(place string) (events, tickets string, err error) {
	if place == "" {
		return "M$", "", nil // above all that begins with M#
	}
	at, rest, ok := strings.Cut(place, "#")
	t, perr := time.Parse(timeKey, at)
	if !ok || perr != nil || rest == "" {
		return "", "", fmt.Errorf("store: not a place in a timeline: %w", table.ErrInvalid)
	}
	switch id := rest[1:]; "#" + rest[:1] {
	case eventMark:
		return "M#" + part(id), at + "#", nil
	case ticketMark:
		first := string(desk.NewMessageID(t.Add(time.Millisecond)))
		return "M#" + first[:strings.Index(first, "-")], at + "#" + part(id), nil
	}
	return "", "", fmt.Errorf("store: not a place in a timeline: %w", table.ErrInvalid)
}
