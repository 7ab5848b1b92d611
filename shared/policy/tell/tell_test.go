package tell_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/tell"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func names(events []desk.Event) []desk.EventName {
	var out []desk.EventName
	for _, e := range events {
		out = append(out, e.Name)
	}
	return out
}

func ticket(change func(*desk.Ticket)) *desk.Ticket {
	t := &desk.Ticket{ID: "7K3Q9W", Status: desk.StatusNew, Team: "support", Subject: "hello", Opened: at}
	if change != nil {
		change(t)
	}
	return t
}

func message(kind desk.MessageKind, s desk.SendState, codes ...string) *desk.Message {
	m := &desk.Message{ID: "1", Ticket: "7K3Q9W", Kind: kind, State: s, Text: "hi", At: at}
	for _, c := range codes {
		m.Decisions = append(m.Decisions, desk.Decision{Code: c})
	}
	return m
}

func survey(change func(*desk.Survey)) *desk.Survey {
	s := &desk.Survey{ID: "s", Ticket: "7K3Q9W", Kind: "csat", Team: "support", State: desk.SurveyPlanned}
	if change != nil {
		change(s)
	}
	return s
}

var rules = tell.Rules{Bad: func(k desk.SurveyKind, score int) bool {
	return score <= map[desk.SurveyKind]int{"csat": 2, "nps": 6, "ces": 3}[k]
}}

// Which write is which events; most are none.
func TestEvents(t *testing.T) {
	scored := func(kind desk.SurveyKind, value, answers int) *desk.Survey {
		return survey(func(s *desk.Survey) {
			s.State, s.Asked, s.Answers, s.Score = desk.SurveyAnswered, at, answers, &desk.Score{Kind: kind, Value: value}
		})
	}
	asked := survey(func(s *desk.Survey) { s.State, s.Asked = desk.SurveyAsked, at })
	for name, c := range map[string]struct {
		change desk.Change
		want   []desk.EventName
	}{
		"a new ticket":    {desk.Change{Ticket: ticket(nil)}, []desk.EventName{desk.EventTicketCreated}},
		"a changed title": {desk.Change{Ticket: ticket(func(t *desk.Ticket) { t.Subject = "x" }), TicketWas: ticket(nil)}, []desk.EventName{desk.EventTicketUpdated}},
		"resolved": {desk.Change{Ticket: ticket(func(t *desk.Ticket) { t.Status = desk.StatusResolved }), TicketWas: ticket(nil)},
			[]desk.EventName{desk.EventTicketUpdated, desk.EventTicketResolved}},
		"a message on a ticket, a claim, a timer": {desk.Change{TicketWas: ticket(nil), Ticket: ticket(func(t *desk.Ticket) {
			t.WaitingSince, t.Updated, t.Unsent, t.Claim.Worker = at, at, []desk.MessageID{"1"}, "w"
			t.Arm(desk.TimerSend, at)
		})}, nil},
		"a customer's message": {desk.Change{Message: message(desk.FromCustomer, "")}, []desk.EventName{desk.EventMessageReceived}},
		"a message changed":    {desk.Change{Message: message(desk.FromCustomer, ""), MessageWas: message(desk.FromCustomer, "")}, nil},
		"a note":               {desk.Change{Message: message(desk.Note, "")}, nil},
		"a reply queued":       {desk.Change{Message: message(desk.ToCustomer, desk.Queued)}, nil},
		"a reply sent":         {desk.Change{Message: message(desk.ToCustomer, desk.Sent), MessageWas: message(desk.ToCustomer, desk.Sending)}, []desk.EventName{desk.EventMessageSent}},
		"delivered after sent": {desk.Change{Message: message(desk.ToCustomer, desk.Delivered), MessageWas: message(desk.ToCustomer, desk.Sent)}, nil},
		"failed after sent":    {desk.Change{Message: message(desk.ToCustomer, desk.Failed), MessageWas: message(desk.ToCustomer, desk.Sent)}, []desk.EventName{desk.EventDeliveryFailed}},
		"uncertain":            {desk.Change{Message: message(desk.ToCustomer, desk.Uncertain), MessageWas: message(desk.ToCustomer, desk.Sending)}, []desk.EventName{desk.EventDeliveryFailed}},
		"uncertain, resolved":  {desk.Change{Message: message(desk.ToCustomer, desk.Delivered), MessageWas: message(desk.ToCustomer, desk.Uncertain)}, []desk.EventName{desk.EventMessageSent}},
		"an SLA warning":       {desk.Change{Message: message(desk.Journal, "", "sla.warning")}, []desk.EventName{desk.EventSLAWarning}},
		"two SLA breaches":     {desk.Change{Message: message(desk.Journal, "", "sla.breached", "sla.breached")}, []desk.EventName{desk.EventSLABreached, desk.EventSLABreached}},
		"erased, of a ticket":  {desk.Change{Message: message(desk.Journal, "", "erased.left")}, nil},
		"erased, of a customer": {desk.Change{Owner: "c", Message: &desk.Message{Kind: desk.Journal, Decisions: []desk.Decision{{Code: "erased.left"}}}},
			[]desk.EventName{desk.EventCustomerErased}},
		"a survey planned":              {desk.Change{Survey: survey(nil)}, nil},
		"a survey asked":                {desk.Change{Survey: asked, SurveyWas: survey(nil)}, []desk.EventName{desk.EventSurveySent}},
		"a survey skipped":              {desk.Change{Survey: survey(func(s *desk.Survey) { s.State = desk.SurveySkipped })}, []desk.EventName{desk.EventSurveySkipped}},
		"a good answer":                 {desk.Change{Survey: scored("csat", 5, 1), SurveyWas: asked}, []desk.EventName{desk.EventSurveyAnswered}},
		"a bad answer":                  {desk.Change{Survey: scored("csat", 2, 1), SurveyWas: asked}, []desk.EventName{desk.EventSurveyAnswered, desk.EventFeedbackBad}},
		"a detractor":                   {desk.Change{Survey: scored("nps", 6, 1), SurveyWas: asked}, []desk.EventName{desk.EventSurveyAnswered, desk.EventFeedbackBad}},
		"hard work":                     {desk.Change{Survey: scored("ces", 3, 1), SurveyWas: asked}, []desk.EventName{desk.EventSurveyAnswered, desk.EventFeedbackBad}},
		"a second answer":               {desk.Change{Survey: scored("csat", 4, 2), SurveyWas: scored("csat", 2, 1)}, []desk.EventName{desk.EventSurveyAnswered}},
		"a timer of an answered survey": {desk.Change{Survey: scored("csat", 2, 1), SurveyWas: scored("csat", 2, 1)}, nil},
		"a customer":                    {desk.Change{Customer: &desk.Customer{ID: "c"}}, nil},
		"a merge undone":                {desk.Change{Customer: &desk.Customer{ID: "c"}, CustomerWas: &desk.Customer{ID: "c", Merged: "d"}}, []desk.EventName{desk.EventCustomerUnmerged}},
		"a merge":                       {desk.Change{Customer: &desk.Customer{ID: "c", Merged: "d"}, CustomerWas: &desk.Customer{ID: "c"}}, []desk.EventName{desk.EventCustomerMerged}},
		"what was asked for is done": {desk.Change{Topic: &desk.Topic{ID: "t", State: desk.TopicDone}, TopicWas: &desk.Topic{ID: "t", State: desk.TopicOpen}},
			[]desk.EventName{desk.EventFeedbackDone}},
		"a round of telling": {desk.Change{Topic: &desk.Topic{ID: "t", State: desk.TopicDone, Told: 2}, TopicWas: &desk.Topic{ID: "t", State: desk.TopicDone}}, nil},
		"nothing":            {desk.Change{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.change.Row, c.change.Version, c.change.At, c.change.Seq = "row", 3, at, "17"
			got := tell.Events(c.change, rules)
			require.Equal(t, c.want, names(got))
			require.Equal(t, got, tell.Events(c.change, rules), "derived again they are the same")
			ids := map[string]bool{}
			for _, e := range got {
				day, ok := tell.Day(e.ID)
				require.True(t, ok, e.ID)
				require.Equal(t, "2026-03-02", day)
				require.False(t, ids[e.ID])
				ids[e.ID] = true
			}
		})
	}
}

