package auto_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/auto"
)

// Promise 5: nothing automatic answers something automatic; two an hour at most.
func TestAllow(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	person := desk.Inbound{Text: "hello"}
	for name, c := range map[string]struct {
		in  desk.Inbound
		id  desk.Identity
		why string
	}{
		"a person":       {in: person},
		"an auto-reply":  {in: desk.Inbound{Automatic: "Auto-Submitted: auto-replied"}, why: "auto.not_to_automatic"},
		"a receipt":      {in: desk.Inbound{Quiet: true}, why: "auto.not_to_automatic"},
		"spam":           {in: desk.Inbound{Spam: "honeypot"}, why: "auto.not_to_spam"},
		"opted out":      {in: person, id: desk.Identity{Out: true}, why: "auto.opted_out"},
		"one before":     {in: person, id: desk.Identity{Auto: []time.Time{now.Add(-time.Minute)}}},
		"two before":     {in: person, id: desk.Identity{Auto: []time.Time{now.Add(-time.Minute), now.Add(-59 * time.Minute)}}, why: "auto.cap"},
		"one is old":     {in: person, id: desk.Identity{Auto: []time.Time{now.Add(-time.Minute), now.Add(-time.Hour)}}},
		"both are older": {in: person, id: desk.Identity{Auto: []time.Time{now.Add(-2 * time.Hour), now.Add(-3 * time.Hour)}}},
	} {
		ok, why := auto.Allow(c.in, c.id, now)
		require.Equal(t, c.why, why, name)
		require.Equal(t, c.why == "", ok, name)
	}
}
