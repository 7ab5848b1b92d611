package config_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/stretchr/testify/require"
)

func load(t *testing.T, src string) *config.Settings {
	t.Helper()
	s, _, err := config.Load([]byte(src), "desk.yaml")
	require.NoError(t, err)
	return s
}

// least is the smallest file that is good.
const least = "desk:\n  name: Desk\nteams:\n  - id: support\n    name: Support\n"

// The file that the project ships is good, and nothing in it is doubtful.
func TestShippedSettings(t *testing.T) {
	src, err := os.ReadFile("../../infra/desk.yaml")
	require.NoError(t, err)
	s, warnings, err := config.Load(src, "desk.yaml", desk.WeChat, desk.Email, desk.SMS, desk.Generic)
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.Equal(t, "示例客服", s.Desk.Name["zh-CN"])
	a, ok := s.Account(desk.SMS, "main")
	require.True(t, ok)
	require.Equal(t, "support", a.Team)
	require.JSONEq(t, `{"account_sid":"AC00000000000000000000000000000000","number":"+15005550006"}`, string(a.Settings))
	f, ok := s.Form("contact")
	require.True(t, ok)
	require.Len(t, f.Fields, 6)
	require.Equal(t, time.Hour, s.Surveys[0].Delay.D())
	require.Equal(t, 7*24*time.Hour, s.Asking.Cooldown.D())
}

// The snapshot that functions read says the same as the file.
func TestSnapshotRoundTrip(t *testing.T) {
	src, err := os.ReadFile("../../infra/desk.yaml")
	require.NoError(t, err)
	s := load(t, string(src))
	b, err := json.Marshal(s)
	require.NoError(t, err)
	var back config.Settings
	require.NoError(t, json.Unmarshal(b, &back))
	for i := range s.Accounts {
		s.Accounts[i].Line = 0
	}
	require.Equal(t, *s, back)
}

func TestDefaults(t *testing.T) {
	s := load(t, least+"forms:\n- id: f\n  title: F\n  fields:\n  - {name: m, label: M, role: message}\nagents: [{id: li, name: 李}]\n")
	require.Equal(t, "en", s.Desk.Language)
	require.Equal(t, "UTC", s.Desk.TimeZone)
	require.Equal(t, "support", s.Desk.Team)
	require.Equal(t, "agent", s.Agents[0].Role)
	require.Equal(t, "_gotcha", s.Forms[0].Honeypot)
	require.Equal(t, desk.Inquiry, s.Forms[0].Type)
	require.Equal(t, config.FieldText, s.Forms[0].Fields[0].Type)
	require.Equal(t, 200, s.Forms[0].Fields[0].Max)
	require.Empty(t, s.Surveys)
	require.Equal(t, config.Text{"zh-CN": "Desk", "en": "Desk"}, s.Desk.Name)
}

