package consolefn_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/store"
)

// A lead sees what became of each event and sends it again; an agent may not.
func TestDeliveries(t *testing.T) {
	w := newWorld(t).signIn()
	require.Equal(t, http.StatusForbidden, w.do("GET", "/console/deliveries", nil).StatusCode)
	require.NotContains(t, w.page("/console"), "/console/deliveries")

	w.s.Agents[0].Role = "lead"
	require.Contains(t, w.page("/console/deliveries"), "Nobody has subscribed")
	w.s.Webhooks = []config.Webhook{{Name: "erp", URL: "https://erp.test/in?key=hidden", Events: []string{"*"}}}
	id := tell.ID(w.now, "x")
	var tx store.Tx
	tx.PutHookDelivery(store.Row[desk.HookDelivery]{Value: desk.HookDelivery{
		Hook: "erp", State: desk.HookFailed, Attempts: 10, Status: 503, Why: "hook.refused",
		Event: desk.Event{ID: id, Name: desk.EventTicketCreated, At: w.now, Ticket: "7K3Q9W", Body: "{}"},
	}})
	require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
	page := w.page("/console/deliveries")
	for _, s := range []string{"erp.test", "ticket.created", "DH-7K3Q-9W", "503 the far side did not accept it", "Replay"} {
		require.Contains(t, page, s)
	}
	require.NotContains(t, page, "key=hidden")
	require.Contains(t, w.page("/console/deliveries", "Accept-Language", "zh-CN"), "补发")

	form := url.Values{"csrf": {field(t, page, "csrf")}, "day": {"2026-11-22"}}
	require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/deliveries/erp/events/"+id+"/replay", form).StatusCode)
	row, err := w.desk.Store.Hook(t.Context(), "erp", id)
	require.NoError(t, err)
	require.Equal(t, []any{desk.HookPending, 1, "lin"}, []any{row.Delivery.Value.State, row.Delivery.Value.Replays, row.Delivery.Value.By.ID})
	require.NotContains(t, w.page("/console/deliveries"), "/replay")

	form.Set("to", "off")
	require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/deliveries/erp/switch", form).StatusCode)
	require.Contains(t, w.page("/console/deliveries"), "switched off by hand")
	require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/deliveries/erp/test", form).StatusCode)
	require.Contains(t, w.page("/console/deliveries"), "webhook.test")
	w.s.Agents[0].Role = "agent"
	require.Equal(t, http.StatusForbidden, w.do("POST", "/console/deliveries/erp/test", form).StatusCode)
}
