package sim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/policy/assign"
)

// Agents come and go in the same storm: none is given more than they have room for, their
// loads are exact in the end, shifts end, and nothing waits while somebody has room.
func TestAgentsComeAndGo(t *testing.T) {
	cfg := ready(t)
	cfg.AtWork = true
	for i := range cfg.Settings.Teams {
		cfg.Settings.Teams[i].Assign = assign.LeastLoaded
	}
	cfg.Settings.Routing.OnLeave = "return"
	for i := range cfg.Settings.Agents {
		cfg.Settings.Agents[i].Capacity = 3
	}
	cfg.Settings.Agents[1].Shift = cfg.Settings.Calendars[0].ID
	given := 0
	for n := uint64(1); n <= 4; n++ {
		r := run(t, cfg, n)
		if r.Failed() {
			t.Error(r)
		}
		given += r.Counts["given"]
		t.Log(n, r.Counts)
	}
	require.Greater(t, given, 20, "the rules were at work")
}
