package lifecycle

import (
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Moves names the customer whose risk a change of the desk's rows may move at once. What
// moves it by time alone is Next's.
func Moves(c desk.Change) (desk.CustomerID, bool) {
	switch {
	case c.Ticket != nil:
		return c.Ticket.Customer, c.Ticket.Customer != "" && ticketMoves(c)
	case c.Message != nil: // kept with the customer: left, came back, opted out or in
		return c.Owner, c.Owner != "" && c.MessageWas == nil && !slices.ContainsFunc(c.Message.Decisions, told)
	case c.Customer != nil:
		return c.Customer.ID, c.Customer.Merged == "" && customerMoves(c)
	}
	return "", false
}

// told is what a look itself leaves behind.
func told(d desk.Decision) bool { return d.Code == RiskChanged }

func ticketMoves(c desk.Change) bool {
	now, was := *c.Ticket, c.TicketWas
	if was == nil {
		return true
	}
	// A wait that begins has an end to look at, and ends a long silence.
	begins := was.WaitingSince.IsZero() && !now.WaitingSince.IsZero()
	waited := !was.WaitingSince.IsZero() && now.WaitingSince.IsZero() && c.At.Sub(was.WaitingSince) >= longWait
	return begins || waited || now.Reopened != was.Reopened || now.Customer != was.Customer ||
		(now.Type == desk.Complaint) != (was.Type == desk.Complaint) ||
		(now.Status == desk.StatusSpam) != (was.Status == desk.StatusSpam) || missed(now) != missed(*was)
}

func customerMoves(c desk.Change) bool {
	was := c.CustomerWas
	return was != nil && (was.Merged != "" || !slices.Equal(c.Customer.Scores, was.Scores) || len(c.Customer.Merges) != len(was.Merges))
}

// Next is when time alone may move the risk, after a moment; zero where it can't any more.
func Next(r Rules, k Known, at time.Time) time.Time {
	r = r.filled()
	var next time.Time
	when := func(t time.Time) {
		if t.After(at) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	if contacts := k.contacts(at); len(contacts) > 0 {
		when(contacts[len(contacts)-1].Add(r.ActiveFor))
	}
	for _, t := range k.Tickets {
		when(t.Opened.Add(recently))
		if t.Status.Active() && !t.WaitingSince.IsZero() {
			when(t.WaitingSince.Add(longWait))
		}
	}
	for _, m := range marksOf(k.Customer) {
		when(m.At.Add(2 * recently))
	}
	return next
}
