package generic

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// Limits of the form, in characters and in numbers of entries; the schema has the same.
const (
	maxFrom        = 200
	maxName        = 200
	maxSubject     = 300
	maxText        = 20_000
	maxFields      = 40
	maxValue       = 2000
	maxAttachments = 20
)

// Envelopes gives the one message of a call. Its order key is from.id, its dedup key
// webhook-id.
func (c *Channel) Envelopes(v channel.Verified) ([]channel.Envelope, error) {
	e := channel.Envelope{
		Channel: desk.Generic, Account: c.account, At: v.Request.At, Body: v.Body, Shadow: v.Shadow,
		Order: sender(v.Body), Dedup: v.Request.Get(headerID),
	}
	if e.Order == "" {
		e.Order = hashed(v.Body)
	}
	if e.Dedup == "" || len(e.Dedup) > maxID || !utf8.ValidString(e.Dedup) { // only shadow mode lets it come so far
		e.Dedup = hashed(v.Body)
	}
	return []channel.Envelope{e}, nil
}

func hashed(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// sender is from.id, or "" where there is none that Parse would take.
func sender(body []byte) string {
	top, err := object(body)
	if err != nil {
		return ""
	}
	from, err := object(top["from"])
	if err != nil {
		return ""
	}
	var id string
	if json.Unmarshal(from["id"], &id) != nil || !isID(id) {
		return ""
	}
	return id
}

// object reads one JSON object by its exact keys: encoding/json's structs would take
// FROM for from.
func object(b []byte) (map[string]json.RawMessage, error) {
	var m map[string]json.RawMessage
	if !utf8.Valid(b) || json.Unmarshal(b, &m) != nil || m == nil {
		return nil, fmt.Errorf("%w: not a JSON object in UTF-8", channel.ErrUnreadable)
	}
	return m, nil
}

func isID(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= maxFrom && !strings.ContainsFunc(s, unicode.IsControl)
}

// Parse reads an envelope; see the function of the same name.
func (c *Channel) Parse(e channel.Envelope) ([]desk.Inbound, error) { return Parse(e) }

// Parse reads an envelope of any account by inbound.schema.json: a message, a review, or
// an event with its name as Type. Files are not fetched: their addresses are kept as fields. A
// key that the schema doesn't know is refused by name, since what its sender meant by
// it would be lost in silence otherwise.
func Parse(e channel.Envelope) ([]desk.Inbound, error) {
	r := reader{}
	in := desk.Inbound{ID: e.Dedup, From: desk.Address{Channel: desk.Generic, Account: e.Account}}
	top := r.object("", e.Body, "type", "id", "event", "review", "from", "at", "text", "subject", "language", "fields", "attachments")
	r.from(&in, top["from"])
	r.what(&in, top)
	r.review(&in, top["review"])
	in.At = r.time("at", top["at"])
	in.Subject = r.text("subject", top["subject"], maxSubject)
	in.Text = r.text("text", top["text"], maxText)
	in.Lang = r.oneOf("language", top["language"], "zh-CN", "en")
	if id := r.text("id", top["id"], maxName); id != "" {
		in.Fields = append(in.Fields, desk.Field{Name: "id", Value: id})
	}
	in.Fields = append(in.Fields, r.fields(top["fields"])...)
	in.Fields = append(in.Fields, r.attachments(top["attachments"])...)
	if in.Kind == desk.InMessage && strings.TrimSpace(in.Text) == "" {
		r.fault("text", "is missing")
	}
	if r.err != nil {
		return nil, r.err
	}
	return []desk.Inbound{in}, nil
}

// reader keeps the first fault it meets. Its texts name keys and hold no value.
type reader struct{ err error }

func (r *reader) fault(path, text string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s %s", channel.ErrUnreadable, path, text)
	}
}

// plainKey is a key that may be quoted: any other could be somebody's words.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,40}$`)

