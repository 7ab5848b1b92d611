package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/policy/calendar"
)

// Calendar is a business calendar: when somebody works.
type Calendar struct {
	ID       string      `json:"id" yaml:"id"`
	TimeZone string      `json:"time_zone" yaml:"time_zone"` // IANA name; default that of the desk
	Week     []WeekHours `json:"week" yaml:"week"`
	// Holidays are closed, or open for the hours they name.
	Holidays []SpecialDay `json:"holidays,omitempty" yaml:"holidays"`
	// Workdays are worked though a holiday or a weekend says otherwise (调休).
	Workdays []SpecialDay `json:"workdays,omitempty" yaml:"workdays"`
	// HolidaysFile and HolidaysICS name or hold an iCalendar file. Load reads it, and
	// what it says stands in Holidays and Workdays then.
	HolidaysFile string `json:"-" yaml:"holidays_file"`
	HolidaysICS  string `json:"-" yaml:"holidays_ics"`
}

// WeekHours are the hours of some weekdays: days such as mon or mon-fri, hours such as
// 09:00-12:00, or 22:00-06:00, which ends the next morning.
type WeekHours struct {
	Days  []string `json:"days" yaml:"days"`
	Hours []string `json:"hours" yaml:"hours"`
}

// SpecialDay is a day, or a range of them, with hours of its own. A workday without any
// has those of the weekday Like, by default of Monday.
type SpecialDay struct {
	Date   string   `json:"date" yaml:"date"`               // 2026-10-01
	To     string   `json:"to,omitempty" yaml:"to"`         // the last day, included
	Yearly bool     `json:"yearly,omitempty" yaml:"yearly"` // the same days each year
	Hours  []string `json:"hours,omitempty" yaml:"hours"`   // none: closed
	Like   string   `json:"like,omitempty" yaml:"like"`     // workdays: a weekday
	Name   string   `json:"name,omitempty" yaml:"name"`     // for who reads it
}

// Calendar gives a calendar by id, ready to count with.
func (s *Settings) Calendar(id string) (*calendar.Calendar, bool) {
	for _, c := range s.Calendars {
		if c.ID == id {
			return c.build(s.Desk.Location()), true
		}
	}
	return nil, false
}

// build reads a calendar that Check has found good; what can't be read it leaves out.
func (c Calendar) build(zone *time.Location) *calendar.Calendar {
	if z, err := time.LoadLocation(c.TimeZone); c.TimeZone != "" && err == nil {
		zone = z
	}
	var days []calendar.Days
	for _, h := range c.Holidays {
		if d, err := h.days(); err == nil {
			days = append(days, d)
		}
	}
	for _, w := range c.Workdays {
		d, err := w.days()
		if err != nil {
			continue
		}
		if len(w.Hours) == 0 {
			like := weekdays[w.Like] // Monday, where it says nothing
			d.Like = &like
		}
		days = append(days, d)
	}
	return calendar.New(zone, c.hours(), days)
}

func (c Calendar) hours() (week [7][]calendar.Interval) {
	for _, w := range c.Week {
		ivs, err := intervals(w.Hours)
		if err != nil {
			continue
		}
		for _, s := range w.Days {
			days, _ := weekdayRange(s)
			for _, wd := range days {
				week[wd] = append(week[wd], ivs...)
			}
		}
	}
	return week
}

var weekdays = map[string]time.Weekday{
	"": time.Monday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
}

func weekday(s string) (time.Weekday, bool) {
	wd, ok := weekdays[s]
	return wd, ok && s != ""
}

// weekdayRange reads mon or mon-fri; sat-mon goes over Sunday.
func weekdayRange(s string) ([]time.Weekday, bool) {
	a, b, isRange := strings.Cut(s, "-")
	from, ok := weekday(a)
	if !isRange {
		return []time.Weekday{from}, ok
	}
	to, ok2 := weekday(b)
	var out []time.Weekday
	for wd := from; ; wd = (wd + 1) % 7 {
		out = append(out, wd)
		if wd == to {
			return out, ok && ok2
		}
	}
}

var hoursPattern = regexp.MustCompile(`^(\d{2}):(\d{2})-(\d{2}):(\d{2})$`)

func intervals(hours []string) ([]calendar.Interval, error) {
	var out []calendar.Interval
	for _, s := range hours {
		iv, err := interval(s)
		if err != nil {
			return nil, err
		}
		out = append(out, iv)
	}
	return out, nil
}

// interval reads 09:00-18:00; 22:00-06:00 ends the next day, 00:00-24:00 is a whole one.
func interval(s string) (calendar.Interval, error) {
	fault := fmt.Errorf("should be hours such as 09:00-18:00, or 22:00-06:00 over midnight, from 00:00 to 24:00")
	m := hoursPattern.FindStringSubmatch(s)
	if m == nil {
		return calendar.Interval{}, fault
	}
	var n [4]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1])
	}
	iv := calendar.Interval{From: n[0]*60 + n[1], To: n[2]*60 + n[3]}
	if n[1] > 59 || n[3] > 59 || iv.From >= 1440 || iv.To > 1440 {
		return calendar.Interval{}, fault
	}
	if iv.To <= iv.From {
		iv.To += 1440
	}
	return iv, nil
}

func (d SpecialDay) days() (calendar.Days, error) {
	out := calendar.Days{Yearly: d.Yearly}
	from, err := time.Parse(time.DateOnly, d.Date)
	if err != nil {
		return out, err
	}
	to := from
	if d.To != "" {
		if to, err = time.Parse(time.DateOnly, d.To); err != nil {
			return out, err
		}
	}
	out.From, out.To = dateOf(from), dateOf(to)
	out.Hours, err = intervals(d.Hours)
	return out, err
}

func dateOf(t time.Time) calendar.Date {
	y, m, d := t.Date()
	return calendar.Date{Year: y, Month: m, Day: d}
}
