package captcha

import (
	"net/url"
	"strings"

	"github.com/deskhook/deskhook/shared/config"
)

// provider is what differs between them.
type provider struct {
	verify string // siteverify
	field  string // that the widget adds to the form
	class  string // that the provider's script looks for
	script string
	lang   string // the script's parameter for the language, where it has one
	action bool   // the answer tells the action
	policy map[string]string
}

// recaptcha.net is Google's own address for where google.com can't be reached, China
// above all (reCAPTCHA FAQ, "Can I use reCAPTCHA globally?").
const (
	recaptchaScript = "https://www.recaptcha.net/recaptcha/api.js"
	recaptchaHosts  = "https://www.recaptcha.net/recaptcha/ https://www.gstatic.com/recaptcha/ https://www.gstatic.cn/recaptcha/"
	recaptchaFrames = "https://www.recaptcha.net/recaptcha/ https://recaptcha.net/recaptcha/"
	hcaptchaHosts   = "https://hcaptcha.com https://*.hcaptcha.com"
	turnstileHosts  = "https://challenges.cloudflare.com"
	recaptchaVerify = "https://www.google.com/recaptcha/api/siteverify"
)

var recaptchaPolicy = map[string]string{
	"script-src": recaptchaHosts, "frame-src": recaptchaFrames, "connect-src": "https://www.recaptcha.net/recaptcha/",
}

// recaptchaOwn: v3 shows nothing, and a script of the desk's own asks for the token.
var recaptchaOwn = map[string]string{
	"script-src": "'self' " + recaptchaHosts, "frame-src": recaptchaFrames, "connect-src": "https://www.recaptcha.net/recaptcha/",
}

// The hosts are those that each provider's own page on content policies names.
var providers = map[config.CaptchaKind]provider{
	config.Turnstile: {
		verify: "https://challenges.cloudflare.com/turnstile/v0/siteverify", field: "cf-turnstile-response",
		class: "cf-turnstile", script: "https://challenges.cloudflare.com/turnstile/v0/api.js", action: true,
		policy: map[string]string{"script-src": turnstileHosts, "frame-src": turnstileHosts},
	},
	config.HCaptcha: {
		verify: "https://api.hcaptcha.com/siteverify", field: "h-captcha-response",
		class: "h-captcha", script: "https://js.hcaptcha.com/1/api.js", lang: "hl",
		policy: map[string]string{"script-src": hcaptchaHosts, "frame-src": hcaptchaHosts, "style-src": hcaptchaHosts, "connect-src": hcaptchaHosts},
	},
	config.ReCaptchaV2: {
		verify: recaptchaVerify, field: "g-recaptcha-response",
		class: "g-recaptcha", script: recaptchaScript, lang: "hl", policy: recaptchaPolicy,
	},
	config.ReCaptchaV3: {
		verify: recaptchaVerify, field: "g-recaptcha-response",
		script: recaptchaScript, lang: "hl", action: true, policy: recaptchaOwn,
	},
}

// Widget is what a page needs to show a form's captcha. The zero value is none.
type Widget struct {
	Kind    config.CaptchaKind `json:"kind"`
	SiteKey string             `json:"site_key"`
	Script  string             `json:"script"`          // the provider's
	Field   string             `json:"field"`           // in which the token is posted
	Class   string             `json:"class,omitempty"` // of the element; empty: nothing is shown, a script fetches the token
	Action  string             `json:"action,omitempty"`
	Lang    string             `json:"lang"`

	policy map[string]string
}

// WidgetOf is the widget of a form in a language, zh-CN or en. It is zero for a form
// without a captcha.
func WidgetOf(f config.Form, lang string) Widget {
	p, ok := providers[f.Captcha.Kind]
	if !ok {
		return Widget{}
	}
	w := Widget{
		Kind: f.Captcha.Kind, SiteKey: f.Captcha.SiteKey, Script: p.script, Field: p.field, Class: p.class, Lang: lang, policy: p.policy,
	}
	if p.action {
		w.Action = Action(f.ID)
	}
	q := url.Values{}
	if p.lang != "" {
		q.Set(p.lang, lang)
	}
	if f.Captcha.Kind == config.ReCaptchaV3 {
		q.Set("render", f.Captcha.SiteKey)
	}
	if len(q) > 0 {
		w.Script += "?" + q.Encode()
	}
	return w
}

// OwnScript is where the portal serves the script that gets the token of a widget that
// shows nothing: it looks for a hidden input with data-captcha
// (the site key) and data-action.
const OwnScript = "/assets/captcha.js"

// Field is the name of the form field that carries a kind's token; "" for no captcha.
func Field(kind config.CaptchaKind) string { return providers[kind].field }

// Action names a form to the provider: letters, digits and underscores are what all of
// them take.
func Action(form string) string { return strings.ReplaceAll(form, "-", "_") }

// Allow adds the provider's hosts to a content policy, and nothing where there is no
// widget. A directive that isn't there yet begins with the policy's default, nothing.
func (w Widget) Allow(policy string) string {
	for _, directive := range []string{"script-src", "style-src", "connect-src", "frame-src"} {
		hosts := w.policy[directive]
		switch {
		case hosts == "":
		case strings.Contains(policy, directive+" "):
			policy = strings.Replace(policy, directive+" ", directive+" "+hosts+" ", 1)
		default:
			policy += "; " + directive + " " + hosts
		}
	}
	return policy
}
