package config

import (
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/policy/canned"
)

// OutOfHours is the automatic answer to a ticket that opens while Calendar is closed, in
// place of tickets.acknowledge. OpensVariable in its text becomes when it opens next.
type OutOfHours struct {
	Calendar string `json:"calendar,omitempty" yaml:"calendar"`
	Text     Text   `json:"text,omitempty" yaml:"text"`
}

// OpensVariable stands in an out-of-hours text for when the desk is back.
const OpensVariable = "{{opens}}"

// WaitVariable stands in tickets.wait for how many minutes a first answer takes.
const WaitVariable = "{{minutes}}"

// Pending is what time does to a ticket that waits for its customer: a reminder, then a
// close, each once for each answer. Both times count from the answer.
type Pending struct {
	RemindAfter Duration `json:"remind_after,omitempty" yaml:"remind_after"` // 0 = no reminder
	CloseAfter  Duration `json:"close_after,omitempty" yaml:"close_after"`   // 0 = it waits for ever
	Reminder    Text     `json:"reminder,omitempty" yaml:"reminder"`
	Closing     Text     `json:"closing,omitempty" yaml:"closing"` // sent as it closes; empty = nothing is
}

// AcknowledgementAt gives the automatic answer to a ticket that opens at a time: that of
// the rule that chose key, else the one for closed hours, else tickets.acknowledge. closed
// says that it is the one for closed hours; opens is when the calendar opens, zero where
// it never does.
func (s *Settings) AcknowledgementAt(key string, at time.Time) (text Text, closed bool, opens time.Time) {
	out := s.Tickets.OutOfHours
	cal, ok := s.Calendar(out.Calendar)
	if key != "" || out.Text.In("") == "" || !ok || cal.Open(at) {
		return s.Acknowledgement(key), false, time.Time{}
	}
	opens, _ = cal.Next(at)
	return out.Text, true, opens
}

const maxPending = 365 * day

func (c *checker) automation(s *Settings) {
	out := s.Tickets.OutOfHours
	if out.Calendar != "" || len(out.Text) > 0 {
		c.needText("tickets.out_of_hours.text", out.Text)
		c.hours("tickets.out_of_hours.calendar", out.Calendar, s)
		if out.Calendar == "" {
			c.at("tickets.out_of_hours.calendar", "is missing: name one of calendars")
		}
	}
	if text := s.Tickets.Acknowledge; slices.Contains(canned.Unknown(text["en"]+text["zh-CN"]), opensName) {
		c.at("tickets.acknowledge", "%s belongs into tickets.out_of_hours", OpensVariable)
	}
	for lang, text := range s.Tickets.Wait {
		if !strings.Contains(text, WaitVariable) {
			c.at("tickets.wait."+lang, "should say %s", WaitVariable)
		}
	}
	c.pending(s.Tickets.Pending)
}

func (c *checker) pending(p Pending) {
	const path = "tickets.pending"
	if p.RemindAfter > 0 {
		c.between(path+".remind_after", p.RemindAfter, hour, maxPending)
		c.needText(path+".reminder", p.Reminder)
	} else if len(p.Reminder) > 0 {
		c.warn(path+".reminder", "is never sent: write remind_after")
	}
	if p.CloseAfter > 0 {
		c.between(path+".close_after", p.CloseAfter, hour, maxPending)
		if p.CloseAfter <= p.RemindAfter {
			c.at(path+".close_after", "should be longer than remind_after: the customer needs time to answer the reminder")
		}
		if p.RemindAfter == 0 {
			c.warn(path+".close_after", "closes tickets without a reminder before: write remind_after")
		}
	} else if len(p.Closing) > 0 {
		c.warn(path+".closing", "is never sent: write close_after")
	}
}
