package desk

import "time"

// PresenceState says whether an agent takes tickets now.
type PresenceState string

// The states of an agent.
const (
	Online PresenceState = "online" // takes tickets
	Busy   PresenceState = "busy"   // at work, and takes no new ones
	Away   PresenceState = "away"   // not at work
)

// PresenceStates lists all of them.
var PresenceStates = []PresenceState{Online, Busy, Away}

// Presence is an agent at work: whether they take tickets, and how many they have. Each
// change of a ticket's assignee is written together with the rows of the agents it
// concerns, by version, so that Load is exact whoever races.
type Presence struct {
	Agent string        `json:"a"`
	State PresenceState `json:"s"`
	Since time.Time     `json:"t,omitzero"`  // of State
	By    Actor         `json:"by,omitzero"` // who set State
	Until time.Time     `json:"u,omitzero"`  // the end of their shift, when they go away; zero while away, or without a shift
	Load  int           `json:"n,omitempty"` // places that their active tickets take: the sum of Ticket.Load
	Given time.Time     `json:"g,omitzero"`  // when the rules last gave them a ticket
	// Clear says that no ticket waits that they could take: a new one may come to them
	// directly. It is false from when they get room until their queue was looked through,
	// and true only under the settings of version V.
	Clear bool  `json:"c,omitempty"`
	V     int64 `json:"v,omitzero"`
}
