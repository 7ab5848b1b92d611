// Package webform is the channel for forms on web pages: the desk's own hosted ones
// and those on the customer's site, by script or plain HTML. A form is public, so
// nothing is signed; instead its fields are checked while the customer is still there
// to mend them. Each submission is a ticket.
//
// Fields that the desk itself reads: _next (where to go afterwards), _lang (zh-CN or
// en), _id (a nonce of the page), and the form's honeypot. Other fields that the form
// doesn't name are dropped.
package webform

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/webform/captcha"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// Keys of Envelope.Meta.
const (
	metaType    = "ct"      // the body's content type
	metaLang    = "lang"    // the customer's language
	metaSpam    = "spam"    // why it is held to be spam
	metaUploads = "uploads" // the files that lie in the blob store, as JSON
	metaMark    = "mark"    // why nobody knows whether a person sent it: captcha.Verdict's word
)

// sameFor is how long the same text without _id counts as one submission: a double
// click is one, the same words tomorrow are another. Time is cut into pieces of this
// length, so two clicks on either side of a cut are two.
const sameFor = 10 * time.Minute

// Channel is one form.
type Channel struct {
	// StatusURL makes the address of the page that tells a customer how a submission
	// stands. Nil: there is none. from is the Inbound.From that Parse will give.
	StatusURL func(from desk.Address, submissionID string) string
	// Lang is for customers whose language can't be told: zh-CN or en (default).
	Lang string
	// Captcha asks the provider of the form's captcha about a token. id is the
	// submission's. Nil, where the form has a captcha: nobody can be asked.
	Captcha func(ctx context.Context, token, remoteIP, id string) captcha.Verdict

	// OpenUpload reads a reference that the desk gave out for a file; false where it did
	// not, or that is too long ago. Nil: files come with the form alone.
	OpenUpload func(ref string) (Upload, bool)

	form config.Form
}

var (
	_ channel.Channel = (*Channel)(nil)
	_ channel.Acker   = (*Channel)(nil)
)

// New makes the channel of one form, which config has checked. Of the account nothing
// is needed: a form has no secret.
func New(form config.Form, _ channel.Account) (*Channel, error) {
	if form.ID == "" || len(form.Fields) == 0 {
		return nil, errors.New("webform: a form needs an id and fields")
	}
	if form.Honeypot == "" {
		form.Honeypot = config.DefaultHoneypot
	}
	return &Channel{form: form}, nil
}

// Name is webform.
func (c *Channel) Name() desk.Channel { return desk.WebForm }

// Verify checks the fields, and then the captcha where the form has one: a token is good
// once, and a typing mistake shall not burn it. An error wraps channel.ErrRefused and a *desk.Error for
// each field at fault, in the customer's language. Where the honeypot is filled, all is
// accepted: a robot shall not learn why it failed.
func (c *Channel) Verify(ctx context.Context, r channel.Request) (channel.Verified, error) {
	lang := c.requestLang(r)
	s, err := read(r.Get("content-type"), r.Body)
	if err != nil {
		return channel.Verified{}, refusal{status: err.status, faults: []*desk.Error{desk.Errorf(desk.Invalid, "%s", say(lang, err.text))}}
	}
	lang = c.submissionLang(s, lang)
	fits := c.takeUploads(s)
	got := accepted{submission: s}
	if s.first(c.form.Honeypot) != "" {
		got.spam = "honeypot"
		return channel.Verified{Request: r, Body: r.Body}.With(got), nil
	}
	if !fits {
		return channel.Verified{}, refusal{status: errLarge.status, faults: []*desk.Error{desk.Errorf(desk.Invalid, "%s", say(lang, errLarge.text))}}
	}
	if faults := c.faults(s, lang); len(faults) > 0 {
		return channel.Verified{}, refusal{status: 422, faults: faults}
	}
	if err := c.person(ctx, r, &got, lang); err != nil {
		return channel.Verified{}, err
	}
	return channel.Verified{Request: r, Body: r.Body}.With(got), nil
}

// accepted is what Verify lets pass.
type accepted struct {
	submission
	spam string // why it is held to be spam
	mark string // why the captcha told nothing
}

// refusal is what Verify gives for a submission that can be mended.
type refusal struct {
	status int
	faults []*desk.Error
}

func (r refusal) Error() string {
	return fmt.Sprintf("%v: %d fields", channel.ErrRefused, len(r.faults))
}

func (r refusal) Unwrap() []error {
	errs := []error{channel.ErrRefused}
	for _, f := range r.faults {
		errs = append(errs, f)
	}
	return errs
}

// Envelopes gives the one submission. Its order key is the mail address or phone given,
// else its own id; its dedup key is its id.
func (c *Channel) Envelopes(v channel.Verified) ([]channel.Envelope, error) {
	r := v.Request
	s := c.accepted(v)
	e := channel.Envelope{
		Channel: desk.WebForm, Account: c.form.ID, At: r.At, Body: v.Body, Dedup: c.id(s.submission, r.At),
		Meta: map[string]string{metaType: r.Get("content-type"), metaLang: c.submissionLang(s.submission, c.requestLang(r))},
	}
	for name, value := range map[string]string{metaSpam: s.spam, metaMark: s.mark, metaUploads: packUploads(s.uploads)} {
		if value != "" {
			e.Meta[name] = value
		}
	}
	e.Order = c.who(s.submission, e.Dedup)
	return []channel.Envelope{e}, nil
}

// accepted is what Verify let pass.
func (c *Channel) accepted(v channel.Verified) accepted {
	a, _ := v.State().(accepted)
	return a
}

// id is a submission's own. The page's nonce makes it one for good; without it time
// does. The content is part of either: who goes back, mends a word and sends again has
// said something else, and it must not be dropped.
func (c *Channel) id(s submission, at time.Time) string {
	when := "id " + s.first("_id")
	if s.first("_id") == "" {
		when = "at " + strconv.FormatInt(at.Truncate(sameFor).Unix(), 10)
	}
	parts := []string{c.form.ID, when}
	for _, f := range c.form.Fields {
		parts = append(parts, f.Name)
		if f.Type != config.FieldFile {
			parts = append(parts, s.value(f))
		} else {
			parts = append(parts, "")
		}
		for _, file := range s.files[f.Name] {
			parts = append(parts, file.name, string(file.data))
		}
		for _, u := range s.uploads[f.Name] { // not by key: who sends again may have uploaded again
			parts = append(parts, u.Name, u.Type, strconv.FormatInt(u.Size, 10))
		}
	}
	return desk.DeriveID("submission", parts...)
}

// from is the submitter's address.
func (c *Channel) from(s submission, id string) desk.Address {
	return desk.Address{Channel: desk.WebForm, Account: c.form.ID, ID: c.who(s, id)}
}

// who is the customer: by mail address, else by phone, else nobody but this submission.
func (c *Channel) who(s submission, id string) string {
	contact := c.contact(s)
	for _, w := range []string{contact.Mail, contact.Phone} {
		if w != "" {
			return w
		}
	}
	return id
}

func (c *Channel) contact(s submission) (out desk.Contact) {
	for _, f := range c.form.Fields {
		switch v := s.value(f); f.Role {
		case "mail":
			out.Mail, _ = cleanMail(v)
		case "phone":
			out.Phone, _ = cleanPhone(v)
			out.Typed = v
		}
	}
	return out
}
