package ticketing

import (
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/auto"
	"github.com/deskhook/deskhook/shared/policy/calendar"
	"github.com/deskhook/deskhook/shared/store"
)

// acknowledge answers a ticket's first message where the settings say so and nothing
// speaks against it; either way the journal tells. rule is the acknowledgement that a
// routing rule chose, wait what is said of how long it takes, first the message that is answered. The identity is the caller's to
// write.
func acknowledge(s *config.Settings, tx *store.Tx, t *desk.Ticket, id *desk.Identity, in desk.Inbound, rule, wait string, first desk.MessageID, at time.Time) []desk.Decision {
	text, closed, opens := s.AcknowledgementAt(rule, at)
	words := text.In(t.Lang)
	to := t.AnswerTo()
	if words == "" || to.ID == "" {
		return nil
	}
	if ok, why := auto.Allow(in, *id, at); !ok {
		return []desk.Decision{said(why)}
	}
	id.Auto = append(auto.Recent(id.Auto, at), at)
	d := said("ack.sent")
	if closed {
		words = Opens(s, words, t.Lang, at, opens)
		d = said("ack.out_of_hours", "at", opens.UTC().Format(time.RFC3339))
	} else if wait != "" {
		words += "\n" + wait
	}
	enqueue(tx, t, desk.Message{
		ID: desk.NewMessageID(at.Add(time.Millisecond), "ack", string(first)), By: desk.Actor{Kind: desk.ByDesk},
		At: at, From: to, Subject: t.Subject, Text: words, Purpose: "ack", Lang: t.Lang, V: s.Version,
	})
	return []desk.Decision{d}
}

// Opens puts into a text when the desk opens, as somebody in its zone says it.
func Opens(s *config.Settings, text, lang string, now, opens time.Time) string {
	zone := s.Desk.Location()
	return strings.ReplaceAll(text, config.OpensVariable, calendar.Say(lang, now.In(zone), opens.In(zone)))
}
