package flood_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/policy/flood"
)

var t0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestLimit(t *testing.T) {
	var kept []int64
	for n := range 5 {
		var over bool
		kept, over = flood.Count(kept, t0.Add(time.Duration(n)*time.Minute), 3)
		require.Equal(t, n >= 3, over, n)
	}
	_, over := flood.Count(kept, t0.Add(time.Hour), 3)
	require.False(t, over, "the first is an hour old")
}

// Whoever sends whenever: no hour lets more than the limit in, and what is kept never
// grows beyond it.
func TestNoHourHasMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		var kept, let []int64
		at := t0
		for _, wait := range rapid.SliceOf(rapid.IntRange(0, 3000)).Draw(t, "waits") {
			at = at.Add(time.Duration(wait) * time.Second)
			var over bool
			if kept, over = flood.Count(kept, at, limit); !over {
				let = append(let, at.Unix())
			}
			require.LessOrEqual(t, len(kept), limit)
		}
		for i := limit; i < len(let); i++ {
			require.GreaterOrEqual(t, let[i]-let[i-limit], int64(3600))
		}
	})
}
