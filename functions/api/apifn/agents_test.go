package apifn_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// Agents say for themselves whether they take tickets, and leads for others, too.
func TestPresence(t *testing.T) {
	b := newBench(t)
	lead := []string{"Authorization", "Bearer " + leadToken}
	state := func(a answer) any { return a.is(200).json()["presence"].(map[string]any)["state"] }

	require.Equal(t, "away", state(b.do("GET", "/v1/agents/amy", "")))
	require.Equal(t, "online", state(b.do("PUT", "/v1/agents/amy/presence", `{"state":"online"}`)))
	require.Equal(t, "busy", state(b.do("PUT", "/v1/agents/amy/presence", `{"state":"busy"}`, lead...)))
	b.do("PUT", "/v1/agents/li/presence", `{"state":"online"}`).is(403)
	require.Equal(t, "away", state(b.do("GET", "/v1/agents/li", "")), "nothing was written")
	b.do("PUT", "/v1/agents/amy/presence", `{"state":"asleep"}`).names(422, "state")
	b.do("PUT", "/v1/agents/amy/presence", `{"status":"online"}`).names(422, "status")
	b.do("PUT", "/v1/agents/nobody/presence", `{"state":"online"}`, lead...).is(404)
	b.do("GET", "/v1/agents/nobody", "").is(404)

	number := b.receive(desk.WeChat, "w", "hello")
	b.do("PATCH", "/v1/tickets/"+number, `{"assignee_id":"amy"}`).is(200)
	all := b.do("GET", "/v1/agents", "").is(200).items()
	require.Len(t, all, 2)
	amy := all[0].(map[string]any)
	require.Equal(t, json.Number("1"), amy["load"])
	require.Equal(t, "busy", amy["presence"].(map[string]any)["state"])
	require.Empty(t, b.do("GET", "/v1/agents?team=sales", "").is(200).items())

	teams := b.do("GET", "/v1/teams", "").is(200).items()
	require.Len(t, teams, 2)
	require.Equal(t, "support", teams[0].(map[string]any)["id"])
	require.Equal(t, "none", teams[0].(map[string]any)["assign"])
}

// What nobody has is listed the oldest first, and pages of one team to its end.
func TestUnassigned(t *testing.T) {
	b := newBench(t)
	var waiting []string
	for _, who := range []string{"1", "2", "3"} {
		waiting = append(waiting, b.receive(desk.WeChat, who, "hello"))
	}
	sms := b.receive(desk.SMS, "s", "hello")
	b.do("PATCH", "/v1/tickets/"+waiting[1], `{"assignee_id":"li"}`).is(200)
	require.Equal(t, []string{waiting[0], waiting[2], sms}, numbers(b.do("GET", "/v1/tickets?assignee=none", "").is(200).items()))

	first := b.do("GET", "/v1/tickets?assignee=none&team=support&limit=1", "").is(200)
	require.Equal(t, waiting[:1], numbers(first.items()))
	second := b.do("GET", "/v1/tickets?assignee=none&team=support&limit=1&cursor="+first.json()["next_cursor"].(string), "").is(200)
	require.Equal(t, waiting[2:], numbers(second.items()))
	newest := numbers(b.do("GET", "/v1/tickets?assignee=none&sort=newest", "").is(200).items())
	require.True(t, slices.Equal(newest, []string{sms, waiting[2], waiting[0]}))
	b.do("GET", "/v1/tickets?assignee=none&cursor=x", "").names(400, "cursor")

	b.do("PATCH", "/v1/tickets/"+waiting[0], `{"status":"resolved"}`).is(200)
	require.Equal(t, waiting[2:], numbers(b.do("GET", "/v1/tickets?assignee=none&team=support", "").is(200).items()))
}
