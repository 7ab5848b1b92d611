package apifn_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/tier"
)

// A profile changes whole or not at all, and a tier reaches the open tickets, so that
// their deadlines are reckoned anew.
func TestPatchCustomer(t *testing.T) {
	b := newBench(t)
	b.s.CustomerFields = []config.CustomerField{{ID: "plan", Type: config.CustomerChoice, Choices: []config.Choice{{Value: "pro"}}}}
	b.s.Tiers = []tier.Rule{{Tier: desk.Gold, If: tier.When{Field: "plan", Values: []string{"pro"}}}}
	b.s.SLA = []config.SLA{{ID: "gold", When: config.SLAWhen{Tiers: []string{"gold"}}, FirstResponse: config.Duration(time.Hour)}}
	number := b.receive(desk.WeChat, "w1", "hello")
	id := b.do("GET", "/v1/tickets/"+number, "").is(200).json()["customer"].(map[string]any)["id"].(string)
	at := "/v1/customers/" + id
	tag := b.do("GET", at, "").is(200).header.Get("ETag")
	for body, field := range map[string]string{
		`{"tier":"best"}`: "tier", `{"time_zone":"Moon"}`: "time_zone", `{"tags":["a b"]}`: "tags", `{"language":"xx"}`: "language",
		`{"custom_fields":{"plan":"free"}}`: "custom_fields.plan", `{"custom_fields":{"no":"x"}}`: "custom_fields.no",
		`{"consents":{"A B":true}}`: "consents", `{"nothing":1}`: "nothing", `{"name":"a\nb"}`: "name",
	} {
		b.do("PATCH", at, body).names(422, field)
	}
	v := b.do("PATCH", at, `{"time_zone":"Europe/Paris","tags":["A"],"custom_fields":{"plan":"pro"},"consents":{"news":true}}`, "If-Match", tag).is(200).json()
	require.Equal(t, "gold", v["tier"])
	require.Equal(t, []any{"a"}, v["tags"])
	require.Equal(t, false, v["tier_set"])
	require.Equal(t, true, v["consents"].([]any)[0].(map[string]any)["given"])
	b.do("PATCH", at, `{"name":"x"}`, "If-Match", tag).is(412)
	tk, ok := desk.ParseNumber(number)
	require.True(t, ok)
	row, err := b.desk.Store.Ticket(t.Context(), tk)
	require.NoError(t, err)
	require.Equal(t, desk.Gold, row.Value.Tier)
	require.Equal(t, "gold", row.Value.Clocks.Policy)

	require.Equal(t, "vip", b.do("PATCH", at, `{"tier":"vip"}`).is(200).json()["tier"])
	require.Equal(t, "vip", b.do("PATCH", at, `{"custom_fields":{"plan":null}}`).is(200).json()["tier"], "set by a person")
	require.Equal(t, "standard", b.do("PATCH", at, `{"tier":null}`).is(200).json()["tier"])
	seen := 0
	for cursor := ""; ; {
		page := b.do("GET", at+"/timeline?limit=2"+cursor, "").is(200).json()
		seen += len(page["items"].([]any))
		next, more := page["next_cursor"].(string)
		if !more {
			break
		}
		cursor = "&cursor=" + next
	}
	require.Equal(t, 5, seen, "four changes and the ticket")
	b.do("GET", at+"/timeline?cursor=x", "").names(400, "cursor")
}

// The addresses a customer is known by are changed by PATCH; one that is another's is 409
// and says whose.
func TestPatchAddresses(t *testing.T) {
	b := newBench(t)
	other := b.do("POST", "/v1/customers", `{"email":"bo@x.test"}`, "Idempotency-Key", "a").is(201).json()["id"]
	id := b.do("POST", "/v1/customers", `{"phone":"+8613800138000"}`, "Idempotency-Key", "b").is(201).json()["id"].(string)
	at := "/v1/customers/" + id
	contact := b.do("PATCH", at, `{"email":"Mei@X.test"}`).is(200).json()["contact"]
	require.Equal(t, map[string]any{"email": "mei@x.test", "phone": "+8613800138000"}, contact)
	require.Equal(t, []any{other}, b.do("PATCH", at, `{"email":"bo@x.test"}`).is(409).json()["customer_ids"])
	require.Equal(t, "", b.do("PATCH", at, `{"phone":null}`).is(200).json()["contact"].(map[string]any)["phone"])
	for body, field := range map[string]string{`{"email":"mei at x"}`: "email", `{"phone":"12"}`: "phone", `{"email":7}`: "email"} {
		b.do("PATCH", at, body).names(422, field)
	}
}
