package calendar_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/policy/calendar"
)

func zone(t require.TestingT, name string) *time.Location {
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func office() [7][]calendar.Interval {
	var w [7][]calendar.Interval
	for wd := time.Monday; wd <= time.Friday; wd++ {
		w[wd] = []calendar.Interval{{From: 9 * 60, To: 12 * 60}, {From: 13*60 + 30, To: 18 * 60}}
	}
	return w
}

func nights() [7][]calendar.Interval {
	var w [7][]calendar.Interval
	for wd := range w {
		w[wd] = []calendar.Interval{{From: 22 * 60, To: 30 * 60}}
	}
	return w
}

func date(y int, m time.Month, d int) calendar.Date { return calendar.Date{Year: y, Month: m, Day: d} }

func TestAddAndBetween(t *testing.T) {
	monday := time.Monday
	holidays := []calendar.Days{
		{From: date(2026, 10, 1), To: date(2026, 10, 7)},
		{From: date(2026, 10, 10), Like: &monday}, // a Saturday worked
		{From: date(2026, 1, 1), Yearly: true},
		{From: date(2024, 2, 29), Yearly: true},
	}
	for name, c := range map[string]struct {
		zone     string
		week     [7][]calendar.Interval
		from, to string
		business time.Duration
	}{
		"within the morning":                    {"Asia/Shanghai", office(), "2026-09-01T09:10", "2026-09-01T10:10", time.Hour},
		"over lunch":                            {"Asia/Shanghai", office(), "2026-09-01T11:30", "2026-09-01T14:00", time.Hour},
		"due at closing time, not next morning": {"Asia/Shanghai", office(), "2026-09-01T17:00", "2026-09-01T18:00", time.Hour},
		"over a weekend":                        {"Asia/Shanghai", office(), "2026-09-04T17:30", "2026-09-07T09:30", time.Hour},
		"asked at night":                        {"Asia/Shanghai", office(), "2026-09-01T23:30", "2026-09-02T10:00", time.Hour},
		"over the national holidays":            {"Asia/Shanghai", office(), "2026-09-30T17:30", "2026-10-08T09:30", time.Hour},
		"on a Saturday worked in place":         {"Asia/Shanghai", office(), "2026-10-09T17:30", "2026-10-10T09:30", time.Hour},
		"a yearly holiday, years on":            {"Asia/Shanghai", office(), "2029-12-31T17:30", "2030-01-02T09:30", time.Hour},
		"29 February of a leap year":            {"Asia/Shanghai", office(), "2028-02-28T17:30", "2028-03-01T09:30", time.Hour},
		"28 February of another":                {"Asia/Shanghai", office(), "2029-02-28T17:30", "2029-03-01T09:30", time.Hour},
		"over midnight":                         {"Asia/Shanghai", nights(), "2026-09-01T23:30", "2026-09-02T00:30", time.Hour},
		"clocks go forward: a shorter night":    {"Europe/Berlin", nights(), "2026-03-28T22:00", "2026-03-29T06:00", 7 * time.Hour},
		"clocks go back: a longer night":        {"Europe/Berlin", nights(), "2026-10-24T22:00", "2026-10-25T06:00", 9 * time.Hour},
		"half an hour back":                     {"Australia/Lord_Howe", nights(), "2026-04-04T22:00", "2026-04-05T06:00", 8*time.Hour + 30*time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			z := zone(t, c.zone)
			cal := calendar.New(z, c.week, holidays)
			at := func(s string) time.Time {
				v, err := time.ParseInLocation("2006-01-02T15:04", s, z)
				require.NoError(t, err)
				return v
			}
			got, ok := cal.Add(at(c.from), c.business)
			require.True(t, ok)
			require.Equal(t, at(c.to).String(), got.String())
			require.Equal(t, c.business, cal.Between(at(c.from), at(c.to)))
			require.Zero(t, cal.Between(at(c.to), at(c.from)))
		})
	}
}

func TestClosedForEver(t *testing.T) {
	c := calendar.New(time.UTC, [7][]calendar.Interval{}, nil)
	_, ok := c.Add(time.Unix(0, 0), time.Second)
	require.False(t, ok)
	_, ok = c.Next(time.Unix(0, 0))
	require.False(t, ok)
	require.False(t, c.Open(time.Unix(0, 0)))
}

// An interval that the clocks leave out isn't open that day; one they show twice is
// open twice.
func TestGapAndFold(t *testing.T) {
	z := zone(t, "Europe/Berlin")
	var w [7][]calendar.Interval
	w[time.Sunday] = []calendar.Interval{{From: 2 * 60, To: 3 * 60}}
	c := calendar.New(z, w, nil)
	day := func(m time.Month, d int) time.Duration {
		from := time.Date(2026, m, d, 0, 0, 0, 0, z)
		return c.Between(from, from.AddDate(0, 0, 1))
	}
	require.Zero(t, day(3, 29))
	require.Equal(t, 2*time.Hour, day(10, 25))
	require.Equal(t, time.Hour, day(11, 1))
}

func TestOverlaps(t *testing.T) {
	w := nights()
	_, _, ok := calendar.Overlaps(w)
	require.False(t, ok)
	w[time.Tuesday] = append(w[time.Tuesday], calendar.Interval{From: 5 * 60, To: 12 * 60})
	a, b, ok := calendar.Overlaps(w)
	require.True(t, ok)
	require.Equal(t, []time.Weekday{time.Monday, time.Tuesday}, []time.Weekday{a, b})
}

