package deadlettersfn

import (
	"encoding/json"
	"regexp"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/work"
)

// plain is what may stand in a row's summary: what died may hold anything.
var plain = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// about tells from a body's form what it is. It need not be of any form: that may be why
// it died.
func about(q queue.Name, body string) store.DeadAbout {
	if q.FIFO() {
		return ofEnvelope(body)
	}
	var any struct {
		work.SurveyTimer
		work.Nudge
		Kind string `json:"kind"`
		Doc  struct {
			Ticket desk.TicketID `json:"ticket"`
		} `json:"doc"`
	}
	if json.Unmarshal([]byte(body), &any) != nil {
		return store.DeadAbout{Kind: "unknown"}
	}
	a := store.DeadAbout{Kind: "unknown"}
	switch id := any.Nudge.Ticket; {
	case any.Kind != "" && plain.MatchString(any.Kind):
		a.Kind, a.Ticket = any.Kind, any.Doc.Ticket
	case id != "":
		a.Kind, a.Ticket = "nudge", id
	case any.Survey != "" || any.Wave != "" || any.Recovery != "":
		a.Kind, a.Ticket = "survey", any.Recovery
	default:
		return mailOr(a, body)
	}
	if !plain.MatchString(string(a.Ticket)) {
		a.Ticket = ""
	}
	return a
}

// mailOr knows SES's notices, which come as SNS wraps them.
func mailOr(a store.DeadAbout, body string) store.DeadAbout {
	var sns struct{ Message, TopicArn string }
	if json.Unmarshal([]byte(body), &sns) == nil && sns.Message != "" {
		a.Kind = "mail"
	}
	return a
}

func ofEnvelope(body string) store.DeadAbout {
	env, err := receive.Decode(body)
	switch {
	case err != nil:
		return store.DeadAbout{Kind: "unknown"}
	case env.Channel == receive.Timer:
		a := store.DeadAbout{Kind: "timer"}
		if plain.MatchString(env.Order) {
			a.Ticket = desk.TicketID(env.Order)
		}
		return a
	}
	a := store.DeadAbout{Kind: "message"}
	if plain.MatchString(string(env.Channel)) {
		a.Channel = env.Channel
	}
	if plain.MatchString(env.Account) {
		a.Account = env.Account
	}
	return a
}
