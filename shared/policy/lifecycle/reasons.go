package lifecycle

import (
	"cmp"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// recently is how long what went wrong counts.
const recently = 90 * 24 * time.Hour

// longWait is how long waiting for an answer is long.
const longWait = 48 * time.Hour

// RiskChanged is the journal's code of a level that isn't what it was.
const RiskChanged = "churn.risk_changed"

// Points of each reason. Two grave ones are a high risk, by the default rules.
const (
	badScore   = 30 // the last one
	moreBad    = 15 // another bad one of the last few
	left       = 30 // an account unfollowed
	stopped    = 25 // opted out somewhere
	overdue    = 15 // a deadline missed
	reopened   = 15 // what was solved wasn't
	complained = 15 // a complaint
	quietFor   = 20 // nothing heard for longer than the active write
	waitsLong  = 10 // waits for an answer for two days or more
)

func reasons(r Rules, k Known, last, at time.Time) []Reason {
	var out []Reason
	add := func(code string, points int, holds bool) {
		if holds {
			out = append(out, Reason{code, points})
		}
	}
	lastBad, others := scores(r, k.Customer, at)
	add("churn.bad_score", badScore, lastBad)
	add("churn.bad_scores", moreBad, others)
	identity := func(holds func(desk.Identity) bool) bool { return slices.ContainsFunc(k.Identities, holds) }
	add("churn.left", left, identity(func(id desk.Identity) bool { return !id.Gone.IsZero() }))
	add("churn.opted_out", stopped, identity(desk.Identity.OptedOut))
	ticket := func(holds func(desk.Ticket) bool) bool {
		return slices.ContainsFunc(k.Tickets, func(t desk.Ticket) bool {
			return t.Status != desk.StatusSpam && at.Sub(t.Opened) < recently && holds(t)
		})
	}
	add("churn.overdue", overdue, ticket(missed))
	add("churn.reopened", reopened, ticket(func(t desk.Ticket) bool { return t.Reopened > 0 }))
	add("churn.complaint", complained, ticket(func(t desk.Ticket) bool { return t.Type == desk.Complaint }))
	add("churn.waits", waitsLong, ticket(func(t desk.Ticket) bool {
		return t.Status.Active() && !t.WaitingSince.IsZero() && at.Sub(t.WaitingSince) >= longWait
	}))
	add("churn.quiet", quietFor, !last.IsZero() && at.Sub(last) >= r.ActiveFor)
	slices.SortStableFunc(out, func(a, b Reason) int { return cmp.Compare(b.Points, a.Points) })
	return out
}

func missed(t desk.Ticket) bool {
	return slices.ContainsFunc(desk.Targets, func(target desk.Target) bool {
		k := t.Clocks.Of(target)
		return k != nil && k.Breached
	})
}

// scores says whether the last score was bad, and whether another of the last few was.
func scores(r Rules, c desk.Customer, at time.Time) (last, others bool) {
	if r.Bad == nil {
		return false, false
	}
	marks := marksOf(c)
	for i, m := range slices.Backward(marks) {
		bad := r.Bad(m.Kind, m.Value) && at.Sub(m.At) < 2*recently
		last = last || bad && i == len(marks)-1
		others = others || bad && i < len(marks)-1
	}
	return last, others
}

// marksOf are the last few scores, the newest last; of rows older than they are, the last.
func marksOf(c desk.Customer) []desk.ScoreMark {
	if s := c.LastScore; len(c.Scores) == 0 && s != nil {
		return []desk.ScoreMark{{Kind: s.Kind, Value: s.Value, At: s.At}}
	}
	return c.Scores
}
