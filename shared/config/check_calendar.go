package config

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config/ical"
	"github.com/deskhook/deskhook/shared/policy/calendar"
)

// maxSpecialDays bounds what one calendar puts into the snapshot that functions read.
const maxSpecialDays = 1000

// readHolidays puts what iCalendar files say into the calendars.
func (d *decoder) readHolidays(s *Settings) {
	for i := range s.Calendars {
		c := &s.Calendars[i]
		path := fmt.Sprintf("calendars[%d]", i)
		if c.HolidaysICS != "" {
			d.takeDays(c, path+".holidays_ics", []byte(c.HolidaysICS))
		}
		if c.HolidaysFile != "" {
			d.holidaysFile(c, path+".holidays_file")
		}
		c.HolidaysICS, c.HolidaysFile = "", ""
	}
}

func (d *decoder) holidaysFile(c *Calendar, path string) {
	switch {
	case d.beside == nil:
		d.at(path, "can't be read here: only a settings file in a folder has files beside it")
	case !fs.ValidPath(c.HolidaysFile):
		d.at(path, "should be a file beside this one or in a folder below, such as holidays.ics")
	default:
		src, err := fs.ReadFile(d.beside, c.HolidaysFile)
		if err != nil {
			d.at(path, "can't be read: %v", err)
			return
		}
		d.takeDays(c, path, src)
	}
}

func (d *decoder) takeDays(c *Calendar, path string, src []byte) {
	if len(src) > MaxBytes {
		d.at(path, "is larger than 1 MB")
		return
	}
	days, left, err := ical.Read(src)
	if err != nil {
		d.at(path, "is %v", err)
		return
	}
	for _, why := range left {
		d.warn(path, "left out %s", why)
	}
	for _, x := range days {
		sd := SpecialDay{Date: written(x.From), Yearly: x.Yearly, Name: cutName(x.Name)}
		if x.To != x.From {
			sd.To = written(x.To)
		}
		if x.Work {
			c.Workdays = append(c.Workdays, sd)
		} else {
			c.Holidays = append(c.Holidays, sd)
		}
	}
}

func written(d calendar.Date) string {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// cutName keeps a name short: it only helps who reads the snapshot.
func cutName(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40])
	}
	return s
}

func (c *checker) calendars(list []Calendar) {
	c.calendarIDs = map[string]bool{}
	for i, cal := range list {
		path := fmt.Sprintf("calendars[%d]", i)
		c.id(path+".id", cal.ID, c.calendarIDs)
		if cal.TimeZone != "" {
			c.zone(path+".time_zone", cal.TimeZone)
		}
		c.week(path+".week", cal)
		if n := len(cal.Holidays) + len(cal.Workdays); n > maxSpecialDays {
			c.at(path+".holidays", "has %d days and ranges with its workdays, at most %d are taken", n, maxSpecialDays)
		}
		for j, h := range cal.Holidays {
			p := fmt.Sprintf("%s.holidays[%d]", path, j)
			c.specialDay(p, h)
			if h.Like != "" {
				c.at(p+".like", "only a workday is like a weekday")
			}
		}
		for j, w := range cal.Workdays {
			p := fmt.Sprintf("%s.workdays[%d]", path, j)
			c.specialDay(p, w)
			c.like(p, w, cal)
		}
	}
}

func (c *checker) knownCalendar(path, id string) {
	if id != "" && !c.calendarIDs[id] {
		c.at(path, "there is no calendar %q", id)
	}
}

func (c *checker) zone(path, name string) {
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		c.at(path, "there is no time zone of this name; write one such as Asia/Shanghai")
	}
}

func (c *checker) week(path string, cal Calendar) {
	open := false
	for i, w := range cal.Week {
		p := fmt.Sprintf("%s[%d]", path, i)
		for j, s := range w.Days {
			if _, ok := weekdayRange(s); !ok {
				c.at(fmt.Sprintf("%s.days[%d]", p, j), "should be one of mon, tue, wed, thu, fri, sat, sun, or a range such as mon-fri")
			}
		}
		if len(w.Days) == 0 {
			c.at(p+".days", "is missing: mon, or mon-fri")
		}
		c.hourList(p, w.Hours)
		open = open || len(w.Hours) > 0
	}
	if !open {
		c.at(path, "has no hours: nothing would ever be due")
	}
	switch a, b, ok := calendar.Overlaps(cal.hours()); {
	case ok && a == b:
		c.warn(path, "the hours of %s overlap one another; time that stands twice counts once", a)
	case ok:
		c.warn(path, "the hours of %s overlap those of %s; time in both counts once", a, b)
	}
}

func (c *checker) hourList(path string, hours []string) {
	for j, s := range hours {
		at := fmt.Sprintf("%s.hours[%d]", path, j)
		if _, err := interval(s); err != nil {
			c.at(at, "%v", err)
		} else if from, to, _ := strings.Cut(s, "-"); from == to {
			c.at(at, "begins and ends at %s: write 00:00-24:00 for a whole day", from)
		}
	}
}

func (c *checker) specialDay(path string, d SpecialDay) {
	from, err := time.Parse(time.DateOnly, d.Date)
	if err != nil {
		c.at(path+".date", "should be a date such as 2026-10-01")
	}
	if d.To != "" {
		switch to, err2 := time.Parse(time.DateOnly, d.To); {
		case err2 != nil:
			c.at(path+".to", "should be a date such as 2026-10-07")
		case err == nil && to.Before(from):
			c.at(path+".to", "is before its date")
		case err == nil && to.Sub(from) >= 365*24*time.Hour:
			c.at(path+".to", "is more than a year after its date")
		}
	}
	c.hourList(path, d.Hours)
}

// like tells a workday that nobody would work.
func (c *checker) like(path string, w SpecialDay, cal Calendar) {
	wd, ok := weekdays[w.Like]
	switch {
	case !ok:
		c.at(path+".like", "should be one of mon, tue, wed, thu, fri, sat, sun")
	case w.Like != "" && len(w.Hours) > 0:
		c.at(path+".like", "stands beside hours: one of the two is enough")
	case len(w.Hours) == 0 && len(cal.hours()[wd]) == 0:
		c.warn(path, "would be closed: %s has no hours", wd)
	}
}
