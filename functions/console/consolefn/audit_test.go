package consolefn_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// What an agent saw and did is noted once for each request; leads read it, agents don't.
func TestConsoleAudit(t *testing.T) {
	w := newWorld(t)
	id := w.comes("a", "hello")
	w.signIn()
	w.page("/console/tickets/" + id.Number())
	require.Equal(t, http.StatusSeeOther, w.post(id, "note", "text", "checked").StatusCode)
	part := "/console/tickets/" + id.Number() + "/fragment"
	tag := w.do("GET", part, nil).Header.Get("ETag")
	for range 5 {
		require.Equal(t, http.StatusNotModified, w.do("GET", part, nil, "If-None-Match", tag).StatusCode)
	}
	rows, next, err := w.desk.Store.Audit(t.Context(), "2026-11-22", "", 100)
	require.NoError(t, err)
	require.Empty(t, next)
	var what []string
	for _, r := range rows {
		require.Equal(t, "lin", r.By.ID)
		require.Equal(t, id, r.Ticket)
		what = append(what, r.What)
	}
	page := "GET /console/tickets/{number}"
	require.Equal(t, []string{page + "/fragment", "POST /console/tickets/{number}/note", page, page}, what)

	require.Equal(t, http.StatusForbidden, w.do("GET", "/console/audit", nil).StatusCode)
	require.NotContains(t, w.page("/console"), "/console/audit")
	w.s.Agents[0].Role = "lead"
	got := w.page("/console/audit?day=2026-11-22&lang=zh-CN")
	require.Contains(t, got, `title="POST /console/tickets/{number}/note 303">写备注</span>`)
	require.Contains(t, got, `<a href="/console/tickets/`+id.Number()+`">`+id.Number()+`</a>`)
	require.Contains(t, w.page("/console/audit?day=2026-11-20&lang=en"), "Nothing on this day")

	require.Contains(t, got, `title="`+page+`/fragment 200"`, "it tells all that the page does")
	w.page("/console/fragment/list")
	got = w.page("/console/audit?day=2026-11-22")
	polls := `title="GET /console/fragment/list 200"`
	require.NotContains(t, got, polls, "nobody asked for that")
	got = w.page("/console/audit?day=2026-11-22&polls=1&lang=en")
	require.Contains(t, got, polls)
	require.Contains(t, got, "A day of UTC; times are of Asia/Shanghai")
	require.Contains(t, w.page("/console/audit?day=2026-11-22&agent=lin"), "POST /console/tickets/{number}/note")
	require.Contains(t, w.page("/console/audit?day=2026-11-22&agent=amy&lang=en"), "Nothing on this day")
}

// Where contacts are hidden, no page of an agent has the customer's number whole.
func TestConsoleMasks(t *testing.T) {
	w := newWorld(t)
	id := w.comes("a", "call me at 13900005678")
	w.signIn()
	customer := string(w.ticket(id).Customer)
	pages := []string{"/console", "/console/fragment/list", "/console/tickets/" + id.Number(), "/console/tickets/" + id.Number() + "/fragment", "/console/customers/" + customer}
	whole := 0
	for _, masked := range []bool{false, true} {
		w.s.Access.MaskContacts = masked
		for _, at := range pages {
			got := w.page(at)
			for _, secret := range []string{"8613800000000", "13900005678"} {
				if !masked {
					whole += len(regexpAll(got, secret))
					continue
				}
				require.NotContains(t, got, secret, at)
			}
		}
	}
	require.Greater(t, whole, 5, "without the setting they are there")
	w.s.Agents[0].Role = "lead"
	require.Contains(t, w.page(pages[4]), "8613800000000")
}
