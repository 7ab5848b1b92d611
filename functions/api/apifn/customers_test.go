package apifn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// Two customers become one with both histories, and two again.
func TestMergeAndUnmergeCustomers(t *testing.T) {
	b := newBench(t)
	owner := func(number string) string {
		return b.do("GET", "/v1/tickets/"+number, "").is(200).json()["customer"].(map[string]any)["id"].(string)
	}
	one, two := b.receive(desk.WeChat, "w1", "hello"), b.receive(desk.WeChat, "w2", "hello")
	from, into := owner(two), owner(one)
	merge, body := "/v1/customers/"+from+"/merge", `{"into":"`+into+`","why":"same order number"}`

	b.do("POST", merge, `{"why":"x"}`).names(422, "into")
	b.do("POST", merge, `{"into":"`+into+`"}`).names(422, "why")
	b.do("POST", merge, `{"into":"`+from+`","why":"x"}`).names(422, "into")
	b.do("POST", merge, `{"into":"nobody","why":"x"}`).is(404)
	b.do("POST", "/v1/customers/"+from+"/unmerge", "").is(409)
	b.do("POST", "/v1/customers/nobody/unmerge", "").is(404)

	v := b.do("POST", merge, body).is(200).json()
	require.Equal(t, into, v["id"])
	require.Equal(t, []any{from}, v["merged_ids"])
	require.Equal(t, v, b.do("GET", "/v1/customers/"+from, "").is(200).json())
	require.ElementsMatch(t, []string{one, two}, numbers(b.do("GET", "/v1/customers/"+into+"/tickets", "").is(200).items()))

	v = b.do("POST", "/v1/customers/"+from+"/unmerge", "").is(200).json()
	require.Equal(t, from, v["id"])
	require.Equal(t, []string{one}, numbers(b.do("GET", "/v1/customers/"+into+"/tickets", "").is(200).items()))
	require.Empty(t, b.do("GET", "/v1/customers/"+into, "").is(200).json()["merged_ids"])
}

// Who only names an address that somebody else has proven is suggested to be them; a
// person accepts that, or says that it isn't so.
func TestSuggestions(t *testing.T) {
	b := newBench(t)
	b.receive(desk.SMS, "+8613800138000", "hello")
	named := func(n string) string {
		got, err := b.desk.Receive(t.Context(), channel.Envelope{At: b.now}, desk.Inbound{Kind: desk.InMessage, ID: n, Text: "hi", Lang: "en",
			From: desk.Address{Channel: desk.Generic, Account: "main", ID: n}, Contact: desk.Contact{Phone: "+8613800138000"}})
		require.NoError(t, err)
		return "/v1/customers/" + b.do("GET", "/v1/tickets/"+got.Ticket.Number(), "").is(200).json()["customer"].(map[string]any)["id"].(string)
	}
	one, two := named("one"), named("two")
	hints := b.do("GET", one, "").is(200).json()["suggestions"].([]any)
	require.Len(t, hints, 1)
	other := hints[0].(map[string]any)["customer_id"].(string)
	b.do("POST", one+"/suggestions/nobody/accept", "").is(404)
	b.do("DELETE", one+"/suggestions/nobody", "").is(404)
	v := b.do("POST", one+"/suggestions/"+other+"/accept", "").is(200).json()
	require.Equal(t, other, v["id"])
	require.Len(t, v["merged_ids"], 1)
	require.Empty(t, b.do("DELETE", two+"/suggestions/"+other, "").is(200).json()["suggestions"])
	b.do("POST", two+"/suggestions/"+other+"/accept", "").is(404)
}
