package apifn_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// TestUndo: an own answer that hasn't gone is taken back with all its parts, and the ticket
// waits as before.
func TestUndo(t *testing.T) {
	b := newBench(t)
	b.s.Tickets.UndoSend = config.Duration(10 * time.Second)
	number := b.receive(desk.WeChat, "w", "hello")
	path := "/v1/tickets/" + number
	before := b.do("GET", path, "").json()
	long := `{"text":"` + strings.Repeat("您好。", 1000) + `","status":"resolved"}`
	m := b.do("POST", path+"/messages", long).is(201).json()
	require.Equal(t, b.now.Add(10*time.Second).Format(time.RFC3339), m["delivery"].(map[string]any)["undo_until"])
	undo := path + "/messages/" + m["id"].(string) + "/undo"

	b.do("POST", undo, "", "Authorization", "Bearer "+leadToken).is(403) // not theirs
	b.now = b.now.Add(9 * time.Second)
	v := b.do("POST", undo, "", "Idempotency-Key", "u").is(200).json()
	require.Equal(t, []any{"failed", "taken back before it went out", nil}, []any{v["delivery"].(map[string]any)["state"], v["delivery"].(map[string]any)["why"], v["delivery"].(map[string]any)["undo_until"]})
	b.do("POST", undo, "", "Idempotency-Key", "u").is(200)
	b.do("POST", undo, "").is(409)
	after := b.do("GET", path, "").json()
	for _, field := range []string{"status", "answers", "unsent", "waiting_since", "resolved_at"} {
		require.Equal(t, before[field], after[field], field)
	}
	b.do("POST", path+"/messages", `{"text":"Once more"}`).is(201)
	require.EqualValues(t, "1", b.do("GET", path, "").json()["unsent"])
}

// TestUndoTooLate: what is on its way, or its time over, or went out at once, stays.
func TestUndoTooLate(t *testing.T) {
	b := newBench(t)
	path := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello") + "/messages"
	at := func(id any) string { return path + "/" + id.(string) + "/undo" }
	at0 := b.do("POST", path, `{"text":"at once"}`).is(201).json()
	require.Nil(t, at0["delivery"].(map[string]any)["undo_until"])
	b.do("POST", at(at0["id"]), "").is(409)
	b.do("POST", at("nothing"), "").is(404)

	b.s.Tickets.UndoSend = config.Duration(10 * time.Second)
	b.now = b.now.Add(time.Second)
	late := b.do("POST", path, `{"text":"late"}`).is(201).json()
	b.now = b.now.Add(10 * time.Second)
	b.do("POST", at(late["id"]), "").is(409)

	sending := b.do("POST", path, `{"text":"sending"}`).is(201).json()
	row := b.message(sending)
	row.Value.State = desk.Sending
	var tx store.Tx
	tx.PutMessage(row)
	require.NoError(t, b.rows.Commit(t.Context(), &tx))
	b.do("POST", at(sending["id"]), "").is(409)
	note := b.do("POST", path, `{"text":"a note","public":false}`).is(201).json()
	b.do("POST", at(note["id"]), "").is(409)
}

func (b *bench) message(v map[string]any) store.Row[desk.Message] {
	b.t.Helper()
	id, ok := desk.ParseNumber(v["ticket"].(string))
	require.True(b.t, ok)
	row, err := b.rows.Message(b.t.Context(), id, desk.MessageID(v["id"].(string)))
	require.NoError(b.t, err)
	return row
}

// TestPreview: which way, how long that is open, in how many parts, and where else.
func TestPreview(t *testing.T) {
	b := newBench(t)
	b.s.Accounts = append(b.s.Accounts, config.Account{Channel: desk.Email, Name: "support"})
	b.s.Tickets.Fallback = true
	wechat := "/v1/tickets/" + b.receive(desk.WeChat, "w", "hello")
	v := b.do("POST", wechat+"/messages/preview", `{"text":"`+strings.Repeat("您好。", 1000)+`"}`).is(200).json()
	require.Len(t, v["messages"], 5)
	require.Equal(t, []any{false, nil, nil, nil}, []any{v["refused"], v["why"], v["segments"], v["fallback"]})
	w := v["window"].(map[string]any)
	require.Equal(t, true, w["open"])
	require.EqualValues(t, "5", w["left"])
	require.Equal(t, b.now.Add(48*time.Hour).Format(time.RFC3339), w["until"])

	sms := "/v1/tickets/" + b.receive(desk.SMS, "+14155550100", "hello")
	v = b.do("POST", sms+"/messages/preview", `{"text":"`+strings.Repeat("a", 161)+`"}`).is(200).json()
	require.EqualValues(t, "2", v["segments"])
	require.Equal(t, "GSM-7", v["messages"].([]any)[0].(map[string]any)["encoding"])
	require.Nil(t, v["window"])
	v = b.do("POST", sms+"/messages/preview", `{"text":"好"}`).is(200).json()
	require.Equal(t, "UCS-2", v["messages"].([]any)[0].(map[string]any)["encoding"])

	b.now = b.now.Add(49 * time.Hour)
	v = b.do("POST", wechat+"/messages/preview", `{"text":"late"}`).is(200).json()
	require.Equal(t, []any{true, "the channel takes no more answers now"}, []any{v["refused"], v["why"]})
	require.Equal(t, false, v["window"].(map[string]any)["open"])
	require.EqualValues(t, "0", b.do("GET", wechat, "").json()["answers"], "nothing is written")

	b.s.Accounts[0].Settings = json.RawMessage(`{"template":{"id":"T","data":{"thing1":"{{answer}}"}}}`)
	v = b.do("POST", wechat+"/messages/preview", `{"text":"late"}`).is(200).json()
	require.Equal(t, []any{false, "template", nil}, []any{v["refused"], v["notice"], v["fallback"]})
	b.s.Accounts[0].Settings = nil

	id, _ := desk.ParseNumber(strings.TrimPrefix(wechat, "/v1/tickets/"))
	row, err := b.rows.Ticket(t.Context(), id)
	require.NoError(t, err)
	row.Value.Contact.Mail = "ann@x.test"
	var tx store.Tx
	tx.PutTicket(row)
	require.NoError(t, b.rows.Commit(t.Context(), &tx))
	v = b.do("POST", wechat+"/messages/preview", `{"text":"late"}`).is(200).json()
	require.Equal(t, []any{false, "email", "ann@x.test"}, []any{v["refused"], v["fallback"].(map[string]any)["channel"], v["fallback"].(map[string]any)["address"]})

	b.do("POST", wechat+"/messages/preview", `{"text":" "}`).names(422, "text")
	b.do("POST", wechat+"/messages/preview", `{"uploads":["x"]}`).names(422, "uploads[0]")
}
