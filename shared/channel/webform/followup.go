package webform

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// Keys of Envelope.Meta of what a customer writes on.
const (
	metaFrom    = "from"    // who wrote the submission: Address.ID
	metaFollows = "follows" // the submission's id
)

// TextField is the field that a follow-up's words stand in.
const TextField = "text"

// defaultText is how many characters a follow-up may have where the form doesn't say.
const defaultText = 5000

// FollowUp takes what a customer writes on in a conversation that a form began. Who may
// write is proven before it is made: the address that is posted to holds the desk's
// signature over From and Submission.
type FollowUp struct {
	From       desk.Address // the Inbound.From of the submission
	Submission string
	StatusURL  string // of the conversation's page

	c *Channel
}

var (
	_ channel.Channel = (*FollowUp)(nil)
	_ channel.Acker   = (*FollowUp)(nil)
)

// FollowUp makes the channel of one conversation.
func (c *Channel) FollowUp(from desk.Address, submission, statusURL string) *FollowUp {
	return &FollowUp{From: from, Submission: submission, StatusURL: statusURL, c: c}
}

// Name is webform.
func (f *FollowUp) Name() desk.Channel { return desk.WebForm }

// field is the one that a follow-up has.
func (f *FollowUp) field() config.FormField {
	return config.FormField{Name: TextField, Type: config.FieldTextarea, Required: true, Max: MaxText(f.c.form)}
}

// MaxText is how many characters a follow-up in a form's conversation may have.
func MaxText(form config.Form) int {
	for _, f := range form.Fields {
		if f.Role == "message" && f.Max > 0 {
			return f.Max
		}
	}
	return defaultText
}

// Verify checks that there are words, and not too many; errors as of Channel.Verify.
func (f *FollowUp) Verify(_ context.Context, r channel.Request) (channel.Verified, error) {
	lang := f.c.requestLang(r)
	s, err := read(r.Get("content-type"), r.Body)
	if err != nil {
		return channel.Verified{}, refusal{status: err.status, faults: []*desk.Error{desk.Errorf(desk.Invalid, "%s", say(lang, err.text))}}
	}
	if t, n := valueFault(f.field(), s); t != "" {
		fault := desk.FieldError(TextField, "%s", say(f.c.submissionLang(s, lang), t, n))
		return channel.Verified{}, refusal{status: 422, faults: []*desk.Error{fault}}
	}
	return channel.Verified{Request: r, Body: r.Body}.With(s), nil
}

// Envelopes gives the one message. It has the order key of the submission, so that it
// never overtakes it.
func (f *FollowUp) Envelopes(v channel.Verified) ([]channel.Envelope, error) {
	r := v.Request
	s, _ := v.State().(submission)
	return []channel.Envelope{{
		Channel: desk.WebForm, Account: f.c.form.ID, Order: f.From.ID, Dedup: f.id(s, r.At), At: r.At, Body: v.Body,
		Meta: map[string]string{
			metaType: r.Get("content-type"), metaLang: f.c.submissionLang(s, f.c.requestLang(r)),
			metaFrom: f.From.ID, metaFollows: f.Submission,
		},
	}}, nil
}

// id is one for a page's nonce and the same words, or for a while without a nonce.
func (f *FollowUp) id(s submission, at time.Time) string {
	when := "id " + s.first("_id")
	if s.first("_id") == "" {
		when = "at " + strconv.FormatInt(at.Truncate(sameFor).Unix(), 10)
	}
	return desk.DeriveID("followup", f.c.form.ID, f.From.ID, f.Submission, when, s.value(f.field()))
}

// Parse reads a follow-up, as Channel.Parse does.
func (f *FollowUp) Parse(e channel.Envelope) ([]desk.Inbound, error) { return f.c.Parse(e) }

// followed reads what a customer wrote on: words alone, for who and about what stand in
// the envelope.
func (c *Channel) followed(e channel.Envelope, s submission) desk.Inbound {
	f := c.FollowUp(desk.Address{}, "", "")
	return desk.Inbound{
		Kind: desk.InMessage, ID: e.Dedup, Form: c.form.ID, Lang: e.Meta[metaLang],
		From: desk.Address{Channel: desk.WebForm, Account: c.form.ID, ID: e.Meta[metaFrom]},
		Text: s.value(f.field()), Follows: e.Meta[metaFollows],
	}
}

// Ack sends a browser back to the conversation; a script gets ok and the message's id.
func (f *FollowUp) Ack(v channel.Verified) channel.Response {
	s, _ := v.State().(submission)
	id := f.id(s, v.Request.At)
	h := cors(f.c.form, v.Request.Get("origin"))
	h["cache-control"] = "no-store"
	if !wantsPage(v.Request) {
		return jsonAnswer(http.StatusOK, "application/json", h, map[string]any{"ok": true, "id": id})
	}
	h["location"] = f.StatusURL + "?sent=" + id + "&lang=" + f.c.submissionLang(s, f.c.requestLang(v.Request))
	return channel.Response{Status: http.StatusSeeOther, Header: h}
}

// Refuse answers as Channel.Refuse does; the page shows the words again.
func (f *FollowUp) Refuse(r channel.Request, err error) channel.Response {
	ref := refusal{status: http.StatusUnprocessableEntity}
	_ = errors.As(err, &ref)
	h := cors(f.c.form, r.Get("origin"))
	h["cache-control"] = "no-store"
	if !wantsPage(r) {
		return problem(ref, h)
	}
	s, unread := read(r.Get("content-type"), r.Body)
	lang := f.c.submissionLang(s, f.c.requestLang(r))
	form := config.Form{Title: f.c.form.Title, Honeypot: f.c.form.Honeypot, Fields: []config.FormField{f.field()}}
	form.Fields[0].Label = config.Text{"zh-CN": texts[textWrite][0], "en": texts[textWrite][1]}
	p := newPage(lang, form.Title.In(lang))
	p.put("<h1>%s</h1>\n", form.Title.In(lang))
	faults := p.faults(form, ref)
	if unread == nil {
		p.form(form, r.Path, s, faults)
	} else {
		p.wayBack(f.StatusURL)
	}
	return p.response(ref.status, h)
}
