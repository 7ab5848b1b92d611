package ical_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config/ical"
	"github.com/deskhook/deskhook/shared/policy/calendar"
)

func file(events ...string) []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n")
	for i, e := range events {
		b.WriteString("BEGIN:VEVENT\r\nUID:" + string(rune('a'+i)) + "\r\n" + strings.ReplaceAll(e, "\n", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

func TestRead(t *testing.T) {
	day := func(m time.Month, d int) calendar.Date { return calendar.Date{Year: 2026, Month: m, Day: d} }
	for name, c := range map[string]struct {
		event string
		want  ical.Day
	}{
		"one day": {
			"DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20260102\nSUMMARY:New Year",
			ical.Day{From: day(1, 1), To: day(1, 1), Name: "New Year"},
		},
		"without an end": {"DTSTART;VALUE=DATE:20260101\nSUMMARY:x", ical.Day{From: day(1, 1), To: day(1, 1), Name: "x"}},
		"the end that is its beginning": {
			"DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20260101\nSUMMARY:x", ical.Day{From: day(1, 1), To: day(1, 1), Name: "x"},
		},
		"a week": {
			"DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261008\nSUMMARY:国庆节",
			ical.Day{From: day(10, 1), To: day(10, 7), Name: "国庆节"},
		},
		"each year": {
			"DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY\nSUMMARY:Christmas",
			ical.Day{From: day(12, 25), To: day(12, 25), Yearly: true, Name: "Christmas"},
		},
		"a day worked, by name": {
			"DTSTART;VALUE=DATE:20261010\nSUMMARY:国庆节 补班 第1天/共1天",
			ical.Day{From: day(10, 10), To: day(10, 10), Work: true, Name: "国庆节 补班 第1天/共1天"},
		},
		"a day worked, as Apple says": {
			"DTSTART;VALUE=DATE:20261010\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\nSUMMARY:国庆节",
			ical.Day{From: day(10, 10), To: day(10, 10), Work: true, Name: "国庆节"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			days, left, err := ical.Read(file(c.event))
			require.NoError(t, err)
			require.Empty(t, left)
			require.Equal(t, []ical.Day{c.want}, days)
		})
	}
}

func TestWhatIsLeftOut(t *testing.T) {
	days, left, err := ical.Read(file(
		"DTSTART:20260101T090000Z\nDTEND:20260101T100000Z\nSUMMARY:Meeting",
		"DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=11\nSUMMARY:Thanksgiving",
		"DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;UNTIL=20280101\nSUMMARY:Ends",
		"DTSTART;VALUE=DATE:20260101\nSTATUS:CANCELLED\nSUMMARY:Gone",
	))
	require.NoError(t, err)
	require.Empty(t, days)
	require.Equal(t, []string{
		`"Meeting": it doesn't last whole days`,
		`"Thanksgiving": its rule of repetition is more than every year`,
		`"Ends": its rule of repetition is more than every year`,
	}, left)
	_, _, err = ical.Read([]byte("hello"))
	require.ErrorContains(t, err, "not an iCalendar file")
}

func FuzzRead(f *testing.F) {
	f.Add(file("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20260102\nSUMMARY:x"))
	f.Fuzz(func(t *testing.T, src []byte) {
		days, _, _ := ical.Read(src)
		for _, d := range days {
			require.NotZero(t, d.From.Year+int(d.From.Month))
		}
	})
}
