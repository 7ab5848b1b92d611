package sla_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/sla"
)

// oracle counts by the minute what a clock should have counted, knowing nothing of
// calendars: Monday to Friday, nine to six in Shanghai.
type oracle struct {
	hours bool // else around the clock
	zone  *time.Location
}

func (o oracle) counts(at time.Time) bool {
	local := at.In(o.zone)
	working := local.Weekday() != time.Saturday && local.Weekday() != time.Sunday
	return !o.hours || working && local.Hour() >= 9 && local.Hour() < 18
}

func (o oracle) between(from, to time.Time) (n time.Duration) {
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		if o.counts(at) {
			n += time.Minute
		}
	}
	return n
}

func (o oracle) after(from time.Time, d time.Duration) time.Time {
	for at := from; ; at = at.Add(time.Minute) {
		if o.counts(at) {
			if d -= time.Minute; d <= 0 {
				return at.Add(time.Minute)
			}
		}
	}
}

// counted is what one clock should say.
type counted struct {
	used     time.Duration
	breaches int
	over     bool // it came about
}

// Whatever happens to a ticket in whatever order: time counts only while it should, to
// the minute, a clock that goes on goes on exactly where it stood, no deadline lies before
// what it counts from, and each is breached once, at the first look after it has passed.
func TestAnySequenceOfTurns(t *testing.T) {
	z, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	targets := map[desk.Target]time.Duration{desk.FirstResponse: 4 * time.Hour, desk.NextResponse: 2 * time.Hour, desk.Resolution: 20 * time.Hour}
	rapid.Check(t, func(rt *rapid.T) {
		o := oracle{rapid.Bool().Draw(rt, "office"), z}
		p := sla.Policy{ID: "p", First: targets[desk.FirstResponse], Next: targets[desk.NextResponse], Resolution: targets[desk.Resolution],
			WarnBefore: 30 * time.Minute, PauseOnHold: rapid.Bool().Draw(rt, "pauses on hold")}
		if o.hours {
			p.Hours = office(t)
		}
		now := time.Date(2026, 9, 1, 0, 30, 0, 0, time.UTC)
		var ticket desk.Ticket
		opened(&ticket, now)
		want := map[desk.Target]*counted{}
		turns := map[string]func(*desk.Ticket, time.Time){
			"nothing": func(*desk.Ticket, time.Time) {}, "written": written, "answered": answered,
			"pending": status(desk.StatusPending), "on hold": status(desk.StatusOnHold), "snoozed": status(desk.StatusSnoozed),
			"open": status(desk.StatusOpen), "resolved": status(desk.StatusResolved),
		}
		names := []string{"nothing", "written", "answered", "pending", "on hold", "snoozed", "open", "resolved", "written", "answered", "nothing"}
		ran := func() bool {
			s := ticket.Status
			return s == desk.StatusNew || s == desk.StatusOpen || s == desk.StatusOnHold && !p.PauseOnHold
		}
		look := func(change func(*desk.Ticket, time.Time), passed time.Duration) {
			for target, c := range want { // what has passed counts as it stood
				if !c.over && ran() {
					c.used += o.between(now.Add(-passed), now)
				}
				if !c.over && ran() && c.used >= targets[target] && c.breaches == 0 {
					c.breaches = -1 // to be told now
				}
			}
			was := ticket
			change(&ticket, now)
			c, events := sla.Settle(ticket.Clocks, &p, &p, ticket, now)
			ticket.Clocks = c
			for _, e := range events {
				if e.Kind == sla.Breach {
					require.Equal(rt, -1, want[e.Target].breaches, "%s breached too early, or twice", e.Target)
					want[e.Target].breaches = 1
				}
			}
			for target, k := range want {
				require.NotEqual(rt, -1, k.breaches, "%s has passed and nobody is told", target)
			}
			follow(want, was, ticket)
			for _, target := range desk.Targets {
				held(rt, o, target, c.Of(target), want[target], now, ran())
			}
		}
		look(func(*desk.Ticket, time.Time) {}, 0)
		for range rapid.IntRange(1, 25).Draw(rt, "turns") {
			passed := time.Duration(rapid.SampledFrom([]int{1, 7, 30, 90, 120, 240, 600, 1440, 4000}).Draw(rt, "minutes")) * time.Minute
			now = now.Add(passed)
			look(turns[rapid.SampledFrom(names).Draw(rt, "turn")], passed)
		}
	})
}

// follow makes of what happened which clocks there should be.
func follow(want map[desk.Target]*counted, was, t desk.Ticket) {
	if want[desk.FirstResponse] == nil && t.FirstAnswered.IsZero() && !t.WaitingSince.IsZero() && t.Status.Active() {
		want[desk.FirstResponse] = &counted{}
	}
	if c := want[desk.FirstResponse]; c != nil && !t.FirstAnswered.IsZero() {
		c.over = true
	}
	if want[desk.Resolution] == nil && t.Status.Active() {
		want[desk.Resolution] = &counted{}
	}
	if c := want[desk.Resolution]; c != nil {
		c.over = !t.Status.Active()
	}
	waits := !t.WaitingSince.IsZero() && !t.FirstAnswered.IsZero() && t.Status.Active()
	switch c := want[desk.NextResponse]; {
	case waits && (c == nil || c.over):
		want[desk.NextResponse] = &counted{}
	case c != nil && !waits:
		c.over = true
	}
}

// held holds one clock against what it should say.
func held(t *rapid.T, o oracle, target desk.Target, k *desk.Clock, want *counted, now time.Time, runs bool) {
	if want == nil {
		require.Nil(t, k, target)
		return
	}
	require.NotNil(t, k, target)
	require.Equal(t, want.over, !k.Met.IsZero(), "%s came about", target)
	require.Equal(t, want.breaches == 1, k.Breached, "%s breached", target)
	require.GreaterOrEqual(t, k.Used, time.Duration(0), target)
	if want.over {
		require.Equal(t, want.used, k.Used, "%s counted", target)
		return
	}
	require.Equal(t, runs, k.Running(), "%s runs", target)
	if !k.Due.IsZero() {
		require.False(t, k.Due.Before(k.From), "%s: a deadline before its beginning", target)
	}
	switch {
	case !runs:
		require.Equal(t, want.used, k.Used, "%s is paused with what has passed", target)
		require.Equal(t, k.Breached, !k.Due.IsZero(), "%s: a pause has no deadline", target)
	case !k.Breached:
		require.Equal(t, o.after(now, k.Target-want.used).UTC(), k.Due.UTC(), "%s goes on where it stood", target)
	}
}
