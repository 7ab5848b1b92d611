package apifn_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
)

// dies lays a dead letter down, as a sweep does.
func (b *bench) dies(q queue.Name, group, body string, n int) store.DeadLetter {
	b.t.Helper()
	d := store.DeadLetter{
		ID: store.DeadLetterID(q, group, b.now, fmt.Sprint(n), fmt.Sprintf("m-%d", n)), Queue: q, Group: group, Message: fmt.Sprintf("m-%d", n),
		Sent: b.now, Found: b.now, Tries: 30, About: store.DeadAbout{Kind: "message", Channel: desk.SMS, Account: "main", Ticket: "7K3Q9W"}, Body: body, Size: len(body),
	}
	var tx store.Tx
	tx.PutDeadLetter(store.Row[store.DeadLetter]{Value: d})
	require.NoError(b.t, b.rows.Commit(b.t.Context(), &tx))
	return d
}

// An admin sees what was given up and what is in it, and gives it to its queue again or
// drops it; each of it is noted in the audit.
func TestDeadLetters(t *testing.T) {
	b := newBench(t)
	b.people(map[string]allow.Principal{"admin": inTeam("root", allow.Admin), "lead": inTeam("li", allow.Lead)})
	body, err := receive.Encode(channel.Envelope{Channel: desk.SMS, Account: "main", Order: "+1", Dedup: "SM1", Body: []byte("From=%2B491&Body=hello")})
	require.NoError(t, err)
	one, two := b.dies(queue.Inbound, "g", body, 1), b.dies(queue.Inbound, "g", body, 2)
	at := func(d store.DeadLetter) string { return "/v1/dead-letters/" + string(d.Queue) + "/letters/" + d.ID }

	queues := b.as("admin", "GET", "/v1/dead-letters", "").is(200).items()
	require.Len(t, queues, 6)
	require.Equal(t, []any{"inbound.fifo", "tickets", json.Number("2"), false}, []any{field(queues[0], "queue"), field(queues[0], "function"), field(queues[0], "open"), field(queues[0], "more")})
	list := b.as("admin", "GET", "/v1/dead-letters/inbound.fifo?limit=1", "").is(200)
	require.Equal(t, []any{one.ID, "open", "DH-7K3Q-9W", "m-1"}, []any{field(list.items()[0], "id"), field(list.items()[0], "state"), field(list.items()[0], "ticket"), field(list.items()[0], "message_id")})
	require.NotContains(t, string(list.body), "hello")
	more := b.as("admin", "GET", "/v1/dead-letters/inbound.fifo?limit=1&cursor="+list.json()["next_cursor"].(string), "").is(200)
	require.Equal(t, two.ID, field(more.items()[0], "id"))
	detail := b.as("admin", "GET", at(one), "").is(200).json()
	require.Equal(t, []any{body, "From=%2B491&Body=hello", nil}, []any{detail["body"], detail["content"], detail["blob"]})

	b.as("admin", "POST", at(two)+"/redrive", "").is(409)
	b.now = b.now.Add(time.Second)
	done := b.as("admin", "POST", at(one)+"/redrive", "").is(200).json()
	require.Equal(t, []any{"redriven", "root"}, []any{done["state"], done["changed_by"]})
	b.as("admin", "POST", at(one)+"/redrive", "").is(409)
	require.Equal(t, "dropped", b.as("admin", "POST", at(two)+"/drop", "").is(200).json()["state"])
	require.Nil(t, b.as("admin", "GET", at(two), "").is(200).json()["body"])
	require.Empty(t, b.as("admin", "GET", "/v1/dead-letters/inbound.fifo", "").is(200).items())
	require.Len(t, b.as("admin", "GET", "/v1/dead-letters/inbound.fifo?state=done", "").is(200).items(), 2)

	for _, path := range []string{"/v1/dead-letters/nowhere", "/v1/dead-letters/jobs/letters/x", at(store.DeadLetter{Queue: queue.Jobs, ID: one.ID}), "/v1/dead-letters/nowhere/letters/" + one.ID} {
		b.as("admin", "GET", path, "").is(404)
	}
	b.as("admin", "POST", "/v1/dead-letters/jobs/letters/x/drop", "").is(404)
	b.as("admin", "POST", "/v1/dead-letters/nowhere/redrive", "").is(404)
	b.as("admin", "GET", "/v1/dead-letters/jobs?state=new", "").names(400, "state")
	var did []string
	for _, e := range b.as("lead", "GET", "/v1/audit?limit=100", "").is(200).items() {
		did = append(did, fmt.Sprint(field(e, "action"), " ", field(e, "status")))
	}
	require.Contains(t, did, "POST /v1/dead-letters/{queue}/letters/{id}/redrive 200")
	require.Contains(t, did, "GET /v1/dead-letters/{queue}/letters/{id} 200")
}

// A letter that can't be redriven says so beforehand, and why when one tries.
func TestDeadLettersTooLate(t *testing.T) {
	b := newBench(t)
	b.people(map[string]allow.Principal{"admin": inTeam("root", allow.Admin)})
	d := b.dies(queue.Jobs, "", `{"kind":"notice"}`, 1)
	row, err := b.rows.DeadLetter(t.Context(), queue.Jobs, d.ID)
	require.NoError(t, err)
	row.Value.About = store.DeadAbout{Kind: "notice"}
	var tx store.Tx
	tx.PutDeadLetter(row)
	require.NoError(t, b.rows.Commit(t.Context(), &tx))
	at := "/v1/dead-letters/jobs/letters/" + d.ID
	require.Equal(t, true, b.as("admin", "GET", at, "").is(200).json()["replayable"])
	b.now = b.now.AddDate(0, 0, 30)
	require.Equal(t, false, b.as("admin", "GET", at, "").is(200).json()["replayable"])
	require.Equal(t, false, field(b.as("admin", "GET", "/v1/dead-letters/jobs", "").is(200).items()[0], "replayable"))
	require.Contains(t, b.as("admin", "POST", at+"/redrive", "").is(409).json()["detail"], "older than 29 days")
}

// All of a queue, 50 at a time; nobody below an admin may look, nor may a key that only
// reads change anything.
func TestDeadLettersAllAndWho(t *testing.T) {
	b := newBench(t)
	reader := inTeam("key", allow.Admin)
	reader.ReadOnly = true
	b.people(map[string]allow.Principal{"admin": inTeam("root", allow.Admin), "reader": reader, "lead": inTeam("li", allow.Lead), "agent": inTeam("amy", allow.Agent)})
	for i := range 70 {
		b.dies(queue.Outbound, "", `{"ticket":"7K3Q9W"}`, i)
	}
	b.as("reader", "GET", "/v1/dead-letters", "").is(200)
	b.as("reader", "POST", "/v1/dead-letters/outbound/redrive", "").is(403)
	first := b.as("admin", "POST", "/v1/dead-letters/outbound/redrive", "").is(200).json()
	require.Equal(t, json.Number("50"), first["redriven"])
	second := b.as("admin", "POST", "/v1/dead-letters/outbound/redrive?cursor="+first["next_cursor"].(string), "").is(200).json()
	require.Equal(t, []any{json.Number("20"), nil}, []any{second["redriven"], second["next_cursor"]})
	b.as("admin", "POST", "/v1/dead-letters/outbound/redrive?cursor=x", "").names(400, "cursor")
	for _, who := range []string{"lead", "agent"} {
		for _, path := range []string{"/v1/dead-letters", "/v1/dead-letters/outbound"} {
			b.as(who, "GET", path, "").is(403)
		}
		b.as(who, "POST", "/v1/dead-letters/outbound/redrive", "").is(403)
	}
}
