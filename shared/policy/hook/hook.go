// Package hook decides how a webhook is delivered: when it is tried again, when it is
// given up, and when a subscription is switched off. The times are those that Standard
// Webhooks advises (spec 1.0.0, "Deliverability and reliability").
package hook

import (
	"hash/fnv"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// waits are how long after each failed attempt the next one follows; an attempt beyond
// them is none. All ten attempts take three days and three hours.
var waits = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// Attempts is how often an event is tried.
const Attempts = 10

// FailingFor is how long nothing may succeed before a subscription is switched off.
const FailingFor = 5 * 24 * time.Hour

// slow is how long the far side is left alone that asks for patience and doesn't say
// for how long.
const slow = time.Minute

// Statuses of HTTP that mean more than that the event was not taken; a policy links no
// net/http.
const (
	gone           = 410
	tooMany        = 429
	badGateway     = 502
	gatewayTimeout = 504
)

// Answer is what an attempt came to. Status is 0 where there was none, and Why says then
// what happened: a code of the journal.
type Answer struct {
	Status     int
	Why        string
	RetryAfter time.Duration // 0: not said
	Took       time.Duration

	// Of robots, which say more than HTTP does: Status is then their own code.
	Refused bool // not taken, whatever the status
	Slow    bool // too often now
	Final   bool // never to be taken: not tried again
}

// Good says whether the far side took the event.
func (a Answer) Good() bool { return a.Status >= 200 && a.Status < 300 && !a.Refused }

// why is the code that says what went wrong.
func (a Answer) why() string {
	switch {
	case a.Status == 0:
		return a.Why
	case a.Status == gone:
		return "hook.gone"
	case a.patience():
		return "hook.slow_down"
	case a.Status >= 300 && a.Status < 400:
		return "hook.redirected"
	}
	return "hook.refused"
}

// patience says whether the far side, or what stands before it, is overloaded.
func (a Answer) patience() bool {
	return a.Slow || a.Status == tooMany || a.Status == badGateway || a.Status == gatewayTimeout
}

// After is a delivery after an attempt that ended at a time, and how the subscription
// fares then. Attempts counts that attempt already.
func After(d desk.HookDelivery, s desk.HookStanding, a Answer, at time.Time) (desk.HookDelivery, desk.HookStanding) {
	d.Tried, d.Status, d.Took, d.Why, d.Due = at, a.Status, a.Took.Milliseconds(), "", time.Time{}
	if a.Good() {
		d.State = desk.HookDelivered
		if !s.Disabled {
			s.Failing, s.Failures, s.SlowTill = time.Time{}, 0, time.Time{}
		}
		return d, s
	}
	d.Why = a.why()
	s = failed(s, a, at)
	switch {
	case a.Final || a.Status == gone || d.Attempts >= Attempts || s.Disabled:
		d.State = desk.HookFailed
	default:
		d.State = desk.HookPending
		d.Due = at.Add(max(jittered(d), a.RetryAfter))
	}
	return d, s
}

func failed(s desk.HookStanding, a Answer, at time.Time) desk.HookStanding {
	if s.Failing.IsZero() {
		s.Failing = at
	}
	s.Failures++
	if a.patience() {
		s.SlowTill = at.Add(max(a.RetryAfter, slow))
	}
	switch {
	case s.Disabled:
	case a.Status == gone:
		s.Disabled, s.Why, s.At, s.By = true, "hook.off_gone", at, desk.Actor{Kind: desk.ByDesk}
	case at.Sub(s.Failing) >= FailingFor:
		s.Disabled, s.Why, s.At, s.By = true, "hook.off_failing", at, desk.Actor{Kind: desk.ByDesk}
	}
	return s
}

// jittered is the wait before the next attempt, up to a tenth longer: what failed
// together should not come again together. The delivery's own id decides how much, so
// that deciding twice gives one time.
func jittered(d desk.HookDelivery) time.Duration {
	wait := waits[min(max(d.Attempts, 1), len(waits))-1]
	h := fnv.New32a()
	_, _ = h.Write([]byte(d.Event.ID + d.Hook))
	return wait + wait*time.Duration(h.Sum32()%100)/1000
}

// Wanted says whether a subscription takes an event. Where the event's team isn't known
// and the subscription asks for some, sure is false: who reads the ticket knows.
func Wanted(events []string, teams []string, name desk.EventName, team string) (wanted, sure bool) {
	if !has(events, "*") && !has(events, string(name)) {
		return false, true
	}
	if len(teams) == 0 {
		return true, true
	}
	if team == "" {
		return true, false
	}
	return has(teams, team), true
}

func has(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
