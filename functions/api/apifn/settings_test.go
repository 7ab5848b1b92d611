package apifn_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/policy/allow"
)

const settingsText = `desk:
  name: {en: Spruce, zh-CN: 云杉}
  language: en
  time_zone: Europe/Berlin
teams:
  - {id: support, name: {en: Support, zh-CN: 客服}}
agents:
  - {id: root, name: Root, role: admin, teams: [support]}
`

// An admin reads, checks, compares and puts the settings, held to the version they started
// from, and goes back; nobody else does.
func TestSettings(t *testing.T) {
	b := newBench(t)
	b.people(map[string]allow.Principal{"admin": inTeam("root", allow.Admin), "other": inTeam("li", allow.Admin), "lead": inTeam("li", allow.Lead), "agent": inTeam("amy", allow.Agent)})
	draft := func(text string) string {
		body, err := json.Marshal(map[string]any{"text": text, "note": "why"})
		require.NoError(t, err)
		return string(body)
	}
	put := func(who, tag, text string) answer {
		b.now = b.now.Add(time.Second)
		return b.do("PUT", "/v1/settings", draft(text), "Authorization", "Bearer "+who, "If-Match", tag)
	}
	first := b.as("admin", "GET", "/v1/settings", "").is(200)
	require.Equal(t, []any{json.Number("0"), nil, `"0"`}, []any{first.json()["version"], first.json()["text"], first.header.Get("ETag")})
	b.as("admin", "PUT", "/v1/settings", draft(settingsText)).is(428)
	one := put("admin", `"0"`, settingsText).is(200)
	require.Equal(t, []any{json.Number("1"), settingsText, "root", "api", "why"}, []any{one.json()["version"], one.json()["text"], one.json()["put_by"], one.json()["source"], one.json()["note"]})
	put("other", `"0"`, settingsText+"# mine\n").is(412)
	require.Contains(t, string(put("other", `"0"`, settingsText+"# mine\n").body), "Version 1 was put by root")
	require.Equal(t, `"1"`, put("other", `"0"`, settingsText+"# mine\n").header.Get("ETag"))
	again := put("admin", `"0"`, settingsText).is(200) // its answer was lost
	require.Equal(t, []any{json.Number("1"), `"1"`}, []any{again.json()["version"], again.header.Get("ETag")})
	put("other", `W/"1"`, settingsText).is(412)
	put("admin", `"1"`, strings.Replace(settingsText, "role: admin", "role: boss", 1)).names(422, "agents[0].role")
	put("admin", `"1"`, strings.Replace(settingsText, "role: admin", "role: lead", 1)).names(422, "agents")
	put("admin", one.header.Get("ETag"), strings.Replace(settingsText, "Spruce", "Fir", 1)).is(200)

	bad := b.as("admin", "POST", "/v1/settings/validate", draft(strings.Replace(settingsText, "language:", "languag:", 1))).is(200).json()
	require.Equal(t, false, bad["valid"])
	require.Equal(t, []any{json.Number("3"), "desk.languag", "no such setting; did you mean language?"}, []any{field(bad["faults"].([]any)[0], "line"), field(bad["faults"].([]any)[0], "field"), field(bad["faults"].([]any)[0], "message")})
	good := b.do("POST", "/v1/settings/validate", settingsText, "Authorization", "Bearer admin", "Content-Type", "application/yaml").is(200).json()
	require.Equal(t, []any{true, json.Number("2")}, []any{good["valid"], good["version"]})
	diff := b.as("admin", "POST", "/v1/settings/diff", draft(settingsText)).is(200).json()
	require.Contains(t, diff["diff"], "-  name: {en: Fir")
	require.Equal(t, "desk", field(diff["sections"].([]any)[0], "name"))
	b.as("admin", "POST", "/v1/settings/diff", `{}`).names(422, "text")
	b.as("admin", "POST", "/v1/settings/diff", `{"text":"x","note":"a\nb"}`).names(422, "note")

	require.Len(t, b.as("admin", "GET", "/v1/settings/versions", "").is(200).items(), 2)
	require.Equal(t, settingsText, b.as("admin", "GET", "/v1/settings/versions/1", "").is(200).json()["text"])
	restore := func(tag, v string) answer {
		return b.do("POST", "/v1/settings/versions/"+v+"/restore", "", "Authorization", "Bearer admin", "If-Match", tag)
	}
	restore(`"1"`, "1").is(412)
	back := restore(`"2"`, "1").is(200).json()
	require.Equal(t, []any{json.Number("3"), json.Number("1"), settingsText}, []any{back["version"], back["restored_of"], back["text"]})
	for _, v := range []string{"9", "0", "x", "-1", "99999999999"} {
		b.as("admin", "GET", "/v1/settings/versions/"+v, "").is(404)
		restore("*", v).is(404)
	}
	for _, who := range []string{"lead", "agent"} {
		b.as(who, "GET", "/v1/settings", "").is(403)
		b.as(who, "POST", "/v1/settings/validate", draft(settingsText)).is(403)
		put(who, "*", settingsText).is(403)
		b.as(who, "GET", "/v1/settings/versions", "").is(403)
	}
}
