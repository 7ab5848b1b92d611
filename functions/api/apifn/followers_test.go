package apifn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

// Whoever follows a ticket stands in it, once; nobody unknown does.
func TestFollowers(t *testing.T) {
	b := newBench(t)
	at := "/v1/tickets/" + b.receive(desk.WeChat, "1", "hello") + "/followers/"
	b.do("PUT", at+"nobody", "").names(422, "agent")
	b.do("PUT", at+"li", "").is(200)
	require.Equal(t, []any{"li"}, b.do("PUT", at+"li", "").is(200).json()["follower_ids"])
	require.Equal(t, []any{}, b.do("DELETE", at+"li", "").is(200).json()["follower_ids"])
	b.do("DELETE", at+"li", "").is(200)
}
