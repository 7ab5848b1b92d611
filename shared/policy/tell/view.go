package tell

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Names are those of the REST API.

func viewTicket(t desk.Ticket, version int64) map[string]any {
	return map[string]any{
		"id": string(t.ID), "number": t.ID.Number(), "version": version,
		"subject": t.Subject, "status": string(t.Status), "priority": string(t.Priority), "type": string(t.Type), "team": t.Team,
		"assignee_id": orNull(t.Assignee), "customer": map[string]any{"id": string(t.Customer), "name": t.Called(t.Lang)},
		"via": via(t.From), "language": t.Lang, "tags": orEmpty(t.Tags), "follower_ids": orEmpty(t.Followers), "follows": orNull(t.Before.Number()), "task_of": orNull(t.Parent.Number()),
		"merged_into": orNull(t.Into.Number()), "reopened": t.Reopened,
		"created_at": t.Opened.UTC(), "updated_at": t.Updated.UTC(), "snoozed_until": moment(t.SnoozedUntil),
		"first_answered_at": moment(t.FirstAnswered), "resolved_at": moment(t.Resolved), "closed_at": moment(t.Closed),
	}
}

// quiet are fields whose change alone is no event: they follow from others, or from
// messages, which are events themselves.
var quiet = map[string]bool{
	"version": true, "updated_at": true, "first_answered_at": true, "resolved_at": true, "closed_at": true, "reopened": true, "customer": true,
}

// changed gives the old values of what differs; nil where only quiet fields do.
func changed(was, now map[string]any) map[string]any {
	out := map[string]any{}
	for name, old := range was {
		if !quiet[name] && !reflect.DeepEqual(old, now[name]) {
			out[name] = old
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

var messageTypes = map[desk.MessageKind]string{
	desk.FromCustomer: "incoming", desk.ToCustomer: "outgoing", desk.Note: "note", desk.Journal: "event",
}

const maxListed = 20 // fields and attachments told of one message

func viewMessage(m desk.Message) map[string]any {
	v := map[string]any{
		"id": string(m.ID), "ticket": m.Ticket.Number(), "type": messageTypes[m.Kind],
		"author":     map[string]any{"type": string(m.By.Kind), "id": m.By.ID, "name": m.By.Name},
		"created_at": m.At.UTC(), "shown_at": m.ShownAt().UTC(), "subject": m.Subject, "text": m.Text, "via": via(m.From),
	}
	if m.Kind == desk.ToCustomer {
		v["delivery"] = map[string]any{"state": string(m.State), "why": m.Why, "purpose": m.Purpose}
	}
	fields, files := []any{}, []any{}
	for _, f := range m.Fields[:min(len(m.Fields), maxListed)] {
		fields = append(fields, map[string]any{"name": f.Name, "label": f.Label, "value": cut(f.Value, 200)})
	}
	for _, a := range m.Attachments[:min(len(m.Attachments), maxListed)] {
		files = append(files, map[string]any{"name": cut(a.Name, 100), "content_type": a.Type, "size": a.Size})
	}
	v["fields"], v["attachments"] = fields, files
	return v
}

func viewDecision(m desk.Message, d desk.Decision, owner desk.CustomerID) map[string]any {
	args := map[string]any{}
	for k, a := range d.Args {
		args[k] = a
	}
	v := map[string]any{"code": d.Code, "args": args, "at": m.At.UTC()}
	if m.Ticket != "" {
		v["ticket"] = m.Ticket.Number()
	}
	if owner != "" {
		v["customer"] = map[string]any{"id": string(owner)}
	}
	return v
}

func viewSurvey(s desk.Survey) map[string]any {
	v := map[string]any{
		"survey_id": string(s.ID), "kind": string(s.Kind), "ticket": s.Ticket.Number(), "customer_id": string(s.Customer), "team": s.Team,
		"state": string(s.State), "why": s.Why, "channel": string(s.To.Channel),
		"asked_at": moment(s.Asked), "answered_at": moment(s.Answered), "score": nil, "comment": "",
	}
	if s.Score != nil {
		v["score"], v["comment"], v["channel"] = s.Score.Value, s.Score.Comment, string(s.Score.By)
	}
	return v
}

func via(a desk.Address) map[string]any {
	return map[string]any{"channel": string(a.Channel), "account": a.Account, "address": a.ID}
}

// payload is what is sent, in Standard Webhooks' form.
type payload struct {
	Type      desk.EventName `json:"type"`
	Timestamp time.Time      `json:"timestamp"`
	Sequence  string         `json:"sequence"` // compares as text: the order of one ticket's events
	Data      data           `json:"data"`
}

type data struct {
	Current  map[string]any `json:"current"`
	Previous map[string]any `json:"previous"` // fields that changed, as they were; null for what is new
}

// body writes the payload, cutting the longest texts until it is short enough; what was
// cut says so (truncated) and is to be had from the API.
func body(name desk.EventName, c desk.Change, current, previous map[string]any) string {
	p := payload{Type: name, Timestamp: c.At.UTC(), Sequence: pad(c.Seq), Data: data{current, previous}}
	for most := 16_000; ; most /= 2 {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false) // a body is not a page, and its signature is over these bytes
		// Strings, numbers, times and maps of them always marshal.
		_ = enc.Encode(p)
		if b.Len() <= desk.MaxEventBytes || most == 0 {
			return strings.TrimSuffix(b.String(), "\n")
		}
		shorten(current, most)
		shorten(previous, most)
		current["truncated"] = true
	}
}

// shorten cuts all texts of a tree to at most n bytes.
func shorten(tree map[string]any, n int) {
	for k, v := range tree {
		switch v := v.(type) {
		case string:
			tree[k] = cut(v, n)
		case map[string]any:
			shorten(v, n)
		case []any:
			for _, e := range v {
				if m, ok := e.(map[string]any); ok {
					shorten(m, n)
				}
			}
		}
	}
}

// pad makes sequence numbers of the feed, of at most 40 digits, comparable as texts.
func pad(seq string) string { return strings.Repeat("0", max(0, 40-len(seq))) + seq }

// cut shortens a text to at most n bytes without cutting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func orEmpty(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}
