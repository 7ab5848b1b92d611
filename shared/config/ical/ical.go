// Package ical reads the days of an iCalendar file (RFC 5545) into a business calendar:
// the holidays that governments and calendar services publish, and in China the days
// worked in their place.
package ical

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/deskhook/deskhook/shared/policy/calendar"
)

// Day is one event of whole days.
type Day struct {
	From, To calendar.Date // both included
	Yearly   bool
	Work     bool // worked in place of a holiday (调休), not a day off
	Name     string
}

// Read gives the events of whole days in the order of the file, and says in words which
// events it left out and why: one with a time of day is no holiday, and of rules only
// "every year" is understood. An error means that this is no iCalendar file at all.
func Read(src []byte) (days []Day, left []string, err error) {
	cal, err := ics.ParseCalendar(bytes.NewReader(src))
	if err != nil {
		return nil, nil, fmt.Errorf("not an iCalendar file: %w", err)
	}
	for _, e := range cal.Events() {
		name := text(e, ics.ComponentPropertySummary)
		if strings.EqualFold(text(e, ics.ComponentPropertyStatus), "CANCELLED") {
			continue
		}
		d, why := read(e)
		if why != "" {
			left = append(left, fmt.Sprintf("%q: %s", name, why))
			continue
		}
		d.Name, d.Work = name, work(e, name)
		days = append(days, d)
	}
	return days, left, nil
}

func read(e *ics.VEvent) (d Day, why string) {
	from, ok := date(text(e, ics.ComponentPropertyDtStart))
	if !ok {
		return d, "it doesn't last whole days"
	}
	d.From, d.To = from, from
	if end := text(e, ics.ComponentPropertyDtEnd); end != "" {
		to, ok := date(end)
		if !ok {
			return d, "it doesn't last whole days"
		}
		// DTEND is the day after the last one (RFC 5545, 3.6.1). Files that repeat the
		// first day there are common, and mean that day.
		if to = before(to); !earlier(to, from) {
			d.To = to
		}
	}
	switch rule := strings.ToUpper(text(e, ics.ComponentPropertyRrule)); {
	case rule == "":
	case yearly(rule):
		d.Yearly = true
	default:
		return d, "its rule of repetition is more than every year"
	}
	return d, ""
}

// yearly says whether a rule means this same day each year without an end.
func yearly(rule string) bool {
	every := false
	for part := range strings.SplitSeq(rule, ";") {
		switch name, value, _ := strings.Cut(part, "="); {
		case name == "FREQ" && value == "YEARLY":
			every = true
		case name == "INTERVAL" && value == "1", name == "WKST":
		default:
			return false
		}
	}
	return every
}

// work tells a day worked in place of a holiday: Apple's calendars say so, others in the
// name of the event.
func work(e *ics.VEvent, name string) bool {
	if text(e, "X-APPLE-SPECIAL-DAY") == "ALTERNATE-WORKDAY" {
		return true
	}
	for _, word := range []string{"补班", "上班", "调班", "（班）", "(班)"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

func text(e *ics.VEvent, p ics.ComponentProperty) string {
	if v := e.GetProperty(p); v != nil {
		return strings.TrimSpace(v.Value)
	}
	return ""
}

func date(s string) (calendar.Date, bool) {
	t, err := time.Parse("20060102", s)
	if err != nil {
		return calendar.Date{}, false
	}
	return dateOf(t), true
}

func dateOf(t time.Time) calendar.Date {
	y, m, d := t.Date()
	return calendar.Date{Year: y, Month: m, Day: d}
}

func at(d calendar.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

func before(d calendar.Date) calendar.Date { return dateOf(at(d).AddDate(0, 0, -1)) }

func earlier(a, b calendar.Date) bool { return at(a).Before(at(b)) }
