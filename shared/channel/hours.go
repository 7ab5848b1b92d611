package channel

import "time"

// Hours is for how long and how often a channel takes answers, as far as is known before the
// provider is asked: Until zero and Left below zero are no limit. Notices are the kinds by
// which a customer can be told of an answer afterwards, the best first.
type Hours struct {
	Until   time.Time
	Left    int
	Notices []string
}

// Open says whether an answer may go now.
func (h Hours) Open(at time.Time) bool {
	return (h.Until.IsZero() || at.Before(h.Until)) && h.Left != 0
}
