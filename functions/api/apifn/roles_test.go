package apifn_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/api/apifn"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

// The least roles of the routes.
const (
	open  = 0 // to everybody
	agent = 1
	lead  = 2
	admin = 3
)

// whoMay says who may call each route at all; what of one's own or another's team is
// hidden, TestOutOfSight tells. It is written down here apart from the code, so that a
// change of who may see something is made twice or not at all. A route that is not here
// fails the test: whoever adds one decides.
var whoMay = map[string]int{
	"GET /v1/health":                                         open,
	"GET /v1/openapi.json":                                   open,
	"GET /v1/search":                                         agent,
	"GET /v1/tickets":                                        agent,
	"POST /v1/tickets":                                       agent,
	"GET /v1/tickets/{number}":                               agent,
	"PATCH /v1/tickets/{number}":                             agent,
	"POST /v1/tickets/{number}/merge":                        agent,
	"POST /v1/tickets/{number}/unmerge":                      agent,
	"POST /v1/tickets/{number}/split":                        agent,
	"POST /v1/tickets/{number}/spam":                         agent,
	"POST /v1/tickets/{number}/not-spam":                     agent,
	"POST /v1/tickets/{number}/block":                        agent,
	"POST /v1/tickets/{number}/unblock":                      agent,
	"POST /v1/tickets/{number}/follow-up":                    agent,
	"DELETE /v1/tickets/{number}/follow-up":                  agent,
	"POST /v1/tickets/{number}/tasks":                        agent,
	"PUT /v1/tickets/{number}/followers/{agent}":             agent,
	"DELETE /v1/tickets/{number}/followers/{agent}":          agent,
	"GET /v1/tickets/{number}/messages":                      agent,
	"POST /v1/tickets/{number}/messages":                     agent,
	"POST /v1/tickets/{number}/messages/{id}/send-again":     agent,
	"POST /v1/tickets/{number}/surveys":                      agent,
	"GET /v1/tickets/{number}/canned-replies":                agent,
	"POST /v1/tickets/{number}/macros/{id}":                  agent,
	"GET /v1/canned-replies":                                 agent,
	"GET /v1/macros":                                         agent,
	"GET /v1/teams":                                          agent,
	"GET /v1/agents":                                         agent,
	"GET /v1/agents/{id}":                                    agent,
	"PUT /v1/agents/{id}/presence":                           agent,
	"GET /v1/customers":                                      agent,
	"POST /v1/imports/customers":                             lead,
	"GET /v1/customers/{id}":                                 agent,
	"PATCH /v1/customers/{id}":                               agent,
	"GET /v1/customers/{id}/timeline":                        agent,
	"POST /v1/customers/{id}/suggestions/{other}/accept":     agent,
	"DELETE /v1/customers/{id}/suggestions/{other}":          agent,
	"POST /v1/customers/{id}/merge":                          agent,
	"POST /v1/customers/{id}/unmerge":                        agent,
	"GET /v1/customers/{id}/tickets":                         agent,
	"GET /v1/customers/{id}/addresses":                       agent,
	"PUT /v1/customers/{id}/addresses/{address}/opt-out":     agent,
	"GET /v1/tickets/{number}/messages/{id}/attachments/{n}": agent,
	"PUT /v1/tickets/update_many":                            agent,
	"POST /v1/uploads":                                       agent,
	"GET /v1/feedback":                                       agent,
	"DELETE /v1/feedback/{id}/topic":                         agent,
	"DELETE /v1/tickets/{number}/messages/{id}/mark":         agent,
	"GET /v1/feedback/{id}":                                  agent,
	"POST /v1/tickets/{number}/messages/preview":             agent,
	"POST /v1/tickets/{number}/messages/{id}/undo":           agent,
	"GET /v1/recovered":                                      agent,
	"GET /v1/sla/policies":                                   agent,
	"GET /v1/topics":                                         agent,
	"GET /v1/topics/{id}":                                    agent,
	"GET /v1/topics/{id}/feedback":                           agent,
	"POST /v1/topics/{id}/done":                              agent,
	"PUT /v1/feedback/{id}/topic":                            agent,
	"PUT /v1/tickets/{number}/messages/{id}/mark":            agent,
	"GET /v1/recoveries":                                     agent,
	"GET /v1/recoveries/{id}":                                agent,
	"PATCH /v1/recoveries/{id}":                              agent,
	"GET /v1/surveys":                                        agent,
	"GET /v1/surveys/{id}":                                   agent,
	"GET /v1/webhooks":                                       lead,
	"GET /v1/webhooks/{name}/deliveries":                     lead,
	"POST /v1/webhooks/{name}/deliveries/{id}/replay":        lead,
	"POST /v1/webhooks/{name}/replay":                        lead,
	"POST /v1/webhooks/{name}/test":                          lead,
	"POST /v1/webhooks/{name}/enable":                        lead,
	"POST /v1/webhooks/{name}/disable":                       lead,
	"GET /v1/quarantine":                                     lead,
	"POST /v1/quarantine/{at}/{id}/release":                  lead,
	"POST /v1/quarantine/{at}/{id}/drop":                     lead,
	"GET /v1/settings":                                       admin,
	"PUT /v1/settings":                                       admin,
	"POST /v1/settings/validate":                             admin,
	"POST /v1/settings/diff":                                 admin,
	"GET /v1/settings/versions":                              admin,
	"GET /v1/settings/versions/{version}":                    admin,
	"POST /v1/settings/versions/{version}/restore":           admin,
	"GET /v1/dead-letters":                                   admin,
	"GET /v1/dead-letters/{queue}":                           admin,
	"POST /v1/dead-letters/{queue}/redrive":                  admin,
	"GET /v1/dead-letters/{queue}/letters/{id}":              admin,
	"POST /v1/dead-letters/{queue}/letters/{id}/redrive":     admin,
	"POST /v1/dead-letters/{queue}/letters/{id}/drop":        admin,
	"GET /v1/figures":                                        agent,
	"GET /v1/audit":                                          lead,
	"GET /v1/keys":                                           admin,
	"POST /v1/keys":                                          admin,
	"DELETE /v1/keys/{id}":                                   admin,
	"GET /v1/customers/{id}/lifecycle":                       agent,
	"GET /v1/customers/{id}/feedback":                        agent,
	"POST /v1/customers":                                     agent,
	"GET /v1/exports":                                        agent,
	"GET /v1/exports/{id}":                                   agent,
	"GET /v1/filters":                                        agent,
	"POST /v1/exports":                                       agent,
	"PUT /v1/filters":                                        agent,
}

