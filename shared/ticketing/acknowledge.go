package ticketing

import (
	"regexp"
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
	words, closed, opens := Acknowledgement(s, *t, rule, wait, at)
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
		d = said("ack.out_of_hours", "at", opens.UTC().Format(time.RFC3339))
	}
	enqueue(tx, t, desk.Message{
		ID: desk.NewMessageID(at.Add(time.Millisecond), "ack", string(first)), By: desk.Actor{Kind: desk.ByDesk},
		At: at, From: to, Subject: t.Subject, Text: words, Purpose: "ack", Lang: t.Lang, V: s.Version,
	})
	return []desk.Decision{d}
}

// Acknowledgement is what a ticket that opens is answered by itself, with its variables put
// in; "" is nothing. See config's AcknowledgementAt for rule, closed and opens.
func Acknowledgement(s *config.Settings, t desk.Ticket, rule, wait string, at time.Time) (words string, closed bool, opens time.Time) {
	text, closed, opens := s.AcknowledgementAt(rule, at)
	words = text.In(t.Lang)
	switch {
	case words == "":
		return "", closed, opens
	case closed:
		words = whenOpen(s, words, t.Lang, at, opens)
	case wait != "":
		words += "\n" + wait
	}
	t.Name, t.Subject = tame(t.Name), tame(t.Subject)
	return fill(s, words, t, s.Desk.Name.In(t.Lang)), closed, opens
}

// An acknowledgement goes to an address that nobody has proven yet: it must carry nobody's
// advertisement there. What a stranger calls themselves, or writes about, is left out where
// it could lead somewhere, and is cut.
const mostTold = 60 // characters

var leadsAway = regexp.MustCompile(`(?i)[/@]|www\.|[a-z0-9-]{2,}\.[a-z]{2,}|\d[\d -]{6,}`)

func tame(theirs string) string {
	if leadsAway.MatchString(theirs) {
		return ""
	}
	return cut(theirs, mostTold)
}

// opensBefore is OpensVariable, and the Chinese character that it stands before: a space
// belongs between that and the hour.
var opensBefore = regexp.MustCompile(`\{\{\s*opens\s*\}\}(\p{Han}?)`)

// whenOpen puts into a text when the desk opens, as somebody in its zone says it.
func whenOpen(s *config.Settings, text, lang string, now, opens time.Time) string {
	zone := s.Desk.Location()
	said := calendar.Say(lang, now.In(zone), opens.In(zone))
	return opensBefore.ReplaceAllStringFunc(text, func(slot string) string {
		next := opensBefore.FindStringSubmatch(slot)[1]
		if next != "" && !opens.IsZero() {
			return said + " " + next
		}
		return said + next
	})
}
