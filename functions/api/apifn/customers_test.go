package apifn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

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
