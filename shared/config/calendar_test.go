package config_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
)

const office = least + `calendars:
  - id: office
    time_zone: Asia/Shanghai
    week:
      - days: [mon-fri]
        hours: [09:00-12:00, 13:30-18:00]
      - { days: [sat], hours: [22:00-06:00] }
    holidays:
      - { date: 2026-10-01, to: 2026-10-07 }
      - { date: 2026-12-25, yearly: true, hours: [09:00-12:00] }
    workdays:
      - { date: 2026-10-10, like: fri }
`

func TestCalendar(t *testing.T) {
	s := load(t, office)
	c, ok := s.Calendar("office")
	require.True(t, ok)
	_, ok = s.Calendar("none")
	require.False(t, ok)
	open := func(at string) bool {
		v, err := time.ParseInLocation("2006-01-02 15:04", at, c.Zone())
		require.NoError(t, err)
		return c.Open(v)
	}
	for at, want := range map[string]bool{
		"2026-09-01 09:00": true, "2026-09-01 12:00": false, "2026-09-01 17:59": true, "2026-09-05 23:00": true,
		"2026-09-06 05:59": true, "2026-09-06 06:00": false, "2026-10-05 10:00": false, "2026-10-10 10:00": true,
		"2026-10-10 23:00": false, "2028-12-25 10:00": true, "2028-12-25 15:00": false,
	} {
		require.Equal(t, want, open(at), at)
	}
}

const holidayFile = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" +
	"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261001\r\nDTEND;VALUE=DATE:20261008\r\nSUMMARY:国庆节\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20261010\r\nSUMMARY:国庆节 补班\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:3\r\nDTSTART:20261011T100000Z\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\n" +
	"END:VCALENDAR\r\n"

func TestHolidaysFromAFile(t *testing.T) {
	src := least + "calendars:\n  - id: office\n    week: [{ days: [mon-fri], hours: [09:00-18:00] }]\n    holidays_file: holidays.ics\n"
	folder := fstest.MapFS{"holidays.ics": {Data: []byte(holidayFile)}}
	s, warnings, err := config.LoadBeside(folder, []byte(src), "desk.yaml")
	require.NoError(t, err)
	require.Len(t, warnings, 1+countOf(t, least))
	require.Equal(t, []config.SpecialDay{{Date: "2026-10-01", To: "2026-10-07", Name: "国庆节"}}, s.Calendars[0].Holidays)
	require.Equal(t, []config.SpecialDay{{Date: "2026-10-10", Name: "国庆节 补班"}}, s.Calendars[0].Workdays)
	require.Empty(t, s.Calendars[0].HolidaysFile)
	_, _, err = config.Load([]byte(src), "desk.yaml")
	require.ErrorContains(t, err, "desk.yaml:9: calendars[0].holidays_file: can't be read here")
}

func countOf(t *testing.T, src string) int {
	_, w, err := config.Load([]byte(src), "desk.yaml")
	require.NoError(t, err)
	return len(w)
}

func TestCalendarFaults(t *testing.T) {
	for entry, want := range map[string]string{
		"week: [{ days: [mon], hours: [9-18] }]":           "desk.yaml:8: calendars[0].week[0].hours[0]: should be hours such as 09:00-18:00",
		"week: [{ days: [mon], hours: [09:00-24:30] }]":    "calendars[0].week[0].hours[0]: should be hours",
		"week: [{ days: [monday], hours: [09:00-18:00] }]": "calendars[0].week[0].days[0]: should be one of mon",
		"week: []":                        "calendars[0].week: has no hours",
		"time_zone: Peking":               "desk.yaml:8: calendars[0].time_zone: there is no time zone of this name",
		"holidays: [{ date: 1.10.2026 }]": "calendars[0].holidays[0].date: should be a date such as 2026-10-01",
		"holidays: [{ date: 2026-10-02, to: 2026-10-01 }]": "calendars[0].holidays[0].to: is before its date",
		"holidays: [{ date: 2026-10-02, like: mon }]":      "calendars[0].holidays[0].like: only a workday",
		"workdays: [{ date: 2026-10-02, like: montag }]":   "calendars[0].workdays[0].like: should be one of mon",
		"holidays_file: ../holidays.ics":                   "calendars[0].holidays_file: ",
		"holidays_ics: hello":                              "calendars[0].holidays_ics: is not an iCalendar file",
	} {
		_, _, err := config.Load([]byte(least+"calendars:\n  - id: office\n    "+entry+"\n"), "desk.yaml")
		require.ErrorContains(t, err, want, entry)
	}
}

// Who wrote an hour twice is told; it counts once.
func TestOverlapsAreWarnings(t *testing.T) {
	_, w, err := config.Load([]byte(least+"calendars:\n  - id: x\n    week: [{ days: [mon], hours: [09:00-12:00, 11:00-13:00] }]\n"), "desk.yaml")
	require.NoError(t, err)
	found := false
	for _, x := range w {
		found = found || x.Path == "calendars[0].week" && x.Line == 8
	}
	require.True(t, found, w)
}
