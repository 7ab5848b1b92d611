package consolefn

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
)

// deadline is what a ticket's SLA promises next.
type deadline struct {
	At     time.Time
	Target string // in words
	Missed bool
	Soon   bool // a warning was given
	Paused bool // it was missed, and its clock stands still: no list of what is late has it
}

// deadline gives the first deadline that is not met yet, missed or to come, of a clock that
// runs; else one that was missed before its clock stopped. It is zero where there is none.
func (v *visit) deadline(t desk.Ticket) deadline {
	var d deadline
	if !t.Status.Active() {
		return d
	}
	for _, target := range desk.Targets {
		c := t.Clocks.Of(target)
		if c == nil || c.Due.IsZero() || !c.Met.IsZero() {
			continue
		}
		one := deadline{At: c.Due, Target: journal.Target(target, v.lang), Missed: !c.Due.After(v.now), Soon: c.Warned, Paused: !c.Running()}
		if d.At.IsZero() || d.Paused && !one.Paused || d.Paused == one.Paused && one.At.Before(d.At) {
			d = one
		}
	}
	return d
}

// Class marks how urgent it is.
func (d deadline) Class() string {
	switch {
	case d.Paused:
		return "soft"
	case d.Missed:
		return "missed"
	case d.Soon:
		return "soon"
	}
	return ""
}
