package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
)

// No text leaves braces in front of a customer: each has its own list of variables.
func TestVariables(t *testing.T) {
	const office = "calendars: [{id: office, week: [{days: [mon-fri], hours: [09:00-18:00]}]}]\n"
	for src, want := range map[string]string{
		`tickets: {acknowledge: "This is {{ticket.nr}}"}`:                                             "tickets.acknowledge: {{ticket.nr}} is no variable; there are customer.name",
		`tickets: {acknowledge: {en: "Hi", zh-CN: "{{customer}}"}}`:                                   "tickets.acknowledge.zh-CN: {{customer}} is no variable",
		`tickets: {acknowledge: "Back {{opens}}"}`:                                                    "{{opens}} belongs into tickets.out_of_hours",
		`tickets: {pending: {remind_after: 2d, reminder: "About {{ticket.numbr}}"}}`:                  "tickets.pending.reminder: {{ticket.numbr}} is no variable",
		`tickets: {pending: {remind_after: 2d, reminder: "x", close_after: 5d, closing: "{{x}}"}}`:    "tickets.pending.closing: {{x}} is no variable",
		`tickets: {wait: "{{minutes}} {{hours}}"}`:                                                    "tickets.wait: {{hours}} is no variable",
		office + `tickets: {out_of_hours: {calendar: office, text: "{{opened}}"}}`:                    "tickets.out_of_hours.text: {{opened}} is no variable; there are customer.name, agent.name, desk.name, ticket.number, ticket.subject, team.name, opens",
		`routing: {acknowledgements: [{id: a, text: "{{opens}}"}]}`:                                   "routing.acknowledgements[0].text: {{opens}} is no variable",
		`surveys: [{id: a, question: "{{customer.name}}, how was it?", thanks: T}]`:                   "surveys[0].question: {{customer.name}} would be read as it stands: this text has no variables",
		`surveys: [{id: a, question: Q, thanks: T, questions: [{id: q, text: "{{agent.name}}?"}]}]`:   "surveys[0].questions[0].text: {{agent.name}} would be",
		`surveys: [{id: a, question: Q, thanks: T, variants: [{id: a}, {id: b, question: "{{x}}"}]}]`: "surveys[0].variants[1].question: {{x}} would be",
		`care: [{id: a, when: event, event: done, text: "{{customer.name}}, all well?"}]`:             "care[0].text: {{customer.name}} would be",
		`canned: [{id: a, name: A, text: "Hi {{customer.name"}]`:                                      "canned[0].text: has two braces that belong to no variable",
		`canned: [{id: a, name: A, text: "Hi {{customer.name}"}]`:                                     "canned[0].text: has two braces",
	} {
		_, _, err := config.Load([]byte(least+src+"\n"), "desk.yaml")
		require.ErrorContains(t, err, want, src)
		require.Equal(t, 1, strings.Count(err.Error(), "\n")+1, "one text for all languages is told of once: %v", err)
	}
	load(t, least+office+`tickets:
  acknowledge: "{{customer.name}}: {{ ticket.number }}"
  wait: "{{minutes}}, {{team.name}}"
  out_of_hours: {calendar: office, text: "{{customer.name}}, back {{ opens }}"}
`)
}
