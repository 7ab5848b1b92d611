package config

import (
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
)

// Canned is a reply that agents have at hand. Its text may use variables; see
// policy/canned.
type Canned struct {
	ID    string   `json:"id" yaml:"id"`
	Name  Text     `json:"name" yaml:"name"`
	Text  Text     `json:"text" yaml:"text"`
	Teams []string `json:"teams,omitempty" yaml:"teams"` // who has it; none: everybody
}

// Macro is several steps that an agent takes at once, all or none of them. A step left
// out is not taken.
type Macro struct {
	ID       string        `json:"id" yaml:"id"`
	Name     Text          `json:"name" yaml:"name"`
	Teams    []string      `json:"teams,omitempty" yaml:"teams"` // who has it; none: everybody
	Reply    Text          `json:"reply,omitempty" yaml:"reply"` // to the customer, with variables
	Note     Text          `json:"note,omitempty" yaml:"note"`   // internal, with variables
	Status   desk.Status   `json:"status,omitempty" yaml:"status"`
	Snooze   Duration      `json:"snooze,omitempty" yaml:"snooze"` // with status: snoozed
	Priority desk.Priority `json:"priority,omitempty" yaml:"priority"`
	Type     desk.Type     `json:"type,omitempty" yaml:"type"`
	Team     string        `json:"team,omitempty" yaml:"team"`         // moves the ticket there
	Assignee string        `json:"assignee,omitempty" yaml:"assignee"` // an agent's id, me or nobody
	Tags     []string      `json:"tags,omitempty" yaml:"tags"`         // added
}

// Macro.Assignee besides agents' ids.
const (
	MacroMe     = "me"
	MacroNobody = "nobody"
)

// For says whether an agent of these teams has the canned reply.
func (c Canned) For(teams []string) bool { return forTeams(c.Teams, teams) }

// For says whether an agent of these teams has the macro.
func (m Macro) For(teams []string) bool { return forTeams(m.Teams, teams) }

func forTeams(of, has []string) bool {
	return len(of) == 0 || slices.ContainsFunc(of, func(t string) bool { return slices.Contains(has, t) })
}

// Macro finds a macro by id.
func (s *Settings) Macro(id string) (Macro, bool) {
	for _, m := range s.Macros {
		if m.ID == id {
			return m, true
		}
	}
	return Macro{}, false
}
