package portalfn

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"github.com/deskhook/deskhook/shared/look"
)

// markdown reads an article's text. As it is set up it leaves HTML out and leads nowhere
// but to http, https, mailto and within the desk; who writes articles may err.
var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Linkify))

type helpPage struct {
	look.Page
	Articles []helpLink
	Query    string
	Ask      string // where a form is, for what no article answers; "" = nowhere
	Body     template.HTML
	Home     string
}

type helpLink struct{ URL, Title string }

// help lists the articles, or those with the words that were looked for.
func (p *portal) help(w http.ResponseWriter, r *http.Request) {
	v, ok := p.begin(w, r, "", "q")
	if !ok {
		return
	}
	if len(v.s.Help) == 0 {
		p.notFound(w, r)
		return
	}
	page := helpPage{Page: v.Page, Query: cutRunes(strings.TrimSpace(r.URL.Query().Get("q")), 100), Ask: ask(v)}
	page.Title = v.L("帮助中心", "Help")
	for _, a := range v.s.Articles(page.Query) {
		page.Articles = append(page.Articles, helpLink{"/help/" + a.ID, a.Title.In(v.Lang)})
	}
	anybodys(w)
	p.write(w, r, http.StatusOK, "help", page)
}

// article shows one.
func (p *portal) article(w http.ResponseWriter, r *http.Request) {
	v, ok := p.begin(w, r, "")
	if !ok {
		return
	}
	a, ok := v.s.Article(r.PathValue("id"))
	if !ok {
		p.notFound(w, r)
		return
	}
	var b bytes.Buffer
	if err := markdown.Convert([]byte(a.Text.In(v.Lang)), &b); err != nil {
		p.unavailable(w, r)
		return
	}
	page := helpPage{Page: v.Page, Ask: ask(v), Home: "/help", Body: template.HTML(b.String())} // goldmark escapes what isn't Markdown
	page.Title = a.Title.In(v.Lang)
	anybodys(w)
	p.write(w, r, http.StatusOK, "article", page)
}

// anybodys says that a page is anybody's: the reader's browser may keep it for some minutes,
// and search engines may find it.
func anybodys(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "private, max-age=300")
	w.Header().Set("Vary", "Accept-Language, Cookie")
	w.Header().Set("X-Robots-Tag", "all")
}

// ask is the first form that the desk has.
func ask(v view) string {
	if len(v.s.Forms) == 0 {
		return ""
	}
	return "/forms/" + v.s.Forms[0].ID
}

func cutRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