// looks are routes that change nothing though their method could.
var looks = []string{"POST /v1/tickets/{number}/messages/preview", "POST /v1/settings/validate", "POST /v1/settings/diff"}

// somebodys are routes that are about the caller: whose id stands in the path.
var somebodys = map[string]string{"/v1/agents/{id}/presence": "amy"}

// roleBench is a desk with a ticket, and somebody of each role.
func roleBench(t *testing.T) (b *bench, path func(string) string) {
	b = newBench(t)
	number := b.receive(desk.WeChat, "w", "hello")
	reader := inTeam("amy", allow.Admin)
	reader.ReadOnly = true
	b.people(map[string]allow.Principal{
		"agent": inTeam("amy", allow.Agent), "lead": inTeam("amy", allow.Lead), "admin": inTeam("amy", allow.Admin), "reader": reader, "nobody": inTeam("amy", ""),
	})
	customer := b.as("admin", "GET", "/v1/tickets/"+number, "").is(200).json()["customer"].(map[string]any)["id"].(string)
	return b, func(route string) string {
		id := "x"
		if strings.HasPrefix(route, "/v1/customers/") {
			id = customer
		}
		if own, ok := somebodys[route]; ok {
			id = own
		}
		return strings.NewReplacer("{number}", number, "{id}", id, "{other}", "x", "{name}", "erp", "{at}", "2026-03-02T00:00:00Z",
			"{queue}", "inbound.fifo", "{n}", "0", "{address}", "sms:main:1", "{version}", "1").Replace(route)
	}
}

func (b *bench) try(who, method, path string) int {
	b.t.Helper()
	b.now = b.now.Add(time.Second)
	body := "{}"
	if method == http.MethodGet || method == http.MethodDelete {
		body = ""
	}
	return b.as(who, method, path, body).status
}

// TestWhoMayCallWhat calls each route as each role, as nobody, and with a key that may
// only read: who may not is told so before anything else is looked at.
func TestWhoMayCallWhat(t *testing.T) {
	routes := apifn.Routes()
	require.Empty(t, slices.DeleteFunc(slices.Clone(routes), func(r string) bool { _, ok := whoMay[r]; return ok }), "new routes need a line in whoMay: who may call them?")
	b, at := roleBench(t)
	for _, route := range apifn.Routes() {
		method, pattern, _ := strings.Cut(route, " ")
		least, path := whoMay[route], at(pattern)
		for role, who := range []string{"wrong", "agent", "lead", "admin"} {
			got := b.try(who, method, path)
			switch {
			case least == open:
				require.Equal(t, http.StatusOK, got, "%s as %s", route, who)
			case role == 0:
				require.Equal(t, http.StatusUnauthorized, got, "%s without a good token", route)
			case role < least:
				require.Equal(t, http.StatusForbidden, got, "%s as %s", route, who)
			default:
				require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, got, "%s as %s", route, who)
				require.Less(t, got, 500, "%s as %s", route, who)
			}
		}
		if least == open {
			continue
		}
		require.Equal(t, http.StatusForbidden, b.try("nobody", method, path), "%s without a role", route)
		if reads := method == http.MethodGet || slices.Contains(looks, route); reads {
			require.NotEqual(t, http.StatusForbidden, b.try("reader", method, path), "%s with a reading key", route)
		} else {
			require.Equal(t, http.StatusForbidden, b.try("reader", method, path), "%s with a reading key", route)
		}
	}
}
