package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
)

// Zero that is written is somebody's word: it holds where it means something.
func TestZeroHolds(t *testing.T) {
	s := load(t, least+`surveys:
- {id: csat, delay: 0s, cooldown: 0s, question: Q, thanks: T}
- {id: nps, kind: nps, bad: 0, when: request, question: Q, thanks: T}
care: [{id: a, when: event, event: done, text: hi, cooldown: 0s}]
forms:
- {id: f, title: F, captcha: {kind: recaptcha_v3, site_key: a, min_score: 0}, fields: [{name: m, label: M, role: message}]}
`)
	require.Zero(t, s.Surveys[0].Delay)
	require.Zero(t, s.Surveys[0].Cooldown)
	require.Zero(t, s.Surveys[1].Bad)
	require.Zero(t, s.Care[0].Cooldown)
	require.Zero(t, s.Forms[0].Captcha.MinScore)
	s = load(t, least+"surveys: [{id: csat, delay: , question: Q, thanks: T}]\n")
	require.Equal(t, time.Hour, s.Surveys[0].Delay.D(), "a key with nothing behind it isn't zero")
}

// Where zero has no meaning it is refused, and never taken for the default.
func TestZeroIsRefused(t *testing.T) {
	for src, want := range map[string]string{
		"surveys: [{id: a, sample: 0, question: Q, thanks: T}]":                                                    "surveys[0].sample: should be from 1 to 100, in percent; to ask nobody write disabled: true",
		"surveys: [{id: a, expires: 0s, question: Q, thanks: T}]":                                                  "surveys[0].expires: should be from 1h to 90d",
		"surveys: [{id: a, bad: 0, question: Q, thanks: T}]":                                                       "surveys[0].bad: should be from 1 to 4",
		"surveys: [{id: a, when: schedule, schedule: 0 9 1 * *, for: {last_contact: 0s}, question: Q, thanks: T}]": "surveys[0].for.last_contact: should be from 1d",
		"surveys: [{id: a, question: Q, thanks: T, variants: [{id: a, share: 0}, {id: b}]}]":                       "surveys[0].variants[0].share: should be from 1",
		"agents: [{id: li, name: Li, capacity: 0}]":                                                                "agents[0].capacity: should be from 1 to 1000; who is to be given nothing",
		"forms: [{id: f, title: F, limit_per_hour: 0, fields: [{name: m, label: M, role: message}]}]":              "forms[0].limit_per_hour: should be from 1",
		"forms: [{id: f, title: F, fields: [{name: m, label: M, role: message, max: 0}]}]":                         "forms[0].fields[0].max: should be from 1",
		"routing: {weights: {sms: 0}}":                                                                             "routing.weights.sms: should be from 1",
		"access: {requests_per_minute: 0}":                                                                         "access.requests_per_minute: should be from 1",
		"access: {session: 0s}":                                                                                    "access.session: should be from",
		"lifecycle: {new_for: 0s}":                                                                                 "lifecycle.new_for: should be from 1d",
		"lifecycle: {medium: 0}":                                                                                   "lifecycle.high: should be above medium",
		"care: [{id: a, when: win_back, after: 0s, text: hi}]":                                                     "care[0].after: should be from 7d",
		"care: [{id: a, when: holiday, dates: [01-01], last_contact: 0s, text: hi}]":                               "care[0].last_contact: should be from 1d",
	} {
		_, _, err := config.Load([]byte(least+src+"\n"), "desk.yaml")
		require.ErrorContains(t, err, want, src)
	}
}
