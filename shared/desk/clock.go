package desk

import (
	"encoding/json"
	"time"
)

// Target names what the desk has promised by when.
type Target string

// The targets of an SLA.
const (
	FirstResponse Target = "first_response" // until a person's first public answer
	NextResponse  Target = "next_response"  // until the answer to the oldest message not answered
	Resolution    Target = "resolution"
)

// Targets lists all of them.
var Targets = []Target{FirstResponse, NextResponse, Resolution}

// Clocks are a ticket's deadlines. What they count is business time of the policy's
// calendar.
type Clocks struct {
	Policy     string    `json:"p"` // id of the policy they count for
	First      *Clock    `json:"f,omitempty"`
	Next       *Clock    `json:"n,omitempty"`
	Resolution *Clock    `json:"r,omitempty"`
	Listed     time.Time `json:"l,omitzero"`   // where it stands in the list of late tickets: a deadline
	ListedTeam string    `json:"lt,omitempty"` // whose list
}

// Clock runs towards one deadline. It is paused while Since is zero, and over once Met
// is set. It is stored to the millisecond.
type Clock struct {
	From     time.Time     // what it counts from, by the wall
	Since    time.Time     // running from here
	Used     time.Duration // business time that had passed by then
	Target   time.Duration // business time promised
	Due      time.Time     // the deadline; zero while paused, but for one that was breached
	Warn     time.Time     // when to warn; zero while paused, without a warning, or warned
	Met      time.Time     // when it came about, in time or late
	Warned   bool
	Breached bool // told, once
}

// MarshalJSON writes eight numbers, for a ticket's header has room for little.
func (c Clock) MarshalJSON() ([]byte, error) {
	flags := int64(0)
	if c.Warned {
		flags |= 1
	}
	if c.Breached {
		flags |= 2
	}
	return json.Marshal([8]int64{
		milli(c.From), milli(c.Since), c.Used.Milliseconds(), c.Target.Milliseconds(), milli(c.Due), milli(c.Warn), milli(c.Met), flags,
	})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Clock) UnmarshalJSON(b []byte) error {
	var n [8]int64
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*c = Clock{
		From: moment(n[0]), Since: moment(n[1]), Used: time.Duration(n[2]) * time.Millisecond, Target: time.Duration(n[3]) * time.Millisecond,
		Due: moment(n[4]), Warn: moment(n[5]), Met: moment(n[6]), Warned: n[7]&1 != 0, Breached: n[7]&2 != 0,
	}
	return nil
}

func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// Running says whether time passes on the clock.
func (c *Clock) Running() bool { return c != nil && !c.Since.IsZero() && c.Met.IsZero() }

// Of gives the clock of a target; nil where there is none.
func (c *Clocks) Of(t Target) *Clock {
	switch {
	case c == nil:
		return nil
	case t == FirstResponse:
		return c.First
	case t == NextResponse:
		return c.Next
	default:
		return c.Resolution
	}
}
