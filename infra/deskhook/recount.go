package main

import (
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/recount"
)

// recountCmd mends the figures of a day that the feed gave up on.
type recountCmd struct {
	tableFlags
	Day   string `arg:"" help:"A day that is over, in the desk's time zone, such as 2026-01-31."`
	Write bool   `help:"Set right what differs; otherwise it is only shown."`
}

// Run shows where the rows tell otherwise than the figures do, and sets it right.
func (c *recountCmd) Run(w *world) error {
	st, s, err := c.open(w)
	if err != nil {
		return err
	}
	found, err := recount.Day(w.ctx, st, s, c.Day, time.Now().UTC())
	if err != nil {
		return err
	}
	missing := 0
	for _, d := range found {
		note := ""
		if d.Mendable() {
			missing++
		} else {
			note = "  (more than the rows tell: left)"
		}
		fmt.Fprintf(w.out, "%-24s %-24s has %d, the rows tell %d%s\n", d.Cut, d.Counter, d.Has, d.Should, note)
	}
	switch {
	case missing == 0:
		fmt.Fprintf(w.out, "the figures of %s are what the rows tell\n", c.Day)
	case !c.Write:
		fmt.Fprintf(w.out, "%d figures of %s differ: --write sets them right\n", missing, c.Day)
	default:
		if err := recount.Mend(w.ctx, st, c.Day, found); err != nil {
			return err
		}
		fmt.Fprintf(w.out, "set right: %d figures of %s\n", missing, c.Day)
	}
	return nil
}
