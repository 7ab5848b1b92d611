package scale

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Line is what one call takes at a table's size.
type Line struct {
	Route       string
	Read, Write float64
	Took        time.Duration // the quickest of several, of a GET; of a write its only one
}

// Measure makes each call. Between two calls a minute passes, so that nothing that the
// console keeps for seconds makes the second one cheaper than the first.
func (b *Bench) Measure(calls []Call, times int) ([]Line, error) {
	var out []Line
	var errs []error
	for _, c := range calls {
		l := Line{Route: c.Route}
		n := times
		if c.Route[:3] != "GET" {
			n = 1
		}
		for i := range n {
			b.now = b.now.Add(time.Minute)
			b.count.ReadUnits, b.count.WriteUnits = 0, 0
			began := time.Now()
			status, err := c.Do(b)
			took := time.Since(began)
			if err != nil || status >= 400 {
				errs = append(errs, cmp.Or(err, fmt.Errorf("scale: %s answered %d", c.Route, status)))
				break
			}
			if i == 0 {
				l.Read, l.Write, l.Took = b.count.ReadUnits, b.count.WriteUnits, took
			}
			l.Took = min(l.Took, took)
		}
		out = append(out, l)
	}
	return out, errors.Join(errs...)
}
