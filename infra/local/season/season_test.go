package season_test

import (
	"flag"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/season"
)

var (
	seed      = flag.Uint64("seed", 1, "seed of the season")
	customers = flag.Int("customers", 250, "how many customers it has")
)

// Ninety days: the caps are never broken, quiet hours are kept in twelve time zones, each
// reminder goes once, whoever was not asked has the reason on the ticket, every figure is
// what the recount gives, and every bad answer is followed up. All of it:
// make season, which is -args -customers=10000.
func TestSeason(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // all that it keeps is needed to its end
	began := time.Now()
	r, err := season.Run(season.Config{Seed: *seed, Customers: *customers})
	require.NoError(t, err)
	t.Logf("%d customers in %s: %v", *customers, time.Since(began).Round(time.Millisecond), r.Counts)
	for _, s := range r.Shares {
		t.Log(s)
	}
	require.Empty(t, r.Broken, r)
}

// One seed is one season.
func TestSameSeedSameSeason(t *testing.T) {
	cfg := season.Config{Seed: 7, Customers: 60, Days: 45}
	a, err := season.Run(cfg)
	require.NoError(t, err)
	b, err := season.Run(cfg)
	require.NoError(t, err)
	require.Equal(t, a, b)
	require.NotEmpty(t, a.Digest)
}

// The judges are able to fail: each planted bug is found, by what it breaks.
func TestFindsPlantedBugs(t *testing.T) {
	finds := map[season.Bug]string{
		season.CapOffByOne: "the 5. within", season.DeskQuiet: "survey .* reached .* at ", season.RemindTwice: "2 reminders",
		season.RemindAnswered: "a reminder after the answer", season.SkipUntold: "skipped at once", season.LostSum: "of channel#",
		season.NotTakenBack: "csat_. of all", season.LostRecovery: "nobody follows a bad answer up",
		season.EscalateTwice: "escalated 2 times", season.AskOptedOut: "who has opted out", season.ForgetAsked: "after another one",
	}
	for _, bug := range season.Bugs {
		t.Run(string(bug), func(t *testing.T) {
			for seed := uint64(1); seed <= 4; seed++ {
				r, err := season.Run(season.Config{Seed: seed, Customers: 90, Bug: bug})
				require.NoError(t, err)
				if all := strings.Join(r.Broken, "\n"); regexp.MustCompile(finds[bug]).MatchString(all) {
					t.Logf("seed %d, %d broken, such as: %s", seed, len(r.Broken), r.Broken[0])
					return
				}
			}
			t.Error("nobody notices")
		})
	}
}
