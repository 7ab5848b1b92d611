package apifn_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/store"
)

func field(item any, name string) any { return item.(map[string]any)[name] }

func (b *bench) lead(method, path string) answer {
	b.t.Helper()
	return b.do(method, path, "", "Authorization", "Bearer "+leadToken)
}

func (b *bench) delivery(what string, s desk.HookState) desk.HookDelivery {
	b.t.Helper()
	v := desk.HookDelivery{
		Hook: "erp", State: s, Attempts: 10, Status: 500, Why: "hook.refused", Tried: b.now,
		Event: desk.Event{ID: tell.ID(b.now, what), Name: desk.EventTicketCreated, At: b.now, Ticket: "7K3Q9W", Body: "{}"},
	}
	var tx store.Tx
	tx.PutHookDelivery(store.Row[desk.HookDelivery]{Value: v})
	require.NoError(b.t, b.rows.Commit(b.t.Context(), &tx))
	return v
}

// A lead sees how a subscription fares and what became of each event, and sends again
// what was lost; agents see nothing of it.
func TestWebhooks(t *testing.T) {
	b := newBench(t)
	b.do("GET", "/v1/webhooks", "").is(403)
	lost := b.delivery("a", desk.HookFailed)
	b.now = b.now.Add(time.Minute)
	b.delivery("b", desk.HookDelivered)

	list := b.lead("GET", "/v1/webhooks").is(200).items()
	require.Len(t, list, 2)
	require.Equal(t, "robot:ops", field(list[1], "name"))
	require.Empty(t, field(list[1], "url"), "whoever has it can write to the group")
	require.Equal(t, "webhook.test", b.lead("POST", "/v1/webhooks/robot:ops/test").is(202).json()["type"])
	require.Equal(t, "https://erp.test/in", field(list[0], "url"), "a query may hold a key")
	require.Equal(t, "on", field(list[0], "state"))

	first := b.lead("GET", "/v1/webhooks/erp/deliveries?limit=1").is(200)
	require.Equal(t, "delivered", field(first.items()[0], "state"))
	second := b.lead("GET", "/v1/webhooks/erp/deliveries?limit=1&cursor="+first.json()["next_cursor"].(string)).is(200)
	require.Equal(t, lost.Event.ID, field(second.items()[0], "id"))
	require.Equal(t, "the far side did not accept it", field(second.items()[0], "why"))
	require.Empty(t, b.lead("GET", "/v1/webhooks/erp/deliveries?day=2026-03-01").is(200).items())

	again := b.lead("POST", "/v1/webhooks/erp/deliveries/"+lost.Event.ID+"/replay").is(202).json()
	require.Equal(t, []any{"pending", json.Number("0"), json.Number("1")}, []any{again["state"], again["attempts"], again["replays"]})
	row, err := b.rows.Hook(t.Context(), "erp", lost.Event.ID)
	require.NoError(t, err)
	require.Equal(t, "li", row.Delivery.Value.By.ID)
	for _, path := range []string{"erp/deliveries/evt_x/replay", "erp/deliveries/" + tell.ID(b.now, "no") + "/replay", "none/test", "none/enable"} {
		b.lead("POST", "/v1/webhooks/"+path).is(404)
	}
	b.lead("GET", "/v1/webhooks/none/deliveries").is(404)
}

// A day is replayed a page at a time, by state; what is on its way is left alone.
func TestWebhookReplayOfADay(t *testing.T) {
	b := newBench(t)
	b.delivery("a", desk.HookFailed)
	b.delivery("b", desk.HookHeld)
	b.delivery("c", desk.HookDelivered)
	b.delivery("d", desk.HookPending)
	got := b.lead("POST", "/v1/webhooks/erp/replay?day=2026-03-02&state=held").is(202).json()
	require.Equal(t, map[string]any{"replayed": json.Number("1"), "next_cursor": nil}, got)
	require.Equal(t, json.Number("2"), b.lead("POST", "/v1/webhooks/erp/replay?day=2026-03-02").is(202).json()["replayed"])
	require.Equal(t, json.Number("0"), b.lead("POST", "/v1/webhooks/erp/replay?day=2026-03-02").is(202).json()["replayed"])
	b.lead("POST", "/v1/webhooks/erp/replay").names(400, "day")
	b.lead("POST", "/v1/webhooks/erp/replay?day=2026-03-02&state=pending").names(400, "state")
}

// Off and on again, and a test in between.
func TestWebhookSwitch(t *testing.T) {
	b := newBench(t)
	off := b.lead("POST", "/v1/webhooks/erp/disable").is(200).json()
	require.Equal(t, []any{"off", "switched off by hand"}, []any{off["state"], off["why"]})
	require.Equal(t, "webhook.test", b.lead("POST", "/v1/webhooks/erp/test").is(202).json()["type"])
	b.lead("POST", "/v1/webhooks/erp/test").is(202) // at the same moment: the same
	require.Len(t, b.lead("GET", "/v1/webhooks/erp/deliveries").is(200).items(), 1)
	require.Equal(t, "on", b.lead("POST", "/v1/webhooks/erp/enable").is(200).json()["state"])
	require.Equal(t, "on", field(b.lead("GET", "/v1/webhooks").is(200).items()[0], "state"))
}
