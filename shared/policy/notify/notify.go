// Package notify decides who of the desk is told of what happened: from a row before and
// after a write to what happened, and from that and the ticket as it is now to those who
// should know. Deriving again gives the same notices with the same ids.
package notify

import (
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Kind is what a notice is about.
type Kind string

// The kinds of notice.
const (
	Assigned Kind = "assigned"    // a ticket became yours
	Reply    Kind = "reply"       // the customer wrote again
	Mention  Kind = "mention"     // a colleague's note names you
	Noted    Kind = "note"        // a colleague left a note
	Resolved Kind = "resolved"    // a ticket that you follow was resolved
	Warning  Kind = "sla_warning" // a deadline is near
	Breach   Kind = "sla_breach"  // a deadline has passed
	BadScore Kind = "bad_score"   // the customer gave a bad score
	Recovery Kind = "recovery"    // an unhappy customer waits to be talked to, or has waited too long
	Praise   Kind = "praise"      // a customer praises you
	HookOff  Kind = "webhook_off" // a subscription switched itself off
)

// Kinds lists all of them.
var Kinds = []Kind{Assigned, Reply, Mention, Noted, Resolved, Warning, Breach, BadScore, Recovery, Praise, HookOff}

// Event names a kind as deliveries to robots are called.
func (k Kind) Event() desk.EventName { return desk.EventName("notice." + string(k)) }

// RobotDefault are the kinds that a group is told where the settings name none.
var RobotDefault = []Kind{Breach, BadScore, Recovery}

// Happening is something that somebody of the desk should know.
type Happening struct {
	ID     string        `json:"id"` // sorts by time, as tell.ID makes it
	Kind   Kind          `json:"kind"`
	At     time.Time     `json:"at"`
	Ticket desk.TicketID `json:"t,omitempty"`
	By     desk.Actor    `json:"by"`             // who did it: they know already
	To     string        `json:"to,omitempty"`   // of Assigned, Mention, Praise and Recovery: the agent's id
	Only   bool          `json:"only,omitempty"` // of Recovery: nobody but To; who heard of the score knows
	Not    []string      `json:"not,omitempty"`  // agents who hear of it otherwise
	What   desk.Decision `json:"what"`           // in words: a code of the journal
}

// Person is an agent with what they want to be told.
type Person struct {
	ID    string
	Role  string // agent, lead or admin
	Teams []string
	Rules Rules
}

// Rules are an agent's own.
type Rules struct {
	Mail   []Kind // told by mail as well
	Muted  []Kind // not told at all
	Quiet  []Quiet
	Urgent []Kind         // mailed in quiet hours too
	Zone   *time.Location // of Quiet; nil = UTC
}

// Robot is a group's robot. Without teams it is told of all; without kinds RobotDefault.
type Robot struct {
	Name  string
	Teams []string
	Kinds []Kind
}

// Notice is one telling. Exactly one of Agent and Robot is set. Mail says that the agent
// is written to as well, now; Later that they would be but for quiet hours, which end then.
type Notice struct {
	Agent, Robot string
	Mail         bool
	Later        time.Time
}

// Notices gives who is told, each once, in the order of the settings. The ticket is as it
// is now: nobody is told what is no longer so. It is the zero one for a HookOff. now is
// when it is told, for quiet hours.
func Notices(h Happening, t desk.Ticket, people []Person, robots []Robot, now time.Time) []Notice {
	if stale(h, t) {
		return nil
	}
	var out []Notice
	leads := heads(people, t.Team)
	for _, p := range people {
		if concerns(h, t, p, leads) && !did(h, p.ID) && !slices.Contains(h.Not, p.ID) && !slices.Contains(p.Rules.Muted, h.Kind) {
			out = append(out, Notice{Agent: p.ID, Mail: p.Rules.mails(h.Kind, now), Later: p.Rules.later(h.Kind, now)})
		}
	}
	for _, r := range robots {
		if r.wants(h, t) {
			out = append(out, Notice{Robot: r.Name})
		}
	}
	return out
}

// stale says that what happened matters to nobody any more.
func stale(h Happening, t desk.Ticket) bool {
	switch h.Kind {
	case HookOff:
		return false
	case Assigned:
		return t.Assignee != h.To || !t.Status.Active()
	case Resolved:
		return t.Status.Active() || t.Status == desk.StatusSpam
	case Reply:
		return !t.Status.Active() || !h.At.After(t.Opened)
	case Warning, Breach:
		return !t.Status.Active()
	}
	return t.Status == desk.StatusSpam
}

// did says that an agent did it themselves.
func did(h Happening, agent string) bool { return h.By.Kind == desk.ByAgent && h.By.ID == agent }

// heads are the leads of a team; where it has none, its admins.
func heads(people []Person, team string) []string {
	for _, role := range []string{"lead", "admin"} {
		var out []string
		for _, p := range people {
			if p.Role == role && (len(p.Teams) == 0 || slices.Contains(p.Teams, team)) {
				out = append(out, p.ID)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func concerns(h Happening, t desk.Ticket, p Person, heads []string) bool {
	mine := t.Assignee != "" && t.Assignee == p.ID
	follows := slices.Contains(t.Followers, p.ID)
	head := slices.Contains(heads, p.ID)
	switch h.Kind {
	case Assigned, Mention, Praise:
		return p.ID == h.To
	case Reply, Noted:
		return mine || follows
	case Resolved:
		return follows
	case Warning:
		return mine
	case Recovery:
		return h.forOwner(p, mine || head)
	case Breach, BadScore:
		return mine || head
	case HookOff:
		return p.Role == "admin"
	}
	return false
}

// forOwner says whether somebody is told of a recovery. scored are those whom a bad score
// concerns: a recovery that it opened is no news to them, unless they are told of no scores.
func (h Happening) forOwner(p Person, scored bool) bool {
	switch {
	case h.Only && h.What.Code == opened:
		return p.ID == h.To && (!scored || slices.Contains(p.Rules.Muted, BadScore))
	case h.Only:
		return p.ID == h.To
	}
	return p.ID == h.To || scored
}

func (r Robot) wants(h Happening, t desk.Ticket) bool {
	kinds := r.Kinds
	if len(kinds) == 0 {
		kinds = RobotDefault
	}
	if !slices.Contains(kinds, h.Kind) || h.Kind == Assigned && did(h, h.To) || h.Only {
		return false
	}
	return len(r.Teams) == 0 || slices.Contains(r.Teams, t.Team)
}

// mails says whether an agent is written to of a kind at a time.
func (r Rules) mails(k Kind, now time.Time) bool {
	return slices.Contains(r.Mail, k) && (!r.quiet(now) || slices.Contains(r.Urgent, k))
}

func (r Rules) quiet(now time.Time) bool {
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	local := now.In(zone)
	minute := local.Hour()*60 + local.Minute()
	return slices.ContainsFunc(r.Quiet, func(q Quiet) bool { return q.Covers(minute) })
}
