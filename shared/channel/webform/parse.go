package webform

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// Parse reads a submission into one message: its fields in the form's order, with the
// labels the customer saw; subject, text, name and contact by the fields' roles; files
// with their bytes. Contact is what the customer typed, and unproven.
func (c *Channel) Parse(e channel.Envelope) ([]desk.Inbound, error) {
	s, err := read(e.Meta[metaType], e.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: the form's body can't be read", channel.ErrUnreadable)
	}
	if s.uploads, err = unpackUploads(e.Meta[metaUploads]); err != nil {
		return nil, fmt.Errorf("%w: the form's files can't be read", channel.ErrUnreadable)
	}
	if e.Meta[metaFollows] != "" {
		return []desk.Inbound{c.followed(e, s)}, nil
	}
	in := desk.Inbound{
		Kind: desk.InMessage, ID: e.Dedup, Form: c.form.ID, Lang: e.Meta[metaLang],
		From:    c.from(s, e.Dedup),
		Contact: c.contact(s), Spam: e.Meta[metaSpam],
	}
	if why := e.Meta[metaMark]; why != "" {
		in.Marks = []desk.Decision{{Code: "spam.captcha_unknown", Args: map[string]string{"why": why}}}
	}
	if c.form.Feedback {
		in.Given = &desk.Given{}
		if slices.Contains(desk.FeedbackTypes, c.form.Type) {
			in.Given.Type = c.form.Type
		}
	}
	for _, f := range c.form.Fields {
		c.take(&in, s, f)
	}
	return []desk.Inbound{in}, nil
}

func (c *Channel) take(in *desk.Inbound, s submission, f config.FormField) {
	for _, file := range s.files[f.Name] {
		in.Attachments = append(in.Attachments, file.attachment())
	}
	for _, u := range s.uploads[f.Name] {
		in.Attachments = append(in.Attachments, desk.Attachment{Name: u.Name, Type: u.Type, Size: u.Size, Blob: u.Key})
	}
	v := shown(f, s.value(f), in.Lang)
	if v == "" || f.Type == config.FieldFile {
		return
	}
	in.Fields = append(in.Fields, desk.Field{Name: f.Name, Label: f.Label.In(in.Lang), Value: v})
	switch f.Role {
	case "name":
		in.Name = v
	case "subject":
		in.Subject = v
	case "message":
		in.Text = v
	case config.RoleKind, config.RoleRating:
		given(in.Given, f, s.value(f))
	}
}

// given takes what a form asks of how it was; the fields have been checked by now.
func given(g *desk.Given, f config.FormField, value string) {
	n, err := strconv.Atoi(value)
	switch {
	case g == nil:
	case f.Role == config.RoleKind:
		g.Type = desk.Type(value)
	case err == nil:
		g.Rating = &n
		g.Min, g.Max = f.Scale()
	}
}

// shown is a value as the customer saw it: of a choice, its label.
func shown(f config.FormField, v, lang string) string {
	for _, ch := range f.Choices {
		if ch.Value == v {
			return ch.Label.In(lang)
		}
	}
	return v
}

func (f file) attachment() desk.Attachment {
	sum := sha256.Sum256(f.data)
	return desk.Attachment{
		Name: f.name, Type: f.media, Size: int64(len(f.data)), SHA256: hex.EncodeToString(sum[:]), Data: f.data,
	}
}
