package jobsfn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/work"
)

// Settings that come once more after a newer version, as a redriven job does, put nothing
// in force and set no timer: what the newer version no longer asks stays unasked.
func TestLateSettings(t *testing.T) {
	b := newBench(t)
	nps := config.DefaultSurvey(desk.NPS)
	nps.When, nps.Schedule = desk.WhenSchedule, "0 10 5 * *"
	old := config.Settings{Version: 1, Desk: config.Desk{Language: "en", TimeZone: "UTC", Team: "support"}, Surveys: []config.Survey{nps}}
	armed := func() bool {
		row, err := b.rows.Wave(t.Context(), "nps")
		require.NoError(t, err)
		return row.Exists()
	}
	next := old
	next.Version, next.Surveys = 2, nil
	require.False(t, b.run(work.JobSnapshot, next, 1))
	require.False(t, b.run(work.JobSnapshot, old, 1))
	require.False(t, armed())
	next.Version, next.Surveys = 3, old.Surveys
	for range 2 {
		require.False(t, b.run(work.JobSnapshot, next, 1))
		require.True(t, armed())
	}
}
