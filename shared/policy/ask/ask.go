// Package ask decides whether a survey is asked, or why not (promise 6: at most once
// per resolution and within the caps; why one was not asked is on the ticket).
package ask

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Question is all that the decision depends on.
type Question struct {
	Survey     desk.Survey
	Ticket     desk.Ticket
	Identity   desk.Identity // of Survey.To
	Customer   desk.Customer
	WindowOpen bool // the channel takes a message now
	Enabled    bool
	Cooldown   time.Duration
	At         time.Time
}

// Skip says why the survey is not asked: a decision code; "" = ask.
func Skip(q Question) string {
	switch {
	case !q.Enabled:
		return "survey.disabled"
	case q.Survey.State != desk.SurveyPlanned:
		return "survey.asked_already"
	case q.Ticket.Status == desk.StatusSpam:
		return "survey.spam"
	case q.Ticket.Status.Active() || q.Ticket.Round != q.Survey.Round:
		return "survey.reopened"
	case q.Ticket.Answers == 0:
		return "survey.never_answered"
	case q.Survey.To.ID == "":
		return "survey.no_address"
	case q.Identity.OptedOut() || !q.Identity.Gone.IsZero():
		return "survey.opted_out"
	case q.Identity.NoSurvey:
		return "survey.unsubscribed"
	case q.Identity.Bounced != "":
		return "survey.bounced"
	case cooling(q.Customer.Asked, q.At, q.Cooldown):
		return "survey.cooldown"
	case !q.WindowOpen:
		return "survey.window_closed"
	}
	return ""
}

func cooling(asked []time.Time, at time.Time, cooldown time.Duration) bool {
	for _, t := range asked {
		if at.Sub(t) < cooldown {
			return true
		}
	}
	return false
}
