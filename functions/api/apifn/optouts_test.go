package apifn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// What an agent notes for a customer an agent lifts; the customer's own word only a lead,
// and a STOP by SMS nobody but the customer.
func TestOptOuts(t *testing.T) {
	b := newBench(t)
	number := b.receive(desk.SMS, "+14155550100", "hello")
	id := b.do("GET", "/v1/tickets/"+number, "").is(200).json()["customer"].(map[string]any)["id"].(string)
	at := "/v1/customers/" + id + "/addresses"
	one := func(a answer) map[string]any { return a.is(200).items()[0].(map[string]any) }
	was := one(b.do("GET", at, ""))
	require.Equal(t, map[string]any{"opted_out": false, "at": nil, "by": nil, "why": ""}, was["messages"])
	put := at + "/" + was["id"].(string) + "/opt-out"
	for body, field := range map[string]string{
		`{"kind":"all","opted_out":true,"why":"x"}`: "kind", `{"kind":"surveys","why":"x"}`: "opted_out", `{"kind":"surveys","opted_out":true,"why":" "}`: "why",
	} {
		b.do("PUT", put, body).names(422, field)
	}
	b.do("PUT", at+"/nothing/opt-out", `{"kind":"surveys","opted_out":true,"why":"x"}`).is(404)
	b.do("PUT", "/v1/customers/nobody/addresses/x/opt-out", `{"kind":"surveys","opted_out":true,"why":"x"}`).is(404)
	b.do("GET", "/v1/customers/nobody/addresses", "").is(404)
	for range 2 {
		got := one(b.do("PUT", put, `{"kind":"messages","opted_out":true,"why":"told me on the phone"}`))["messages"].(map[string]any)
		require.Equal(t, true, got["opted_out"])
		require.Equal(t, "told me on the phone", got["why"])
		require.Equal(t, "amy", got["by"])
		require.NotEmpty(t, got["at"])
	}
	timeline := b.do("GET", "/v1/customers/"+id+"/timeline", "").is(200).items()
	require.Len(t, timeline, 2, "noted once")
	require.Equal(t, false, one(b.do("PUT", put, `{"kind":"messages","opted_out":false,"why":"changed their mind"}`))["messages"].(map[string]any)["opted_out"])
}
