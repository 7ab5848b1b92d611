package apifn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// A task is opened once for a key, stands in its ticket, and leaves it when it is over.
func TestTasks(t *testing.T) {
	b := newBench(t)
	number := b.receive(desk.WeChat, "1", "hello")
	at := "/v1/tickets/" + number + "/tasks"
	task := `{"team":"support","text":"Look into the invoice\nand say why","wait":true}`
	b.do("POST", at, task).is(400)
	b.do("POST", at, `{"team":"nobody","text":"x"}`, "Idempotency-Key", "k0").names(422, "team")
	b.do("POST", at, `{"team":"support","text":" "}`, "Idempotency-Key", "k0").names(422, "text")
	b.do("POST", at, `{"team":"support","text":"x","due_at":"2020-01-01T00:00:00Z"}`, "Idempotency-Key", "k0").names(422, "due_at")
	made := b.do("POST", at, task, "Idempotency-Key", "k1").is(201).json()
	require.Equal(t, "Look into the invoice", made["subject"])
	require.Equal(t, "task", made["type"])
	require.Equal(t, number, made["task_of"])
	again := b.do("POST", at, task, "Idempotency-Key", "k1").is(201).json()
	require.Equal(t, made["number"], again["number"])

	parent := b.do("GET", "/v1/tickets/"+number, "").is(200).json()
	require.Equal(t, []any{made["number"]}, parent["tasks"])
	require.Equal(t, "on_hold", parent["status"])
	child := "/v1/tickets/" + made["number"].(string)
	b.do("POST", child+"/messages", `{"text":"hi"}`, "Idempotency-Key", "k2").is(409)
	b.do("PATCH", child, `{"status":"resolved"}`).is(200)
	parent = b.do("GET", "/v1/tickets/"+number, "").is(200).json()
	require.Empty(t, parent["tasks"])
	require.Equal(t, "open", parent["status"])
}
