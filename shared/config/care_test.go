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
		"- {id: a, when: holiday, text: hi}":                                                           "care[0].dates",
		"- {id: a, when: holiday, dates: [01-01, 13-01], text: hi}":                                    "care[0].dates[1]",
		"- {id: a, when: holiday, dates: [01-01], at: noon, text: hi}":                                 "care[0].at",
		"- {id: a, when: win_back, dates: [01-01], text: hi}":                                          "care[0].dates",
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

// A holiday is each year's or once, on the desk's day.
func TestHoliday(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	c := config.Care{When: config.CareHoliday, At: "10:00", Dates: []string{"01-01", "2027-02-06", "02-29"}}
	at := time.Date(2026, 12, 31, 20, 0, 0, 0, time.UTC) // 1 January in Shanghai
	var got []string
	for range 5 {
		at = c.Holiday(at, zone)
		got = append(got, at.In(zone).Format("2006-01-02 15:04"))
	}
	require.Equal(t, []string{"2027-01-01 10:00", "2027-02-06 10:00", "2028-01-01 10:00", "2028-02-29 10:00", "2029-01-01 10:00"}, got)
	require.Zero(t, config.Care{At: "10:00", Dates: []string{"2020-01-01"}}.Holiday(at, zone))
}
