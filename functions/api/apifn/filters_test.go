package apifn_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Filters are the caller's own, and put all at once.
func TestFilters(t *testing.T) {
	b := newBench(t)
	require.Empty(t, b.do("GET", "/v1/filters", "").is(200).items())
	body := `{"items":[{"name":"slow","view":"pending","team":"support","order":"oldest"},{"name":"退款","q":"退款"}]}`
	b.do("PUT", "/v1/filters", body).is(200)
	a := b.do("GET", "/v1/filters", "").is(200)
	require.Len(t, a.items(), 2)
	b.do("PUT", "/v1/filters", body, "If-Match", a.header.Get("ETag")).is(200)
	b.do("PUT", "/v1/filters", body, "If-Match", a.header.Get("ETag")).is(412)
	require.Equal(t, "slow", a.items()[0].(map[string]any)["name"])
	require.Empty(t, b.as(leadToken, "GET", "/v1/filters", "").is(200).items())
	b.do("PUT", "/v1/filters", `{"items":[{"name":"x","view":"nowhere"}]}`).names(422, "items[0].view")
	b.do("PUT", "/v1/filters", `{"items":[{"name":"x","view":"open"},{"name":"x","view":"mine"}]}`).names(422, "items[1].name")
	b.do("PUT", "/v1/filters", `{"items":[{"name":"x","view":null}]}`).names(422, "items[0].view")
	b.do("PUT", "/v1/filters", `{"items":[{"name":"x","View":"open"}]}`).names(422, "items[0].View")
	b.do("PUT", "/v1/filters", `{"items":[]}`).is(200)
	require.Empty(t, b.do("GET", "/v1/filters", "").is(200).items())
}
