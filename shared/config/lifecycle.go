package config

import (
	"time"

	"github.com/deskhook/deskhook/shared/policy/lifecycle"
)

// Lifecycle says when a customer is new, active, at risk or lapsed. What is left out is
// lifecycle.Defaults'.
type Lifecycle struct {
	NewFor      Duration `json:"new_for,omitempty" yaml:"new_for"`           // since first seen
	ActiveFor   Duration `json:"active_for,omitempty" yaml:"active_for"`     // since they last wrote
	LapsedAfter Duration `json:"lapsed_after,omitempty" yaml:"lapsed_after"` // since they last wrote
	Medium      int      `json:"medium,omitempty" yaml:"medium"`             // points of risk, of 100
	High        int      `json:"high,omitempty" yaml:"high"`
}

// LifecycleRules are the settings ready to judge with.
func (s *Settings) LifecycleRules() lifecycle.Rules {
	l := s.Lifecycle
	return lifecycle.Rules{
		NewFor: l.NewFor.D(), ActiveFor: l.ActiveFor.D(), LapsedAfter: l.LapsedAfter.D(), Medium: l.Medium, High: l.High, Bad: s.BadScore,
	}
}

func (c *checker) lifecycle(l Lifecycle) {
	const day, most = Duration(24 * time.Hour), Duration(5 * 365 * 24 * time.Hour)
	for name, d := range map[string]Duration{"new_for": l.NewFor, "active_for": l.ActiveFor, "lapsed_after": l.LapsedAfter} {
		if d != 0 || c.zeros["lifecycle."+name] {
			c.between("lifecycle."+name, d, day, most)
		}
	}
	or := func(d Duration, otherwise time.Duration) Duration {
		if d == 0 {
			return Duration(otherwise)
		}
		return d
	}
	if or(l.ActiveFor, lifecycle.Defaults.ActiveFor) >= or(l.LapsedAfter, lifecycle.Defaults.LapsedAfter) {
		c.at("lifecycle.lapsed_after", "should be longer than active_for")
	}
	medium, high := l.Medium, l.High
	if medium == 0 && !c.zeros["lifecycle.medium"] {
		medium = lifecycle.Defaults.Medium
	}
	if high == 0 && !c.zeros["lifecycle.high"] {
		high = lifecycle.Defaults.High
	}
	if medium < 1 || medium >= high || high > 100 {
		c.at("lifecycle.high", "should be above medium, both from 1 to 100")
	}
}
