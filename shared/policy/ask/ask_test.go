package ask_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/ask"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func good() ask.Question {
	return ask.Question{
		Survey:     desk.Survey{Of: "csat", State: desk.SurveyPlanned, Round: 1, To: desk.Address{Channel: desk.SMS, ID: "+1"}},
		Ticket:     desk.Ticket{Status: desk.StatusResolved, Round: 1, Answers: 1},
		WindowOpen: true, At: now,
		Rules: ask.Rules{Enabled: true, Cooldown: 30 * day, Apart: day, Most: 3, Within: 90 * day, Spared: []string{"supplier"}},
	}
}

// Promise 6: each reason not to ask has its code.
func TestDecide(t *testing.T) {
	for why, change := range map[string]func(*ask.Question){
		"":                      func(*ask.Question) {},
		"survey.disabled":       func(q *ask.Question) { q.Rules.Enabled = false },
		"survey.asked_already":  func(q *ask.Question) { q.Survey.State = desk.SurveyAsked },
		"survey.spam":           func(q *ask.Question) { q.Ticket.Status = desk.StatusSpam },
		"survey.reopened":       func(q *ask.Question) { q.Ticket.Status = desk.StatusOpen },
		"survey.still_open":     func(q *ask.Question) { q.Ticket.Status, q.Survey.When = desk.StatusOpen, desk.WhenSchedule },
		"survey.never_answered": func(q *ask.Question) { q.Ticket.Answers = 0 },
		"survey.spared":         func(q *ask.Question) { q.Ticket.Tags = []string{"urgent", "supplier"} },
		"survey.not_meant":      func(q *ask.Question) { q.Rules.Tiers = []desk.Tier{desk.VIP} },
		"survey.no_address":     func(q *ask.Question) { q.Survey.To.ID = "" },
		"survey.opted_out":      func(q *ask.Question) { q.Identity.Out = true },
		"survey.unsubscribed":   func(q *ask.Question) { q.Identity.NoSurvey = true },
		"survey.bounced":        func(q *ask.Question) { q.Identity.Bounced = "5.1.1" },
		"survey.cooldown":       func(q *ask.Question) { q.Customer.Asked = []time.Time{now.Add(-time.Hour)} },
		"survey.too_many": func(q *ask.Question) {
			q.Customer.Asked = []time.Time{now.Add(-80 * day), now.Add(-60 * day), now.Add(-40 * day)}
		},
		"survey.window_closed": func(q *ask.Question) { q.WindowOpen = false },
	} {
		q := good()
		change(&q)
		require.Equal(t, ask.Verdict{Why: why}, ask.Decide(q))
	}
	q := good()
	q.Ticket.Round = 2
	require.Equal(t, "survey.reopened", ask.Decide(q).Why, "resolved again since: that resolution has its own survey")
	q = good()
	q.Customer.Asked = []time.Time{now.Add(-day)}
	require.True(t, ask.Decide(q).Go(), "the rest between two surveys has just passed")
	q.Customer.AskedBy = map[string]time.Time{"csat": now.Add(-29 * day), "nps": now.Add(-day)}
	require.Equal(t, "survey.cooldown", ask.Decide(q).Why, "this survey's own cooldown")
	q.Survey.When, q.Ticket.Status = desk.WhenAsked, desk.StatusOpen
	q.Customer.AskedBy = nil
	require.True(t, ask.Decide(q).Go(), "an agent may ask about an open ticket")
}

// In quiet hours a survey waits for their end, in the customer's time zone.
func TestQuiet(t *testing.T) {
	q := good()
	q.Rules.Quiet = ask.Quiet{From: 21*60 + 30, To: 8 * 60}
	for zone, want := range map[string]string{
		"Asia/Shanghai":       "",                     // 17:00
		"America/Los_Angeles": "2026-03-02T16:00:00Z", // 01:00, until 08:00 PST
		"Asia/Kathmandu":      "",                     // 14:45
		"Pacific/Auckland":    "2026-03-02T19:00:00Z", // 22:00
	} {
		loc, err := time.LoadLocation(zone)
		require.NoError(t, err)
		q.Zone = loc
		got := ""
		if v := ask.Decide(q); !v.Until.IsZero() {
			got = v.Until.UTC().Format(time.RFC3339)
		}
		require.Equal(t, want, got, zone)
	}
	q.WindowOpen = false
	q.Zone, _ = time.LoadLocation("Pacific/Auckland")
	require.False(t, ask.Decide(q).Until.IsZero(), "the window is looked at when it is time")
}

func reminded() ask.Question {
	q := good()
	q.Survey.State, q.Survey.Asked, q.Survey.Remind, q.Survey.Expires = desk.SurveyAsked, now.Add(-2*day), now, now.Add(5*day)
	q.Customer.Asked = []time.Time{q.Survey.Asked}
	q.Customer.AskedBy = map[string]time.Time{"csat": q.Survey.Asked}
	return q
}

