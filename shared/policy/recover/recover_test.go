package recover_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/recover"
)

var t0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func opened() desk.Recovery {
	return recover.Open(desk.Recovery{Survey: "s", Score: 1}, recover.Rules{Within: 24 * time.Hour, EscalateAfter: time.Hour}, t0)
}

type hours struct{ plus time.Duration }

func (h hours) Add(from time.Time, d time.Duration) (time.Time, bool) {
	return from.Add(d + h.plus), h.plus >= 0
}

func TestOpen(t *testing.T) {
	r := opened()
	require.Equal(t, desk.RecoveryDue, r.State)
	require.Equal(t, t0.Add(24*time.Hour), r.Deadline)
	require.Equal(t, t0.Add(25*time.Hour), r.Timer)
	r = recover.Open(desk.Recovery{}, recover.Rules{Within: time.Hour, Hours: hours{time.Hour}}, t0)
	require.Equal(t, t0.Add(2*time.Hour), r.Deadline)
	r = recover.Open(desk.Recovery{}, recover.Rules{Within: time.Hour, Hours: hours{-1}}, t0)
	require.Equal(t, t0.Add(time.Hour), r.Deadline, "a calendar that never opens")
}

// Each step of a person: which are allowed, and what they leave.
func TestMove(t *testing.T) {
	for _, c := range []struct {
		from, to desk.RecoveryState
		ok       bool
	}{
		{desk.RecoveryDue, desk.RecoveryContacted, true},
		{desk.RecoveryDue, desk.RecoveryDone, true},
		{desk.RecoveryDue, desk.RecoveryAskedAgain, false},
		{desk.RecoveryDue, desk.RecoveryDropped, false},
		{desk.RecoveryContacted, desk.RecoveryDue, false},
		{desk.RecoveryContacted, desk.RecoveryDone, true},
		{desk.RecoveryContacted, desk.RecoveryAskedAgain, false},
		{desk.RecoveryDone, desk.RecoveryAskedAgain, true},
		{desk.RecoveryDone, desk.RecoveryContacted, false},
		{desk.RecoveryAskedAgain, desk.RecoveryDone, false},
		{desk.RecoveryDropped, desk.RecoveryContacted, false},
		{desk.RecoveryDue, "lost", false},
		{desk.RecoveryDone, desk.RecoveryDone, true},
	} {
		r := opened()
		r.State = c.from
		got, err := recover.Move(r, c.to, t0.Add(time.Hour))
		if !c.ok {
			require.Error(t, err, "%s to %s", c.from, c.to)
			require.Equal(t, r, got)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, c.to, got.State)
		if c.from == c.to {
			require.Equal(t, r, got, "the same once more changes nothing")
			continue
		}
		require.Zero(t, got.Timer)
		require.Equal(t, t0.Add(time.Hour), got.Contact)
		require.Equal(t, c.to == desk.RecoveryContacted, got.Done.IsZero())
	}
}

func TestRescored(t *testing.T) {
	r := recover.Rescored(opened(), 4, false)
	require.Equal(t, desk.RecoveryDropped, r.State)
	require.Zero(t, r.Timer)
	r = recover.Rescored(r, 2, true)
	require.Equal(t, desk.RecoveryDue, r.State)
	require.Equal(t, t0.Add(25*time.Hour), r.Timer, "the deadline is the first one's")
	r, err := recover.Move(r, desk.RecoveryContacted, t0.Add(time.Hour))
	require.NoError(t, err)
	r = recover.Rescored(r, 5, false)
	require.Equal(t, desk.RecoveryContacted, r.State, "touched: it goes on")
	require.Equal(t, 5, r.Score)
}

func TestFire(t *testing.T) {
	r := opened()
	_, over := recover.Fire(r, r.Gen, t0.Add(24*time.Hour))
	require.False(t, over, "not yet")
	_, over = recover.Fire(r, r.Gen-1, t0.Add(26*time.Hour))
	require.False(t, over, "another generation's")
	got, over := recover.Fire(r, r.Gen, t0.Add(26*time.Hour))
	require.True(t, over)
	_, over = recover.Fire(got, got.Gen, t0.Add(27*time.Hour))
	require.False(t, over, "once")
}

// Whatever happens in whatever order: it escalates at most once and never after a
// contact; nothing leads back from contacted; a timer runs only while it is due.
func TestProperty(t *testing.T) {
	rank := map[desk.RecoveryState]int{desk.RecoveryContacted: 1, desk.RecoveryDone: 2, desk.RecoveryAskedAgain: 3}
	rapid.Check(t, func(t *rapid.T) {
		r, at, escalated := opened(), t0, 0
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "hours")) * time.Hour)
			was := r
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				score := rapid.IntRange(1, 5).Draw(t, "score")
				r = recover.Rescored(r, score, score <= 2)
			case 1:
				r, _ = recover.Move(r, rapid.SampledFrom(desk.RecoveryStates).Draw(t, "to"), at)
			case 2:
				var over bool
				if r, over = recover.Fire(r, r.Gen, at); over {
					escalated++
					require.False(t, at.Before(r.Escalate))
					require.Zero(t, r.Contact)
				}
			}
			require.GreaterOrEqual(t, rank[r.State], rank[was.State])
			require.True(t, r.Timer.IsZero() || r.State == desk.RecoveryDue)
			require.Equal(t, r.State == desk.RecoveryDue || r.State == desk.RecoveryDropped, r.Contact.IsZero())
			require.LessOrEqual(t, escalated, 1)
			require.GreaterOrEqual(t, r.Gen, was.Gen)
		}
	})
}
