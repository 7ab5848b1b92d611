package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/notify"
)

// Quiet hours end at the first minute that a clock on the wall shows outside of them, over
// midnight, over each other and over daylight saving: an oracle goes minute by minute.
func TestQuietEndsOnTheWallClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"Asia/Shanghai", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "UTC"}).Draw(t, "zone"))
		require.NoError(t, err)
		var quiet []notify.Quiet
		for range rapid.IntRange(0, 3).Draw(t, "n") {
			q := notify.Quiet{From: rapid.IntRange(0, 1439).Draw(t, "from"), To: rapid.IntRange(0, 1439).Draw(t, "to")}
			if q.From != q.To {
				quiet = append(quiet, q)
			}
		}
		day := rapid.SampledFrom([]string{"2026-03-28", "2026-10-24", "2026-03-07", "2026-10-31", "2026-04-04", "2026-06-15"}).Draw(t, "day")
		now, err := time.ParseInLocation(time.DateOnly, day, zone)
		require.NoError(t, err)
		now = now.Add(time.Duration(rapid.IntRange(0, 3*1440).Draw(t, "minute")) * time.Minute)
		covered := func(at time.Time) bool {
			local := at.In(zone)
			for _, q := range quiet {
				if q.Covers(local.Hour()*60 + local.Minute()) {
					return true
				}
			}
			return false
		}
		want, end := now, now.Add(3*24*time.Hour)
		for covered(want) && want.Before(end) {
			want = want.Add(time.Minute)
		}
		got := notify.Rules{Quiet: quiet, Zone: zone}.QuietEnd(now)
		if want.Equal(end) {
			require.Zero(t, got, "they never end")
			return
		}
		require.Equal(t, want.UTC(), got.UTC())
	})
}

func TestWhoIsToldLater(t *testing.T) {
	late := notify.Happening{ID: "1", Kind: notify.Reply, At: at, Ticket: "7K3Q9W"}
	ticket := desk.Ticket{ID: "7K3Q9W", Status: desk.StatusOpen, Assignee: "amy", Opened: at.Add(-time.Hour), WaitingSince: at}
	amy := notify.Person{ID: "amy", Role: "agent", Rules: notify.Rules{Mail: []notify.Kind{notify.Reply}, Quiet: []notify.Quiet{{From: 8 * 60, To: 10 * 60}}}}
	told := func(p notify.Person) notify.Notice {
		all := notify.Notices(late, ticket, []notify.Person{p}, nil, at)
		require.Len(t, all, 1)
		return all[0]
	}
	require.Equal(t, notify.Notice{Agent: "amy", Later: at.Add(time.Hour)}, told(amy))
	urgent := amy
	urgent.Rules.Urgent = []notify.Kind{notify.Reply}
	require.Equal(t, notify.Notice{Agent: "amy", Mail: true}, told(urgent))
	unmailed := amy
	unmailed.Rules.Mail = nil
	require.Equal(t, notify.Notice{Agent: "amy"}, told(unmailed))
	always := amy
	always.Rules.Quiet = []notify.Quiet{{From: 0, To: 12 * 60}, {From: 12 * 60, To: 0}}
	require.Equal(t, notify.Notice{Agent: "amy"}, told(always), "quiet for ever: the console alone")
}

// What was settled meanwhile is not told later.
func TestSettled(t *testing.T) {
	amy := notify.Person{ID: "amy", Role: "agent", Teams: []string{"support"}}
	open := desk.Ticket{ID: "7K3Q9W", Status: desk.StatusOpen, Team: "support", Assignee: "amy", Opened: at.Add(-time.Hour), WaitingSince: at}
	for name, c := range map[string]struct {
		kind   notify.Kind
		change func(*desk.Ticket)
		want   bool
	}{
		"still waiting":            {notify.Reply, func(*desk.Ticket) {}, false},
		"answered":                 {notify.Reply, func(t *desk.Ticket) { t.WaitingSince = time.Time{} }, true},
		"resolved":                 {notify.Reply, func(t *desk.Ticket) { t.Status = desk.StatusResolved }, true},
		"somebody else's now":      {notify.Reply, func(t *desk.Ticket) { t.Assignee = "bo" }, true},
		"followed still":           {notify.Reply, func(t *desk.Ticket) { t.Assignee, t.Followers = "bo", []string{"amy"} }, false},
		"given, and hers":          {notify.Assigned, func(*desk.Ticket) {}, false},
		"given, and taken away":    {notify.Assigned, func(t *desk.Ticket) { t.Assignee = "" }, true},
		"a breach, still overdue":  {notify.Breach, func(*desk.Ticket) {}, false},
		"a breach, resolved":       {notify.Breach, func(t *desk.Ticket) { t.Status = desk.StatusClosed }, true},
		"named in a note":          {notify.Mention, func(t *desk.Ticket) { t.Assignee = "bo" }, false},
		"named in what is spam":    {notify.Mention, func(t *desk.Ticket) { t.Status = desk.StatusSpam }, true},
		"a lead's matter no more":  {notify.BadScore, func(t *desk.Ticket) { t.Assignee = "bo" }, true},
		"a lead took it over":      {notify.Recovery, func(t *desk.Ticket) { t.Assignee = "bo" }, true},
		"somebody who isn't admin": {notify.HookOff, func(*desk.Ticket) {}, true},
	} {
		ticket := open
		c.change(&ticket)
		require.Equal(t, c.want, notify.Settled(desk.Notice{ID: "1", Agent: "amy", Kind: string(c.kind), At: at, Ticket: "7K3Q9W"}, ticket, amy, []notify.Person{amy, {ID: "bo", Role: "lead"}}), name)
	}
}
