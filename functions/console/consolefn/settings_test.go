package consolefn_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/settings"
)

const settingsText = `desk:
  name: {en: Spruce, zh-CN: 云杉}
  language: en
  time_zone: Europe/Berlin
teams:
  - {id: support, name: {en: Support, zh-CN: 客服}}
agents:
  - {id: lin, name: Lin, role: admin, teams: [support]}
`

// plain is a page with its plus signs as they are.
func plain(t *testing.T, r *http.Response) string {
	return strings.ReplaceAll(body(t, r), "&#43;", "+")
}

// An admin edits the settings: faults stand beside their lines, what changes is shown
// before it is put, and nothing is put over what somebody else has put meanwhile.
func TestSettings(t *testing.T) {
	w := newWorld(t).signIn()
	for _, role := range []string{"agent", "lead"} {
		w.s.Agents[0].Role = role
		for _, path := range []string{"/console/settings", "/console/settings/versions", "/console/settings/versions/1"} {
			require.Equal(t, http.StatusForbidden, w.do("GET", path, nil).StatusCode)
		}
		require.NotContains(t, w.page("/console"), "/console/settings")
	}
	w.s.Agents[0].Role = "admin"
	page := w.page("/console/settings")
	require.Contains(t, page, "No settings were put yet")
	form := url.Values{"csrf": {field(t, page, "csrf")}, "base": {field(t, page, "base")}}
	send := func(path, text string) *http.Response {
		form.Set("text", strings.ReplaceAll(text, "\n", "\r\n"))
		return w.do("POST", path, form)
	}

	bad := body(t, send("/console/settings/check", strings.Replace(settingsText, "language:", "languag:", 1)))
	for _, s := range []string{`<a href="#l3">Line 3`, "desk.languag", "did you mean language?", `<li id="l3" class="bad">3</li>`, "languag: en"} {
		require.Contains(t, bad, s)
	}
	require.NotContains(t, bad, "Put in force")
	before := maps.Clone(w.cookies)
	require.Contains(t, body(t, send("/console/settings/check?lang=zh-CN", strings.Replace(settingsText, "language:", "languag:", 1))), "没有这一项，是不是 language？")
	w.cookies = before
	good := plain(t, send("/console/settings/check", settingsText))
	for _, s := range []string{"What it changes", `<span class="add">+desk:</span>`, "Put in force", "<strong>Agents</strong> · added lin"} {
		require.Contains(t, good, s)
	}
	resp := send("/console/settings", settingsText)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	saved := w.page(resp.Header.Get("Location"))
	require.Contains(t, saved, "Saved.")
	require.Contains(t, saved, "Version 1 · Lin")
	require.Contains(t, saved, "<textarea id=\"text\" name=\"text\" rows=\"9\" wrap=\"off\" spellcheck=\"false\" autocapitalize=\"off\" autocomplete=\"off\" data-lines>\n"+strings.Split(settingsText, "\n")[0])

	form.Set("base", "1")
	_, err := settings.Desk{Store: w.desk.Store}.Put(t.Context(), settings.Act{By: desk.Actor{ID: "api", Name: "Robot"}, At: w.now}, 1, settings.Draft{Text: settingsText + "# theirs\n"})
	require.NoError(t, err)
	late := send("/console/settings", settingsText+"# mine\n")
	require.Equal(t, http.StatusOK, late.StatusCode)
	shown := plain(t, late)
	for _, s := range []string{"somebody put a newer version: 2 · Robot", `<span class="del">-# theirs</span>`, `<span class="add">+# mine</span>`, `name="base" value="2"`} {
		require.Contains(t, shown, s)
	}
	require.Contains(t, w.page("/console/settings"), "# theirs")
	require.Contains(t, shown, "Only remarks or the way it is written")

	form.Set("base", "2")
	lockout := send("/console/settings", strings.Replace(settingsText, "role: admin", "role: lead", 1))
	require.Equal(t, http.StatusUnprocessableEntity, lockout.StatusCode)
	require.Contains(t, body(t, lockout), "no longer be an admin")

	list := w.page("/console/settings/versions")
	require.Contains(t, list, "Version 2")
	require.Contains(t, w.page("/console/settings/versions/1"), "Go back to this version")
	require.Contains(t, w.page("/console/settings/versions/2"), "This is the newest version")
	form.Set("base", "1")
	require.Equal(t, http.StatusConflict, w.do("POST", "/console/settings/versions/1/restore", form).StatusCode)
	form.Set("base", "2")
	require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/settings/versions/1/restore", form).StatusCode)
	require.Contains(t, w.page("/console/settings/versions", "Accept-Language", "zh-CN"), "恢复自第 1 版")
	require.NotContains(t, w.page("/console/settings"), "# theirs")
	for _, path := range []string{"9", "0", "x"} {
		require.Equal(t, http.StatusNotFound, w.do("GET", "/console/settings/versions/"+path, nil).StatusCode)
	}
	form.Set("base", "x")
	require.Equal(t, http.StatusUnprocessableEntity, send("/console/settings", settingsText).StatusCode)
	w.s.Agents[0].Role = "lead"
	for _, path := range []string{"/console/settings", "/console/settings/check", "/console/settings/versions/1/restore"} {
		require.Equal(t, http.StatusForbidden, send(path, settingsText).StatusCode)
	}
}
