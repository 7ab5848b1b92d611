package ask_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/ask"
)

// Each customer always gets the same variant, the shares are kept, and two surveys split
// their customers independently.
func TestVariant(t *testing.T) {
	require.Equal(t, -1, ask.Variant("c", "csat", nil))
	n, both := [2]int{}, 0
	for i := range 10_000 {
		c := desk.CustomerID(fmt.Sprint("c", i))
		v := ask.Variant(c, "csat", []int{70, 30})
		require.Equal(t, v, ask.Variant(c, "csat", []int{70, 30}))
		n[v]++
		if v == 0 && ask.Variant(c, "nps", []int{50, 50}) == 0 {
			both++
		}
	}
	require.InDelta(t, 7000, n[0], 200)
	require.InDelta(t, 3500, both, 200)
}
