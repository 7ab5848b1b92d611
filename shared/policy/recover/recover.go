// Package recover decides how the recovery of a bad score goes on: due → contacted →
// done → asked again. It falls due at a deadline, escalates once if nobody has got in
// touch by then, and is dropped where the customer makes the score good before anybody
// acted. No step leads back, but from dropped to due, when the score turns bad again.
package recover

import (
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Hours is a calendar; nil counts around the clock. What calendar.Calendar does.
type Hours interface {
	Add(from time.Time, business time.Duration) (time.Time, bool)
}

// Rules are the settings' times: business time of Hours to get in touch within, and how
// much later it escalates.
type Rules struct {
	Within, EscalateAfter time.Duration
	Hours                 Hours
}

// end is so much business time later; around the clock where the calendar never opens.
func (r Rules) end(from time.Time, d time.Duration) time.Time {
	if r.Hours != nil {
		if at, ok := r.Hours.Add(from, d); ok {
			return at
		}
	}
	return from.Add(d)
}

// Open makes the recovery of a bad score out of what is known of it.
func Open(r desk.Recovery, rules Rules, at time.Time) desk.Recovery {
	r.State, r.Opened = desk.RecoveryDue, at
	r.Deadline = rules.end(at, rules.Within)
	r.Escalate = rules.end(r.Deadline, rules.EscalateAfter)
	r.Timer, r.Gen = r.Escalate, 1
	return r
}

// Rescored is the recovery after its customer changed the score. Once somebody has got
// in touch it goes on whatever the score is.
func Rescored(r desk.Recovery, score int, bad bool) desk.Recovery {
	r.Score = score
	switch {
	case !bad && r.State == desk.RecoveryDue:
		r.State, r.Timer, r.Gen = desk.RecoveryDropped, time.Time{}, r.Gen+1
	case bad && r.State == desk.RecoveryDropped:
		r.State, r.Gen = desk.RecoveryDue, r.Gen+1
		if r.Overdue.IsZero() {
			r.Timer = r.Escalate
		}
	}
	return r
}

// next are the steps that a person may take.
var next = map[desk.RecoveryState][]desk.RecoveryState{
	desk.RecoveryDue:       {desk.RecoveryContacted, desk.RecoveryDone},
	desk.RecoveryContacted: {desk.RecoveryDone},
	desk.RecoveryDone:      {desk.RecoveryAskedAgain},
}

// Steps lists the states that a person may move it to now.
func Steps(r desk.Recovery) []desk.RecoveryState { return next[r.State] }

// Move takes a step. The same state once more changes nothing; a step that isn't allowed
// is a Conflict.
func Move(r desk.Recovery, to desk.RecoveryState, at time.Time) (desk.Recovery, error) {
	switch {
	case to == r.State:
		return r, nil
	case !slices.Contains(desk.RecoveryStates, to):
		return r, desk.FieldError("state", "must be one of contacted, done, asked_again")
	case !slices.Contains(next[r.State], to):
		return r, desk.Errorf(desk.Conflict, "a recovery that is %s can't become %s", r.State, to)
	}
	r.State = to
	if r.Contact.IsZero() {
		r.Contact = at
	}
	if r.Done.IsZero() && to != desk.RecoveryContacted {
		r.Done = at
	}
	if !r.Timer.IsZero() {
		r.Timer, r.Gen = time.Time{}, r.Gen+1
	}
	return r, nil
}

// AskedAgain is the recovery after its customer answered the asking that followed it. They
// are recovered where the score is better than the one that was bad; scores of different
// kinds can't be compared, so there it is enough that the new one isn't bad.
func AskedAgain(r desk.Recovery, kind desk.SurveyKind, score int, bad bool, at time.Time) desk.Recovery {
	r.AgainScore = &score
	better := !bad
	if kind == r.Kind {
		better = score > r.Score
	}
	switch {
	case !better:
		r.Recovered = time.Time{}
	case r.Recovered.IsZero():
		r.Recovered = at
	}
	return r
}

// Fire lets the timer of a generation have its way; true: it escalates now, which it
// does once.
func Fire(r desk.Recovery, gen int, at time.Time) (desk.Recovery, bool) {
	if r.Gen != gen || r.Timer.IsZero() || r.Timer.After(at) || r.State != desk.RecoveryDue {
		return r, false
	}
	r.Overdue, r.Timer, r.Gen = at, time.Time{}, r.Gen+1
	return r, true
}
