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
}

// deadline gives the first deadline that is not met yet, missed or to come; zero where
// there is none, or the clocks stand still.
func (v *visit) deadline(t desk.Ticket) deadline {
	var d deadline
	if !t.Status.Active() {
		return d
	}
	for _, target := range desk.Targets {
		c := t.Clocks.Of(target)
		if c == nil || c.Due.IsZero() || !c.Met.IsZero() || !d.At.IsZero() && !c.Due.Before(d.At) {
			continue
		}
		d = deadline{At: c.Due, Target: journal.Target(target, v.lang), Missed: !c.Due.After(v.now), Soon: c.Warned}
	}
	return d
}

// Class marks how urgent it is.
func (d deadline) Class() string {
	switch {
	case d.Missed:
		return "missed"
	case d.Soon:
		return "soon"
	}
	return ""
}
