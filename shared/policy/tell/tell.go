// Package tell decides which events a write of the desk is: from a row before and after
// it, and nothing else, so that nothing more is written for an event than its fact, none
// is told before its fact, and deriving again gives the same events with the same ids.
package tell

import (
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// Rules are the settings that events depend on.
type Rules struct {
	Bad func(kind desk.SurveyKind, score int) bool // such a score is feedback.negative
}

// Events gives the events of a change, in their order. Most changes have none.
func Events(c desk.Change, r Rules) []desk.Event {
	switch {
	case c.Ticket != nil:
		return ticket(c)
	case c.Message != nil:
		return message(c)
	case c.Survey != nil:
		return survey(c, r)
	case c.Customer != nil:
		return customer(c)
	case c.Topic != nil:
		return topic(c)
	}
	return nil
}

func ticket(c desk.Change) []desk.Event {
	now := viewTicket(*c.Ticket, c.Version)
	if c.TicketWas == nil {
		out := []desk.Event{event(c, desk.EventTicketCreated, c.Ticket.ID, c.Ticket.Team, now, nil)}
		if c.Ticket.Status == desk.StatusResolved {
			out = append(out, event(c, desk.EventTicketResolved, c.Ticket.ID, c.Ticket.Team, now, nil))
		}
		return out
	}
	previous := changed(viewTicket(*c.TicketWas, c.Version-1), now)
	if len(previous) == 0 {
		return nil // only what grows with messages, timers and claims
	}
	out := []desk.Event{event(c, desk.EventTicketUpdated, c.Ticket.ID, c.Ticket.Team, now, previous)}
	if c.Ticket.Status == desk.StatusResolved && c.TicketWas.Status != desk.StatusResolved {
		out = append(out, event(c, desk.EventTicketResolved, c.Ticket.ID, c.Ticket.Team, now, previous))
	}
	return out
}

// byDecision are the events that stand in the journal as decisions. A code counts by
// itself, or by what stands before a further dot: sla.breached.first_response.
var byDecision = map[string]desk.EventName{
	"sla.warning":        desk.EventSLAWarning,
	"sla.warned":         desk.EventSLAWarning,
	"sla.breached":       desk.EventSLABreached,
	"recovery.due":       desk.EventRecoveryDue,
	"churn.risk_changed": desk.EventChurnRiskChanged,
	"erased.left":        desk.EventCustomerErased,
	"erased.customer":    desk.EventCustomerErased,
}

func message(c desk.Change) []desk.Event {
	m := *c.Message
	if m.Moved != "" {
		return nil // split off: it was told where it came first
	}
	if c.MessageWas == nil {
		return append(received(c, m), delivery(c, m, "")...)
	}
	return delivery(c, m, c.MessageWas.State)
}

// received are the events of a row that is new: what a customer wrote, and decisions
// that are events themselves.
func received(c desk.Change, m desk.Message) []desk.Event {
	var out []desk.Event
	if m.Kind == desk.FromCustomer {
		out = append(out, event(c, desk.EventMessageReceived, m.Ticket, "", viewMessage(m), nil))
	}
	told := map[desk.EventName]int{}
	for _, d := range m.Decisions {
		name, ok := Decided(d.Code)
		if !ok || name == desk.EventCustomerErased && m.Ticket != "" {
			continue // an erasure is told once, of the customer, and not of each ticket
		}
		// Two deadlines may pass at once: the first has the plain id.
		out = append(out, event(nth(c, told[name]), name, m.Ticket, "", viewDecision(m, d, c.Owner), nil))
		told[name]++
	}
	return out
}

func nth(c desk.Change, n int) desk.Change {
	if n > 0 {
		c.Row += "#" + strconv.Itoa(n)
	}
	return c
}

// Decided names the event that a decision of the journal is. False: it is none.
func Decided(code string) (desk.EventName, bool) {
	if name, ok := byDecision[code]; ok {
		return name, true
	}
	if i := strings.LastIndexByte(code, '.'); i > 0 {
		name, ok := byDecision[code[:i]]
		return name, ok
	}
	return "", false
}

// delivery are the events of a message whose state has changed.
func delivery(c desk.Change, m desk.Message, was desk.SendState) []desk.Event {
	gone := func(s desk.SendState) bool { return s == desk.Sent || s == desk.Delivered }
	lost := func(s desk.SendState) bool { return s == desk.Failed || s == desk.Uncertain }
	switch {
	case m.Kind != desk.ToCustomer:
		return nil
	case gone(m.State) && !gone(was):
		return []desk.Event{event(c, desk.EventMessageSent, m.Ticket, "", viewMessage(m), previousState(was))}
	case lost(m.State) && m.State != was && m.Why != desk.Undone:
		return []desk.Event{event(c, desk.EventDeliveryFailed, m.Ticket, "", viewMessage(m), previousState(was))}
	}
	return nil
}

func previousState(was desk.SendState) map[string]any {
	if was == "" {
		return nil
	}
	return map[string]any{"delivery": map[string]any{"state": string(was)}}
}

func survey(c desk.Change, r Rules) []desk.Event {
	s, was := *c.Survey, desk.Survey{}
	if c.SurveyWas != nil {
		was = *c.SurveyWas
	}
	var out []desk.Event
	add := func(name desk.EventName) {
		var previous map[string]any
		if c.SurveyWas != nil {
			previous = changed(viewSurvey(was), viewSurvey(s))
		}
		out = append(out, event(c, name, s.Ticket, s.Team, viewSurvey(s), previous))
	}
	if !s.Asked.IsZero() && was.Asked.IsZero() {
		add(desk.EventSurveySent)
	}
	if s.State == desk.SurveySkipped && was.State != desk.SurveySkipped {
		add(desk.EventSurveySkipped)
	}
	if s.Score == nil || was.Answers == s.Answers && was.Score != nil {
		return out
	}
	add(desk.EventSurveyAnswered)
	if r.Bad(s.Score.Kind, s.Score.Value) {
		add(desk.EventFeedbackBad)
	}
	return out
}

func customer(c desk.Change) []desk.Event {
	was := desk.CustomerID("")
	if c.CustomerWas != nil {
		was = c.CustomerWas.Merged
	}
	name, current := desk.EventCustomerMerged, map[string]any{"id": string(c.Customer.ID), "merged_into": orNull(string(c.Customer.Merged))}
	switch c.Customer.Merged {
	case was:
		return nil
	case "":
		name = desk.EventCustomerUnmerged
	}
	var previous map[string]any
	if was != "" {
		previous = map[string]any{"merged_into": string(was)}
	}
	return []desk.Event{event(c, name, "", "", current, previous)}
}

// topic tells once that what customers asked for is done.
func topic(c desk.Change) []desk.Event {
	t := *c.Topic
	if t.State != desk.TopicDone || c.TopicWas != nil && c.TopicWas.State == desk.TopicDone {
		return nil
	}
	return []desk.Event{event(c, desk.EventFeedbackDone, "", t.Team, map[string]any{
		"id": string(t.ID), "title": t.Title, "team": t.Team, "records": t.Records, "text": t.Text, "done_at": t.Done.UTC(),
	}, nil)}
}

// event makes one; its id is derived of the row, its version and the name.
func event(c desk.Change, name desk.EventName, t desk.TicketID, team string, current, previous map[string]any) desk.Event {
	id := ID(c.At, c.Row, strconv.FormatInt(c.Version, 10), string(name))
	return desk.Event{ID: id, Name: name, At: c.At, Ticket: t, Team: team, Body: body(name, c, current, previous)}
}
