// Package release decides whether a queued message may go to its customer now
// (promise 3: none is sent after the customer opted out, and a reply is never attempted
// again once it may have been accepted).
package release

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Decision is what to do with a message at the head of a conversation.
type Decision string

// The decisions.
const (
	Go   Decision = "go"
	Wait Decision = "wait" // until Until
	Drop Decision = "drop" // failed for good, with Why
)

// TookOver is why an acknowledgement is dropped once a person has answered.
const TookOver = "send.person_took_over"

// MarkedSpam is why an acknowledgement is dropped once its ticket is held to be spam.
const MarkedSpam = "send.spam"

// WindowClosed is why a message is dropped that the channel takes no more.
const WindowClosed = "send.window_closed"

// Question is all that the decision depends on.
type Question struct {
	Message     desk.Message
	Ticket      desk.Ticket
	Identity    desk.Identity // of Message.From
	WindowUntil time.Time     // the channel takes messages until then; zero = no limit
	WindowLeft  int           // how many more; < 0 = no limit
	At          time.Time
}

// Verdict is the answer. Why is a decision code.
type Verdict struct {
	Decision Decision
	Until    time.Time
	Why      string
}

// Decide says whether the message goes.
func Decide(q Question) Verdict {
	m := q.Message
	switch {
	case q.At.Before(m.NotBefore):
		return Verdict{Decision: Wait, Until: m.NotBefore}
	case q.At.Before(q.Ticket.Claim.Retry):
		return Verdict{Decision: Wait, Until: q.Ticket.Claim.Retry}
	case q.Identity.OptedOut():
		return Verdict{Decision: Drop, Why: "send.opted_out"}
	case !q.Identity.Gone.IsZero():
		return Verdict{Decision: Drop, Why: "send.unfollowed"}
	case m.Purpose == "ack" && q.Ticket.Status == desk.StatusSpam:
		return Verdict{Decision: Drop, Why: MarkedSpam}
	case m.Purpose == "ack" && q.Ticket.Answers > 0:
		return Verdict{Decision: Drop, Why: TookOver}
	case m.Notice == "" && (!q.WindowUntil.IsZero() && !q.At.Before(q.WindowUntil) || q.WindowLeft == 0):
		return Verdict{Decision: Drop, Why: WindowClosed}
	}
	return Verdict{Decision: Go}
}