// oracle is the definition itself, by the clock on the wall.
type oracle struct {
	zone *time.Location
	week [7][]calendar.Interval
	days []calendar.Days
}

func (o oracle) hours(y int, m time.Month, d int) []calendar.Interval {
	day := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	out := o.week[day.Weekday()]
	for _, x := range o.days {
		from := time.Date(x.From.Year, x.From.Month, x.From.Day, 0, 0, 0, 0, time.UTC)
		to := time.Date(x.To.Year, x.To.Month, x.To.Day, 23, 59, 0, 0, time.UTC)
		if day.After(from) && day.Before(to) {
			out = x.Hours
		}
	}
	return out
}

func (o oracle) open(at time.Time) bool {
	l := at.In(o.zone)
	y, m, d := l.Date()
	minute := l.Hour()*60 + l.Minute()
	for _, iv := range o.hours(y, m, d) {
		if iv.From <= minute && minute < iv.To {
			return true
		}
	}
	eve := time.Date(y, m, d-1, 12, 0, 0, 0, time.UTC)
	for _, iv := range o.hours(eve.Year(), eve.Month(), eve.Day()) {
		if minute+1440 < iv.To {
			return true
		}
	}
	return false
}

func drawIntervals(t *rapid.T, name string) []calendar.Interval {
	var out []calendar.Interval
	for range rapid.IntRange(0, 3).Draw(t, name) {
		from := rapid.IntRange(0, 1439).Draw(t, "from")
		out = append(out, calendar.Interval{From: from, To: from + rapid.IntRange(1, 1440).Draw(t, "length")})
	}
	return out
}

// near draws a moment of ten years, often close to where clocks change.
func near(t *rapid.T, z *time.Location) time.Time {
	at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 10*365*1440).Draw(t, "minute")) * time.Minute)
	// Some zone files end with a change of nothing in January 2038, at seven past the minute.
	if _, end := at.In(z).ZoneBounds(); !end.IsZero() && end.Year() < 2038 && rapid.Bool().Draw(t, "at a change") {
		at = end.UTC().Add(-time.Duration(rapid.IntRange(0, 2000).Draw(t, "before")) * time.Minute)
	}
	return at
}

func TestAgainstEveryMinute(t *testing.T) {
	for _, name := range []string{"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "America/Havana"} {
		t.Run(name, func(t *testing.T) {
			z := zone(t, name)
			rapid.Check(t, func(t *rapid.T) { everyMinute(t, z) })
		})
	}
}

func everyMinute(t *rapid.T, z *time.Location) {
	o := oracle{zone: z}
	for wd := range o.week {
		o.week[wd] = drawIntervals(t, "of a weekday")
	}
	from := near(t, z)
	for range rapid.IntRange(0, 3).Draw(t, "special days") {
		y, m, d := from.AddDate(0, 0, rapid.IntRange(-2, 4).Draw(t, "day")).Date()
		on := date(y, m, d)
		o.days = append(o.days, calendar.Days{From: on, To: on, Hours: drawIntervals(t, "of a day")})
	}
	c := calendar.New(z, o.week, o.days)
	length := rapid.IntRange(1, 4*1440).Draw(t, "length")
	var sum time.Duration
	var first time.Time
	for i := range length {
		at := from.Add(time.Duration(i) * time.Minute)
		open := o.open(at)
		if i%7 == 0 {
			require.Equal(t, open, c.Open(at), at.In(z))
		}
		if open {
			sum += time.Minute
			if first.IsZero() {
				first = at
			}
		}
	}
	to := from.Add(time.Duration(length) * time.Minute)
	require.Equal(t, sum, c.Between(from, to))
	if sum > 0 {
		next, ok := c.Next(from)
		require.True(t, ok)
		require.True(t, first.Equal(next), "%s, not %s", next, first)
		at, ok := c.Add(from, sum)
		require.True(t, ok)
		require.False(t, at.After(to))
		require.Equal(t, sum, c.Between(from, at))
		require.True(t, o.open(at.Add(-time.Minute)), "the last minute counted")
	}
}

func BenchmarkAddYear(b *testing.B) {
	c := calendar.New(zone(b, "Europe/Berlin"), office(), nil)
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		c.Add(from, 1900*time.Hour)
	}
}

// Close ends the stretch that a moment lies in, over midnight as well.
func TestClose(t *testing.T) {
	var week [7][]calendar.Interval
	week[time.Monday] = []calendar.Interval{{From: 9 * 60, To: 12 * 60}, {From: 22 * 60, To: 30 * 60}}
	c := calendar.New(time.UTC, week, nil)
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	require.Equal(t, monday.Add(12*time.Hour), c.Close(monday.Add(9*time.Hour)))
	require.Equal(t, monday.Add(30*time.Hour), c.Close(monday.Add(23*time.Hour)))
	require.Zero(t, c.Close(monday.Add(12*time.Hour)), "closed")
	for day := range week {
		week[day] = []calendar.Interval{{From: 0, To: 24 * 60}}
	}
	require.Zero(t, calendar.New(time.UTC, week, nil).Close(monday), "always open")
}