func (r *reader) object(path string, b json.RawMessage, known ...string) map[string]json.RawMessage {
	m, err := object(b)
	if err != nil {
		r.fault(or(path, "the body"), "is not a JSON object in UTF-8")
		return nil
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if slices.Contains(known, k) {
			continue
		}
		if !plainKey.MatchString(k) {
			k = "(not a plain name)"
		}
		r.fault(strings.TrimPrefix(path+"."+k, "."), "is a key that the form doesn't have")
	}
	return m
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (r *reader) from(in *desk.Inbound, b json.RawMessage) {
	m := r.object("from", b, "id", "name", "mail", "phone")
	in.From.ID = r.text("from.id", m["id"], maxFrom)
	if !isID(in.From.ID) {
		r.fault("from.id", "should be a text of 1 to 200 characters")
	}
	in.Name = r.text("from.name", m["name"], maxName)
	in.Contact.Mail = strings.ToLower(r.like("from.mail", m["mail"], mailForm, "should be a mail address"))
	in.Contact.Phone = r.like("from.phone", m["phone"], phoneForm, "should be in E.164, such as +15005550006")
}

var (
	mailForm  = regexp.MustCompile(`^[^@\s<>]{1,64}@[^@\s<>]{1,189}$`)
	phoneForm = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	eventForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}$`)
	urlForm   = regexp.MustCompile(`^https?://[^\s/?#]+[^\s]*$`)
)

// what reads type and the event's name, of which a message has none.
func (r *reader) what(in *desk.Inbound, top map[string]json.RawMessage) {
	in.Type = r.like("event", top["event"], eventForm, "should be a name such as order.shipped")
	switch kind := r.oneOf("type", top["type"], "message", "event", "review"); {
	case kind == "review" && in.Type == "":
		in.Kind = desk.InReview
	case kind == "review":
		r.fault("event", "is not for a review")
	case kind == "message" && in.Type == "":
		in.Kind = desk.InMessage
	case kind == "message":
		r.fault("event", "is not for a message")
	case in.Type != "":
		in.Kind = desk.InEvent
	default:
		r.fault(map[bool]string{true: "type", false: "event"}[kind == ""], "is missing")
	}
}

// text reads a string of at most max characters; "" where the key is absent.
func (r *reader) text(path string, b json.RawMessage, max int) string {
	if b == nil {
		return ""
	}
	var s *string
	if json.Unmarshal(b, &s) != nil || s == nil {
		r.fault(path, "should be a text")
		return ""
	}
	if utf8.RuneCountInString(*s) > max {
		r.fault(path, "is longer than "+strconv.Itoa(max)+" characters")
	}
	return *s
}

func (r *reader) like(path string, b json.RawMessage, form *regexp.Regexp, want string) string {
	s := r.text(path, b, maxValue)
	if b != nil && !form.MatchString(s) {
		r.fault(path, want)
	}
	return s
}

func (r *reader) oneOf(path string, b json.RawMessage, values ...string) string {
	s := r.text(path, b, maxValue)
	if b != nil && !slices.Contains(values, s) {
		r.fault(path, "should be "+strings.Join(values, " or "))
	}
	return s
}

func (r *reader) time(path string, b json.RawMessage) time.Time {
	if b == nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, r.text(path, b, maxName))
	if err != nil {
		r.fault(path, "should be a time such as 2026-03-02T08:30:00Z")
		return time.Time{}
	}
	return at.UTC()
}

func (r *reader) fields(b json.RawMessage) []desk.Field {
	if b == nil {
		return nil
	}
	m, err := object(b)
	if err != nil || len(m) > maxFields {
		r.fault("fields", "should be an object of at most 40 texts")
		return nil
	}
	var out []desk.Field
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if !plainKey.MatchString(name) {
			r.fault("fields", "may have names of up to 40 of A-Z, a-z, 0-9, ., - and _")
			return nil
		}
		out = append(out, desk.Field{Name: name, Value: r.text("fields."+name, m[name], maxValue)})
	}
	return out
}

func (r *reader) attachments(b json.RawMessage) []desk.Field {
	if b == nil {
		return nil
	}
	var all []json.RawMessage
	if json.Unmarshal(b, &all) != nil || all == nil || len(all) > maxAttachments {
		r.fault("attachments", "should be a list of at most 20")
		return nil
	}
	var out []desk.Field
	for i, one := range all {
		path := "attachments[" + strconv.Itoa(i) + "]"
		m := r.object(path, one, "url", "name")
		url := r.like(path+".url", m["url"], urlForm, "should be a web address")
		if m["url"] == nil {
			r.fault(path+".url", "is missing")
		}
		label := r.text(path+".name", m["name"], maxName)
		out = append(out, desk.Field{Name: "attachment_" + strconv.Itoa(i+1), Label: label, Value: url})
	}
	return out
}
