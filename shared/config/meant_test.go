package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
)

const people = least + "  - {id: sales, name: S}\nagents: [{id: li, name: Li, teams: [sales]}]\n"

// What can never work is refused where there is no doubt.
func TestWhatCanNeverWork(t *testing.T) {
	const q = "question: Q, thanks: T"
	for src, want := range map[string]string{
		"surveys: [{id: a, when: schedule, schedule: 0 10 31 2 *, " + q + "}]":  "surveys[0].schedule: never comes",
		"surveys: [{id: a, for: {channels: [wechatt]}, " + q + "}]":             `surveys[0].for.channels: there is no "wechatt"; there are wechat, email`,
		"surveys: [{id: a, for: {last_contact: 90d}, " + q + "}]":               "surveys[0].for.last_contact: goes with when: schedule only",
		"surveys: [{id: a, for: {tags: [投诉，紧急]}, " + q + "}]":                   "surveys[0].for.tags[0]: may have letters",
		"asking: {spare_tags: [a b]}":                                           "asking.spare_tags[0]: may have letters",
		`asking: {quiet: {from: "21:00", to: "21:00"}}`:                         "asking.quiet: begins and ends at 21:00",
		"routing: {rules: [{name: a, then: {tags: [投诉，紧急]}}]}":                  "routing.rules[0].then.tags[0]: may have letters",
		"routing: {rules: [{name: a, if: {tags: [投诉，紧急]}, then: {}}]}":          "routing.rules[0].if.tags[0]: may have letters",
		"care: [{id: a, when: event, event: x, text: hi, channels: [webform]}]": `care[0].channels: there is no "webform"`,
	} {
		_, _, err := config.Load([]byte(people+src+"\n"), "desk.yaml")
		require.ErrorContains(t, err, want, src)
	}
	load(t, people+"surveys: [{id: a, when: schedule, schedule: 0 10 29 2 *, "+q+"}]\n")
}

// What hardly does what was meant is warned of.
func TestWhatIsWarnedOf(t *testing.T) {
	const accounts = "accounts: {wechat: [{name: main}], sms: [{name: main}]}\n"
	for src, want := range map[string]string{
		accounts + "routing: {rules: [{name: a, if: {channels: [sms], accounts: [wechat/main]}, then: {team: sales}}]}": "routing.rules[0].if: can never match: none of the accounts",
		"routing: {rules: [{name: a, if: {any_words: [投诉、举报]}, then: {team: sales}}]}":                                  `routing.rules[0].if.any_words[0]: "投诉、举报" is one word`,
		"routing: {rules: [{name: a, if: {any_words: [x]}}]}":                                                           "routing.rules[0]: has no then",
		"senders: {block: [spam.example]}":                                                                              "senders.block[0]: is no mail address: write @spam.example",
		"senders: {block: [\"13800138000\"]}":                                                                           "senders.block[0]: has no +",
		"care: [{id: a, when: holiday, dates: [2020-01-01], text: hi}]":                                                 "care[0].dates: has no date that is to come",
		"macros: [{id: a, name: A, team: support, assignee: li}]":                                                       "macros[0].assignee: li is not in team support",
		"sla: [{id: a, first_response: 8h, resolution: 4h}]":                                                            "sla[0].first_response: is longer than resolution",
	} {
		require.Contains(t, warned(t, people+src+"\n"), want, src)
	}
	fine := warned(t, people+accounts+`routing: {rules: [{name: a, if: {channels: [sms], accounts: [main]}, then: {team: sales}}]}
senders: {block: ["@spam.example", "+8613800138000", o6_bmjrPTlm6_2sgVt7hMZOPfL2M]}
care: [{id: a, when: holiday, dates: [2020-01-01, 01-01], text: hi}]
macros: [{id: a, name: A, team: sales, assignee: li}]
`)
	for _, w := range []string{"can never match", "senders", "care[0].dates", "macros[0].assignee"} {
		require.NotContains(t, fine, w)
	}
}
