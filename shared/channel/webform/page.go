package webform

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/webform/captcha"
	"github.com/deskhook/deskhook/shared/config"
)

//go:embed page.css
var style string

// policy lets the page run nothing and load nothing; its own style is named by hash.
// form-action stays open: browsers apply it to the redirect after the post as well.
var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; frame-ancestors 'none'"
}()

// page is written by hand: html/template finds methods by name, after which the linker
// keeps every method of the AWS SDK, and the receiver grows from 12 to 22 MB.
type page struct {
	b      strings.Builder
	lang   string
	widget captcha.Widget
}

// put writes one piece of HTML. Arguments are escaped for text and for quoted
// attributes; the format is our own.
func (p *page) put(format string, args ...string) {
	safe := make([]any, len(args))
	for i, a := range args {
		safe[i] = html.EscapeString(a)
	}
	fmt.Fprintf(&p.b, format, safe...)
}

// raw writes HTML of our own, or what has been escaped.
func (p *page) raw(parts ...string) {
	for _, s := range parts {
		p.b.WriteString(s)
	}
}

func (p *page) say(t text) string { return say(p.lang, t) }

func newPage(lang, title string) *page {
	p := &page{lang: lang}
	p.put(`<!doctype html><html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`, lang)
	p.put(`<meta name="robots" content="noindex"><title>%s</title><style>`, title)
	p.raw(style)
	p.put("</style></head>\n<body><main>\n")
	return p
}

func (p *page) response(status int, h map[string]string) channel.Response {
	p.put("</main></body></html>\n")
	h["content-type"] = "text/html; charset=utf-8"
	h["content-security-policy"] = p.widget.Allow(policy)
	h["x-content-type-options"] = "nosniff"
	h["referrer-policy"] = "no-referrer"
	return channel.Response{Status: status, Header: h, Body: []byte(p.b.String())}
}

// thanks is shown to a browser where there is no page to send it to.
func (c *Channel) thanks(lang string, h map[string]string) channel.Response {
	p := newPage(lang, c.form.Title.In(lang))
	p.put("<h1>%s</h1><p>%s</p>", p.say(textThanks), p.say(textKept))
	return p.response(200, h)
}

// again is the form with what was typed, and at each field what is wrong with it.
func (c *Channel) again(r channel.Request, ref refusal, h map[string]string) channel.Response {
	s, err := read(r.Get("content-type"), r.Body)
	c.takeUploads(s)
	lang := c.submissionLang(s, c.requestLang(r))
	p := newPage(lang, c.form.Title.In(lang))
	p.put("<h1>%s</h1>\n", c.form.Title.In(lang))
	faults := p.faults(c.form, ref)
	if err != nil { // nothing was read, so nothing can be shown again: only the way back
		p.wayBack(r.Get("referer"))
	} else {
		p.form(c.form, r.Path, s, faults)
	}
	return p.response(ref.status, h)
}

// faults lists what is to be mended, and gives it by field.
func (p *page) faults(form config.Form, ref refusal) map[string]string {
	p.put(`<div class="note" role="alert"><strong>%s</strong><ul>`, p.say(textMend))
	byField := map[string]string{}
	for _, f := range ref.faults {
		byField[f.Field] = f.Text
		if f.Field == "" || f.Field == captchaField {
			p.put(`<li class="bad">%s</li>`, f.Text)
		}
	}
	for _, f := range form.Fields {
		if t := byField[f.Name]; t != "" {
			p.put(`<li><a href="#f-%s">%s</a>: %s</li>`, f.Name, f.Label.In(p.lang), t)
		}
	}
	p.put("</ul></div>\n")
	return byField
}

func (p *page) wayBack(referer string) {
	if strings.HasPrefix(referer, "https://") || strings.HasPrefix(referer, "http://") {
		p.put(`<p><a href="%s">%s</a></p>`, referer, p.say(textBack))
	}
}

