// Package sla counts towards the deadlines of a ticket. A policy promises business time
// of a calendar; a clock on the ticket keeps how much of it has passed, pauses while the
// desk waits for the customer, warns once before its deadline and is breached once at it.
//
// The first response is a person's first public answer: a note isn't one, nor is an
// acknowledgement. It is asked for once in a ticket's life, so that reopening doesn't
// count it again. The next response counts from the oldest message that nobody answered.
// The resolution goes on where it stood when a ticket is opened again, without the time
// in between.
package sla

import (
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Hours is a calendar; nil counts around the clock. What calendar.Calendar does.
type Hours interface {
	Add(from time.Time, business time.Duration) (time.Time, bool)
	Between(from, to time.Time) time.Duration
}

// Policy is what is promised to whom. Empty lists are for everybody; a zero target is
// not promised.
type Policy struct {
	ID         string
	Tiers      []desk.Tier
	Priorities []desk.Priority
	Channels   []desk.Channel
	Teams      []string

	First, Next, Resolution time.Duration // business time
	WarnBefore              time.Duration // business time before a deadline; 0 = no warning
	PauseOnHold             bool          // time with a third party doesn't count
	Hours                   Hours
}

// Fits says whether a ticket is promised it.
func (p Policy) Fits(t desk.Ticket) bool {
	tier := t.Tier
	if tier == "" {
		tier = desk.Standard
	}
	return among(p.Tiers, tier) && among(p.Priorities, t.Priority) && among(p.Channels, t.From.Channel) && among(p.Teams, t.Team)
}

func among[V comparable](list []V, v V) bool { return len(list) == 0 || slices.Contains(list, v) }

// Choose gives the policy that a ticket names (a routing rule's choice), else the first
// that fits; nil where there is none.
func Choose(policies []Policy, t desk.Ticket) *Policy {
	for i := range policies {
		if t.SLA != "" && policies[i].ID == t.SLA {
			return &policies[i]
		}
	}
	for i := range policies {
		if policies[i].Fits(t) {
			return &policies[i]
		}
	}
	return nil
}

// Kind says what happened to a clock.
type Kind string

// What happens.
const (
	Warning Kind = "warning"
	Breach  Kind = "breach" // the deadline has passed: told once, also by who answers late
	Met     Kind = "met"    // in time; what came about late is a breach only
)

// Event is one thing that happened to a clock.
type Event struct {
	Kind     Kind
	Target   desk.Target
	Due      time.Time
	Wall     time.Duration // by the wall since the clock's From
	Business time.Duration // that counted
}

// Settle brings a ticket's clocks up to a moment after whatever changed the ticket, and
// says what happened. before are its clocks as they were; was is how the policy they
// counted for counts (nil: unknown, or gone), and p the policy now (nil: none, which
// stops all). It never changes before.
func Settle(before *desk.Clocks, was, p *Policy, t desk.Ticket, now time.Time) (*desk.Clocks, []Event) {
	if t.Status == desk.StatusSpam || p == nil && before == nil {
		return keepList(before), nil
	}
	s := settling{t: t, now: now.Truncate(time.Millisecond), was: was, p: p}
	if before != nil {
		s.c = copied(*before)
	}
	if s.was == nil {
		s.was = &Policy{}
		if p != nil {
			like := *p
			s.was = &like
		}
	}
	s.each(s.pass)
	if p == nil {
		return keepList(s.c), s.events
	}
	s.c.Policy = p.ID
	s.first()
	s.next()
	s.resolution()
	s.each(s.warn)
	return s.c, s.events
}

// keepList keeps of stopped clocks only where the ticket is listed, for who takes it out.
func keepList(c *desk.Clocks) *desk.Clocks {
	if c == nil || c.Listed.IsZero() {
		return nil
	}
	return &desk.Clocks{Listed: c.Listed, ListedTeam: c.ListedTeam}
}

type settling struct {
	t      desk.Ticket
	now    time.Time
	was, p *Policy
	c      *desk.Clocks
	events []Event
}

func copied(c desk.Clocks) *desk.Clocks {
	for _, k := range []**desk.Clock{&c.First, &c.Next, &c.Resolution} {
		if *k != nil {
			one := **k
			*k = &one
		}
	}
	return &c
}

func (s *settling) each(do func(desk.Target, *desk.Clock)) {
	if s.c == nil {
		s.c = &desk.Clocks{}
	}
	for _, target := range desk.Targets {
		if k := s.c.Of(target); k != nil {
			do(target, k)
		}
	}
}

// pass tells the breach that time alone has brought.
func (s *settling) pass(target desk.Target, k *desk.Clock) {
	if !k.Running() || k.Breached {
		return
	}
	if s.past(k.Due) || s.past(k.Warn) {
		s.aim(s.was, k) // holidays may have been added since
	}
	if s.past(k.Due) {
		k.Breached, k.Warned, k.Warn = true, true, time.Time{}
		s.tell(Breach, target, k, k.Due)
	}
}

// warn comes last: who answers in time, or after the deadline, needs no warning any more.
func (s *settling) warn(target desk.Target, k *desk.Clock) {
	if k.Running() && !k.Breached && s.past(k.Warn) {
		k.Warned, k.Warn = true, time.Time{}
		s.was = s.p
		s.tell(Warning, target, k, s.now)
	}
}

func (s *settling) past(t time.Time) bool { return !t.IsZero() && !s.now.Before(t) }

func (s *settling) tell(kind Kind, target desk.Target, k *desk.Clock, at time.Time) {
	s.events = append(s.events, Event{
		Kind: kind, Target: target, Due: k.Due, Wall: max(0, at.Sub(k.From)), Business: s.used(k, at),
	})
}

// used is the business time on a clock by a moment.
func (s *settling) used(k *desk.Clock, at time.Time) time.Duration {
	if k.Since.IsZero() {
		return k.Used
	}
	return k.Used + between(s.was.Hours, k.Since, at)
}

func between(h Hours, from, to time.Time) time.Duration {
	if h == nil {
		return max(0, to.Sub(from))
	}
	return h.Between(from, to)
}

// runs says whether time counts in the ticket's status.
func (s *settling) runs() bool {
	switch s.t.Status {
	case desk.StatusNew, desk.StatusOpen:
		return true
	case desk.StatusOnHold:
		return !s.p.PauseOnHold
	}
	return false
}

// turn runs a clock or pauses it, under the policy of now.
func (s *settling) turn(target desk.Target, k *desk.Clock, promised time.Duration, run bool) {
	if !k.Met.IsZero() {
		return
	}
	if s.was != s.p || !run {
		s.bank(k)
	}
	if k.Target == 0 {
		k.Target = promised // shown of a clock that hasn't run yet
	}
	if !run {
		k.Warn = time.Time{}
		if !k.Breached {
			k.Due = time.Time{}
		}
		return
	}
	if !k.Since.IsZero() && (k.Target == promised || k.Breached) {
		return
	}
	if k.Since.IsZero() {
		k.Since = s.now
	}
	if !k.Breached {
		k.Target = promised
	}
	s.aim(s.p, k)
	s.pass(target, k) // a shorter promise may have passed already
}

// bank adds what has passed to Used, and pauses.
func (s *settling) bank(k *desk.Clock) {
	if k.Since.IsZero() {
		return
	}
	k.Used = s.used(k, s.now)
	k.Since = time.Time{}
}

// aim sets deadline and warning of a running clock; a deadline that was breached stays.
func (s *settling) aim(p *Policy, k *desk.Clock) {
	k.Warn = time.Time{}
	if k.Breached {
		return
	}
	k.Due = add(p.Hours, k.Since, k.Target-k.Used)
	if !k.Warned && p.WarnBefore > 0 && p.WarnBefore < k.Target {
		k.Warn = add(p.Hours, k.Since, k.Target-p.WarnBefore-k.Used)
	}
}

// add gives zero, which is never due, where a calendar has no such time for ten years.
func add(h Hours, from time.Time, d time.Duration) time.Time {
	if h == nil || d <= 0 {
		return from.Add(max(0, d))
	}
	at, ok := h.Add(from, d)
	if !ok {
		return time.Time{}
	}
	return at
}

// come ends a clock: what it waited for came about.
func (s *settling) come(target desk.Target, k *desk.Clock) {
	if !k.Met.IsZero() {
		return
	}
	if !k.Breached {
		s.tell(Met, target, k, s.now)
	}
	s.bank(k)
	k.Met, k.Warn = s.now, time.Time{}
}

func (s *settling) first() {
	k, promised := s.c.First, s.p.First
	switch {
	case k == nil && (promised <= 0 || !s.t.FirstAnswered.IsZero() || s.t.WaitingSince.IsZero() || !s.t.Status.Active()):
	case k == nil:
		s.c.First = &desk.Clock{From: s.t.WaitingSince}
		s.turn(desk.FirstResponse, s.c.First, promised, s.runs())
	case !s.t.FirstAnswered.IsZero():
		s.come(desk.FirstResponse, k)
	case promised <= 0 && !k.Breached: // what is overdue stays so
		s.c.First = nil
	default:
		s.turn(desk.FirstResponse, k, promised, s.runs())
	}
}

// next counts from the second turn of the customer on. Resolving ends it as an answer
// does. A clock that was answered stays until the next one, to be shown.
func (s *settling) next() {
	k, promised := s.c.Next, s.p.Next
	waits := !s.t.WaitingSince.IsZero() && !s.t.FirstAnswered.IsZero() && s.t.Status.Active()
	over := k == nil || !k.Met.IsZero()
	switch {
	case !over && s.t.WaitingSince.After(k.From): // answered and asked again in one step
		s.come(desk.NextResponse, k)
		over = true
	case !over && !waits:
		s.come(desk.NextResponse, k)
		return
	}
	switch {
	case !waits, over && promised <= 0:
	case over:
		s.c.Next = &desk.Clock{From: s.t.WaitingSince}
		s.turn(desk.NextResponse, s.c.Next, promised, s.runs())
	case promised <= 0 && !k.Breached:
		s.c.Next = nil
	default:
		s.turn(desk.NextResponse, k, promised, s.runs())
	}
}

func (s *settling) resolution() {
	k, promised := s.c.Resolution, s.p.Resolution
	done := !s.t.Status.Active()
	switch {
	case k == nil && (promised <= 0 || done):
	case k == nil:
		s.c.Resolution = &desk.Clock{From: s.t.Opened}
		s.turn(desk.Resolution, s.c.Resolution, promised, s.runs())
	case done:
		s.come(desk.Resolution, k)
	case promised <= 0 && !k.Breached:
		s.c.Resolution = nil
	default:
		k.Met = time.Time{} // opened again: it goes on where it stood
		s.turn(desk.Resolution, k, promised, s.runs())
	}
}

// Late is the deadline by which the ticket stands in the list of late ones: the first of
// those that were warned of or have passed and still run. Zero: it isn't in the list.
func Late(c *desk.Clocks) time.Time {
	var first time.Time
	for _, target := range desk.Targets {
		if k := c.Of(target); k.Running() && (k.Warned || k.Breached) && !k.Due.IsZero() && (first.IsZero() || k.Due.Before(first)) {
			first = k.Due
		}
	}
	return first
}

// Timers are when the ticket is to be looked at next: for a warning, and for a breach.
func Timers(c *desk.Clocks) (warn, breach time.Time) {
	for _, target := range desk.Targets {
		k := c.Of(target)
		if !k.Running() || k.Breached {
			continue
		}
		warn, breach = sooner(warn, k.Warn), sooner(breach, k.Due)
	}
	return warn, breach
}

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
