package main

import (
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/find"
)

// indexCmd makes findable what search was never told of.
type indexCmd struct {
	tableFlags
	Since time.Time `required:"" format:"2006-01-02" help:"From which day on, such as 2026-01-31."`
}

// Run walks all tickets opened since, and customers first seen since their month. jobs
// takes them into the index at its next looks.
func (c *indexCmd) Run(w *world) error {
	st, s, err := c.open(w)
	if err != nil {
		return err
	}
	done, err := find.Rebuild(w.ctx, st, s, c.Since, time.Now().UTC())
	fmt.Fprintf(w.out, "%d messages of %d tickets are noted, and %d customers are listed; they are found within minutes\n", done.Messages, done.Tickets, done.Customers)
	return err
}
