package kpi

import "time"

// Bounds of what a customer is told to wait: fewer answers than waitLeast tell nothing, and
// nobody is promised more than waitMost, or hopes for less than waitStep.
const (
	waitLeast = 10
	waitStep  = 5 * time.Minute
	waitMost  = 4 * time.Hour
)

// Wait is how many minutes a first answer has taken lately, by its median, rounded up to
// whole fives: what a customer may be told. False where too few were answered to tell,
// or where it takes so long that minutes would be the wrong word.
func Wait(f Figures) (minutes int, ok bool) {
	if f.FirstAnswered < waitLeast || f.FirstResponse.Median == nil || *f.FirstResponse.Median > waitMost {
		return 0, false
	}
	steps := (*f.FirstResponse.Median + waitStep - 1) / waitStep
	return int(max(steps, 1) * waitStep / time.Minute), true
}
