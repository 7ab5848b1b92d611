package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
)

const routed = least + "accounts: {sms: [{name: main}]}\nforms:\n- {id: f, title: F, fields: [{name: m, label: M, role: message}]}\n" + "routing:\n  acknowledgements: [{id: late, text: Later}]\n  rules:\n"

// What a rule names must exist; the fault says where it stands.
func TestRoutingFaults(t *testing.T) {
	for _, c := range []struct{ rule, want string }{
		{"if: {channels: [telex]}", `desk.yaml:13: routing.rules[0].if.channels: there is no "telex"; there are wechat, email, sms, webform, generic`},
		{"if: {accounts: [sms/other]}", `routing.rules[0].if.accounts[0]: there is no account "sms/other"`},
		{"if: {forms: [f, g]}", `routing.rules[0].if.forms[1]: there is no form "g"`},
		{"if: {languages: [fr]}", `routing.rules[0].if.languages: there is no "fr"; there are zh-CN, en`},
		{"if: {types: [spam]}", `routing.rules[0].if.types: there is no "spam"`},
		{"if: {tiers: [best]}", `routing.rules[0].if.tiers: there is no "best"; there are standard, silver, gold, vip`},
		{"if: {any_words: ['']}", `routing.rules[0].if.any_words[0]: should be a text`},
		{"if: {inside_hours: night}", `routing.rules[0].if.inside_hours: there is no calendar "night"`},
		{"then: {team: x}", `routing.rules[0].then.team: there is no team "x"`},
		{"then: {type: x}", `routing.rules[0].then.type: there is no "x"; there are inquiry`},
		{"then: {priority: x}", `routing.rules[0].then.priority: there is no "x"; there are low, normal, high, urgent`},
		{"then: {acknowledge: x}", `routing.rules[0].then.acknowledge: there is no acknowledgement "x"; write none for none`},
		{"then: {tags: ['']}", `routing.rules[0].then.tags[0]: should be a text`},
		{"if: {channel: [sms]}", `routing.rules[0].if.channel: no such setting; did you mean channels?`},
	} {
		_, _, err := config.Load([]byte(routed+"  - name: one\n    "+c.rule+"\n"), "desk.yaml")
		require.ErrorContains(t, err, c.want, c.rule)
	}
	_, _, err := config.Load([]byte(routed+"  - then: {team: support}\n"), "desk.yaml")
	require.ErrorContains(t, err, "routing.rules[0].name: is missing")
	_, _, err = config.Load([]byte(routed+"  - {name: a}\n  - {name: a}\n"), "desk.yaml")
	require.ErrorContains(t, err, `desk.yaml:13: routing.rules[1].name: "a" is taken already`)
}

// A rule that can never match, or does nothing, is no fault but hardly meant.
func TestRoutingWarnings(t *testing.T) {
	for _, c := range []struct{ rules, want string }{
		{"  - {name: a, if: {forms: [f], channels: [sms]}}\n", "routing.rules[0].if: can never match: forms belong to channel webform"},
		{"  - {name: a, if: {channels: [sms, email]}}\n  - {name: b, if: {channels: [sms], any_words: [x]}}\n", `desk.yaml:13: routing.rules[1]: can never match: "a" in line 12 takes all that it would`},
		{"  - {name: a, if: {channels: [sms]}, continue: true}\n", "routing.rules[0].then: sets nothing, and goes on"},
	} {
		s, warnings, err := config.Load([]byte(routed+c.rules), "desk.yaml")
		require.NoError(t, err)
		require.NotNil(t, s)
		var got []string
		for _, w := range warnings {
			got = append(got, w.String())
		}
		require.Condition(t, func() bool {
			for _, g := range got {
				if strings.Contains(g, c.want) {
					return true
				}
			}
			return false
		}, "%v", got)
	}
}

// Who gets tickets by themselves is checked, too.
func TestAssignmentFaults(t *testing.T) {
	const desk = "desk: {name: D}\nteams: [{id: support, name: S, assign: round_robin}]\n"
	for _, c := range []struct{ src, want string }{
		{"desk: {name: D}\nteams: [{id: support, name: S, assign: random}]\n", `desk.yaml:2: teams[0].assign: there is no "random"; there are none, round_robin, least_loaded`},
		{desk + "agents: [{id: li, name: L, capacity: -1}]\n", "desk.yaml:3: agents[0].capacity: should be from 1 to 1000"},
		{desk + "agents: [{id: li, name: L, languages: [fr]}]\n", `agents[0].languages: there is no "fr"`},
		{desk + "agents: [{id: li, name: L, skills: ['']}]\n", "agents[0].skills[0]: should be a text"},
		{desk + "routing: {on_leave: burn}\n", `routing.on_leave: there is no "burn"; there are keep, return`},
		{desk + "routing: {weights: {sms: 101}}\n", "routing.weights.sms: should be from 1 to 100"},
	} {
		_, _, err := config.Load([]byte(c.src), "desk.yaml")
		require.ErrorContains(t, err, c.want)
	}
	_, warnings, err := config.Load([]byte(desk+"routing: {rules: [{name: a, then: {skills: [chess]}}]}\n"), "desk.yaml")
	require.NoError(t, err)
	text := config.Faults(warnings).Error()
	require.Contains(t, text, "teams[0].assign: nobody is in team support")
	require.Contains(t, text, `has the skill "chess"`)
}
