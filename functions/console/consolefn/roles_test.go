package consolefn_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/console/consolefn"
)

// whoMay says the least role that each page is for. It is written down here apart from
// the code, so that a change of who may see something is made twice or not at all. A page
// that is not here fails the test: whoever adds one decides. What is hidden of a page, as
// other teams' tickets are, other tests tell.
var whoMay = map[string]string{
	"GET /console":                                            "agent",
	"GET /console/fragment/list":                              "agent",
	"GET /console/board":                                      "agent",
	"GET /console/fragment/board":                             "agent",
	"POST /console/presence":                                  "agent",
	"GET /console/new":                                        "agent",
	"POST /console/new":                                       "agent",
	"GET /console/tickets/{number}":                           "agent",
	"GET /console/tickets/{number}/fragment":                  "agent",
	"GET /console/tickets/{number}/messages/{id}/html":        "agent",
	"GET /console/tickets/{number}/files/{id}/{n}":            "agent",
	"POST /console/tickets/{number}/reply":                    "agent",
	"POST /console/tickets/{number}/preview":                  "agent",
	"POST /console/tickets/{number}/writing":                  "agent",
	"POST /console/tickets/{number}/spent":                    "agent",
	"POST /console/tickets/{number}/note":                     "agent",
	"POST /console/tickets/{number}/forward":                  "agent",
	"POST /console/tickets/{number}/assign":                   "agent",
	"POST /console/tickets/{number}/priority":                 "agent",
	"POST /console/tickets/{number}/status":                   "agent",
	"POST /console/tickets/{number}/follow-up":                "agent",
	"POST /console/tickets/{number}/tasks":                    "agent",
	"POST /console/tickets/{number}/followers":                "agent",
	"POST /console/tickets/{number}/tags":                     "agent",
	"POST /console/tickets/{number}/type":                     "agent",
	"POST /console/tickets/{number}/team":                     "agent",
	"POST /console/tickets/{number}/merge":                    "agent",
	"POST /console/tickets/{number}/unmerge":                  "agent",
	"POST /console/tickets/{number}/split":                    "agent",
	"POST /console/tickets/{number}/spam":                     "agent",
	"POST /console/tickets/{number}/not-spam":                 "agent",
	"POST /console/tickets/{number}/block":                    "agent",
	"POST /console/tickets/{number}/unblock":                  "agent",
	"POST /console/tickets/{number}/macros/{id}":              "agent",
	"POST /console/tickets/{number}/messages/{id}/again":      "agent",
	"POST /console/tickets/{number}/messages/{id}/undo":       "agent",
	"GET /console/customers/{id}":                             "agent",
	"POST /console/customers/{id}/remark":                     "agent",
	"POST /console/customers/{id}/merge":                      "agent",
	"POST /console/customers/{id}/suggestion":                 "agent",
	"POST /console/customers/{id}/profile":                    "agent",
	"POST /console/customers/{id}/unmerge":                    "agent",
	"GET /console/search":                                     "agent",
	"GET /console/fragment/figures":                           "agent",
	"POST /console/customers/{id}/opt-out":                    "agent",
	"GET /console/feedback":                                   "agent",
	"GET /console/topics":                                     "agent",
	"POST /console/feedback/{id}/topic":                       "agent",
	"POST /console/tickets/{number}/messages/{id}/mark":       "agent",
	"POST /console/topics/{id}/done":                          "agent",
	"GET /console/recoveries":                                 "agent",
	"POST /console/recoveries/{id}":                           "agent",
	"GET /console/notices":                                    "agent",
	"POST /console/notices/read":                              "agent",
	"GET /console/deliveries":                                 "lead",
	"POST /console/deliveries/{name}/events/{id}/replay":      "lead",
	"POST /console/deliveries/{name}/test":                    "lead",
	"POST /console/deliveries/{name}/switch":                  "lead",
	"GET /console/quarantine":                                 "lead",
	"POST /console/quarantine/{at}/{id}/release":              "lead",
	"POST /console/quarantine/{at}/{id}/drop":                 "lead",
	"GET /console/audit":                                      "lead",
	"GET /console/figures":                                    "agent",
	"GET /console/figures/surveys":                            "agent",
	"/":                                                       "agent",
	"GET /console/settings":                                   "admin",
	"POST /console/settings":                                  "admin",
	"GET /console/settings/check":                             "admin",
	"POST /console/settings/check":                            "admin",
	"GET /console/settings/versions":                          "admin",
	"GET /console/settings/versions/{version}":                "admin",
	"POST /console/settings/versions/{version}/restore":       "admin",
	"GET /console/dead-letters":                               "admin",
	"POST /console/dead-letters/{queue}/redrive":              "admin",
	"GET /console/dead-letters/{queue}/letters/{id}":          "admin",
	"POST /console/dead-letters/{queue}/letters/{id}/redrive": "admin",
	"POST /console/dead-letters/{queue}/letters/{id}/drop":    "admin",
	"GET /console/exports":                                    "agent",
	"GET /console/fragment/exports":                           "agent",
	"GET /console/exports/{id}/file":                          "agent",
	"POST /console/exports":                                   "agent",
	"POST /console/filters":                                   "agent",
	"POST /console/filters/remove":                            "agent",
}

// roles, the least first.
var roles = []string{"agent", "lead", "admin"}

// TestWhoMaySeeWhat asks for each page as each role: who may not is told so and nothing
// else. Nobody who has not signed in sees any, and no form is taken without its token.
func TestWhoMaySeeWhat(t *testing.T) {
	w := newWorld(t)
	pages := consolefn.Pages(w.handler)
	require.Empty(t, slices.DeleteFunc(slices.Clone(pages), func(p string) bool { return whoMay[p] != "" }), "new pages need a line in whoMay: who may see them?")

	id := w.comes("m1", "hello")
	ticket := w.ticket(id)
	at := func(page string) (method, path string) {
		method, path, _ = strings.Cut(page, " ")
		if page == "/" {
			return http.MethodGet, "/console/nothing-here"
		}
		who := "x"
		if strings.Contains(path, "/customers/") {
			who = string(ticket.Customer)
		}
		return method, strings.NewReplacer("{number}", id.Number(), "{id}", who, "{n}", "0", "{name}", "erp", "{at}", w.now.Format(time.RFC3339Nano),
			"{queue}", "inbound.fifo", "{version}", "1").Replace(path)
	}
	for _, page := range pages {
		method, path := at(page)
		resp := w.do(method, path, url.Values{})
		require.Contains(t, []int{http.StatusSeeOther, http.StatusUnauthorized}, resp.StatusCode, "%s by a stranger", page)
		require.NotContains(t, body(t, resp), "hello", page)
	}

	w.signIn()
	csrf := field(t, w.page("/console"), "csrf")
	for _, page := range pages {
		least := whoMay[page]
		method, path := at(page)
		if method == http.MethodPost {
			require.Equal(t, http.StatusForbidden, w.do(method, path, url.Values{"csrf": {"x"}}).StatusCode, "%s without the form's token", page)
		}
		for i, role := range roles {
			w.s.Agents[0].Role = role
			resp := w.do(method, path, url.Values{"csrf": {csrf}, "base": {"0"}})
			if i < slices.Index(roles, least) {
				require.Equal(t, http.StatusForbidden, resp.StatusCode, "%s as %s", page, role)
				continue
			}
			require.NotEqual(t, http.StatusForbidden, resp.StatusCode, "%s as %s: %s", page, role, body(t, resp))
			require.Less(t, resp.StatusCode, 500, "%s as %s", page, role)
		}
		w.s.Agents[0].Role = "agent"
	}
}
