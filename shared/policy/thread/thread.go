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
)

// Candidate is a ticket that the message may belong to.
type Candidate struct {
	How    string
	Ticket desk.Ticket
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
	Reopen    bool          // Join was resolved
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
	resolvedLong := t.Status == desk.StatusResolved && q.At.Sub(t.Resolved) > q.ReopenWithin
	switch {
	case t.Status == desk.StatusClosed || resolvedLong:
		return Verdict{Follows: t.ID, Decisions: []desk.Decision{{Code: "thread.follows_closed", Args: args}}}
	case t.Status == desk.StatusResolved:
		return Verdict{Join: &t, Reopen: true, Decisions: []desk.Decision{{Code: "thread.reopened", Args: args}}}
	default:
		return Verdict{Join: &t, Decisions: []desk.Decision{{Code: "thread.joined", Args: args}}}
	}
}

// barred says why a message may not join a candidate, or "".
func barred(in desk.Inbound, c Candidate) string {
	switch c.How {
	case ByConversation:
		return ""
	case ByStatusLink: // the link names who it was made for
		if c.Ticket.From != in.From {
			return "thread.stranger"
		}
		return ""
	}
	if !TakesPart(c.Ticket, in.From.ID) {
		return "thread.stranger"
	}
	if c.How != ByReplyAddress && in.Mail != nil && !in.Mail.Trusted {
		return "thread.from_unproven" // anybody can write a From and a References line
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
