package apifn_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// TestNotModified: whatever is read has a tag, and who has it already is spared it.
func TestNotModified(t *testing.T) {
	b := newBench(t)
	number := b.receive(desk.WeChat, "w", "hello")
	id := b.do("GET", "/v1/tickets/"+number, "").json()["customer"].(map[string]any)["id"].(string)
	for _, path := range []string{
		"/v1/tickets", "/v1/tickets/" + number, "/v1/tickets/" + number + "/messages", "/v1/customers/" + id,
		"/v1/customers", "/v1/agents/amy", "/v1/agents", "/v1/teams", "/v1/surveys", "/v1/figures",
	} {
		tag := b.do("GET", path, "").is(200).header.Get("ETag")
		require.NotEmpty(t, tag, path)
		a := b.do("GET", path, "", "If-None-Match", `"other", W/`+tag).is(304)
		require.Empty(t, a.body)
		require.Equal(t, tag, a.header.Get("ETag"))
	}
	tag := b.do("GET", "/v1/tickets", "").header.Get("ETag")
	b.do("PATCH", "/v1/tickets/"+number, `{"priority":"high"}`, "If-None-Match", tag).is(200)
	require.NotEqual(t, tag, b.do("GET", "/v1/tickets", "", "If-None-Match", tag).is(200).header.Get("ETag"))
}

// TestIfMatchTellsTheTagOfNow: of the customer and the presence, too; a refusal tells what
// to hold the next try to.
func TestIfMatchTellsTheTagOfNow(t *testing.T) {
	b := newBench(t)
	number := b.receive(desk.WeChat, "w", "hello")
	id := b.do("GET", "/v1/tickets/"+number, "").json()["customer"].(map[string]any)["id"].(string)
	for _, tt := range []struct{ read, method, path, body, other string }{
		{"/v1/tickets/" + number, "PATCH", "/v1/tickets/" + number, `{"priority":"high"}`, `{"priority":"low"}`},
		{"/v1/customers/" + id, "PATCH", "/v1/customers/" + id, `{"name":"Ann"}`, `{"name":"Bea"}`},
		{"/v1/agents/amy", "PUT", "/v1/agents/amy/presence", `{"state":"online"}`, `{"state":"busy"}`},
	} {
		tag := b.do("GET", tt.read, "").is(200).header.Get("ETag")
		b.now = b.now.Add(time.Second)
		b.do(tt.method, tt.path, tt.body, "If-Match", tag).is(200)
		now := b.do("GET", tt.read, "").is(200).header.Get("ETag")
		require.NotEqual(t, tag, now, tt.path)
		require.Equal(t, now, b.do(tt.method, tt.path, tt.other, "If-Match", tag).is(412).header.Get("ETag"), tt.path)
		require.Equal(t, now, b.do("GET", tt.read, "").is(200).header.Get("ETag"))
		b.now = b.now.Add(time.Second)
		b.do(tt.method, tt.path, tt.other, "If-Match", now).is(200)
	}
}

// TestQuota: a caller is told how they stand, is refused past it and let in again; nobody
// else has to wait for them.
func TestQuota(t *testing.T) {
	b := newBench(t)
	b.s.Access.RequestsPerMinute = 60
	a := b.do("GET", "/v1/teams", "").is(200)
	require.Equal(t, `"burst";q=12;w=12`, a.header.Get("RateLimit-Policy"))
	require.Equal(t, `"burst";r=11;t=0`, a.header.Get("RateLimit"))
	for range 11 {
		a = b.do("GET", "/v1/teams", "").is(200)
	}
	require.Equal(t, `"burst";r=0;t=1`, a.header.Get("RateLimit"))
	a = b.do("GET", "/v1/teams", "").is(429)
	require.Equal(t, "1", a.header.Get("Retry-After"))
	require.True(t, strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json"))
	b.do("GET", "/v1/teams", "", "Authorization", "Bearer "+leadToken).is(200)
	b.do("GET", "/v1/health", "").is(200)
	b.now = b.now.Add(time.Second)
	b.do("GET", "/v1/teams", "").is(200)
}