// What is sent has the names of the API, what is now and what was before.
func TestBody(t *testing.T) {
	c := desk.Change{Row: "T#7K3Q9W|T", Version: 4, Seq: "123", At: at, TicketWas: ticket(nil), Ticket: ticket(func(t *desk.Ticket) { t.Assignee = "li" })}
	e := tell.Events(c, tell.Rules{})[0]
	var p struct {
		Type, Sequence string
		Timestamp      time.Time
		Data           struct{ Current, Previous map[string]any }
	}
	require.NoError(t, json.Unmarshal([]byte(e.Body), &p))
	require.Equal(t, "ticket.updated", p.Type)
	require.Equal(t, at, p.Timestamp)
	require.Equal(t, strings.Repeat("0", 37)+"123", p.Sequence)
	require.Equal(t, map[string]any{"assignee_id": nil}, p.Data.Previous)
	require.Equal(t, "li", p.Data.Current["assignee_id"])
	require.Equal(t, "DH-7K3Q-9W", p.Data.Current["number"])
	require.Equal(t, "support", e.Team)
}

// However long what a customer wrote, the body is JSON under the bound, and says that
// it was cut.
func TestBodiesAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{"a", "字", "<&>", "\x01", "\""}).Draw(t, "piece")
		text := strings.Repeat(piece, rapid.IntRange(0, 30_000).Draw(t, "n"))
		m := message(desk.FromCustomer, "")
		m.Text, m.Subject = text, text
		for range rapid.IntRange(0, 50).Draw(t, "fields") {
			m.Fields = append(m.Fields, desk.Field{Name: "n", Value: text})
			m.Attachments = append(m.Attachments, desk.Attachment{Name: text, Type: "image/png"})
		}
		e := tell.Events(desk.Change{Row: "r", Version: 1, At: at, Message: m}, tell.Rules{})[0]
		require.LessOrEqual(t, len(e.Body), desk.MaxEventBytes)
		var p struct {
			Data struct{ Current map[string]any }
		}
		require.NoError(t, json.Unmarshal([]byte(e.Body), &p))
		if p.Data.Current["text"] != text {
			require.Equal(t, true, p.Data.Current["truncated"])
		}
	})
}

func TestDayRefusesWhatIsNoEvent(t *testing.T) {
	good := tell.ID(at, "x")
	for _, id := range []string{"", "evt_", "evt_20260302T090000-", good + "0", strings.TrimPrefix(good, "evt_"), strings.ToUpper(good), "evt_20261302T090000-" + good[len(good)-20:]} {
		_, ok := tell.Day(id)
		require.False(t, ok, id)
	}
}
