package ask_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/ask"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func good() ask.Question {
	return ask.Question{
		Survey:     desk.Survey{State: desk.SurveyPlanned, Round: 1, To: desk.Address{Channel: desk.SMS, ID: "+1"}},
		Ticket:     desk.Ticket{Status: desk.StatusResolved, Round: 1, Answers: 1},
		WindowOpen: true, Enabled: true, Cooldown: 24 * time.Hour, At: now,
	}
}

// Promise 6: each reason not to ask has its code.
func TestSkip(t *testing.T) {
	for why, change := range map[string]func(*ask.Question){
		"":                      func(*ask.Question) {},
		"survey.disabled":       func(q *ask.Question) { q.Enabled = false },
		"survey.asked_already":  func(q *ask.Question) { q.Survey.State = desk.SurveyAsked },
		"survey.spam":           func(q *ask.Question) { q.Ticket.Status = desk.StatusSpam },
		"survey.reopened":       func(q *ask.Question) { q.Ticket.Status = desk.StatusOpen },
		"survey.never_answered": func(q *ask.Question) { q.Ticket.Answers = 0 },
		"survey.no_address":     func(q *ask.Question) { q.Survey.To.ID = "" },
		"survey.opted_out":      func(q *ask.Question) { q.Identity.Out = true },
		"survey.unsubscribed":   func(q *ask.Question) { q.Identity.NoSurvey = true },
		"survey.bounced":        func(q *ask.Question) { q.Identity.Bounced = "5.1.1" },
		"survey.cooldown":       func(q *ask.Question) { q.Customer.Asked = []time.Time{now.Add(-time.Hour)} },
		"survey.window_closed":  func(q *ask.Question) { q.WindowOpen = false },
	} {
		q := good()
		change(&q)
		require.Equal(t, why, ask.Skip(q))
	}
	q := good()
	q.Ticket.Round = 2
	require.Equal(t, "survey.reopened", ask.Skip(q), "resolved again since: that resolution has its own survey")
	q = good()
	q.Customer.Asked = []time.Time{now.Add(-24 * time.Hour)}
	require.Empty(t, ask.Skip(q), "the cooldown has just passed")
}
