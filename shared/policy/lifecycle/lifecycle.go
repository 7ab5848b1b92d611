// Package lifecycle judges where a customer stands with the desk (new, active, at risk,
// lapsed, won back) and how likely they are to leave, each with its reasons. It reads what
// is kept of them and keeps nothing: whoever asks later, of later facts, is told anew.
package lifecycle

import (
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Stage is where a customer stands.
type Stage string

// The stages.
const (
	New     Stage = "new"      // first seen a short while ago
	Active  Stage = "active"   // writes
	AtRisk  Stage = "at_risk"  // quiet for a while, or the risk is high
	Lapsed  Stage = "lapsed"   // quiet for long, or gone
	WonBack Stage = "won_back" // lapsed once, and writes again
)

// Stages lists them in the order of a customer's life.
var Stages = []Stage{New, Active, AtRisk, Lapsed, WonBack}

// Level is how likely they are to leave.
type Level string

// The levels.
const (
	Low    Level = "low"
	Medium Level = "medium"
	High   Level = "high"
)

// Rules are the settings. Zero values take Defaults.
type Rules struct {
	NewFor      time.Duration // since they were first seen
	ActiveFor   time.Duration // since they last wrote
	LapsedAfter time.Duration // since they last wrote
	Medium      int           // from so many points on
	High        int
	Bad         func(desk.SurveyKind, int) bool // what counts as a bad score; nil: none
}

// Defaults are what rules that say nothing mean.
var Defaults = Rules{NewFor: 30 * 24 * time.Hour, ActiveFor: 60 * 24 * time.Hour, LapsedAfter: 180 * 24 * time.Hour, Medium: 30, High: 60}

func (r Rules) filled() Rules {
	set := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&r.NewFor, Defaults.NewFor)
	set(&r.ActiveFor, Defaults.ActiveFor)
	set(&r.LapsedAfter, Defaults.LapsedAfter)
	if r.Medium <= 0 {
		r.Medium = Defaults.Medium
	}
	if r.High <= 0 {
		r.High = Defaults.High
	}
	return r
}

// Known is what the desk knows of a customer. Tickets are the newest few, in any order.
type Known struct {
	Customer   desk.Customer
	Identities []desk.Identity
	Tickets    []desk.Ticket
}

// Reason is why the risk is what it is: a code of the journal, and its points.
type Reason struct {
	Code   string
	Points int
}

// Verdict is where they stand. Points are from 0 to 100.
type Verdict struct {
	Stage   Stage
	Level   Level
	Points  int
	Reasons []Reason  // the gravest first
	Last    time.Time // when they last wrote; zero: never
}

// Judge says where a customer stands at a moment.
func Judge(r Rules, k Known, at time.Time) Verdict {
	r = r.filled()
	contacts := k.contacts(at)
	v := Verdict{Level: Low}
	if n := len(contacts); n > 0 {
		v.Last = contacts[n-1]
	}
	v.Reasons = reasons(r, k, v.Last, at)
	for _, x := range v.Reasons {
		v.Points += x.Points
	}
	v.Points = min(v.Points, 100)
	switch {
	case v.Points >= r.High:
		v.Level = High
	case v.Points >= r.Medium:
		v.Level = Medium
	}
	v.Stage = stage(r, k, contacts, v.Level, at)
	return v
}

func stage(r Rules, k Known, contacts []time.Time, level Level, at time.Time) Stage {
	last := k.Customer.Created
	if n := len(contacts); n > 0 {
		last = contacts[n-1]
	}
	quiet := at.Sub(last)
	switch {
	case quiet >= r.LapsedAfter || k.gone():
		return Lapsed
	case level == High || quiet >= r.ActiveFor:
		return AtRisk
	case cameBack(r, contacts, at):
		return WonBack
	case at.Sub(k.Customer.Created) < r.NewFor:
		return New
	}
	return Active
}

// cameBack says whether they wrote again, not long ago, after they had lapsed.
func cameBack(r Rules, contacts []time.Time, at time.Time) bool {
	for i := len(contacts) - 1; i > 0; i-- {
		if at.Sub(contacts[i]) >= r.ActiveFor {
			return false
		}
		if contacts[i].Sub(contacts[i-1]) >= r.LapsedAfter {
			return true
		}
	}
	return false
}

// contacts are when they wrote, as far as is known: when their tickets opened, and the
// last message of each address; the oldest first. What lies ahead doesn't count.
func (k Known) contacts(at time.Time) []time.Time {
	var out []time.Time
	add := func(t time.Time) {
		if !t.IsZero() && !t.After(at) {
			out = append(out, t)
		}
	}
	for _, t := range k.Tickets {
		if !t.Ours {
			add(t.Opened)
		}
	}
	for _, id := range k.Identities {
		add(id.LastIn)
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// gone says that no address is left to reach them at.
func (k Known) gone() bool {
	return len(k.Identities) > 0 && !slices.ContainsFunc(k.Identities, func(id desk.Identity) bool {
		return id.Gone.IsZero() && !id.OptedOut()
	})
}
