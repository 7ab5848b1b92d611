package jobsfn_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
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

// A job that puts an old version where a newer one was put meanwhile puts the newest back:
// two that run at one time end with it, whoever writes last.
func TestSettingsPutAtOneTime(t *testing.T) {
	b := newBench(t)
	of := func(version int64) config.Settings {
		return config.Settings{Version: version, Desk: config.Desk{Language: "en", TimeZone: "UTC", Team: "support"}}
	}
	doc, err := json.Marshal(of(6))
	require.NoError(t, err)
	var tx store.Tx
	tx.PutSettings(6, doc)
	require.NoError(t, b.rows.Commit(t.Context(), &tx))
	require.False(t, b.run(work.JobSnapshot, of(5), 1)) // read before 6 was in force
	raw, err := b.h.Blob.Get(t.Context(), config.SnapshotKey, 0)
	require.NoError(t, err)
	var now config.Settings
	require.NoError(t, json.Unmarshal(raw, &now))
	require.EqualValues(t, 6, now.Version)
}

// Settings that name no address get the stack's own, and keep theirs where they do.
func TestSettingsGetTheStacksAddress(t *testing.T) {
	b := newBench(t)
	b.h.PublicURL = "https://abc.execute-api.eu-central-1.amazonaws.com"
	s := config.Settings{Version: 1, Desk: config.Desk{Language: "en", TimeZone: "UTC", Team: "support"}}
	for want, own := range map[string]string{b.h.PublicURL: "", "https://desk.example": "https://desk.example"} {
		s.Version++
		s.Desk.PublicURL = own
		require.False(t, b.run(work.JobSnapshot, s, 1))
		now, err := (&config.Snapshot{Blob: b.h.Blob, Now: time.Now}).Current(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, now.Desk.PublicURL)
	}
}
