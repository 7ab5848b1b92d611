package desk

import "time"

const (
	// lookOnce is how long a question to the provider may be on its way before it is
	// asked again: longer than a job is tried.
	lookOnce = 48 * time.Hour
	// lookAgain is how long a provider's "I can't tell" stands: an account may be bound
	// to an open platform later.
	lookAgain = 30 * 24 * time.Hour
)

// LookUp asks, at a time, that the provider be asked whose the address is: what relay has
// jobs see to. It is not asked again while that is on its way or was answered.
func (i *Identity) LookUp(at time.Time) {
	switch {
	case i.Proven:
	case !i.Look.IsZero() && at.Sub(i.Look) < lookOnce:
	case !i.Looked.IsZero() && at.Sub(i.Looked) < lookAgain:
	default:
		i.Look = at
	}
}
