// Package calendar counts business time: the hours of a week in a time zone, without
// holidays, with the days worked in their place.
//
// A moment is open exactly when the clock on the wall of the calendar's zone stands
// within an interval. So a night on which clocks go back has an hour more of a night
// shift, one on which they go forward an hour less, and an interval that lies in the
// hour that is left out isn't open that day.
package calendar

import (
	"math"
	"slices"
	"time"
)

// Interval is a stretch of open time in minutes from the midnight its day begins with:
// From 0 to 1439, To after From and at most 1440 later. To above 1440 reaches into the
// next day, as a night shift does; it is open even if that next day is a holiday.
type Interval struct{ From, To int }

// Date is a day of the calendar without a zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// number counts days from 1970-01-01.
func (d Date) number() int {
	return int(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func dateOf(number int) Date {
	y, m, d := time.Unix(int64(number)*86400, 0).UTC().Date()
	return Date{y, m, d}
}

// Days is a range of days with hours of their own, which stand in place of the week's.
type Days struct {
	From, To Date       // both included; To zero means From alone
	Yearly   bool       // each year from From's on; 29 February in leap years alone
	Hours    []Interval // none: closed
	Like     *time.Weekday
}

// maxRange bounds one entry of Days.
const maxRange = 366

// Calendar tells open from closed time. It is safe for use by many at once.
type Calendar struct {
	zone   *time.Location
	week   [7][]Interval
	plain  [7][]Interval // open time within a weekday, its eve's tail included, merged
	days   map[int][]Interval
	yearly []Days
}

// New makes a calendar. Of two entries for the same day the later one counts. A range
// longer than a year is cut off there.
func New(zone *time.Location, week [7][]Interval, days []Days) *Calendar {
	c := &Calendar{zone: zone, week: week, days: map[int][]Interval{}}
	for _, d := range days {
		if d.Like != nil {
			d.Hours = week[*d.Like]
		}
		if d.To == (Date{}) {
			d.To = d.From
		}
		if d.Yearly {
			c.yearly = append(c.yearly, d)
			continue
		}
		first := d.From.number()
		for n := first; n <= d.To.number() && n < first+maxRange; n++ {
			c.days[n] = d.Hours
		}
	}
	for wd := range c.week {
		c.plain[wd] = merge(within(c.week[(wd+6)%7], c.week[wd]))
	}
	return c
}

// Zone is where the calendar's clock hangs.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Open says whether a moment is open.
func (c *Calendar) Open(at time.Time) bool {
	from, _ := c.next(at, true)
	return !from.IsZero() && !from.After(at)
}

// Next is the first open moment at or after at; false where there is none within
// Horizon.
func (c *Calendar) Next(at time.Time) (time.Time, bool) {
	from, _ := c.next(at, false)
	return from, !from.IsZero()
}

// Close is when a calendar that is open at a moment closes next; zero where it is closed
// then, or stays open for a week.
func (c *Calendar) Close(at time.Time) time.Time {
	var end time.Time
	c.walk(at, at.Add(closeWithin), func(a, b time.Time) bool {
		if end.IsZero() && a.After(at) || !end.IsZero() && a.After(end) {
			return false
		}
		end = b
		return true
	})
	if end.Equal(at.Add(closeWithin)) {
		return time.Time{}
	}
	return end
}

// closeWithin is how far Close looks ahead.
const closeWithin = 7 * 24 * time.Hour

// Horizon is how far Add and Next look ahead.
const Horizon = 10 * 366 * 24 * time.Hour

// Add gives the moment by which so much business time has passed since from: the
// earliest one, so that what takes until closing time is due at closing time and not in
// the morning. No time at all gives from itself, and it is false where Horizon holds
// less open time than asked for.
func (c *Calendar) Add(from time.Time, business time.Duration) (time.Time, bool) {
	if business <= 0 {
		return from, true
	}
	var at time.Time
	left := business
	c.walk(from, from.Add(Horizon), func(a, b time.Time) bool {
		if d := b.Sub(a); d < left {
			left -= d
			return true
		}
		at = a.Add(left)
		return false
	})
	return at, !at.IsZero()
}

// Between is the business time from one moment to another, zero where to isn't later.
func (c *Calendar) Between(from, to time.Time) time.Duration {
	var sum time.Duration
	c.walk(from, to, func(a, b time.Time) bool {
		sum += b.Sub(a)
		return true
	})
	return sum
}

// next finds the first open stretch from at on; now looks at this very moment alone.
func (c *Calendar) next(at time.Time, now bool) (from, to time.Time) {
	end := at.Add(Horizon)
	if now {
		end = at.Add(1)
	}
	c.walk(at, end, func(a, b time.Time) bool {
		from, to = a, b
		return false
	})
	return from, to
}

// walk calls each with every open stretch between two moments in their order, until it
// says false. It goes a day at a time, and within stretches of one offset from UTC: there
// the wall's clock runs as time does.
func (c *Calendar) walk(from, to time.Time, each func(a, b time.Time) bool) {
	for from.Before(to) {
		local := from.In(c.zone)
		_, end := local.ZoneBounds()
		if end.IsZero() || end.After(to) {
			end = to
		}
		_, offset := local.Zone()
		if !c.stretch(from, end, time.Duration(offset)*time.Second, each) {
			return
		}
		from = end
	}
}

// stretch walks where the offset doesn't change.
func (c *Calendar) stretch(from, to time.Time, offset time.Duration, each func(a, b time.Time) bool) bool {
	first := dayNumber(from.Add(offset))
	for n := first; ; n++ {
		midnight := time.Unix(int64(n)*86400, 0).Add(-offset)
		if !midnight.Before(to) {
			return true
		}
		for _, iv := range c.open(n) {
			a, b := later(from, midnight.Add(minutes(iv.From))), earlier(to, midnight.Add(minutes(iv.To)))
			if a.Before(b) && !each(a.In(from.Location()), b.In(from.Location())) {
				return false
			}
		}
	}
}

func dayNumber(wall time.Time) int { return int(math.Floor(float64(wall.Unix()) / 86400)) }

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// open gives the open time within a day, from 0 to 1440, merged and in order.
func (c *Calendar) open(n int) []Interval {
	eve, special := c.special(n - 1)
	today, also := c.special(n)
	wd := weekday(n)
	if !special && !also {
		return c.plain[wd]
	}
	if !special {
		eve = c.week[(wd+6)%7]
	}
	if !also {
		today = c.week[wd]
	}
	return merge(within(eve, today))
}

// weekday of a day's number: 1970-01-01 was a Thursday.
func weekday(n int) int { return ((n+4)%7 + 7) % 7 }

func (c *Calendar) special(n int) ([]Interval, bool) {
	if hours, ok := c.days[n]; ok {
		return hours, true
	}
	for _, d := range slices.Backward(c.yearly) {
		if d.covers(n) {
			return d.Hours, true
		}
	}
	return nil, false
}

// covers says whether a yearly entry holds on a day. A range may begin in the year
// before.
func (d Days) covers(n int) bool {
	length := d.To.number() - d.From.number()
	year := dateOf(n).Year
	for _, y := range []int{year, year - 1} {
		begin := Date{y, d.From.Month, d.From.Day}
		if y < d.From.Year || dateOf(begin.number()) != begin { // no such day this year
			continue
		}
		if first := begin.number(); n >= first && n <= first+length {
			return true
		}
	}
	return false
}

// within cuts the hours of a day and its eve to what lies in the day.
func within(eve, today []Interval) []Interval {
	out := make([]Interval, 0, len(today)+1)
	for _, iv := range eve {
		if iv.To > 1440 {
			out = append(out, Interval{max(iv.From-1440, 0), min(iv.To-1440, 1440)})
		}
	}
	for _, iv := range today {
		out = append(out, Interval{iv.From, min(iv.To, 1440)})
	}
	return out
}

// merge sorts intervals and joins those that touch.
func merge(ivs []Interval) []Interval {
	slices.SortFunc(ivs, func(a, b Interval) int { return a.From - b.From })
	var out []Interval
	for _, iv := range ivs {
		if n := len(out); n > 0 && iv.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, iv.To)
			continue
		}
		out = append(out, iv)
	}
	return out
}

// Overlaps names two intervals of one week, by weekday, that share time: somebody wrote
// an hour twice. False where there are none.
func Overlaps(week [7][]Interval) (a, b time.Weekday, ok bool) {
	for wd := range week {
		next := (wd + 1) % 7
		for i, x := range week[wd] {
			for _, y := range week[wd][i+1:] {
				if x.From < y.To && y.From < x.To {
					return time.Weekday(wd), time.Weekday(wd), true
				}
			}
			for _, y := range week[next] {
				if y.From+1440 < x.To {
					return time.Weekday(wd), time.Weekday(next), true
				}
			}
		}
	}
	return 0, 0, false
}
