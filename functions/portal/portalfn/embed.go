package portalfn

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel/webform"
	"github.com/deskhook/deskhook/shared/channel/webform/captcha"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/look"
)

// formJSON is a form as embed.js builds it.
type formJSON struct {
	ID       string          `json:"id"`
	Lang     string          `json:"lang"`
	Title    string          `json:"title"`
	Intro    string          `json:"intro,omitempty"`
	Honeypot string          `json:"honeypot"`
	Fields   []fieldJSON     `json:"fields"`
	Captcha  *captcha.Widget `json:"captcha,omitempty"`
	MaxText  int             `json:"max_text"` // characters of what is written on
}

type fieldJSON struct {
	Name         string       `json:"name"`
	Label        string       `json:"label"`
	Type         string       `json:"type"` // textarea, choice, file, or HTML's type of a line
	Required     bool         `json:"required,omitempty"`
	Max          int          `json:"max,omitempty"`
	Autocomplete string       `json:"autocomplete,omitempty"`
	Options      []optionJSON `json:"options,omitempty"`
}

type optionJSON struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// definition gives a form to embed.js on a page that the form lists.
func (p *portal) definition(w http.ResponseWriter, r *http.Request, v view, form config.Form) {
	out := formJSON{
		ID: form.ID, Lang: v.Lang, Title: form.Title.In(v.Lang), Intro: form.Intro.In(v.Lang),
		Honeypot: form.Honeypot, MaxText: webform.MaxText(form),
	}
	if out.Honeypot == "" {
		out.Honeypot = config.DefaultHoneypot
	}
	if widget := captcha.WidgetOf(form, v.Lang); widget.Kind != "" {
		out.Captcha = &widget
	}
	for _, f := range form.Fields {
		out.Fields = append(out.Fields, fieldJSONOf(f, v.Lang))
	}
	writeJSON(w, r, form, out)
}

func fieldJSONOf(f config.FormField, lang string) fieldJSON {
	shown := fieldOf(f, lang)
	out := fieldJSON{
		Name: f.Name, Label: shown.Label, Type: shown.Input, Required: f.Required, Max: f.Max, Autocomplete: shown.Autocomplete,
	}
	if slices.Contains([]config.FieldType{config.FieldTextarea, config.FieldChoice, config.FieldFile}, f.Type) {
		out.Type = string(f.Type)
	}
	for _, o := range shown.Options {
		out.Options = append(out.Options, optionJSON(o))
	}
	return out
}

// talkJSON is a conversation as embed.js shows it.
type talkJSON struct {
	Tag      string       `json:"tag"` // of the content: given back as ?tag=, no news are 204
	Filed    bool         `json:"filed"`
	Number   string       `json:"number,omitempty"`
	Subject  string       `json:"subject,omitempty"`
	Status   string       `json:"status,omitempty"` // in words
	Messages []bubbleJSON `json:"messages"`
}

type bubbleJSON struct {
	ID    string     `json:"id,omitempty"` // of the customer's own
	Own   bool       `json:"own"`
	Who   string     `json:"who"`
	At    time.Time  `json:"at"`
	When  string     `json:"when"` // in the desk's zone
	Text  string     `json:"text"`
	Files []fileJSON `json:"files,omitempty"`
}

type fileJSON struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"` // below the desk's address
}

// talk gives the conversation that a signed link opens, to scripts of pages that the
// form lists. The tag stands in the address and not in a header, which would make the
// browser ask first each time.
func (p *portal) talk(w http.ResponseWriter, r *http.Request) {
	from, submission, ok := links.OpenStatus(p.Key, r.PathValue("token"), p.Now())
	if !ok {
		http.Error(w, "no such conversation", http.StatusNotFound)
		return
	}
	v, ok := p.begin(w, r, "")
	if !ok {
		return
	}
	form, _ := v.s.Form(from.Account)
	page, err := p.statusOf(r.Context(), v, sought{from: from, submission: submission}, strings.TrimSuffix(r.URL.Path, "/conversation"))
	if err != nil {
		allow(w, r, form)
		http.Error(w, "not just now", http.StatusServiceUnavailable)
		return
	}
	out := talkOf(page)
	if out.Tag == r.URL.Query().Get("tag") {
		allow(w, r, form)
		look.SetHeaders(w.Header())
		w.WriteHeader(http.StatusNoContent)
		return
	}
	writeJSON(w, r, form, out)
}

func talkOf(page statusPage) talkJSON {
	out := talkJSON{
		Filed: page.Filed, Number: page.Number, Subject: page.Subject, Status: page.Status, Messages: []bubbleJSON{},
	}
	for _, b := range page.Talk {
		m := bubbleJSON{Own: b.Own, Who: b.Who, At: b.At, When: page.When(b.At), Text: b.Text}
		if b.Own {
			m.ID = b.ID
		}
		for _, f := range b.Files {
			m.Files = append(m.Files, fileJSON(f))
		}
		out.Messages = append(out.Messages, m)
	}
	doc, _ := json.Marshal(out) // texts, times and numbers
	sum := sha256.Sum256(doc)
	out.Tag = hex.EncodeToString(sum[:8])
	return out
}

// allow lets scripts of the form's pages read the answer.
func allow(w http.ResponseWriter, r *http.Request, form config.Form) {
	w.Header().Add("Vary", "Origin, Accept")
	if o := r.Header.Get("Origin"); webform.MayRead(form, o) {
		w.Header().Set("Access-Control-Allow-Origin", o)
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
}

func writeJSON(w http.ResponseWriter, r *http.Request, form config.Form, body any) {
	doc, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "the answer could not be made", http.StatusInternalServerError)
		return
	}
	allow(w, r, form)
	look.SetHeaders(w.Header())
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(doc)
}

// wantsJSON tells embed.js from a browser that goes to the page.
func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}