// Every fault is named, with the line it stands in.
func TestFaults(t *testing.T) {
	form := func(rest string) string { return least + "forms:\n- id: f\n  title: F\n" + rest }
	const msg = "  fields:\n  - {name: m, label: M, role: message}\n"
	tests := []struct{ name, src, want string }{
		{"empty", "", "desk.yaml: is empty"},
		{"a comment only", "# nothing\n", "desk.yaml: is empty"},
		{"not YAML", "desk:\n  name: [\n", "desk.yaml:2: is not YAML"},
		{"not a mapping", "[1]", "desk.yaml:1: should be a list of keys and values"},
		{"second document", least + "---\na: 1\n", "holds a second document"},
		{"alias", "desk: &a\n  name: Desk\nteams: []\n", "desk.yaml:1: desk: anchors and aliases are not taken"},
		{"unknown key", least + "tikets: {}\n", "desk.yaml:6: tikets: no such setting; did you mean tickets?"},
		{"unknown key below", least + "asking:\n  cool-down: 7d\n", "desk.yaml:7: asking.cool-down: no such setting; did you mean cooldown?"},
		{"key twice", least + "asking: {}\nasking: {}\n", "desk.yaml:7: asking: stands there twice, first in line 6"},
		{"accounts twice", least + "accounts: {sms: [{name: a}]}\naccounts: {}\n", "desk.yaml:7: accounts: stands there twice, first in line 6"},
		{"wrong type: list", least + "agents: {id: li}\n", "desk.yaml:6: agents: should be a list"},
		{"wrong type: bool", least + "tickets: {fallback: sometimes}\n", "desk.yaml:6: tickets.fallback: should be true or false"},
		{"wrong type: int", least + "asking: {most: some}\n", "desk.yaml:6: asking.most: should be a whole number"},
		{"wrong type: text", least + "agents: [{id: [li], name: Li}]\n", "desk.yaml:6: agents[0].id: should be one text"},
		{"duration", least + "asking:\n  within: soon\n", "desk.yaml:7: asking.within: not a length of time"},
		{"duration as a list", least + "asking:\n  within: [1h]\n", "desk.yaml:7: asking.within: should be a length of time"},
		{"language of a text", "desk:\n  name: {fr: Bureau}\n", "desk.yaml:2: desk.name.fr: no such language"},
		{"no name", "desk:\n  language: en\n", "desk.yaml:1: desk.name: is missing"},
		{"no team", "desk:\n  name: D\n", "teams: there is no team"},
		{"desk language", "desk: {name: D, language: fr}\n", "desk.language: should be zh-CN or en"},
		{"time zone", "desk: {name: D, time_zone: Asia/Peking}\n", "desk.time_zone: there is no time zone of this name"},
		{"time zone of the machine", "desk: {name: D, time_zone: Local}\n", "desk.time_zone: there is no"},
		{"public URL", "desk: {name: D, public_url: desk.example}\n", "desk.public_url: should be an address"},
		{"public URL, slash", "desk: {name: D, public_url: 'https://desk.example/'}\n", "desk.public_url: should have no slash"},
		{"desk's team", "desk: {name: D, team: nobody}\n", `desk.team: there is no team "nobody"`},
		{"team's id", least + "  - {id: Sales Team, name: S}\n", "desk.yaml:6: teams[1].id: may have up to 32"},
		{"team twice", least + "  - {id: support, name: S}\n", `desk.yaml:6: teams[1].id: "support" is taken already`},
		{"a canned text's variable", least + "canned:\n- id: a\n  name: A\n  text: Hi {{customer}}\n", "desk.yaml:9: canned[0].text: {{customer}} is no variable; there are customer.name"},
		{"a macro that does nothing", least + "macros: [{id: a, name: A}]\n", "macros[0]: does nothing"},
		{"a macro's agent", least + "macros: [{id: a, name: A, assignee: li}]\n", `macros[0].assignee: should be me, nobody or the id of an agent; there is no agent "li"`},
		{"a macro's snooze", least + "macros: [{id: a, name: A, status: snoozed}]\n", "macros[0].snooze: is missing"},
		{"a macro answers spam", least + "macros: [{id: a, name: A, reply: Hi, status: spam}]\n", "macros[0].reply: spam is never answered"},
		{"a macro's tag", least + "macros: [{id: a, name: A, tags: [two words]}]\n", "macros[0].tags[0]: may have letters"},
		{"agent's role", least + "agents:\n- {id: li, name: Li, role: boss}\n", "desk.yaml:7: agents[0].role: should be agent, lead or admin"},
		{"agent's team", least + "agents:\n- {id: li, name: Li, teams: [support, x]}\n", `agents[0].teams[1]: there is no team "x"`},
		{"agent's mail", least + "agents:\n- {id: li, name: Li, mail: Li <li@x>}\n", "agents[0].mail: should be a mail address"},
		{"mail twice", least + "agents:\n- {id: li, name: Li, mail: a@x.example}\n- {id: w, name: W, mail: A@x.example}\n", "agents[1].mail: is another agent's"},
		{"account without a name", least + "accounts:\n  sms:\n  - team: support\n", "desk.yaml:8: accounts.sms[0].name: is missing"},
		{"account twice", least + "accounts:\n  sms:\n  - name: a\n  - name: a\n", `desk.yaml:9: accounts.sms[1].name: "a" is taken`},
		{"account's team", least + "accounts:\n  sms:\n  - {name: a, team: x}\n", `accounts.sms[0].team: there is no team "x"`},
		{"secret in the file", least + "accounts:\n  sms:\n  - {name: a, auth_token: s3cret}\n", "set DESKHOOK_SECRET_SMS_A_AUTH_TOKEN"},
		{"web form as account", least + "accounts:\n  webform: []\n", "accounts.webform: a web form stands under forms"},
		{"account is no list", least + "accounts:\n  sms: {name: a}\n", "accounts.sms: should be a list of accounts"},
		{"alias in an account", least + "accounts:\n  sms: [{name: a, x: &b 1, y: *b}]\n", "accounts.sms[0].y: anchors and aliases"},
		{"unknown channel", least + "accounts:\n  telex: [{name: a}]\n", "desk.yaml:7: accounts.telex: there is no such channel"},
		{"form without fields", form(""), "forms[0].fields: there should be from 1 to 40 fields"},
		{"form's type", form("  type: spam\n" + msg), "desk.yaml:9: forms[0].type: should be inquiry"},
		{"field's name", form("  fields:\n  - {name: _id, label: M, role: message}\n"), "fields[0].name: may have up to 40"},
		{"field twice", form(msg + "  - {name: m, label: N}\n"), `desk.yaml:11: forms[0].fields[1].name: "m" is taken`},
		{"field's type", form(msg + "  - {name: n, label: N, type: date}\n"), "fields[1].type: should be text, textarea"},
		{"field's max", form(msg + "  - {name: n, label: N, max: 100000}\n"), "fields[1].max: should be from 1 to 1000"},
		{"file's max", form(msg + "  - {name: n, label: N, type: file, max: 30000000}\n"), "fields[1].max: should be from 1 to 26214400"},
		{"choice without choices", form(msg + "  - {name: n, label: N, type: choice}\n"), "fields[1].choices: a choice needs choices"},
		{"choices of a text", form(msg + "  - {name: n, label: N, choices: [{value: a, label: A}]}\n"), "only a field of type choice"},
		{"choice twice", form(msg + "  - {name: n, label: N, type: choice, choices: [{value: a, label: A}, {value: a, label: B}]}\n"), "choices[1].value: should be there and differ"},
		{"role", form(msg + "  - {name: n, label: N, role: boss}\n"), "fields[1].role: should be name, mail"},
		{"role twice", form(msg + "  - {name: n, label: N, role: message}\n"), "fields[1].role: another field has the role"},
		{"role of a type", form(msg + "  - {name: n, label: N, role: mail}\n"), "a field of type text can't have the role mail"},
		{"no message", form("  fields:\n  - {name: n, label: N}\n"), "one field needs role: message"},
		{"honeypot that people see", form("  honeypot: m\n" + msg), `desk.yaml:9: forms[0].honeypot: "m" is a field that people fill in`},
		{"honeypot that the desk reads", form("  honeypot: _next\n" + msg), "forms[0].honeypot"},
		{"captcha of no kind", form("  captcha: {site_key: a}\n" + msg), "desk.yaml:9: forms[0].captcha.kind: is missing"},
		{"captcha's kind", form("  captcha: {kind: puzzle, site_key: a}\n" + msg), "forms[0].captcha.kind: should be turnstile"},
		{"captcha without a key", form("  captcha: {kind: turnstile}\n" + msg), "forms[0].captcha.site_key"},
		{"captcha's timeout", form("  captcha: {kind: turnstile, site_key: a, on_timeout: wait}\n" + msg), "forms[0].captcha.on_timeout: should be accept or refuse"},
		{"captcha's score", form("  captcha: {kind: recaptcha_v3, site_key: a, min_score: 2}\n" + msg), "forms[0].captcha.min_score"},
		{"score as text", form("  captcha: {kind: recaptcha_v3, site_key: a, min_score: high}\n" + msg), "should be a number"},
		{"score of another kind", form("  captcha: {kind: hcaptcha, site_key: a, min_score: 0.5}\n" + msg), "forms[0].captcha.min_score"},
		{"captcha's host", form("  captcha: {kind: hcaptcha, site_key: a, hostnames: ['https://a.example']}\n" + msg), "forms[0].captcha.hostnames[0]"},
		{"limit", form("  limit_per_hour: 101\n" + msg), "forms[0].limit_per_hour: should be from 1 to 100"},
		{"origin null", form("  origins: ['null']\n" + msg), "forms[0].origins[0]: should be scheme://host"},
		{"origin with a path", form("  origins: ['https://a.example/']\n" + msg), "forms[0].origins[0]"},
		{"origin pattern", form("  origins: ['https://*.a.example']\n" + msg), "forms[0].origins[0]"},
		{"redirect without a slash", form("  redirects: ['https://a.example']\n" + msg), "forms[0].redirects[0]"},
		{"undo too long", least + "tickets: {undo_send: 1h}\n", "tickets.undo_send: should be from 0s to 15m"},
		{"close at once", least + "tickets: {close_after: 1m}\n", "tickets.close_after: should be from 1h to 365d"},
		{"csat expires at once", least + "surveys: [{id: a, expires: 1s}]\n", "surveys[0].expires: should be from 1h to 90d"},
		{"csat delay", least + "surveys: [{id: a, delay: 31d}]\n", "surveys[0].delay: should be from 0s to 30d"},
		{"every score bad", least + "surveys: [{id: a, bad: 5}]\n", "surveys[0].bad: should be from 1 to 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _, err := config.Load([]byte(tt.src), "desk.yaml", desk.WeChat, desk.Email, desk.SMS)
			require.Nil(t, s)
			var faults config.Faults
			require.True(t, errors.As(err, &faults))
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// All faults come in one error, in the order of the lines.
func TestAllAtOnce(t *testing.T) {
	_, _, err := config.Load([]byte("desk:\n  name: D\n  language: fr\nasking:\n  most: 99\n  cooldown: x\nteams:\n- {id: A, name: A}\nfoo: 1\n"), "d.yaml")
	var faults config.Faults
	require.True(t, errors.As(err, &faults))
	lines := make([]int, len(faults))
	for i, f := range faults {
		lines[i] = f.Line
	}
	require.Equal(t, []int{3, 5, 6, 8, 9}, lines)
	require.Len(t, strings.Split(err.Error(), "\n"), 5)
}

func TestWarnings(t *testing.T) {
	_, warnings, err := config.Load([]byte("desk:\n  name: {en: Desk}\n  public_url: http://desk.example\nteams:\n  - id: support\n    name: Support\n"), "desk.yaml")
	require.NoError(t, err)
	var b strings.Builder
	for _, w := range warnings {
		b.WriteString(w.String() + "\n")
	}
	require.Contains(t, b.String(), "desk.yaml:2: desk.name: has no text in zh-CN")
	require.Contains(t, b.String(), "desk.yaml:3: desk.public_url: is not encrypted")
	require.Contains(t, b.String(), "there is no agent")
}

// A phone number written without quotes is a number to YAML: it must not lose its +.
func TestAccountKeepsWhatWasWritten(t *testing.T) {
	s := load(t, least+"accounts:\n  sms:\n  - name: a\n    number: +15005550006\n    code: 007\n    n: 12\n    on: true\n    none:\n    list: [1.5, {x: yes}]\n")
	require.JSONEq(t, `{"number":"+15005550006","code":"007","n":12,"on":true,"none":null,"list":[1.5,{"x":"yes"}]}`, string(s.Accounts[0].Settings))
	require.Equal(t, 8, s.Accounts[0].Line)
}

// Whatever is written, Load answers and doesn't panic.
func FuzzLoad(f *testing.F) {
	f.Add(least)
	f.Add("a: &a [*a]")
	f.Add("? [x]\n: y\n<<: {a: 1}")
	f.Add("accounts: {sms: [{name: [], x: {y: !!binary z}}]}")
	f.Add("forms: [{fields: [{choices: [{}]}]}]\nsurveys: [{delay: 99999999999999999999d}]")
	f.Fuzz(func(t *testing.T, src string) {
		s, _, err := config.Load([]byte(src), "f")
		require.Equal(t, err == nil, s != nil)
		if s != nil {
			_, err = json.Marshal(s)
			require.NoError(t, err)
		}
	})
}

// A captcha's silence is an explicit choice: what isn't written is accept.
func TestCaptchaDefaults(t *testing.T) {
	yaml := func(kind string) string {
		return least + "forms:\n- id: f\n  title: F\n  captcha: {kind: " + kind + ", site_key: a}\n  fields:\n  - {name: m, label: M, role: message}\n"
	}
	f := load(t, yaml("turnstile")).Forms[0]
	require.Equal(t, config.Captcha{Kind: config.Turnstile, SiteKey: "a", OnTimeout: config.CaptchaAccept}, f.Captcha)
	require.Equal(t, 20, f.LimitPerHour)
	require.InDelta(t, 0.5, load(t, yaml("recaptcha_v3")).Forms[0].Captcha.MinScore, 0)
}