func TestRemind(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*ask.Question)
		want   string
	}{
		"its own asking is no bar":    {func(q *ask.Question) { q.Rules.Apart = 7 * day }, ""},
		"answered since":              {func(q *ask.Question) { q.Survey.Score = &desk.Score{} }, "survey.asked_already"},
		"once":                        {func(q *ask.Question) { q.Survey.State = desk.SurveyReminded }, "survey.asked_already"},
		"given up":                    {func(q *ask.Question) { q.Survey.Remind = time.Time{} }, "survey.asked_already"},
		"another survey in between":   {func(q *ask.Question) { q.Customer.Asked = append(q.Customer.Asked, now.Add(-time.Hour)) }, "survey.cooldown"},
		"too many with this reminder": {func(q *ask.Question) { q.Rules.Most = 1 }, "survey.too_many"},
		"reopened":                    {func(q *ask.Question) { q.Ticket.Status = desk.StatusOpen }, "survey.reopened"},
		"opted out":                   {func(q *ask.Question) { q.Identity.Out = true }, "survey.opted_out"},
		"no window":                   {func(q *ask.Question) { q.WindowOpen = false }, "survey.window_closed"},
		"over":                        {func(q *ask.Question) { q.Survey.Expires = now }, "survey.expired"},
		"over before the quiet hours are": {func(q *ask.Question) {
			q.Survey.Expires, q.Rules.Quiet = now.Add(time.Hour), ask.Quiet{From: 9 * 60, To: 11 * 60}
		}, "survey.expired"},
	} {
		q := reminded()
		c.change(&q)
		require.Equal(t, ask.Verdict{Why: c.want}, ask.Remind(q), name)
	}
}

// The end of quiet hours is the first time that isn't quiet, at most a day away, in any
// zone and across every change of its clock.
func TestQuietProperty(t *testing.T) {
	zones := []string{"UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca"}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		require.NoError(t, err)
		q := ask.Quiet{From: rapid.IntRange(0, 1439).Draw(t, "from"), To: rapid.IntRange(0, 1439).Draw(t, "to")}
		at := now.Add(time.Duration(rapid.IntRange(0, 400*24*60).Draw(t, "minutes")) * time.Minute)
		until := q.Over(at, loc)
		require.False(t, until.Before(at))
		require.LessOrEqual(t, until.Sub(at), 26*time.Hour)
		require.True(t, q.Over(until, loc).Equal(until), "%s is quiet still", until.In(loc))
		if until.After(at) {
			require.True(t, q.Is(at, loc))
		}
	})
}

// Whatever comes when: never more than the cap within its time, never two askings of
// different surveys closer than they must be, never a reminder twice, never in quiet hours.
func TestCapsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := ask.Rules{
			Enabled: true, Cooldown: time.Duration(rapid.IntRange(0, 40).Draw(t, "cooldown")) * day,
			Apart: time.Duration(rapid.IntRange(0, 10).Draw(t, "apart")) * day,
			Most:  rapid.IntRange(1, ask.Kept).Draw(t, "most"), Within: time.Duration(rapid.IntRange(1, 365).Draw(t, "within")) * day,
			Quiet: ask.Quiet{From: rapid.IntRange(0, 1439).Draw(t, "from"), To: rapid.IntRange(0, 1439).Draw(t, "to")},
		}
		var c desk.Customer
		var open []*desk.Survey
		var sent []time.Time
		last := map[string]time.Time{}
		at := now
		for i := range 60 {
			at = at.Add(time.Duration(rapid.IntRange(1, 4*24*60).Draw(t, "step")) * time.Minute)
			q := good()
			q.Rules, q.At, q.Customer, q.Zone = r, at, c, time.UTC
			remind := len(open) > 0 && rapid.Bool().Draw(t, "remind")
			var v ask.Verdict
			var s *desk.Survey
			if remind {
				s = rapid.SampledFrom(open).Draw(t, "which")
				q.Survey = *s
				v = ask.Remind(q)
			} else {
				s = &desk.Survey{ID: desk.SurveyID(fmt.Sprint(i)), Of: rapid.SampledFrom([]string{"csat", "nps"}).Draw(t, "survey"), State: desk.SurveyPlanned, Round: 1, To: desk.Address{ID: "x"}}
				q.Survey = *s
				v = ask.Decide(q)
			}
			if !v.Go() {
				continue
			}
			require.False(t, r.Quiet.Is(at, time.UTC), "asked in quiet hours")
			if remind {
				require.Equal(t, desk.SurveyAsked, s.State, "reminded twice")
				s.State = desk.SurveyReminded
			} else {
				if before, ok := last[s.Of]; ok {
					require.GreaterOrEqual(t, at.Sub(before), r.Cooldown)
				}
				if len(sent) > 0 {
					require.GreaterOrEqual(t, at.Sub(sent[len(sent)-1]), r.Apart)
				}
				last[s.Of] = at
				s.State, s.Asked, s.Remind, s.Expires = desk.SurveyAsked, at, at, at.Add(30*day)
				open = append(open, s)
			}
			ask.Note(&c, s.Of, at, remind)
			sent = append(sent, at)
			n := 0
			for _, x := range sent {
				if at.Sub(x) < r.Within {
					n++
				}
			}
			require.LessOrEqual(t, n, r.Most)
		}
	})
}

func TestSampled(t *testing.T) {
	n := 0
	for i := range 10_000 {
		id := desk.SurveyID(fmt.Sprintf("s%d", i))
		if ask.Sampled(id, 30) {
			n++
			require.True(t, ask.Sampled(id, 31), "a larger sample holds the smaller one")
		}
		require.True(t, ask.Sampled(id, 100))
		require.False(t, ask.Sampled(id, 0))
	}
	require.InDelta(t, 3000, n, 150)
}

func TestIsComment(t *testing.T) {
	for text, want := range map[string]bool{
		"很满意，谢谢": true, " ": false, "可以再便宜点吗？": false, "Where is my refund?": false, "Thanks!": true,
	} {
		require.Equal(t, want, ask.IsComment(text, 0), text)
	}
	require.False(t, ask.IsComment("see the photo", 1))
}
