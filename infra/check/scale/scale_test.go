package scale_test

import (
	"flag"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/check/scale"
)

var (
	few  = flag.Int("few", 1_000, "tickets in the small table")
	many = flag.Int("many", 4_000, "tickets in the large one")
)

// slack is how much more a call may take in the large table: a list that was not quite
// full in the small one, and a page whose bytes begin another unit.
func slack(units float64) float64 { return units*1.1 + 1 }

// No route of the API and no page of the console reads or writes more because there are
// more tickets, and none is forgotten. 100,000 of them: make scale.
func TestNothingGrows(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	routes, err := scale.Routes("../../..")
	require.NoError(t, err)
	calls, missing := scale.Calls(routes)
	require.Empty(t, missing, "say in calls.go how these are called, or why they needn't be")
	measure := func(tickets int) []scale.Line {
		began := time.Now()
		b, err := scale.New(t.Context(), tickets)
		require.NoError(t, err)
		filled := time.Since(began)
		lines, err := b.Measure(calls, 5)
		require.NoError(t, err)
		t.Logf("%d tickets: filled in %s, measured in %s", tickets, filled.Round(time.Millisecond), (time.Since(began) - filled).Round(time.Millisecond))
		return lines
	}
	small, large := measure(*few), measure(*many)
	t.Logf("%-76s %17s %17s %21s", "route or page", "read units", "write units", "time")
	for i, s := range small {
		l := large[i]
		t.Logf("%-76s %8.1f %8.1f %8.1f %8.1f %10s %10s", s.Route, s.Read, l.Read, s.Write, l.Write, s.Took.Round(10*time.Microsecond), l.Took.Round(10*time.Microsecond))
		if l.Read > slack(s.Read) || l.Write > slack(s.Write) {
			t.Errorf("%s grows with the table: %.1f and %.1f units of reading, %.1f and %.1f of writing", s.Route, s.Read, l.Read, s.Write, l.Write)
		}
	}
}
