// Package allow decides who may see and do what: pure functions of who asks and what of.
//
// Three roles, each with all that the one before may. An agent sees the tickets of their
// teams and those that they have or follow, and the feedback and figures of their teams. A lead
// also sees the feedback and figures of the whole desk, its quarantine and its audit; of
// tickets still those of their teams. An admin sees and does all. Who is in no team sees
// every team: a small desk has no teams to speak of, and settings warn of it.
//
// Customers belong to the desk and not to a team: whoever answers must know who writes.
// Their tickets stay those that one may see.
package allow

import (
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
)

// Role is what somebody may do at most.
type Role string

// The roles, the least first.
const (
	Agent Role = "agent"
	Lead  Role = "lead"
	Admin Role = "admin"
)

// Roles lists them, the least first.
var Roles = []Role{Agent, Lead, Admin}

// Principal is who asks: a person who has signed in, or a program with a key.
type Principal struct {
	Actor    desk.Actor
	Role     Role
	Teams    []string // none: all teams
	ReadOnly bool     // a key that may change nothing
}

// Everywhere says that no team is hidden from them, so that a ticket need not be looked
// at first.
func (p Principal) Everywhere() bool {
	return p.Role == Admin || slices.Contains(Roles, p.Role) && len(p.Teams) == 0
}

// Team says whether a team's tickets are theirs to see.
func (p Principal) Team(team string) bool { return p.Everywhere() || slices.Contains(p.Teams, team) }

// Action is what is done to an object.
type Action bool

// The actions.
const (
	Read   Action = false
	Change Action = true
)

// Kind is what there is to see.
type Kind string

// The kinds of object.
const (
	Ticket     Kind = "ticket" // and all that lies in it
	Customer   Kind = "customer"
	Texts      Kind = "texts"    // canned replies, macros, surveys: what settings say
	Feedback   Kind = "feedback" // of a team, or of the desk where Team is empty
	Figures    Kind = "figures"  // the same
	Quarantine Kind = "quarantine"
	Audit      Kind = "audit"
	Keys       Kind = "keys"
	Operations Kind = "operations" // dead letters and settings
)

// Object is one thing, with what rules who may see it.
type Object struct {
	Kind     Kind
	Team     string
	Assignee string // of a ticket: an agent's id
	// Followers of a ticket see it whatever its team: somebody asked them to look.
	Followers []string
}

// OfTicket is a ticket as an object.
func OfTicket(t desk.Ticket) Object {
	return Object{Kind: Ticket, Team: t.Team, Assignee: t.Assignee, Followers: t.Followers}
}

// Verdict is the answer to May.
type Verdict int

// The verdicts.
const (
	Refused Verdict = iota // they may know that it exists
	Hidden                 // they may not: it is as if there were none
	Yes
)

// leasts are the least roles to read and to change; nobody changes what has none.
var leasts = map[Kind]struct{ read, change Role }{
	Ticket:     {Agent, Agent},
	Customer:   {Agent, Agent},
	Texts:      {Agent, ""},
	Feedback:   {Agent, ""},
	Figures:    {Agent, ""},
	Quarantine: {Lead, ""},
	Audit:      {Lead, ""},
	Keys:       {Admin, Admin},
	Operations: {Admin, Admin},
}

// May decides whether somebody may do something. Out of their teams a ticket is Hidden,
// for a refusal would confirm that its number exists.
func May(p Principal, a Action, o Object) Verdict {
	if o.Kind == Ticket && !p.Team(o.Team) && !o.concerns(p.Actor) {
		return Hidden
	}
	least := leasts[o.Kind].read
	if a == Change {
		least = leasts[o.Kind].change
	}
	switch {
	case least == "" || !p.Role.AtLeast(least) || a == Change && p.ReadOnly:
		return Refused
	case (o.Kind == Feedback || o.Kind == Figures) && !p.Role.AtLeast(Lead) && !p.Team(o.Team):
		return Refused
	}
	return Yes
}

// concerns says that a ticket is an agent's own, or one that they follow.
func (o Object) concerns(who desk.Actor) bool {
	return who.ID != "" && (o.Assignee == who.ID || slices.Contains(o.Followers, who.ID))
}

// AtLeast says whether a role may all that another may. What is no role may nothing.
func (r Role) AtLeast(least Role) bool {
	i := slices.Index(Roles, r)
	return i >= 0 && i >= slices.Index(Roles, least)
}
