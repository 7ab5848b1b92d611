package apifn_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/api/apifn"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

// TestMaskedAgentFindsNoAddress walks every route that reads, as an agent of a desk that
// hides contacts: in no answer stands an address or a number; leads read them.
func TestMaskedAgentFindsNoAddress(t *testing.T) {
	b := newBench(t)
	b.now = b.now.Add(time.Minute)
	const follower = "oLVPpjqs9BhvzwPj5A-vTYAX3GLc"
	secrets := []string{"wang.fang@shop.example", "8613800001234", "13900005678", "mei@other.example", "13900009999", follower}
	_, err := b.desk.Receive(context.Background(), channel.Envelope{At: b.now}, desk.Inbound{
		Kind: desk.InMessage, ID: "w", Text: "hi", Lang: "en", From: desk.Address{Channel: desk.WeChat, Account: "main", ID: follower},
	})
	require.NoError(t, err)
	got, err := b.desk.Receive(context.Background(), channel.Envelope{At: b.now}, desk.Inbound{
		Kind: desk.InMessage, ID: "m", Name: "wang.fang@shop.example", Subject: "call 13900005678", Lang: "en",
		Text: "write to mei@other.example or call +8613800001234", From: desk.Address{Channel: desk.SMS, Account: "main", ID: "+8613800001234"},
		Contact:     desk.Contact{Mail: "wang.fang@shop.example", Phone: "13900005678"},
		Attachments: []desk.Attachment{{Name: "IMG_13900009999.jpg", Type: "image/jpeg", Blob: "files/0a"}},
	})
	require.NoError(t, err)
	number := got.Ticket.Number()
	b.do("POST", "/v1/tickets/"+number+"/messages", `{"text":"we call 13900005678","public":false}`).is(201)
	row, err := b.desk.Store.Ticket(t.Context(), got.Ticket)
	require.NoError(t, err)
	s, err := b.desk.Settings(t.Context())
	require.NoError(t, err)
	s.Access = config.Access{MaskContacts: true}
	b.people(map[string]allow.Principal{"agent": inTeam("amy", allow.Agent), "lead": inTeam("li", allow.Lead)})

	seen := map[string]bool{}
	for _, route := range apifn.Routes() {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodGet {
			continue
		}
		id := "x"
		if strings.HasPrefix(path, "/v1/customers/") {
			id = string(row.Value.Customer)
		}
		path = strings.NewReplacer("{number}", number, "{id}", id, "{name}", "x").Replace(path)
		agent, lead := string(b.as("agent", method, path, "").body), string(b.as("lead", method, path, "").body)
		for _, secret := range secrets {
			require.NotContains(t, agent, secret, route)
			seen[secret] = seen[secret] || strings.Contains(lead, secret)
		}
	}
	for _, secret := range secrets {
		require.True(t, seen[secret], "the walk must come by %s", secret)
	}
	require.Contains(t, string(b.as("agent", "PATCH", "/v1/tickets/"+number, `{"priority":"high"}`).is(200).body), "***34")
}

// TestAudit: each request that shows or changes customers' data is noted once, with who,
// what, which and from which network; what tells nothing of customers is not.
func TestAudit(t *testing.T) {
	b := newBench(t)
	ours, theirs := b.receive(desk.WeChat, "w", "hello"), b.receive(desk.SMS, "s", "hello")
	b.people(map[string]allow.Principal{"agent": inTeam("amy", allow.Agent, "support"), "lead": inTeam("li", allow.Lead)})
	do := func(method, path, body string) answer {
		b.now = b.now.Add(time.Second)
		return b.as("agent", method, path, body)
	}
	customer := do("GET", "/v1/tickets/"+ours, "").is(200).json()["customer"].(map[string]any)["id"].(string)
	do("PATCH", "/v1/tickets/"+ours, `{"priority":"high"}`).is(200)
	do("GET", "/v1/tickets/"+theirs, "").is(404)
	do("GET", "/v1/customers/"+customer, "").is(200)
	do("GET", "/v1/macros", "").is(200)
	do("GET", "/v1/health", "").is(200)
	b.as("wrong", "GET", "/v1/tickets/"+ours, "").is(401)
	do("GET", "/v1/audit", "").is(403)

	list := b.as("lead", "GET", "/v1/audit", "").is(200)
	require.NotContains(t, string(list.body), "hello")
	var what []string
	for _, e := range list.items() {
		require.Equal(t, "amy", e.(map[string]any)["by"].(map[string]any)["id"])
		require.Equal(t, "agent", e.(map[string]any)["role"])
		require.Equal(t, "192.0.2.0/24", e.(map[string]any)["network"], "httptest's address, cut")
		what = append(what, e.(map[string]any)["action"].(string))
	}
	require.Equal(t, []string{"GET /v1/customers/{id}", "GET /v1/tickets/{number}", "PATCH /v1/tickets/{number}", "GET /v1/tickets/{number}"}, what)
	require.Equal(t, customer, list.items()[0].(map[string]any)["customer_id"])
	require.Equal(t, theirs, list.items()[1].(map[string]any)["ticket"])
	require.Equal(t, "404", fmt.Sprint(list.items()[1].(map[string]any)["status"]))
	require.Empty(t, b.as("lead", "GET", "/v1/audit?day=2020-01-01", "").is(200).items())

	var paged []string
	for cursor := ""; ; {
		page := b.as("lead", "GET", "/v1/audit?limit=3"+cursor, "").is(200)
		for _, e := range page.items() {
			paged = append(paged, e.(map[string]any)["action"].(string))
		}
		next, ok := page.json()["next_cursor"].(string)
		if !ok {
			break
		}
		cursor = "&cursor=" + next
	}
	require.Equal(t, what, paged)
}
