package config_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
)

// The next birthday is at its hour in the customer's zone; a leap day's falls on 1 March.
func TestBirthday(t *testing.T) {
	c := config.Care{At: "10:00"}
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	at := time.Date(2026, 3, 6, 2, 0, 0, 0, time.UTC)
	require.Equal(t, at, c.Birthday("1990-03-06", at.Add(-time.Second), zone))
	require.Equal(t, at.AddDate(1, 0, 0), c.Birthday("1990-03-06", at, zone))
	require.Equal(t, "2027-03-01T02:00:00Z", c.Birthday("2000-02-29", at, zone).Format(time.RFC3339))
	require.True(t, c.Birthday("soon", at, zone).IsZero())
}

// What a care can't be is told with its line.
func TestCareFaults(t *testing.T) {
	for src, want := range map[string]string{
		"- {id: a, when: event, text: hi}":                                                             "care[0].event",
		"- {id: a, when: event, event: No Spaces, text: hi}":                                           "care[0].event",
		"- {id: a, when: birthday, field: b, text: hi}":                                                "care[0].field",
		"- {id: a, when: win_back, after: 1d, text: hi}":                                               "care[0].after",
		"- {id: a, when: sometimes, text: hi}":                                                         "care[0].when",
		"- {id: a, when: win_back, event: x, text: hi}":                                                "care[0].event",
		"- {id: a, when: event, event: order.done}":                                                    "care[0].text",
		"- {id: a, when: event, event: x, text: hi, cooldown: 400d}":                                   "care[0].cooldown",
		"- {id: csat, when: event, event: x, text: hi}\nsurveys: [{id: csat, question: q, thanks: t}]": "care[0].id",
	} {
		_, _, err := config.Load([]byte(least+"care:\n"+src+"\n"), "desk.yaml")
		require.ErrorContains(t, err, want, src)
	}
	_, warnings, err := config.Load([]byte(least+"care:\n- {id: a, when: win_back, text: hi}\n"), "desk.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, warnings)
}
