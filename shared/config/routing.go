package config

import (
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/assign"
	"github.com/deskhook/deskhook/shared/policy/route"
)

// Routing rules where tickets go when they open, and what they say at once.
type Routing struct {
	Rules []route.Rule `json:"rules,omitempty" yaml:"rules"` // in order: see package route
	// Acknowledgements are automatic answers that rules may choose by their id, in place
	// of tickets.acknowledge.
	Acknowledgements []Acknowledgement `json:"acknowledgements,omitempty" yaml:"acknowledgements"`
	// SceneFor is how long after scanning a QR code or tapping a menu a customer's new
	// ticket counts as come by it. Default 1d.
	SceneFor Duration `json:"scene_for,omitempty" yaml:"scene_for"`
	// OnLeave is what becomes of an agent's tickets when they go away: LeaveKeep
	// (default), or LeaveReturn gives those whose customer waits to others of the team.
	OnLeave string `json:"on_leave,omitempty" yaml:"on_leave"`
	// Weights is how many places a ticket takes of an agent's capacity, by channel.
	Weights Weights `json:"weights,omitzero" yaml:"weights"`
}

// OnLeave's values.
const (
	LeaveKeep   = "keep"
	LeaveReturn = "return"
)

// Weights are places by channel, 1 where nothing is said.
type Weights struct {
	WeChat  int `json:"wechat,omitempty" yaml:"wechat"`
	Email   int `json:"email,omitempty" yaml:"email"`
	SMS     int `json:"sms,omitempty" yaml:"sms"`
	WebForm int `json:"webform,omitempty" yaml:"webform"`
	Generic int `json:"generic,omitempty" yaml:"generic"`
}

// Of gives a channel's weight, at least 1.
func (w Weights) Of(c desk.Channel) int {
	return max(1, w.written(c))
}

func (w Weights) written(c desk.Channel) int {
	return map[desk.Channel]int{
		desk.WeChat: w.WeChat, desk.Email: w.Email, desk.SMS: w.SMS, desk.WebForm: w.WebForm, desk.Generic: w.Generic,
	}[c]
}

// DefaultCapacity is how many places an agent has.
const DefaultCapacity = 10

// Strategy is how a team's tickets find an agent; a team that is gone has none.
func (s *Settings) Strategy(team string) assign.Strategy {
	for _, t := range s.Teams {
		if t.ID == team && t.Assign != "" {
			return t.Assign
		}
	}
	return assign.None
}

// AgentsOf lists who is in a team.
func (s *Settings) AgentsOf(team string) []Agent {
	var out []Agent
	for _, a := range s.Agents {
		if slices.Contains(a.Teams, team) {
			out = append(out, a)
		}
	}
	return out
}

// ShiftBreak is the longest break within a shift: a calendar that closes for lunch does
// not send anybody home.
const ShiftBreak = 3 * time.Hour

// ShiftEnd is when the shift ends that an agent is on at a time, or the next one where
// they come before it; zero where they have none.
func (s *Settings) ShiftEnd(agent string, at time.Time) time.Time {
	a, _ := s.Agent(agent)
	c, ok := s.Calendar(a.Shift)
	if a.Shift == "" || !ok {
		return time.Time{}
	}
	var end time.Time
	for range 24 { // stretches of one shift; around the clock it never ends
		from, ok := c.Next(at)
		if !ok || !end.IsZero() && from.Sub(end) > ShiftBreak {
			return end
		}
		if end = c.Close(from); end.IsZero() {
			return end
		}
		at = end
	}
	return time.Time{}
}

// Assigned lists the teams of an agent whose tickets find an agent by themselves.
func (s *Settings) Assigned(agent Agent) []string {
	var out []string
	for _, t := range agent.Teams {
		if s.Strategy(t) != assign.None {
			out = append(out, t)
		}
	}
	return out
}

// Acknowledgement is one automatic answer.
type Acknowledgement struct {
	ID   string `json:"id" yaml:"id"`
	Text Text   `json:"text" yaml:"text"`
}

// Acknowledgement gives the automatic answer of a rule that chose key: none, one of
// routing's, or tickets.acknowledge where no rule chose.
func (s *Settings) Acknowledgement(key string) Text {
	if key == "" {
		return s.Tickets.Acknowledge
	}
	for _, a := range s.Routing.Acknowledgements {
		if a.ID == key {
			return a.Text
		}
	}
	return nil
}

// InHours says whether a calendar is open at a time; a calendar that isn't there never
// is.
func (s *Settings) InHours(calendar string, at time.Time) bool {
	c, ok := s.Calendar(calendar)
	return ok && c.Open(at)
}
