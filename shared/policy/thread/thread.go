// Package thread decides which ticket a message belongs to (promise 4: an e-mail joins
// a ticket only if headers or a signed address point there and its author takes part
// in it; everything else is a new ticket).
package thread

import (
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// How a candidate was found, the strongest first.
const (
	ByStatusLink   = "status_link"   // written on the status page that our signed link opens
	ByReplyAddress = "reply_address" // our signed address stands among the recipients
	ByInReplyTo    = "in_reply_to"
	ByReferences   = "references"
	ByConversation = "conversation" // the customer's one open ticket on the channel
	BySubject      = "subject"      // its number stands in the subject: a hint, for a participant alone
)

// Candidate is a ticket that the message may belong to.
type Candidate struct {
	How    string
	Ticket desk.Ticket
	// Pointed is the ticket that the sign points to, where that was merged into Ticket:
	// who took part in it goes on to take part.
	Pointed *desk.Ticket
}

// Question is all that the decision depends on.
type Question struct {
	In           desk.Inbound
	At           time.Time   // when it was received
	Candidates   []Candidate // the strongest first
	ReopenWithin time.Duration
}

// Verdict is the decision: join a ticket, or open one (Join nil), perhaps after another.
type Verdict struct {
	Join      *desk.Ticket
	Reopen    bool          // Join was resolved or closed
	Thanks    bool          // nothing but thanks: it moves no ticket's state
	Follows   desk.TicketID // a new ticket that follows an old one
	Decisions []desk.Decision
}

// Choose decides. The first candidate the author takes part in wins.
func Choose(q Question) Verdict {
	var said []desk.Decision
	for _, c := range q.Candidates {
		args := map[string]string{"how": c.How, "ticket": c.Ticket.ID.Number()}
		if why := barred(q.In, c); why != "" {
			said = append(said, desk.Decision{Code: why, Args: args})
			continue
		}
		v := place(q, c, args)
		v.Decisions = append(said, v.Decisions...)
		return v
	}
	if len(said) == 0 {
		said = append(said, desk.Decision{Code: "thread.new"})
	} else {
		said = append(said, desk.Decision{Code: "thread.new_after_all"})
	}
	return Verdict{Decisions: said}
}

func place(q Question, c Candidate, args map[string]string) Verdict {
	t := c.Ticket
	if c.How == ByStatusLink && spammed(q.In, c) != "" && !thanksOnly(q.In, desk.StatusResolved) { // the page goes on in a ticket that is seen
		return Verdict{Follows: t.ID, Decisions: []desk.Decision{{Code: "thread.spam", Args: args}}}
	}
	over := t.Status == desk.StatusResolved || t.Status == desk.StatusClosed
	switch {
	case thanksOnly(q.In, t.Status):
		return Verdict{Join: &t, Thanks: true, Decisions: []desk.Decision{
			{Code: "thread.joined", Args: args}, {Code: "thread.thanks"},
		}}
	case over && (t.Into != "" || q.At.Sub(overSince(t)) > q.ReopenWithin):
		return Verdict{Follows: t.ID, Decisions: []desk.Decision{{Code: "thread.follows_closed", Args: args}}}
	case over:
		return Verdict{Join: &t, Reopen: true, Decisions: []desk.Decision{{Code: "thread.reopened", Args: args}}}
	default:
		return Verdict{Join: &t, Decisions: []desk.Decision{{Code: "thread.joined", Args: args}}}
	}
}

// overSince is when a ticket was done with: its resolution, whether or not it was closed
// since, so that it doesn't matter how late the timer closes it; else its closing.
func overSince(t desk.Ticket) time.Time {
	if t.Resolved.IsZero() {
		return t.Closed
	}
	return t.Resolved
}

// barred says why a message may not join a candidate, or "".
func barred(in desk.Inbound, c Candidate) string {
	switch c.How {
	case ByConversation:
		return spammed(in, c)
	case ByStatusLink: // the link names who it was made for
		if c.Ticket.From != in.From && (c.Pointed == nil || c.Pointed.From != in.From) {
			return "thread.stranger"
		}
		return ""
	}
	if !TakesPart(c.Ticket, in.From.ID) && (c.Pointed == nil || !TakesPart(*c.Pointed, in.From.ID)) {
		return "thread.stranger"
	}
	if c.How != ByReplyAddress && in.Mail != nil && !in.Mail.Trusted {
		return "thread.from_unproven" // anybody can write a From and a References line
	}
	return spammed(in, c)
}

// spammed bars what is no spam itself from a ticket that is: nobody would see it there.
func spammed(in desk.Inbound, c Candidate) string {
	if c.Ticket.Status == desk.StatusSpam && in.Spam == "" {
		return "thread.spam"
	}
	return ""
}

// TakesPart says whether a mail address is a participant of a ticket: its customer, the
// contact given in the form, or somebody written to in it.
func TakesPart(t desk.Ticket, address string) bool {
	a := strings.ToLower(address)
	if t.From.Channel == desk.Email && strings.EqualFold(t.From.ID, a) {
		return true
	}
	if t.Contact.Mail != "" && strings.EqualFold(t.Contact.Mail, a) {
		return true
	}
	return t.Mail != nil && slices.Contains(t.Mail.Parts, a)
}
