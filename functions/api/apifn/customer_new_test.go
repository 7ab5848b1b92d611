package apifn_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
)

const customersPath = "/v1/customers"

func (b *bench) make(key, body string) answer {
	b.t.Helper()
	return b.do("POST", customersPath, body, "Idempotency-Key", key)
}

// A customer is made once, by the address that finds them; whoever has it already is named.
func TestCreateCustomer(t *testing.T) {
	b := newBench(t)
	b.s.CustomerFields = []config.CustomerField{{ID: "plan", Type: config.CustomerChoice, Choices: []config.Choice{{Value: "pro"}}}}
	body := `{"email":"Ann@X.test","phone":"+86 138 0013 8000","name":"安","language":"zh-CN","time_zone":"Asia/Tokyo","tier":"vip","tags":["A"],"custom_fields":{"plan":"pro"},"consents":{"news":true}}`
	made := b.make("k", body).is(201)
	v := made.json()
	require.Equal(t, map[string]any{"email": "ann@x.test", "phone": "+8613800138000"}, v["contact"])
	require.Equal(t, []any{"安", "zh-CN", "Asia/Tokyo", "vip", true, []any{"a"}}, []any{v["name"], v["language"], v["time_zone"], v["tier"], v["tier_set"], v["tags"]})
	require.Equal(t, map[string]any{"plan": "pro"}, v["custom_fields"])
	require.NotEmpty(t, made.header.Get("ETag"))
	id := v["id"].(string)
	require.Len(t, b.do("GET", customersPath+"/"+id+"/timeline", "").is(200).items(), 1)

	again := b.make("k", body).is(201)
	require.Equal(t, []any{id, "true"}, []any{again.json()["id"], again.header.Get("Idempotency-Replayed")})
	b.make("k", `{"email":"bob@x.test"}`).names(422, "Idempotency-Key")
	b.do("POST", customersPath, body).names(400, "Idempotency-Key")

	taken := b.make("l", `{"email":"ann@x.test","name":"other"}`).is(409).json()
	require.Equal(t, []any{id}, taken["customer_ids"])
	other := b.make("m", `{"email":"bob@x.test"}`).is(201).json()["id"]
	require.Equal(t, []any{other, id}, b.make("n", `{"email":"bob@x.test","phone":"+8613800138000"}`).is(409).json()["customer_ids"])
	require.Equal(t, "安", b.do("GET", customersPath+"/"+id, "").is(200).json()["name"], "nothing was changed")
	require.Equal(t, []any{id}, b.make("o", body).is(409).json()["customer_ids"], "one customer is named once")
}

// Who is a moment too late is told who was quicker; who didn't hear the answer finds the
// customer they made.
func TestCreateCustomerOnce(t *testing.T) {
	b := newBench(t)
	const body = `{"email":"ann@x.test"}`
	var quicker any
	b.before = func() { quicker = b.make("other", body).is(201).json()["id"] }
	require.Equal(t, []any{quicker}, b.make("mine", body).is(409).json()["customer_ids"])

	b.lost = true
	r := httptest.NewRequest("POST", customersPath, strings.NewReader(`{"email":"bob@x.test"}`))
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + agentToken}, "Idempotency-Key": {"k"}}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	require.Equal(t, 500, w.Code)
	require.Equal(t, "true", b.make("k", `{"email":"bob@x.test"}`).is(201).header.Get("Idempotency-Replayed"))
}

// Whoever proves the address joins the customer who was made for it; who doesn't, doesn't.
func TestCreatedCustomerIsJoined(t *testing.T) {
	b := newBench(t)
	id := b.make("k", `{"email":"ann@x.test","name":"Ann"}`).is(201).json()["id"].(string)
	for account, proven := range map[string]bool{"support": false, "sales": true} {
		got, err := b.desk.Receive(t.Context(), channel.Envelope{At: b.now}, desk.Inbound{
			Kind: desk.InMessage, ID: account, Text: "hi", From: desk.Address{Channel: desk.Email, Account: account, ID: "ann@x.test"},
			Mail: &desk.Mail{MessageID: account + "@x.test", Trusted: proven},
		})
		require.NoError(t, err)
		of := b.do("GET", "/v1/tickets/"+got.Ticket.Number(), "").is(200).json()["customer"].(map[string]any)["id"]
		require.Equal(t, proven, of == id)
	}
}

func TestCreateCustomerFaults(t *testing.T) {
	b := newBench(t)
	for body, field := range map[string]string{
		`{}`: "email", `{"name":"Ann"}`: "email", `{"email":"ann"}`: "email", `{"phone":"12"}`: "phone", `{"email":"a@x.test","tier":"best"}`: "tier",
		`{"email":"a@x.test","name":null}`: "name", `{"email":"a@x.test","id":"x"}`: "id", `{"email":"a@x.test","custom_fields":{"no":"x"}}`: "custom_fields.no",
	} {
		b.make("k", body).names(422, field)
	}
	b.s.Access.MaskContacts = true
	b.people(map[string]allow.Principal{"one": inTeam("one", allow.Agent)})
	masked := b.as("one", "POST", customersPath, `{"email":"ann.reed@x.test"}`, "Idempotency-Key", "k").is(201)
	require.NotContains(t, string(masked.body), "ann.reed@x.test")
}
