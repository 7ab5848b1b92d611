package config

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Care is a message that the desk sends of itself and that asks nothing: a check-in after
// something happened, a birthday's wish, a word to who hasn't been heard of. It obeys the
// quiet hours and the caps of asking, and the customer's wish to be left alone.
type Care struct {
	ID       string   `json:"id" yaml:"id"`
	Disabled bool     `json:"disabled,omitempty" yaml:"disabled"`
	When     CareWhen `json:"when" yaml:"when"`
	Event    string   `json:"event,omitempty" yaml:"event"` // when: event: its name, as programs hand it over
	Field    string   `json:"field,omitempty" yaml:"field"` // when: birthday: the customer field that holds it
	After    Duration `json:"after,omitempty" yaml:"after"` // after the event; win_back: since the last contact
	At       string   `json:"at,omitempty" yaml:"at"`       // birthday: the time of the customer's day; holiday: of the desk's; default 10:00
	// Dates are when: holiday's: 01-01 is each year's, 2027-02-06 (a day of the moon's year) is once.
	Dates       []string       `json:"dates,omitempty" yaml:"dates"`
	LastContact Duration       `json:"last_contact,omitempty" yaml:"last_contact"` // holiday: who wrote within it; default 365d
	Consent     string         `json:"consent,omitempty" yaml:"consent"`           // the purpose they must have agreed to
	Cooldown    Duration       `json:"cooldown,omitempty" yaml:"cooldown"`         // of this care, for one customer
	Channels    []desk.Channel `json:"channels,omitempty" yaml:"channels"`         // none: all
	Text        Text           `json:"text" yaml:"text"`
}

// CareWhen says what a care follows.
type CareWhen string

// What a care may follow.
const (
	CareEvent    CareWhen = "event"
	CareBirthday CareWhen = "birthday"
	CareWinBack  CareWhen = "win_back"
	CareHoliday  CareWhen = "holiday"
)

// Cared finds a care by id.
func (s *Settings) Cared(id string) (Care, bool) {
	i := slices.IndexFunc(s.Care, func(c Care) bool { return c.ID == id })
	if i < 0 {
		return Care{}, false
	}
	return s.Care[i], true
}

// CareAfter lists what is sent after something: of an event, the cares that name it.
func (s *Settings) CareAfter(when CareWhen, event string) (out []Care) {
	for _, c := range s.Care {
		if !c.Disabled && c.When == when && (when != CareEvent || c.Event == event) {
			out = append(out, c)
		}
	}
	return out
}

// Birthday is the next day after a time on which a birthday (2006-01-02) is, at the care's
// time of day in a zone; zero where the date can't be read. Who was born on 29 February
// has it on 1 March in other years.
func (c Care) Birthday(date string, after time.Time, zone *time.Location) time.Time {
	born, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}
	}
	minute := minuteOf(c.At)
	for year := after.In(zone).Year(); ; year++ {
		at := time.Date(year, born.Month(), born.Day(), 0, minute, 0, 0, zone)
		if at.After(after) {
			return at.UTC()
		}
	}
}

// Holiday is the first of the care's dates after a time, at its time of day in a zone;
// zero where there is none to come.
func (c Care) Holiday(after time.Time, zone *time.Location) (next time.Time) {
	minute := minuteOf(c.At)
	for _, date := range c.Dates {
		year := after.In(zone).Year()
		for _, y := range []int{year, year + 1, year + 2, year + 3, year + 4} { // 29 February comes every fourth
			day, err := time.Parse(time.DateOnly, date)
			if err != nil {
				if day, err = time.Parse(time.DateOnly, fmt.Sprintf("%d-%s", y, date)); err != nil {
					continue
				}
			}
			at := time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, zone)
			if at.After(after) && (next.IsZero() || at.Before(next)) {
				next = at.UTC()
			}
		}
	}
	return next
}

