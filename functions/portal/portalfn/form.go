package portalfn

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/webform/captcha"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/look"
)

type formPage struct {
	look.Page
	Intro    string
	Action   string
	Nonce    string
	Honeypot string
	Upload   bool
	Captcha  captcha.Widget
	Fields   []formField
}

type formField struct {
	config.FormField
	Label        string
	Input        string // the HTML type of a one-line field
	Autocomplete string
	Options      []formOption
	Largest      string // a file's size at most
}

type formOption struct{ Value, Label string }

// form shows the hosted form. It posts to its own address, which is the webform
// receiver's; that checks the fields and shows the form again where one is to be mended.
func (p *portal) form(w http.ResponseWriter, r *http.Request) {
	v, ok := p.begin(w, r, "")
	if !ok {
		return
	}
	form, ok := v.s.Form(r.PathValue("form"))
	if !ok {
		p.notFound(w, r)
		return
	}
	w.Header().Add("Vary", "Accept")
	if wantsJSON(r) {
		p.definition(w, r, v, form)
		return
	}
	widget := captcha.WidgetOf(form, v.Lang)
	w.Header().Set("Content-Security-Policy", widget.Allow(p.mayUpload(r.Context(), form, p.policy(v))))
	page := formPage{
		Page: v.Page, Intro: form.Intro.In(v.Lang), Action: "/forms/" + form.ID,
		Nonce: rand.Text(), Honeypot: form.Honeypot, Captcha: widget,
	}
	page.Title = form.Title.In(v.Lang)
	if page.Honeypot == "" {
		page.Honeypot = config.DefaultHoneypot
	}
	for _, f := range form.Fields {
		page.Upload = page.Upload || f.Type == config.FieldFile
		page.Fields = append(page.Fields, fieldOf(f, v.Lang))
	}
	p.write(w, r, http.StatusOK, "form", page)
}

// mayUpload lets the page of a form with large files call the blob store, whose address
// is that of any link to it: none is given out here.
func (p *portal) mayUpload(ctx context.Context, form config.Form, policy string) string {
	if p.Blob == nil || !slices.ContainsFunc(form.Fields, func(f config.FormField) bool {
		return f.Type == config.FieldFile && (f.Max == 0 || f.Max > config.MaxFile)
	}) {
		return policy
	}
	link, err := p.Blob.SignPut(ctx, channel.UploadPrefix+"x", 1, time.Second, blob.Options{})
	if err != nil {
		return policy // large files fail, and the page says so; the form goes on
	}
	return strings.Replace(policy, "connect-src 'self'", strings.TrimSpace("connect-src 'self' "+origin(link)), 1)
}

// policy is the content policy of a page with a form. Browsers apply form-action to the
// redirect after the post too, and that leads to the desk's public address whatever
// address this page was opened at.
func (p *portal) policy(v view) string {
	return strings.Replace(look.Policy,
		"form-action 'self'", strings.TrimSpace("form-action 'self' "+origin(v.s.Desk.PublicURL)), 1)
}

var (
	inputs        = map[config.FieldType]string{config.FieldMail: "email", config.FieldPhone: "tel"}
	autocompletes = map[string]string{"name": "name", "mail": "email", "phone": "tel"}
)

func fieldOf(f config.FormField, lang string) formField {
	out := formField{
		FormField: f, Label: f.Label.In(lang), Input: inputs[f.Type],
		Autocomplete: autocompletes[f.Role], Largest: size(f.Max),
	}
	if out.Input == "" {
		out.Input = "text"
	}
	for _, c := range f.Choices {
		out.Options = append(out.Options, formOption{c.Value, c.Label.In(lang)})
	}
	return out
}

// size says a number of bytes as people do.
func size(n int) string {
	switch {
	case n <= 0:
		return ""
	case n < 1<<20:
		return fmt.Sprintf("%d KB", n>>10)
	case n%(1<<20) == 0:
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
