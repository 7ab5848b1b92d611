package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const rulesYAML = `
desk: { name: { zh-CN: 台, en: Desk }, language: en, time_zone: Asia/Shanghai }
teams: [{ id: support, name: { zh-CN: 客服, en: Support } }, { id: money, name: { zh-CN: 财务, en: Money } }]
agents: [{ id: amy, name: Amy, teams: [support, money] }]
calendars: [{ id: office, week: [{ days: [mon-fri], hours: ["09:00-18:00"] }] }]
accounts: { sms: [{ name: main, account_sid: AC00000000000000000000000000000000, number: "+15005550006" }], email: [{ name: support, address: help@desk.test }] }
sla: [{ id: fast, first_response: 1h, when: { teams: [money] } }]
tickets:
  acknowledge: { zh-CN: 收到, en: Received. }
  out_of_hours: { calendar: office, text: { zh-CN: "{{opens}}回来", en: "Back {{opens}}." } }
routing:
  rules:
    - { name: Mails, if: { channels: [email] }, then: { tags: [mail] } }
    - { name: Refunds, if: { any_words: [refund] }, then: { team: money, priority: high } }
`

func TestExplainRules(t *testing.T) {
	file := filepath.Join(t.TempDir(), "desk.yaml")
	require.NoError(t, os.WriteFile(file, []byte(rulesYAML), 0o600))
	base := []string{"explain", "--rules", "--settings", file}
	code, out, errs := run(t, "", append(base, "--channel", "sms", "--text", "I want a refund", "--at", "2026-03-06T20:00")...)
	require.Zero(t, code, errs)
	require.Contains(t, out, " 1. Mails: not matched: channels\n 2. Refunds: matched\n")
	require.Contains(t, out, "team: money\n")
	require.Contains(t, out, "SLA: fast\n")
	require.Contains(t, out, "acknowledgement: Back on Monday at 09:00.\n")

	mail := "From: ann@x.test\r\nTo: help@desk.test\r\nSubject: hi\r\n\r\nWhere is it?\r\n"
	code, out, errs = run(t, mail, append(base, "--json", "--at", "2026-03-06T10:00", "-")...)
	require.Zero(t, code, errs)
	var got ruled
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	require.Equal(t, ruled{
		Rules: got.Rules, Team: "support", Type: "inquiry", Priority: "normal", Tags: []string{"mail"}, Skills: []string{}, Acknowledge: "Received.",
	}, got)
	require.Len(t, got.Rules, 1, "the first that matches ends it")

	for flag, args := range map[string][]string{
		"--channel": {"--channel", "fax", "--text", "hi"},
		"--account": {"--channel", "sms", "--account", "nope", "--text", "hi"},
	} {
		code, _, errs = run(t, "", append(base, args...)...)
		require.Equal(t, 1, code)
		require.Contains(t, errs, flag)
	}

	code, _, errs = run(t, "", base...)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "--channel")
	code, _, errs = run(t, "", "explain")
	require.NotZero(t, code)
	require.Contains(t, errs, "file.eml")
}
