package look

import (
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// The languages of the desk's pages.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Known gives the page language that a tag means (zh, zh-Hans, zh-TW are Chinese), and
// "" for any other.
func Known(tag string) string {
	switch t := strings.ToLower(tag); {
	case t == "zh" || strings.HasPrefix(t, "zh-"):
		return Chinese
	case t == "en" || strings.HasPrefix(t, "en-"):
		return English
	}
	return ""
}

// LangCookie remembers what ?lang= chose.
const LangCookie = "lang"

// Lang picks a page's language: what ?lang= says, else what it said before (cookie),
// else what the browser asks for, else the fallback.
func Lang(r *http.Request, fallback string) string {
	if l := Known(r.URL.Query().Get("lang")); l != "" {
		return l
	}
	if c, err := r.Cookie(LangCookie); err == nil && Known(c.Value) != "" {
		return Known(c.Value)
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err == nil {
		for _, t := range tags {
			if l := Known(t.String()); l != "" {
				return l
			}
		}
	}
	if l := Known(fallback); l != "" {
		return l
	}
	return English
}

// Remember keeps a language chosen by ?lang= for a year, below a path.
func Remember(w http.ResponseWriter, r *http.Request, path string) {
	if l := Known(r.URL.Query().Get("lang")); l != "" {
		http.SetCookie(w, &http.Cookie{
			Name: LangCookie, Value: l, Path: path, MaxAge: 365 * 24 * 3600,
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: HTTPS(r),
		})
	}
}

// HTTPS says whether the browser came by https: itself, or to the gateway in front.
func HTTPS(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// Page is what every page's data begins with.
type Page struct {
	Lang  string
	Title string
	Desk  string         // the desk's name in that language
	Zone  *time.Location // of times shown
	Other string         // the same page in the other language
}

// NewPage starts a page's data. query names the parameters that its link to the other
// language keeps.
func NewPage(r *http.Request, lang, deskName string, zone *time.Location, query ...string) Page {
	other := English
	if lang == English {
		other = Chinese
	}
	q := r.URL.Query()
	kept := make(map[string][]string, len(query))
	for _, name := range query {
		if v := q.Get(name); v != "" {
			kept[name] = []string{v}
		}
	}
	u := *r.URL
	values := u.Query()
	for name := range values {
		if kept[name] == nil {
			values.Del(name)
		}
	}
	values.Set("lang", other)
	u.RawQuery = values.Encode()
	return Page{Lang: lang, Desk: deskName, Zone: zone, Other: u.RequestURI()}
}

// L gives the text of the page's language; both stand side by side in the template, so
// that neither can be forgotten.
func (p Page) L(zh, en string) string {
	if p.Lang == Chinese {
		return zh
	}
	return en
}

// When shows a time in the desk's zone as people of the page's language write it.
func (p Page) When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if p.Lang == Chinese {
		return t.In(p.Zone).Format("2006年1月2日 15:04")
	}
	return t.In(p.Zone).Format("2 Jan 2006, 15:04")
}

// ISO is a time for a time element's datetime.
func (Page) ISO(t time.Time) string { return t.UTC().Format(time.RFC3339) }
