package webform

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
)

//go:embed page.css
var style string

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// policy lets the page run nothing and load nothing; its own style is named by hash.
// form-action stays open: browsers apply it to the redirect after the post as well.
var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; frame-ancestors 'none'"
}()

// view is what the page shows: thanks, or the form again with what is to be mended.
type view struct {
	Lang   string
	Title  string
	Style  template.CSS
	Done   bool
	Action string
	Upload bool
	Hidden []hidden
	Trap   string
	Top    []string // faults of the whole submission
	Back   string   // where the customer came from
	Fields []fieldView
	say    func(text) string
}

type hidden struct{ Name, Value string }

type fieldView struct {
	config.FormField
	Label, Value, Fault string
	Options             []option
}

type option struct {
	Value, Label string
	Chosen       bool
}

// Say gives the page its texts.
func (v view) Say(t string) string { return v.say(text(t)) }

func (c *Channel) page(status int, h map[string]string, v view) channel.Response {
	v.Title = c.form.Title.In(v.Lang)
	v.Style = template.CSS(style) //nolint:gosec // our own file
	v.say = func(t text) string { return say(v.Lang, t) }
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		b.Reset()
		b.WriteString(v.Title)
	}
	h["content-type"] = "text/html; charset=utf-8"
	h["content-security-policy"] = policy
	h["x-content-type-options"] = "nosniff"
	h["referrer-policy"] = "no-referrer"
	return channel.Response{Status: status, Header: h, Body: b.Bytes()}
}

// again is the form with what was typed, and at each field what is wrong with it.
func (c *Channel) again(r channel.Request, ref refusal) view {
	s, err := read(r.Get("content-type"), r.Body)
	v := view{Lang: c.submissionLang(s, c.requestLang(r)), Action: r.Path, Trap: c.form.Honeypot}
	faults := map[string]string{}
	for _, f := range ref.faults {
		if f.Field == "" {
			v.Top = append(v.Top, f.Text)
		}
		faults[f.Field] = f.Text
	}
	if err != nil { // nothing was read, so nothing can be shown again: only the way back
		v.Back = r.Get("referer")
		return v
	}
	for _, name := range []string{"_next", "_lang", "_id"} {
		if value := s.first(name); value != "" {
			v.Hidden = append(v.Hidden, hidden{name, value})
		}
	}
	for _, f := range c.form.Fields {
		v.Upload = v.Upload || f.Type == config.FieldFile
		v.Fields = append(v.Fields, fieldOf(f, s.value(f), faults[f.Name], v.Lang))
	}
	return v
}

func fieldOf(f config.FormField, value, fault, lang string) fieldView {
	v := fieldView{FormField: f, Label: f.Label.In(lang), Value: value, Fault: fault}
	for _, ch := range f.Choices {
		v.Options = append(v.Options, option{ch.Value, ch.Label.In(lang), ch.Value == value})
	}
	return v
}
