package hook_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/hook"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func pending(attempts int) desk.HookDelivery {
	return desk.HookDelivery{Hook: "erp", Event: desk.Event{ID: "evt_1"}, State: desk.HookPending, Attempts: attempts}
}

// The schedule is Standard Webhooks' own, each wait up to a tenth longer.
func TestSchedule(t *testing.T) {
	for i, want := range []time.Duration{
		5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	} {
		d, s := hook.After(pending(i+1), desk.HookStanding{}, hook.Answer{Status: 500}, at)
		require.Equal(t, desk.HookPending, d.State)
		require.GreaterOrEqual(t, d.Due.Sub(at), want)
		require.LessOrEqual(t, d.Due.Sub(at), want+want/10)
		require.Equal(t, "hook.refused", d.Why)
		require.Equal(t, at, s.Failing)
	}
	d, _ := hook.After(pending(hook.Attempts), desk.HookStanding{}, hook.Answer{Status: 500}, at)
	require.Equal(t, desk.HookFailed, d.State)
	require.Zero(t, d.Due)
}

// What each answer means.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer hook.Answer
		state  desk.HookState
		why    string
		off    bool
		slow   time.Duration
	}{
		"taken":          {answer: hook.Answer{Status: 204}, state: desk.HookDelivered},
		"redirected":     {answer: hook.Answer{Status: 302}, state: desk.HookPending, why: "hook.redirected"},
		"refused":        {answer: hook.Answer{Status: 400}, state: desk.HookPending, why: "hook.refused"},
		"gone":           {answer: hook.Answer{Status: 410}, state: desk.HookFailed, why: "hook.gone", off: true},
		"too many":       {answer: hook.Answer{Status: 429, RetryAfter: time.Hour}, state: desk.HookPending, why: "hook.slow_down", slow: time.Hour},
		"gateway":        {answer: hook.Answer{Status: 502}, state: desk.HookPending, why: "hook.slow_down", slow: time.Minute},
		"no answer":      {answer: hook.Answer{Why: "hook.no_answer"}, state: desk.HookPending, why: "hook.no_answer"},
		"gateway, tired": {answer: hook.Answer{Status: 504}, state: desk.HookPending, why: "hook.slow_down", slow: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			d, s := hook.After(pending(1), desk.HookStanding{}, c.answer, at)
			require.Equal(t, c.state, d.State)
			require.Equal(t, c.why, d.Why)
			require.Equal(t, c.off, s.Disabled)
			if c.slow > 0 {
				require.Equal(t, at.Add(c.slow), s.SlowTill)
				require.GreaterOrEqual(t, d.Due.Sub(at), min(c.slow, time.Hour)-time.Minute)
			}
		})
	}
}

// Five days without one success switch a subscription off; one success in between
// begins anew, and nothing but a person switches it on again.
func TestSwitchesOff(t *testing.T) {
	_, s := hook.After(pending(1), desk.HookStanding{}, hook.Answer{Status: 500}, at)
	_, still := hook.After(pending(1), s, hook.Answer{Status: 500}, at.Add(hook.FailingFor-time.Second))
	require.False(t, still.Disabled)
	_, well := hook.After(pending(1), still, hook.Answer{Status: 200}, at.Add(hook.FailingFor-time.Second))
	require.Equal(t, desk.HookStanding{}, well)
	_, off := hook.After(pending(1), still, hook.Answer{Status: 500}, at.Add(hook.FailingFor))
	require.True(t, off.Disabled)
	require.Equal(t, "hook.off_failing", off.Why)
	_, off = hook.After(pending(1), off, hook.Answer{Status: 200}, at.Add(hook.FailingFor))
	require.True(t, off.Disabled)
}

// A pending delivery always has a time, any other none; and it comes to an end.
func TestComesToAnEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, s, now := pending(0), desk.HookStanding{}, at
		for range hook.Attempts {
			if d.State != desk.HookPending {
				break
			}
			d.Attempts++
			a := hook.Answer{Status: rapid.SampledFrom([]int{0, 200, 301, 400, 410, 429, 500, 504}).Draw(t, "status"), Why: "hook.no_answer"}
			d, s = hook.After(d, s, a, now)
			require.Equal(t, d.State == desk.HookPending, !d.Due.IsZero())
			if d.State == desk.HookPending {
				require.True(t, d.Due.After(now))
				now = d.Due
			}
		}
		require.NotEqual(t, desk.HookPending, d.State)
	})
}

func TestWanted(t *testing.T) {
	for _, c := range []struct {
		events, teams []string
		team          string
		wanted, sure  bool
	}{
		{events: []string{"*"}, wanted: true, sure: true},
		{events: []string{"ticket.created"}, wanted: true, sure: true},
		{events: []string{"ticket.updated"}, sure: true},
		{events: []string{"*"}, teams: []string{"sales"}, team: "support", sure: true},
		{events: []string{"*"}, teams: []string{"sales"}, team: "sales", wanted: true, sure: true},
		{events: []string{"*"}, teams: []string{"sales"}, wanted: true},
	} {
		wanted, sure := hook.Wanted(c.events, c.teams, desk.EventTicketCreated, c.team)
		require.Equal(t, []bool{c.wanted, c.sure}, []bool{wanted, sure}, "%+v", c)
	}
}
