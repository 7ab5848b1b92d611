package lifecycle_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/lifecycle"
)

// Until Next nothing moves by itself: whoever looks then, and at each change that Moves
// names, has missed nothing.
func TestNothingMovesBeforeNext(t *testing.T) {
	hours := rapid.IntRange(0, 400*24)
	rapid.Check(t, func(t *rapid.T) {
		when := func(name string) time.Time { return now.Add(-time.Duration(hours.Draw(t, name)) * time.Hour) }
		k := lifecycle.Known{Customer: desk.Customer{Created: when("created")}, Identities: []desk.Identity{{LastIn: when("last in")}}}
		for range rapid.IntRange(0, 3).Draw(t, "tickets") {
			x := desk.Ticket{Opened: when("opened"), Status: desk.StatusOpen, Reopened: rapid.IntRange(0, 1).Draw(t, "reopened")}
			if rapid.Bool().Draw(t, "waits") {
				x.WaitingSince = when("since")
			}
			k.Tickets = append(k.Tickets, x)
		}
		for range rapid.IntRange(0, 3).Draw(t, "scores") {
			k.Customer.Scores = append(k.Customer.Scores, desk.ScoreMark{Kind: desk.CSAT, Value: rapid.IntRange(1, 5).Draw(t, "score"), At: when("scored")})
		}
		next := lifecycle.Next(rules, k, now)
		until := next
		if next.IsZero() {
			until = now.AddDate(2, 0, 0)
		}
		require.True(t, until.After(now))
		span := until.Sub(now) - 1
		later := now.Add(time.Duration(rapid.Int64Range(0, int64(span)).Draw(t, "after")))
		require.Equal(t, lifecycle.Judge(rules, k, now).Reasons, lifecycle.Judge(rules, k, later).Reasons)
	})
}

// What can't move the risk asks for no look.
func TestMoves(t *testing.T) {
	open := desk.Ticket{ID: "T1", Customer: "c1", Status: desk.StatusOpen, Type: desk.Inquiry, WaitingSince: ago(3)}
	change := func(do func(*desk.Ticket)) desk.Change {
		now1 := open
		do(&now1)
		return desk.Change{At: now, Ticket: &now1, TicketWas: &open}
	}
	for name, c := range map[string]struct {
		change desk.Change
		moves  bool
	}{
		"a ticket":              {desk.Change{At: now, Ticket: &open}, true},
		"nobody's ticket":       {desk.Change{At: now, Ticket: &desk.Ticket{}}, false},
		"a message":             {change(func(t *desk.Ticket) { t.Updated = now }), false},
		"assigned":              {change(func(t *desk.Ticket) { t.Assignee = "amy" }), false},
		"reopened":              {change(func(t *desk.Ticket) { t.Reopened = 1 }), true},
		"a complaint":           {change(func(t *desk.Ticket) { t.Type = desk.Complaint }), true},
		"spam":                  {change(func(t *desk.Ticket) { t.Status = desk.StatusSpam }), true},
		"writes again":          {desk.Change{At: now, Ticket: &desk.Ticket{Customer: "c1", WaitingSince: now}, TicketWas: &desk.Ticket{Customer: "c1"}}, true},
		"let go":                {desk.Change{Customer: &desk.Customer{ID: "c1"}, CustomerWas: &desk.Customer{ID: "c1", Merged: "c2"}}, true},
		"answered after 3 days": {change(func(t *desk.Ticket) { t.WaitingSince = time.Time{} }), true},
		"breached":              {change(func(t *desk.Ticket) { t.Clocks = &desk.Clocks{First: &desk.Clock{Breached: true}} }), true},
		"an opt-out":            {desk.Change{Owner: "c1", Message: &desk.Message{Decisions: []desk.Decision{{Code: "optout.word"}}}}, true},
		"its own telling":       {desk.Change{Owner: "c1", Message: &desk.Message{Decisions: []desk.Decision{{Code: lifecycle.RiskChanged}}}}, false},
		"a new name":            {desk.Change{Customer: &desk.Customer{ID: "c1", Name: "安"}, CustomerWas: &desk.Customer{ID: "c1"}}, false},
		"a score":               {desk.Change{Customer: &desk.Customer{ID: "c1", Scores: []desk.ScoreMark{{Value: 1}}}, CustomerWas: &desk.Customer{ID: "c1"}}, true},
	} {
		_, moves := lifecycle.Moves(c.change)
		require.Equal(t, c.moves, moves, name)
	}
}
