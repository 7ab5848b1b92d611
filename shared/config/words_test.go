package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
)

// A fault says what there is, and what is wrong with what was written.
func TestFaultsSayWhatThereIs(t *testing.T) {
	for src, want := range map[string]string{
		"asking: {quiet: [\"22:00-08:00\"]}": "asking.quiet: should be keys and values: { from, to }",
		"surveys: [{id: a, question: Q, thanks: T, questions: [{id: q, text: Q, show_if: {question: score, any: [1]}}]}]":       "show_if.any: no such setting; there are question, from, to, is",
		"surveys: [{id: a, question: Q, thanks: T, questions: [{id: q, text: Q, show_if: {question: score, from: 4, to: 2}}]}]": "show_if: from 4 is above to 2; the question could never be shown",
		"calendars: [{id: a, week: [{days: [mon], hours: [09:00-09:00]}]}]":                                                     "calendars[0].week[0].hours[0]: begins and ends at 09:00: write 00:00-24:00 for a whole day",
		"tikcets: {}": "tikcets: no such setting; did you mean tickets?",
	} {
		_, _, err := config.Load([]byte(least+src+"\n"), "desk.yaml")
		require.ErrorContains(t, err, want, src)
	}
	require.Contains(t, warned(t, least+"calendars: [{id: a, week: [{days: [mon], hours: [09:00-12:00, 11:00-13:00]}]}]\n"),
		"the hours of Monday overlap one another")
}
