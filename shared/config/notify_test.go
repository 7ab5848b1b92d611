package config

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/policy/notify"
)

const notifyHead = `
desk: {name: Desk, time_zone: Asia/Shanghai}
teams: [{id: support, name: Support}]
`

// Faults of robots and of agents' own rules name the field and what is allowed.
func TestNotifyFaults(t *testing.T) {
	agent := func(rules string) string {
		return "agents: [{id: amy, name: Amy, mail: amy@desk.test, role: agent, teams: [support], notify: {" + rules + "}}]"
	}
	for text, want := range map[string]string{
		`notify: {robots: [{name: ops, kind: wecom, teams: [support], kinds: [sla_breach], subject: false}]}`: "",
		`notify: {robots: [{name: ops, kind: qq}]}`:                                                           "notify.robots[0].kind: should be wecom, dingtalk, feishu or slack",
		`notify: {robots: [{name: ops, kind: slack, teams: [sales]}]}`:                                        `there is no team "sales"`,
		`notify: {robots: [{name: ops, kind: slack, kinds: [breach]}]}`:                                       `there is no notice "breach"; there are assigned, reply`,
		`notify: {robots: [{name: ops, kind: slack}, {name: ops, kind: feishu}]}`:                             "notify.robots[1].name",
		agent(`mail: [reply], quiet: ["22:00-08:00"], urgent: [sla_breach], time_zone: Europe/Berlin`):        "",
		agent(`mail: [replies]`):   "agents[0].notify.mail[0]",
		agent(`quiet: ["22-8"]`):   "agents[0].notify.quiet[0]: should be hours such as 12:00-13:30",
		agent(`time_zone: Berlin`): "agents[0].notify.time_zone",
		"agents: [{id: amy, name: Amy, role: agent, teams: [support], notify: {mail: [reply]}}]": "amy has no mail address",
	} {
		_, _, err := Load([]byte(notifyHead+text), "desk.yaml")
		if want == "" {
			require.NoError(t, err, text)
			continue
		}
		require.ErrorContains(t, err, want, text)
	}
}

// What is written becomes rules: the agent's zone before the desk's, robots that are on,
// and each robot one of the subscriptions.
func TestNotifyRules(t *testing.T) {
	s, _, err := Load([]byte(notifyHead+`
agents:
  - {id: amy, name: Amy, mail: amy@desk.test, role: agent, teams: [support], notify: {mail: [reply], quiet: ["22:00-08:00"], time_zone: Europe/Berlin}}
  - {id: li, name: Li, role: lead, teams: [support]}
notify:
  robots:
    - {name: ops, kind: wecom, kinds: [sla_breach]}
    - {name: old, kind: slack, disabled: true, subject: false}
`), "desk.yaml")
	require.NoError(t, err)
	people := s.People()
	require.Equal(t, []notify.Kind{notify.Reply}, people[0].Rules.Mail)
	require.Equal(t, []notify.Quiet{{From: 22 * 60, To: 8 * 60}}, people[0].Rules.Quiet)
	require.Equal(t, "Europe/Berlin", people[0].Rules.Zone.String())
	require.Equal(t, "Asia/Shanghai", people[1].Rules.Zone.String())
	require.Equal(t, []notify.Robot{{Name: "robot:ops", Kinds: []notify.Kind{notify.Breach}}}, s.Robots())
	old, ok := s.Robot("robot:old")
	require.True(t, ok)
	require.False(t, old.ShowsSubject())
	w, ok := s.Webhook("robot:old")
	require.True(t, ok)
	require.True(t, w.Disabled)
	require.Len(t, s.Subscriptions(), 2)
}
