package config

import (
	"sync/atomic"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/sla"
)

// SLA is one policy: what is promised to which tickets. A ticket follows the one that a
// routing rule names, else the first that fits.
type SLA struct {
	ID   string  `json:"id" yaml:"id"`
	When SLAWhen `json:"when,omitzero" yaml:"when"`
	// Calendar counts the time; empty counts around the clock.
	Calendar      string    `json:"calendar,omitempty" yaml:"calendar"`
	FirstResponse Duration  `json:"first_response,omitempty" yaml:"first_response"` // business time; 0 = not promised
	NextResponse  Duration  `json:"next_response,omitempty" yaml:"next_response"`
	Resolution    Duration  `json:"resolution,omitempty" yaml:"resolution"`
	WarnBefore    Duration  `json:"warn_before,omitempty" yaml:"warn_before"` // business time before a deadline; 0 = no warning
	PauseOnHold   bool      `json:"pause_on_hold,omitempty" yaml:"pause_on_hold"`
	OnBreach      SLABreach `json:"on_breach,omitzero" yaml:"on_breach"`
}

// SLAWhen says which tickets a policy is for; an empty list is for all.
type SLAWhen struct {
	Tiers      []string `json:"tiers,omitempty" yaml:"tiers"`
	Priorities []string `json:"priorities,omitempty" yaml:"priorities"`
	Channels   []string `json:"channels,omitempty" yaml:"channels"`
	Teams      []string `json:"teams,omitempty" yaml:"teams"`
}

// SLABreach is what a breach does to its ticket.
type SLABreach struct {
	Priority string `json:"priority,omitempty" yaml:"priority"` // raised to it, never lowered
	Assign   string `json:"assign,omitempty" yaml:"assign"`     // an agent's id, or nobody
	Tag      string `json:"tag,omitempty" yaml:"tag"`
}

// AssignNobody takes a ticket from its agent.
const AssignNobody = "nobody"

// policies are those of the settings that were asked last: a function's instance has one
// version in force at a time, and each ticket that changes asks.
var policies atomic.Pointer[policiesOf]

type policiesOf struct {
	of      *Settings
	version int64
	all     []sla.Policy
}

// SLAPolicies gives the policies ready to decide with, in their order; callers leave them
// as they are. Made once for each version that is in force; settings without a version
// (of a test, or not put yet) may change, and have them made each time.
func (s *Settings) SLAPolicies() []sla.Policy {
	if known := policies.Load(); known != nil && known.of == s && known.version == s.Version && s.Version > 0 {
		return known.all
	}
	all := s.makePolicies()
	if s.Version > 0 {
		policies.Store(&policiesOf{s, s.Version, all})
	}
	return all
}

func (s *Settings) makePolicies() []sla.Policy {
	out := make([]sla.Policy, len(s.SLA))
	for i, p := range s.SLA {
		out[i] = sla.Policy{
			ID: p.ID, Tiers: as[desk.Tier](p.When.Tiers), Priorities: as[desk.Priority](p.When.Priorities),
			Channels: as[desk.Channel](p.When.Channels), Teams: p.When.Teams,
			First: p.FirstResponse.D(), Next: p.NextResponse.D(), Resolution: p.Resolution.D(),
			WarnBefore: p.WarnBefore.D(), PauseOnHold: p.PauseOnHold,
		}
		if c, ok := s.Calendar(p.Calendar); ok {
			out[i].Hours = c
		}
	}
	return out
}

// SLAOf finds a policy by id.
func (s *Settings) SLAOf(id string) (SLA, bool) {
	for _, p := range s.SLA {
		if p.ID == id {
			return p, true
		}
	}
	return SLA{}, false
}

// SLANeedsTier says whether any policy asks for the customer's tier.
func (s *Settings) SLANeedsTier() bool {
	for _, p := range s.SLA {
		if len(p.When.Tiers) > 0 {
			return true
		}
	}
	return false
}

func as[T ~string](list []string) []T {
	var out []T
	for _, s := range list {
		out = append(out, T(s))
	}
	return out
}

const maxTarget = Duration(365 * 24 * time.Hour)
