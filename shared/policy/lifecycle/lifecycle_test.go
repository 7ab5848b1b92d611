package lifecycle_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/lifecycle"
)

var (
	now   = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	rules = lifecycle.Rules{Bad: func(_ desk.SurveyKind, v int) bool { return v <= 2 }}
)

func ago(days int) time.Time { return now.Add(-time.Duration(days) * 24 * time.Hour) }

func opened(days ...int) (out []desk.Ticket) {
	for _, d := range days {
		out = append(out, desk.Ticket{Opened: ago(d), Status: desk.StatusClosed})
	}
	return out
}

func TestStages(t *testing.T) {
	here := []desk.Identity{{Address: desk.Address{Channel: desk.SMS}}}
	for name, c := range map[string]struct {
		created int
		tickets []desk.Ticket
		ids     []desk.Identity
		scores  []int // of the last days, the newest last
		stage   lifecycle.Stage
		level   lifecycle.Level
		why     string // the first reason
	}{
		"first seen last week":            {7, opened(7), here, nil, lifecycle.New, lifecycle.Low, ""},
		"imported, and never wrote":       {7, nil, nil, nil, lifecycle.New, lifecycle.Low, ""},
		"writes now and then":             {300, opened(200, 100, 20), here, nil, lifecycle.Active, lifecycle.Low, ""},
		"quiet for three months":          {300, opened(200, 90), here, nil, lifecycle.AtRisk, lifecycle.Low, "churn.quiet"},
		"quiet for half a year":           {300, opened(300, 181), here, nil, lifecycle.Lapsed, lifecycle.Low, "churn.quiet"},
		"back after half a year":          {400, opened(400, 200, 10), here, nil, lifecycle.WonBack, lifecycle.Low, ""},
		"back a while ago, and stayed":    {700, opened(500, 300, 100, 70, 10), here, nil, lifecycle.Active, lifecycle.Low, ""},
		"written to, and silent":          {400, append(opened(300), desk.Ticket{Opened: ago(5), Status: desk.StatusClosed, Ours: true}), here, nil, lifecycle.Lapsed, lifecycle.Low, "churn.quiet"},
		"a bad score":                     {300, opened(20), here, []int{5, 1}, lifecycle.Active, lifecycle.Medium, "churn.bad_score"},
		"bad ones, and it was reopened":   {300, []desk.Ticket{{Opened: ago(5), Reopened: 1}}, here, []int{1, 2}, lifecycle.AtRisk, lifecycle.High, "churn.bad_score"},
		"left the only account":           {300, opened(20), []desk.Identity{{Gone: ago(1)}}, nil, lifecycle.Lapsed, lifecycle.Medium, "churn.left"},
		"opted out of one of two":         {300, opened(20), []desk.Identity{{Out: true}, {}}, nil, lifecycle.Active, lifecycle.Low, "churn.opted_out"},
		"what went wrong long ago is old": {300, []desk.Ticket{{Opened: ago(100), Reopened: 2, Type: desk.Complaint}, {Opened: ago(3)}}, here, nil, lifecycle.Active, lifecycle.Low, ""},
	} {
		t.Run(name, func(t *testing.T) {
			k := lifecycle.Known{Customer: desk.Customer{Created: ago(c.created)}, Identities: c.ids, Tickets: c.tickets}
			for i, v := range c.scores {
				k.Customer.Scores = append(k.Customer.Scores, desk.ScoreMark{Kind: desk.CSAT, Value: v, At: ago(len(c.scores) - i)})
			}
			v := lifecycle.Judge(rules, k, now)
			require.Equal(t, []any{c.stage, c.level}, []any{v.Stage, v.Level}, "%+v", v)
			first := ""
			if len(v.Reasons) > 0 {
				first = v.Reasons[0].Code
			}
			require.Equal(t, c.why, first)
		})
	}
}

// The risk is of its reasons and nothing else, within bounds; another trouble never makes
// it smaller; and who stays quiet ends as lapsed.
func TestRiskIsItsReasons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := lifecycle.Known{Customer: desk.Customer{Created: ago(rapid.IntRange(0, 900).Draw(t, "created"))}}
		for range rapid.IntRange(0, 6).Draw(t, "tickets") {
			k.Tickets = append(k.Tickets, desk.Ticket{
				Opened: ago(rapid.IntRange(0, 900).Draw(t, "opened")), Reopened: rapid.IntRange(0, 1).Draw(t, "reopened"),
				Status: rapid.SampledFrom(desk.Statuses).Draw(t, "status"), Type: rapid.SampledFrom(desk.Types).Draw(t, "type"),
			})
		}
		for range rapid.IntRange(0, 3).Draw(t, "addresses") {
			id := desk.Identity{LastIn: ago(rapid.IntRange(0, 900).Draw(t, "last")), Out: rapid.Bool().Draw(t, "out")}
			k.Identities = append(k.Identities, id)
		}
		v := lifecycle.Judge(rules, k, now)
		require.Equal(t, v, lifecycle.Judge(rules, k, now))
		sum := 0
		for _, r := range v.Reasons {
			require.Positive(t, r.Points)
			sum += r.Points
		}
		require.Equal(t, min(sum, 100), v.Points)
		require.Contains(t, lifecycle.Stages, v.Stage)
		worse := k
		worse.Tickets = append(append([]desk.Ticket{}, k.Tickets...), desk.Ticket{Opened: now, Type: desk.Complaint, Status: desk.StatusOpen})
		if v.Last.Equal(now) { // who writes is no longer quiet, so that only then nothing else changes
			require.GreaterOrEqual(t, lifecycle.Judge(rules, worse, now).Points, v.Points)
		}
		require.Equal(t, lifecycle.Lapsed, lifecycle.Judge(rules, k, now.Add(181*24*time.Hour)).Stage)
	})
}
