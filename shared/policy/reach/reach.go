// Package reach decides whether a message that the desk sends of itself, and that asks
// nothing, goes out now: that what a customer asked for is done, or a word of care. The
// first is owed to them, so only what forbids writing at all stands against it; a word of
// care obeys what surveys do: consents, caps, the customer's wish to be left alone.
package reach

import (
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/ask"
)

// Rules is what the settings say of it.
type Rules struct {
	Quiet   ask.Quiet
	Enabled bool
	// Of care alone: the purpose that the customer must have agreed to ("" = none), the
	// caps of surveys, and who is spared.
	Consent  string
	Caps     ask.Rules
	Spared   []string
	Channels []desk.Channel // none: all
	Idle     bool           // only to who has nothing under way: best wishes are no answer
	Late     time.Duration  // after it was planned it is too late; 0: never
}

// Question is all that the decision depends on.
type Question struct {
	Outreach   desk.Outreach
	Ticket     desk.Ticket // in whose conversation it would stand
	Identity   desk.Identity
	Customer   desk.Customer
	WindowOpen bool
	Busy       bool // something of theirs is under way, and Rules.Idle
	Zone       *time.Location
	Rules      Rules
	At         time.Time
}

// Decide says whether it goes at Question.At, when to look again, or why not.
func Decide(q Question) ask.Verdict {
	if q.Outreach.State != desk.OutreachPlanned {
		return ask.Verdict{Why: "reach.told_already"}
	}
	if why := forbidden(q); why != "" {
		return ask.Verdict{Why: why}
	}
	if q.Outreach.Kind == desk.OutreachCare {
		if why := unwanted(q); why != "" {
			return ask.Verdict{Why: why}
		}
	}
	if until := q.Rules.Quiet.Over(q.At, q.Zone); until.After(q.At) {
		return ask.Verdict{Until: until}
	}
	if !q.WindowOpen {
		return ask.Verdict{Why: "reach.window_closed"}
	}
	return ask.Verdict{}
}

// forbidden gives what stands against any message.
func forbidden(q Question) string {
	switch {
	case q.Outreach.To.ID == "":
		return "reach.no_address"
	case q.Ticket.Status == desk.StatusSpam:
		return "reach.spam"
	case q.Identity.OptedOut() || !q.Identity.Gone.IsZero():
		return "reach.opted_out"
	case q.Identity.Bounced != "":
		return "reach.bounced"
	}
	return ""
}

// unwanted gives what stands against a word of care besides.
func unwanted(q Question) string {
	spared := func(tag string) bool { return slices.Contains(q.Rules.Spared, tag) }
	switch {
	case !q.Rules.Enabled:
		return "reach.disabled"
	case q.Identity.NoSurvey:
		return "reach.unsubscribed"
	case refused(q.Customer, q.Rules.Consent):
		return "reach.no_consent"
	case slices.ContainsFunc(q.Customer.Tags, spared) || slices.ContainsFunc(q.Ticket.Tags, spared):
		return "reach.spared"
	case q.Busy:
		return "reach.under_way"
	case q.Rules.Late > 0 && q.At.Sub(q.Outreach.Planned) > q.Rules.Late:
		return "reach.too_late"
	case len(q.Rules.Channels) > 0 && !slices.Contains(q.Rules.Channels, q.Outreach.To.Channel):
		return "reach.not_meant"
	case ask.Capped(q.Customer, q.Outreach.Of, q.Rules.Caps, q.At) != "":
		return "reach.too_many"
	}
	return ""
}

// refused says whether a consent that is needed isn't there.
func refused(c desk.Customer, purpose string) bool {
	return purpose != "" && !slices.ContainsFunc(c.Consents, func(x desk.Consent) bool { return x.Purpose == purpose && x.Given })
}
