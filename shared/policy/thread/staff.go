package thread

import (
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// StaffAs says what a mail of an agent's becomes.
type StaffAs string

// What a mail of an agent's becomes.
const (
	StaffQueued StaffAs = "queued" // the agent's public answer, to be sent to the customer
	StaffSent   StaffAs = "sent"   // the agent's public answer, which the customer has from the agent
	StaffNote   StaffAs = "note"   // for the agents alone
)

// StaffQuestion is all that the decision on an agent's mail depends on.
type StaffQuestion struct {
	In         desk.Inbound
	Candidates []Candidate // the strongest first
	Colleagues []string    // the other agents' addresses, in lower case
}

// StaffVerdict is the decision; Join is nil where the mail is threaded like anybody's.
type StaffVerdict struct {
	Join      *desk.Ticket
	How       string
	As        StaffAs
	Decisions []desk.Decision
}

// ChooseStaff decides on a mail whose From is an agent's. One that points to a ticket by
// our signed address or by headers is the agent's answer, if a person is proven to have
// written it to the customer or to the desk alone; whatever else points there is a note,
// and nothing of it ever goes out. An agent who writes to their own ticket is its customer.
func ChooseStaff(q StaffQuestion) StaffVerdict {
	i := slices.IndexFunc(q.Candidates, func(c Candidate) bool {
		return c.How == ByReplyAddress || c.How == ByInReplyTo || c.How == ByReferences
	})
	if i < 0 {
		return StaffVerdict{}
	}
	c := q.Candidates[i]
	if customerOf(c.Ticket, q.In.From.ID) || c.Pointed != nil && customerOf(*c.Pointed, q.In.From.ID) {
		return StaffVerdict{}
	}
	v := StaffVerdict{Join: &c.Ticket, How: c.How, As: StaffNote, Decisions: []desk.Decision{
		{Code: "thread.joined", Args: map[string]string{"how": c.How, "ticket": c.Ticket.ID.Number()}},
	}}
	say := func(code string, as StaffAs) StaffVerdict {
		v.As = as
		v.Decisions = append(v.Decisions, desk.Decision{Code: code})
		return v
	}
	if why := withheld(q.In, c.Ticket); why != "" {
		return say(why, StaffNote)
	}
	readers := slices.Concat(q.In.Mail.To, q.In.Mail.Cc)
	switch {
	case slices.ContainsFunc(readers, func(a string) bool { return customerOf(c.Ticket, a) }):
		return say("staff.sent_already", StaffSent)
	case slices.ContainsFunc(readers, func(a string) bool { return slices.Contains(q.Colleagues, strings.ToLower(a)) }):
		return say("staff.to_colleagues", StaffNote)
	case strings.TrimSpace(q.In.Text) == "" && len(q.In.Attachments) == 0:
		return say("staff.empty", StaffNote)
	}
	return say("staff.answered", StaffQueued)
}

// withheld says why a mail of an agent's counts as no answer, or "".
func withheld(in desk.Inbound, t desk.Ticket) string {
	switch {
	case in.Mail == nil || !in.Mail.Trusted:
		return "staff.unproven"
	case in.Automatic != "" || in.Quiet:
		return "staff.automatic"
	case in.Spam != "" || in.Virus:
		return "staff.suspicious"
	case t.Status == desk.StatusSpam:
		return "staff.spam"
	case t.Into != "":
		return "staff.merged"
	}
	return ""
}

// customerOf says whether an address is the customer's of a ticket.
func customerOf(t desk.Ticket, address string) bool {
	for _, a := range []desk.Address{t.From, t.To} {
		if a.Channel == desk.Email && strings.EqualFold(a.ID, address) {
			return true
		}
	}
	return t.Contact.Mail != "" && strings.EqualFold(t.Contact.Mail, address)
}
