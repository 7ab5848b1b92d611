package sim_test

import (
	"flag"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/sim"
	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/config"
)

var (
	seeds = flag.Int("seeds", 50, "how many seeds to play, from 1 on")
	seed  = flag.Uint64("seed", 0, "play this seed alone")
)

// ready reads what every run shares.
func ready(t *testing.T) sim.Config {
	src, err := os.ReadFile("../../desk.yaml")
	require.NoError(t, err)
	settings, _, err := config.Load(src, "desk.yaml")
	require.NoError(t, err)
	settings.Desk.PublicURL = "http://desk.test"
	settings.Tickets.Pending = config.Pending{
		RemindAfter: config.Duration(6 * time.Hour), CloseAfter: config.Duration(30 * time.Hour),
		Reminder: config.Text{"en": "Still there?"},
	}
	tpl, err := template.Load("../../../template.yaml", nil)
	require.NoError(t, err)
	return sim.Config{Template: tpl, Settings: settings}
}

// scratch is a folder in memory where the system has one: positions of the feed's
// readers are synced, which a disk takes milliseconds for.
func scratch(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "deskhook-sim-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

func run(t *testing.T, cfg sim.Config, n uint64) sim.Report {
	cfg.Seed, cfg.Dir = n, scratch(t)
	r, err := sim.Run(cfg)
	require.NoError(t, err, "seed %d", n)
	return r
}

// chosen is the seed to play alone: the flag's, else the environment's; 0 = none.
func chosen(t *testing.T) uint64 {
	if *seed != 0 || os.Getenv("DESKHOOK_SEED") == "" {
		return *seed
	}
	n, err := strconv.ParseUint(os.Getenv("DESKHOOK_SEED"), 10, 64)
	require.NoError(t, err)
	return n
}

// Promises 1 to 9 hold through duplicates, reordering, throttling, lost answers, crashes
// between any two effects, outages of the providers and stale indexes.
func TestSeeds(t *testing.T) {
	cfg := ready(t)
	first, last := uint64(1), uint64(*seeds)
	if n := chosen(t); n != 0 {
		first, last = n, n
	}
	total := map[string]int{}
	for n := first; n <= last; n++ {
		r := run(t, cfg, n)
		if r.Failed() {
			t.Error(r)
		}
		for k, v := range r.Counts {
			total[k] += v
		}
	}
	t.Logf("%d seeds: %v", last-first+1, total)
}

// Where nothing fails, every message leaves at once, however deliveries, new messages and
// agents meet in the middle of each other's work: the timer under it is never needed.
func TestNoNudgeIsLost(t *testing.T) {
	cfg := ready(t)
	cfg.Calm = true
	settings := *cfg.Settings
	cfg.Settings = &settings
	for n := uint64(1); n <= 8; n++ {
		settings.Tickets.UndoSend = config.Duration(n%2) * config.Duration(5*time.Second)
		if r := run(t, cfg, n); r.Failed() {
			t.Error(r)
		}
	}
}

// One seed is one run: a failure can be looked at again.
func TestSameSeedSameRun(t *testing.T) {
	cfg := ready(t)
	cfg.Steps = 150
	a, b := run(t, cfg, 7), run(t, cfg, 7)
	require.Equal(t, a.Counts, b.Counts)
	require.Equal(t, a.Trail, b.Trail)
}

// The judge is able to fail: it finds each planted bug within a few seeds.
func TestFindsPlantedBugs(t *testing.T) {
	cfg := ready(t)
	for _, bug := range sim.Mutations {
		t.Run(string(bug), func(t *testing.T) {
			cfg.Mutation = bug
			for n := uint64(1); n <= 25; n++ {
				if r := run(t, cfg, n); r.Failed() {
					t.Logf("seed %d: %s", n, r.Broken[0])
					return
				}
			}
			t.Errorf("nobody notices: %s", bug)
		})
	}
}