func (p *page) form(form config.Form, action string, s submission, faults map[string]string) {
	p.put(`<form method="post" action="%s" enctype="multipart/form-data" novalidate>`+"\n", action)
	for _, name := range []string{"_next", "_lang", "_id"} {
		if v := s.first(name); v != "" {
			p.put(`<input type="hidden" name="%s" value="%s">`, name, v)
		}
	}
	p.put(`<div class="trap" aria-hidden="true"><input type="text" name="%s" tabindex="-1" autocomplete="off"></div>`+"\n", form.Honeypot)
	for _, f := range form.Fields {
		p.field(f, s.value(f), s.refs(f.Name), faults[f.Name])
	}
	p.captcha(form)
	p.put(`<button type="submit">%s</button></form>`, p.say(textSend))
}

// captcha lets the provider's script put its widget into the form, or, of reCAPTCHA v3,
// the portal's script ask for a token.
func (p *page) captcha(form config.Form) {
	w := captcha.WidgetOf(form, p.lang)
	if w.Kind == "" {
		return
	}
	p.widget = w
	if w.Class == "" {
		p.put(`<input type="hidden" name="%s" data-captcha="%s" data-action="%s">`, w.Field, w.SiteKey, w.Action)
		p.put(`<script src="%s" defer></script>`, captcha.OwnScript)
	} else {
		p.put(`<div class="field"><div class="%s" data-sitekey="%s" data-action="%s" data-language="%s"></div></div>`, w.Class, w.SiteKey, w.Action, strings.ToLower(w.Lang))
	}
	p.put(`<script src="%s" async defer></script><noscript><p class="bad">%s</p></noscript>`+"\n", w.Script, p.say(textCaptchaScript))
}

func (p *page) field(f config.FormField, value string, kept []string, fault string) {
	p.put(`<div class="field"><label for="f-%s">%s`, f.Name, f.Label.In(p.lang))
	if f.Required {
		p.put(` <small>(%s)</small>`, p.say(textRequired))
	}
	p.put("</label>")
	p.input(f, value, kept, fault != "")
	if fault != "" {
		p.put(`<p class="bad" id="e-%s">%s</p>`, f.Name, fault)
	}
	p.put("</div>\n")
}

var inputTypes = map[config.FieldType]string{config.FieldMail: "email", config.FieldPhone: "tel"}

func (p *page) input(f config.FormField, value string, kept []string, bad bool) {
	attrs := fmt.Sprintf(`id="f-%[1]s" name="%[1]s"`, html.EscapeString(f.Name))
	if bad {
		attrs += fmt.Sprintf(` aria-invalid="true" aria-describedby="e-%s"`, html.EscapeString(f.Name))
	}
	switch f.Type {
	case config.FieldTextarea:
		p.raw("<textarea ", attrs, ` rows="6">`, "\n") // HTML drops this line break, and would else drop one of the customer's
		p.put("%s</textarea>", value)
	case config.FieldChoice:
		p.choices(f, attrs, value)
	case config.FieldFile:
		p.raw(`<input type="file" `, attrs, ">")
		p.put("<small>%s</small>", p.say(textAgainFile))
		for _, ref := range kept { // lies with the desk already
			p.put(`<input type="hidden" name="%s" value="%s">`, f.Name, ref)
		}
	default:
		kind := "text"
		if t, ok := inputTypes[f.Type]; ok {
			kind = t
		}
		p.raw(`<input type="`, kind, `" `, attrs)
		p.put(` value="%s">`, value)
	}
}

func (p *page) choices(f config.FormField, attrs, value string) {
	p.raw("<select ", attrs, ">")
	p.put(`<option value="">%s</option>`, p.say(textChoose))
	for _, ch := range f.Choices {
		p.put(`<option value="%s"`, ch.Value)
		if ch.Value == value {
			p.raw(" selected")
		}
		p.put(">%s</option>", ch.Label.In(p.lang))
	}
	p.put("</select>")
}
