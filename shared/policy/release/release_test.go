package release_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/release"
)

// Promise 3: what may go, what waits, and what must not go any more.
func TestDecide(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	later := now.Add(time.Minute)
	good := func() release.Question { return release.Question{WindowLeft: -1, At: now} }
	for name, c := range map[string]struct {
		change func(*release.Question)
		want   release.Verdict
	}{
		"nothing against it": {func(*release.Question) {}, release.Verdict{Decision: release.Go}},
		"undo-send":          {func(q *release.Question) { q.Message.NotBefore = later }, release.Verdict{Decision: release.Wait, Until: later}},
		"back-off":           {func(q *release.Question) { q.Ticket.Claim.Retry = later }, release.Verdict{Decision: release.Wait, Until: later}},
		"opted out":          {func(q *release.Question) { q.Identity.Out = true }, release.Verdict{Decision: release.Drop, Why: "send.opted_out"}},
		"unfollowed":         {func(q *release.Question) { q.Identity.Gone = now }, release.Verdict{Decision: release.Drop, Why: "send.unfollowed"}},
		"a person was faster": {func(q *release.Question) { q.Message.Purpose = "ack"; q.Ticket.Answers = 1 },
			release.Verdict{Decision: release.Drop, Why: "send.person_took_over"}},
		"marked as spam meanwhile": {func(q *release.Question) { q.Message.Purpose = "ack"; q.Ticket.Status = desk.StatusSpam },
			release.Verdict{Decision: release.Drop, Why: "send.spam"}},
		"a person's answer goes": {func(q *release.Question) { q.Message.Purpose = "reply"; q.Ticket.Answers = 1 }, release.Verdict{Decision: release.Go}},
		"window over":            {func(q *release.Question) { q.WindowUntil = now }, release.Verdict{Decision: release.Drop, Why: "send.window_closed"}},
		"window still open":      {func(q *release.Question) { q.WindowUntil = later; q.WindowLeft = 1 }, release.Verdict{Decision: release.Go}},
		"none left in window":    {func(q *release.Question) { q.WindowUntil = later; q.WindowLeft = 0 }, release.Verdict{Decision: release.Drop, Why: "send.window_closed"}},
	} {
		q := good()
		c.change(&q)
		require.Equal(t, c.want, release.Decide(q), name)
	}
}
