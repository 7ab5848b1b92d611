package apifn_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

// TestUpdateMany: each ticket is changed as by PATCH; what can't be done to one hinders no
// other, and is told as PATCH tells it.
func TestUpdateMany(t *testing.T) {
	b := newBench(t)
	one, two, closed := b.receive(desk.WeChat, "a", "hello"), b.receive(desk.WeChat, "b", "hello"), b.receive(desk.WeChat, "c", "hello")
	b.do("PATCH", "/v1/tickets/"+closed, `{"status":"closed"}`).is(200)
	b.do("PATCH", "/v1/tickets/"+one, `{"tags":["refund"]}`).is(200)
	body := fmt.Sprintf(`{"numbers":[%q,%q,%q,"DH-0000-00"],"ticket":{"status":"pending","assignee_id":"li"},"additional_tags":["recall"]}`, one, closed, two)
	b.now = b.now.Add(time.Second)
	v := b.do("PUT", "/v1/tickets/update_many", body, "Idempotency-Key", "k").is(200).json()
	require.Equal(t, "completed", v["status"])
	var got []any
	for _, r := range v["results"].([]any) {
		got = append(got, r.(map[string]any)["status"])
	}
	require.Equal(t, []any{"updated", "failed", "updated", "failed"}, got)
	require.EqualValues(t, "409", v["results"].([]any)[1].(map[string]any)["error"].(map[string]any)["status"])
	require.EqualValues(t, "404", v["results"].([]any)[3].(map[string]any)["error"].(map[string]any)["status"])
	first := b.do("GET", "/v1/tickets/"+one, "").json()
	require.Equal(t, []any{"li", "pending", []any{"refund", "recall"}}, []any{first["assignee_id"], first["status"], first["tags"]})
	require.Equal(t, "closed", b.do("GET", "/v1/tickets/"+closed, "").json()["status"])

	again := b.do("PUT", "/v1/tickets/update_many", body, "Idempotency-Key", "k").is(200).json()
	require.Equal(t, v, again)
	seen := b.do("GET", "/v1/audit", "", "Authorization", "Bearer "+leadToken).is(200).items()
	var many int
	for _, e := range seen {
		if e := e.(map[string]any); e["action"] == "PUT /v1/tickets/update_many" && e["ticket"] != nil {
			many++
		}
	}
	require.Equal(t, 8, many, "one for each ticket and call")
	for body, field := range map[string]string{
		`{"numbers":[]}`: "numbers", `{}`: "numbers", `{"numbers":["x"]}`: "numbers[0]",
		fmt.Sprintf(`{"numbers":[%q,%q]}`, one, one):                                        "numbers[1]",
		fmt.Sprintf(`{"numbers":[%q],"ticket":{"priority":"highest"}}`, one):                "ticket.priority",
		fmt.Sprintf(`{"numbers":[%q],"ticket":{"assignee_id":"nobody"}}`, one):              "ticket.assignee_id",
		fmt.Sprintf(`{"numbers":[%q],"ticket":{"status":null}}`, one):                       "ticket.status",
		fmt.Sprintf(`{"numbers":[%q],"additional_tags":["%0200d"]}`, one, 0):                "additional_tags",
		fmt.Sprintf(`{"numbers":[%q],"ticket":{"status":"open"},"subject":"changed"}`, one): "subject",
	} {
		b.do("PUT", "/v1/tickets/update_many", body).names(422, field)
	}
}

// TestUpdateManySeesNoOthers: a ticket of another team is not found, and stays.
func TestUpdateManySeesNoOthers(t *testing.T) {
	b := newBench(t)
	b.people(map[string]allow.Principal{"sales": inTeam("amy", allow.Agent, "sales"), "admin": inTeam("root", allow.Admin)})
	theirs := b.receive(desk.WeChat, "a", "hello")
	v := b.as("sales", "PUT", "/v1/tickets/update_many", fmt.Sprintf(`{"numbers":[%q],"ticket":{"status":"pending"}}`, theirs)).is(200).json()
	require.Equal(t, "failed", v["results"].([]any)[0].(map[string]any)["status"])
	require.Equal(t, "new", b.as("admin", "GET", "/v1/tickets/"+theirs, "").is(200).json()["status"])
}

// TestUpdateManyAgain: what was done stands, even where the caller no longer sees it; the
// whole counts as replayed only where all of it was.
func TestUpdateManyAgain(t *testing.T) {
	b := newBench(t)
	b.people(map[string]allow.Principal{"support": inTeam("amy", allow.Agent, "support")})
	one := b.receive(desk.WeChat, "a", "hello")
	body := fmt.Sprintf(`{"numbers":[%q],"ticket":{"team":"sales"}}`, one)
	for _, replayed := range []string{"", "true"} {
		did := b.as("support", "PUT", "/v1/tickets/update_many", body, "Idempotency-Key", "k").is(200)
		require.Equal(t, "updated", did.json()["results"].([]any)[0].(map[string]any)["status"])
		require.Equal(t, replayed, did.header.Get("Idempotency-Replayed"))
	}
	two := b.receive(desk.WeChat, "b", "hello")
	both := b.as("support", "PUT", "/v1/tickets/update_many", fmt.Sprintf(`{"numbers":[%q],"ticket":{"status":"pending"}}`, two), "Idempotency-Key", "k2").is(200)
	require.Empty(t, both.header.Get("Idempotency-Replayed"))
}
