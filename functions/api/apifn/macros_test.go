package apifn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// TestChangeMore: team, type and tags change with the rest, at once.
func TestChangeMore(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello")
	v := b.do("PATCH", path, `{"team":"sales","type":"complaint","tags":["VIP","vip","订单"],"status":"open"}`).is(200).json()
	require.Equal(t, []any{"sales", "complaint", []any{"vip", "订单"}, "open"}, []any{v["team"], v["type"], v["tags"], v["status"]})
	b.do("PATCH", path, `{"team":"nowhere","status":"closed"}`).names(422, "team")
	b.do("PATCH", path, `{"type":"rant"}`).names(422, "type")
	b.do("PATCH", path, `{"tags":["two words"],"status":"closed"}`).names(422, "tags")
	require.Equal(t, "open", b.do("GET", path, "").json()["status"])
}

// TestMacros: macros and canned replies are listed, filled for a ticket and applied.
func TestMacros(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello")
	require.Len(t, b.do("GET", "/v1/macros", "").is(200).items(), 1)
	require.Len(t, b.do("GET", "/v1/canned-replies", "").is(200).items(), 1)
	filled := b.do("GET", path+"/canned-replies", "").is(200).items()
	require.Equal(t, "Hello 王芳, I am Amy", filled[0].(map[string]any)["text"])

	v := b.do("POST", path+"/macros/solved", "", "Idempotency-Key", "k").is(200).json()
	require.Equal(t, []any{"resolved", "amy"}, []any{v["status"], v["assignee_id"]})
	again := b.do("POST", path+"/macros/solved", "", "Idempotency-Key", "k").is(200).json()
	require.Equal(t, v["answers"], again["answers"])
	b.do("POST", path+"/macros/nothing", "").is(404)
}
