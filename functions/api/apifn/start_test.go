package apifn_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStartTicket(t *testing.T) {
	b := newBench(t)
	b.do("POST", "/v1/tickets", `{"channel":"sms","to":"+14155550100","text":"hello"}`).names(400, "Idempotency-Key")
	b.do("POST", "/v1/tickets", `{"channel":"sms","to":"me","text":"hello"}`, "Idempotency-Key", "k").names(422, "to")
	one := b.do("POST", "/v1/tickets", `{"channel":"call","to":"+14155550100","text":"asked for a refund","outcome":"reached"}`, "Idempotency-Key", "k1").is(201).json()
	require.Equal(t, "open", one["status"])
	two := b.do("POST", "/v1/tickets", `{"channel":"call","to":"+14155550100","text":"asked for a refund","outcome":"reached"}`, "Idempotency-Key", "k1").is(201).json()
	require.Equal(t, one["number"], two["number"])
}
