package config_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
)

func warned(t *testing.T, doc string) string {
	t.Helper()
	_, warnings, err := config.Load([]byte(doc), "desk.yaml")
	require.NoError(t, err)
	return fmt.Sprint(warnings)
}

// A policy that no ticket would ever follow by itself, and hours that overlap, are no
// faults but hardly meant; the warning says why, and of which line.
func TestWhatIsHardlyMeant(t *testing.T) {
	sla := func(policies string) string { return least + "sla:\n" + policies }
	require.Contains(t, warned(t, sla("- {id: all, resolution: 1h}\n- {id: vip, when: {tiers: [vip]}, resolution: 1h}\n")), "sla[0]: fits every ticket")
	shadowed := warned(t, sla("- {id: gold, when: {tiers: [gold, vip]}, resolution: 1h}\n- {id: vip, when: {tiers: [vip], channels: [sms]}, resolution: 1h}\n"))
	require.Contains(t, shadowed, "sla[1]: is chosen only where a rule names it: gold in line")
	for _, fine := range []string{
		"- {id: vip, when: {tiers: [vip], channels: [sms]}, resolution: 1h}\n- {id: gold, when: {tiers: [gold, vip]}, resolution: 1h}\n",
		"- {id: vip, when: {tiers: [vip]}, resolution: 1h}\n- {id: sms, when: {channels: [sms]}, resolution: 1h}\n",
		"- {id: vip, when: {tiers: [vip]}, resolution: 1h}\n- {id: rest, resolution: 1h}\n",
	} {
		require.NotContains(t, warned(t, sla(fine)), "sla[", fine)
	}
	calendars := least + "calendars:\n- {id: office, week: [{days: [mon-fri], hours: [09:00-18:00]}, {days: [fri], hours: [17:00-20:00]}]}\n"
	require.Contains(t, warned(t, calendars), "overlap")
}

// The policies are made once for each version in force, and anew for the next.
func TestPoliciesAreMadeOnce(t *testing.T) {
	s := &config.Settings{Version: 3, SLA: []config.SLA{{ID: "a", Resolution: 1}}}
	first := s.SLAPolicies()
	require.Same(t, &first[0], &s.SLAPolicies()[0])
	next := *s
	next.Version, next.SLA = 4, []config.SLA{{ID: "b", Resolution: 1}}
	require.Equal(t, "b", next.SLAPolicies()[0].ID)
	require.Equal(t, "a", s.SLAPolicies()[0].ID)
	s.Version = 0 // not in force: it may change
	s.SLA[0].ID = "c"
	require.Equal(t, "c", s.SLAPolicies()[0].ID)
}
