// Package home is the first page of the local desk: the way to everything that runs,
// and what it has just done.
package home

import (
	"embed"
	"io/fs"
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/look"
)

//go:embed pages
var files embed.FS

// Assets is the path below which the page's own files lie.
const Assets = "/home/assets"

// shown is how many recent calls the page lists: a look, not a log.
const shown = 20

// Link is a place to go. Both texts are needed in both languages.
type Link struct {
	Icon             string // wechat, email, sms, webform, or other
	URL              string
	TitleZH, TitleEN string
	TextZH, TextEN   string
}

// Call is one invocation, as the page shows it.
type Call struct {
	At       time.Time
	Function string
	Trigger  string
	Took     time.Duration
	Error    string
}

// Status is what the page shows of the running desk.
type Status struct {
	Calls, Failed uint64
	Waiting       int    // messages in queues
	Dead          int    // messages in dead-letter queues
	Recent        []Call // the newest first
}

// Config is what the page is made of. Links and Status may be nil.
type Config struct {
	Desk   func(lang string) string // the desk's name
	Zone   *time.Location           // of times shown
	Links  func() []Link            // goes before DefaultLinks' own, such as the forms
	Status func() Status
	Folder string // where the data lies, shown to the developer
}

// DefaultLinks are the places every local desk has.
func DefaultLinks() []Link {
	return []Link{
		{"other", "/console", "客服控制台", "Console", "处理工单、回复客户、查看指标", "Work the queue, answer customers, see the figures"},
		{"sms", "/outbox", "发件箱", "Outbox", "客户在微信、邮件、短信里看到的样子，也能以客户身份发消息", "What customers see on WeChat, e-mail and SMS; write as one of them"},
		{"webform", "/v1/openapi.json", "接口文档", "API", "OpenAPI 3.1 描述文件，可导入各种工具", "Described in OpenAPI 3.1, for any tool to read"},
		{"other", "/healthz", "运行状态", "Health", "就绪时返回 200，可供脚本等待", "Answers 200 when ready, for scripts to wait on"},
	}
}

type view struct {
	look.Page
	Links  []Link
	Status *Status
	Folder string
}

// Took shows a duration to the millisecond.
func (view) Took(d time.Duration) string { return d.Round(time.Millisecond).String() }

type page struct {
	cfg Config
	kit *look.Kit
}

// New readies the page, which answers GET / and its assets below Assets, and nothing
// else: the rest is 404.
func New(cfg Config) (http.Handler, error) {
	own, err := fs.Sub(files, "pages")
	if err != nil {
		return nil, err
	}
	kit, err := look.NewKit(Assets, own)
	if err != nil {
		return nil, err
	}
	return &page{cfg, kit}, nil
}

// ServeHTTP implements http.Handler.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	case r.URL.Path == "/":
		p.show(w, r)
	case !p.kit.ServeAsset(w, r):
		http.NotFound(w, r)
	}
}

func (p *page) show(w http.ResponseWriter, r *http.Request) {
	lang := look.Lang(r, look.Chinese)
	v := view{Page: look.NewPage(r, lang, p.cfg.Desk(lang), p.cfg.Zone), Folder: p.cfg.Folder}
	v.Title = v.Desk
	if p.cfg.Links != nil {
		v.Links = p.cfg.Links()
	}
	v.Links = append(v.Links, DefaultLinks()...)
	if p.cfg.Status != nil {
		status := p.cfg.Status()
		status.Recent = status.Recent[:min(shown, len(status.Recent))]
		v.Status = &status
	}
	html, err := p.kit.Execute("home.html", v)
	if err != nil {
		http.Error(w, "the page can't be shown", http.StatusInternalServerError)
		return
	}
	look.Remember(w, r, "/")
	look.Write(w, r, http.StatusOK, html)
}
