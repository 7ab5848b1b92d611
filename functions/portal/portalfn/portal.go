// Package portalfn serves what customers see: the hosted form, the help pages, the status page of a
// submission, the survey page and the one to unsubscribe. Pages work without a script, on a phone first, in
// zh-CN and en, under a content policy that lets nothing foreign in.
package portalfn

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/look"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

//go:embed *.html *.css *.js
var files embed.FS

// Deps is what the portal works with. All but Blob are required.
type Deps struct {
	Desk     *ticketing.Desk
	Store    *store.Store
	Blob     blob.Store // of files in answers; nil: they are named and can't be downloaded
	Settings func(context.Context) (*config.Settings, error)
	Key      sign.Key // of survey links, status links and pages' forms
	Now      func() time.Time
}

type portal struct {
	Deps
	kit *look.Kit
}

// New makes the portal: GET /forms/{form}, GET /help and its
// articles, GET /t/{token} and its files, GET and POST
// /s/{token} and /u/{token}, GET /assets/{file}. POST /forms/{form} is the webform
// receiver's. It panics only where the embedded pages are broken, which any test shows.
func New(d Deps) http.Handler {
	kit, err := look.NewKit("/assets", files)
	if err != nil {
		panic(err)
	}
	p := &portal{Deps: d, kit: kit}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /forms/{form}", p.form)
	mux.HandleFunc("GET /help", p.help)
	mux.HandleFunc("GET /help/{id}", p.article)
	mux.HandleFunc("GET /t/{token}", p.status)
	mux.HandleFunc("GET /t/{token}/conversation", p.talk)
	mux.HandleFunc("GET /t/{token}/files/{id}/{n}", p.file)
	mux.HandleFunc("GET /s/{token}", p.survey)
	mux.HandleFunc("POST /s/{token}", p.answer)
	mux.HandleFunc("GET /u/{token}", p.unsubscribe)
	mux.HandleFunc("POST /u/{token}", p.unsubscribed)
	mux.HandleFunc("GET /assets/{file}", func(w http.ResponseWriter, r *http.Request) {
		if !p.stable(w, r) && !kit.ServeAsset(w, r) {
			p.notFound(w, r)
		}
	})
	mux.HandleFunc("/", p.notFound)
	return mux
}

// view is one request's: the settings as they are now and the page begun.
type view struct {
	look.Page
	s *config.Settings
}

// begin reads the settings and picks the language. prefer is the language of what the
// page is about, where that is known: it stands between the address and the browser.
func (p *portal) begin(w http.ResponseWriter, r *http.Request, prefer string, query ...string) (view, bool) {
	s, err := p.Settings(r.Context())
	if err != nil {
		p.unavailable(w, r)
		return view{}, false
	}
	look.Remember(w, r, "/")
	lang := look.Lang(r, s.Desk.Language)
	if look.Known(prefer) != "" && look.Known(r.URL.Query().Get("lang")) == "" {
		lang = look.Known(prefer)
	}
	return view{look.NewPage(r, lang, s.Desk.Name.In(lang), s.Desk.Location(), query...), s}, true
}

func (p *portal) write(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	page, err := p.kit.Execute(name, data)
	if err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	look.Write(w, r, status, page)
}

// message is a page that only says something.
type message struct {
	look.Page
	Head, Text string
}

func (p *portal) say(w http.ResponseWriter, r *http.Request, status int, v look.Page, head, text string) {
	v.Title = head
	p.write(w, r, status, "message", message{v, head, text})
}

func (p *portal) notFound(w http.ResponseWriter, r *http.Request) {
	v, ok := p.begin(w, r, "")
	if !ok {
		return
	}
	p.say(w, r, http.StatusNotFound, v.Page,
		v.L("没有找到这个页面", "We couldn't find this page"),
		v.L("链接可能不完整。请从收到的消息里重新打开，或完整复制链接再试。", "The link may be incomplete. Please open it again from the message you received, or copy the whole link."))
}

func (p *portal) unavailable(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "10")
	v := look.NewPage(r, look.Lang(r, ""), "", time.UTC)
	p.say(w, r, http.StatusServiceUnavailable, v,
		v.L("暂时无法打开", "Temporarily unavailable"),
		v.L("请稍等片刻再刷新。您已提交的内容不会丢失。", "Please try again in a moment. Nothing you've sent is lost."))
}

// origin is the scheme and host of a URL, or "".
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.Host == "" || strings.ContainsAny(raw, "; ,'") {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
