package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

const survey = least + "surveys:\n- id: nps\n  kind: nps\n  question: Would you?\n  thanks: Thanks\n"

// A survey that can't be answered is refused with its line.
func TestSurveyFaults(t *testing.T) {
	for name, c := range map[string][2]string{
		"no question":         {least + "surveys:\n- id: a\n  thanks: T\n", "desk.yaml:7: surveys[0].question: is missing"},
		"csat of old":         {least + "csat: {enabled: true}\n", "desk.yaml:6: csat: is written as one of surveys now"},
		"kind":                {least + "surveys:\n- id: a\n  kind: nsp\n", "desk.yaml:8: surveys[0].kind: should be csat, nps or ces"},
		"id twice":            {survey + "- id: nps\n  question: Q\n  thanks: T\n", "desk.yaml:11: surveys[1].id: \"nps\" is taken already"},
		"all bad":             {survey + "  bad: 10\n", "desk.yaml:11: surveys[0].bad: should be from 0 to 9"},
		"sample":              {survey + "  sample: 101\n", "surveys[0].sample: should be from 1 to 100"},
		"reminder too late":   {survey + "  remind_after: 7d\n", "surveys[0].remind_after: should be from 1h to less than expires (7d)"},
		"schedule":            {survey + "  when: schedule\n  schedule: monthly\n", "surveys[0].schedule: should be five fields of cron"},
		"schedule of no use":  {survey + "  schedule: 0 0 1 * *\n", "surveys[0].schedule: goes with when: schedule only"},
		"look":                {survey + "  look: stars\n", "surveys[0].look: should be faces or stars, of csat only"},
		"tier":                {survey + "  for: {tiers: [platinum]}\n", "surveys[0].for.tiers[0]: should be standard"},
		"no choices":          {survey + "  questions:\n  - {id: a, type: choice, text: Q}\n", "desk.yaml:12: surveys[0].questions[0]: has no choices"},
		"empty scale":         {survey + "  questions:\n  - {id: a, type: scale, text: Q, min: 5, max: 5}\n", "desk.yaml:12: surveys[0].questions[0]: has an empty scale"},
		"a name of its own":   {survey + "  questions:\n  - {id: comment, text: Q}\n", "surveys[0].questions[0].id: \"comment\" is taken already"},
		"later question":      {survey + "  questions:\n  - {id: a, text: Q, show_if: {question: b}}\n  - {id: b, text: Q}\n", "desk.yaml:12: surveys[0].questions[0].show_if.question: should be score or an earlier question"},
		"outside the scale":   {survey + "  questions:\n  - {id: a, text: Q, show_if: {question: score, from: 11, to: 12}}\n", "the question could never be shown"},
		"upside down":         {survey + "  questions:\n  - {id: a, text: Q, show_if: {question: score, from: 6, to: 2}}\n", "the question could never be shown"},
		"no such choice":      {survey + "  questions:\n  - {id: a, type: choice, text: Q, choices: [{value: x, label: X}]}\n  - {id: b, text: Q, show_if: {question: a, is: [y]}}\n", "desk.yaml:13: surveys[0].questions[1].show_if.is[0]: a has no such choice"},
		"condition of no use": {survey + "  questions:\n  - {id: a, text: Q, show_if: {to: 2}}\n", "show_if.question: is missing"},
		"quiet":               {least + "asking: {quiet: {from: late, to: \"8:00\"}}\n", "asking.quiet.from: should be a time of day"},
		"quiet all day":       {least + "asking: {quiet: {from: \"10:00\", to: \"09:00\"}}\n", "leaves less than four hours"},
		"most":                {least + "asking: {most: 0}\n", "asking.most: should be from 1 to 20"},
	} {
		_, _, err := config.Load([]byte(c[0]), "desk.yaml")
		require.ErrorContains(t, err, c[1], name)
	}
}

// Zero stands where zero is written, and the whole scale where nothing is.
func TestSurveyQuestionnaire(t *testing.T) {
	s := load(t, survey+"  questions:\n  - {id: a, text: Q, show_if: {question: score, to: 0}}\n  - {id: b, type: scale, min: 0, text: Q}\n  - {id: c, text: Q, show_if: {question: b, from: 3}}\n")
	v := s.Surveys[0]
	require.Equal(t, 6, v.Bad)
	require.Equal(t, "Extremely likely", v.High["en"])
	q := v.Questionnaire()
	require.Equal(t, desk.AnswerCondition{Question: "score"}, *q.More[0].If)
	require.Equal(t, [2]int{0, 5}, [2]int{q.More[1].Min, q.More[1].Max})
	require.Equal(t, desk.AnswerCondition{Question: "b", From: 3, To: 5}, *q.More[2].If)
	require.True(t, s.BadScore(desk.NPS, 0))
	require.False(t, s.BadScore("", 3))
}

// A round is at its time in the desk's zone, across daylight saving.
func TestSurveyNext(t *testing.T) {
	v := config.Survey{When: desk.WhenSchedule, Schedule: "0 10 * * *"}
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	at := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
	require.Equal(t, "2026-03-29T08:00:00Z", v.Next(at, berlin).Format(time.RFC3339))
	require.True(t, config.Survey{Schedule: "0 10 * * *"}.Next(at, berlin).IsZero())
}