func (c *Care) fillIn(z zeros, path string) {
	if c.When == CareBirthday || c.When == CareHoliday {
		setDefault(&c.At, "10:00")
	}
	if c.When == CareHoliday {
		z.time(path+".last_contact", &c.LastContact, 365*day)
	}
	if c.When == CareWinBack {
		z.time(path+".after", &c.After, 90*day)
	}
	z.time(path+".cooldown", &c.Cooldown, 30*day)
}

var eventName = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}$`) // as inbound.schema.json has it

// writable are the channels in which the desk can write of itself.
var writable = []desk.Channel{desk.WeChat, desk.Email, desk.SMS, desk.Generic}

func (c *checker) care(s *Settings) {
	ids := map[string]bool{}
	for i, x := range s.Care {
		path := fmt.Sprintf("care[%d]", i)
		c.id(path+".id", x.ID, ids)
		c.needText(path+".text", x.Text)
		oneOf(c, path+".channels", x.Channels, writable, writable)
		c.between(path+".after", x.After, 0, 365*day)
		c.between(path+".cooldown", x.Cooldown, 0, 365*day)
		c.careWhen(path, s, x)
		if slices.ContainsFunc(s.Surveys, func(v Survey) bool { return v.ID == x.ID }) {
			c.at(path+".id", "is a survey's already: their cooldowns are kept apart by id")
		}
		if x.Consent == "" && x.When != CareEvent {
			c.warn(path+".consent", "is missing: it is sent to who never agreed to it")
		}
	}
}

func (c *checker) careWhen(path string, s *Settings, x Care) {
	switch x.When {
	case CareEvent:
		if !eventName.MatchString(x.Event) {
			c.at(path+".event", "should be an event's name such as order.delivered")
		}
	case CareBirthday:
		if f, ok := s.CustomerField(x.Field); !ok || f.Type != CustomerDate {
			c.at(path+".field", "should be one of customer_fields, of type date")
		}
		c.careAt(path, s, x)
	case CareHoliday:
		c.careAt(path, s, x)
		c.careDates(path, x)
		if len(x.Dates) > 0 && x.Holiday(time.Now(), s.Desk.Location()).IsZero() {
			c.warn(path+".dates", "has no date that is to come: it is never sent")
		}
		c.between(path+".last_contact", x.LastContact, day, 730*day)
	case CareWinBack:
		if x.After < 7*day {
			c.at(path+".after", "should be from 7d to 365d")
		}
	default:
		c.at(path+".when", "should be event, birthday, win_back or holiday")
	}
	if x.Event != "" && x.When != CareEvent {
		c.at(path+".event", "goes with when: event only")
	}
	if len(x.Dates) > 0 && x.When != CareHoliday {
		c.at(path+".dates", "goes with when: holiday only")
	}
	if x.Field != "" && x.When != CareBirthday {
		c.at(path+".field", "goes with when: birthday only")
	}
}

func (c *checker) careAt(path string, s *Settings, x Care) {
	if s.Asking.Quiet.has(minuteOf(x.At)) {
		c.warn(path+".at", "lies in the quiet hours: it goes when they end")
	}
	if _, err := time.Parse("15:04", x.At); err != nil {
		c.at(path+".at", "should be a time of day such as 10:00")
	}
}

// maxDates bounds a care's dates; a year before and after a leap day is read for each.
const maxDates = 50

func (c *checker) careDates(path string, x Care) {
	if len(x.Dates) == 0 || len(x.Dates) > maxDates {
		c.at(path+".dates", "should have from 1 to %d dates", maxDates)
	}
	for i, date := range x.Dates {
		_, once := time.Parse(time.DateOnly, date)
		_, yearly := time.Parse(time.DateOnly, "2024-"+date) // a leap year
		if once != nil && yearly != nil {
			c.at(fmt.Sprintf("%s.dates[%d]", path, i), "should be a date such as 01-01 (each year) or 2027-02-06 (once)")
		}
	}
}
