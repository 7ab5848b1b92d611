package consolefn_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// An agent names a list or a search, finds it again on every list, and lets it go.
func TestFilters(t *testing.T) {
	w := newWorld(t).signIn()
	w.comes("m1", "hello")
	csrf := field(t, w.page("/console?view=pending&team=service&order=oldest"), "csrf")
	post := func(path string, fields ...string) *http.Response {
		form := url.Values{"csrf": {csrf}}
		for i := 0; i < len(fields); i += 2 {
			form.Set(fields[i], fields[i+1])
		}
		return w.do("POST", path, form)
	}
	resp := post("/console/filters", "name", "Slow ones", "view", "pending", "team", "service", "order", "oldest")
	require.Equal(t, "/console?order=oldest&team=service&view=pending", resp.Header.Get("Location"))
	resp = post("/console/filters", "name", "退款 <b>", "q", "退款", "from", "2026-11-01", "to", "")
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	page := w.page("/console?view=pending&team=service&order=oldest")
	require.Contains(t, page, `<a href="/console?order=oldest&amp;team=service&amp;view=pending" aria-current="true">Slow ones</a>`)
	require.Contains(t, page, `退款 &lt;b&gt;</a>`)
	for _, view := range desk.FilterViews {
		require.Contains(t, page, "view="+view, "there is such a list")
	}
	require.Contains(t, w.page("/console/search?q=%E9%80%80%E6%AC%BE&from=2026-11-01"), ` aria-current="true">退款`)
	require.NotContains(t, w.page("/console/fragment/list"), "Slow ones", "it isn't read every second")
	require.Equal(t, http.StatusUnprocessableEntity, post("/console/filters", "name", "x", "view", "nowhere").StatusCode)
	require.Equal(t, http.StatusSeeOther, post("/console/filters/remove", "name", "Slow ones", "view", "open").StatusCode)
	require.NotContains(t, w.page("/console"), "Slow ones")
	rows, err := w.deps.Store.Filters(t.Context(), "lin")
	require.NoError(t, err)
	require.Equal(t, []desk.Filter{{Name: "退款 <b>", Q: "退款", From: "2026-11-01"}}, rows.Value.List)
}
