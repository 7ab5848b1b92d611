package standin

import (
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel/sms/segments"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/look"
)

//go:embed pages
var files embed.FS

// Base is the path below which the outbox's pages lie.
const Base = "/outbox"

// shown is how many messages a page shows; /outbox.json has all.
const shown = 500

// Pages are the outbox's pages: /outbox, /outbox.json and what lies below /outbox/.
type Pages struct {
	stand *Standin
	kit   *look.Kit
	desk  func(lang string) string
	zone  *time.Location
	mux   *http.ServeMux
}

// NewPages readies the pages. deskName gives the desk's name in a language, zone the
// times shown. Only pages of the same origin may write.
func NewPages(s *Standin, deskName func(lang string) string, zone *time.Location) (http.Handler, error) {
	own, err := fs.Sub(files, "pages")
	if err != nil {
		return nil, err
	}
	kit, err := look.NewKit(Base+"/assets", own)
	if err != nil {
		return nil, err
	}
	p := &Pages{stand: s, kit: kit, desk: deskName, zone: zone, mux: http.NewServeMux()}
	p.mux.HandleFunc("GET "+Base, p.page)
	p.mux.HandleFunc("GET "+Base+".json", p.list)
	p.mux.HandleFunc("POST "+Base+"/write", p.write)
	p.mux.HandleFunc("GET "+Base+"/assets/", func(w http.ResponseWriter, r *http.Request) {
		if !kit.ServeAsset(w, r) {
			http.NotFound(w, r)
		}
	})
	return http.NewCrossOriginProtection().Handler(p.mux), nil
}

// list gives the messages as JSON, the oldest first: ?channel=, ?customer=, ?out=1.
func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	look.SetHeaders(w.Header())
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(p.stand.List(filter(r.URL.Query())))
}

func filter(q url.Values) Filter {
	return Filter{Channel: desk.Channel(q.Get("channel")), Customer: q.Get("customer"), Outgoing: q.Get("out") != ""}
}

// view is what the outbox's template is filled with.
type view struct {
	look.Page
	Channel  desk.Channel
	Threads  []thread
	CanWrite bool
	Fault    bool // what was written could not be sent
	From     string
}

// Tabs lists the channels to choose from; the empty one is all of them.
func (view) Tabs() []desk.Channel {
	return []desk.Channel{"", desk.WeChat, desk.Email, desk.SMS, GroupRobot}
}

// ChannelName names a channel as its users do.
func (v view) ChannelName(c desk.Channel) string {
	switch c {
	case desk.WeChat:
		return v.L("微信", "WeChat")
	case desk.Email:
		return v.L("邮件", "E-mail")
	case desk.SMS:
		return v.L("短信", "SMS")
	case GroupRobot:
		return v.L("群机器人", "Group robots")
	}
	return v.L("全部", "All")
}

// thread is all that one customer sees on one channel.
type thread struct {
	Key      string // fit for an id in HTML
	Channel  desk.Channel
	Customer string
	Messages []bubble
	last     time.Time
}

// Last is the newest message, which an answer answers.
func (t thread) Last() bubble { return t.Messages[len(t.Messages)-1] }

// Answer is the message of the desk that a customer's mail answers: the newest one.
func (t thread) Answer() Message {
	for _, m := range slices.Backward(t.Messages) {
		if !m.Incoming {
			return m.Message
		}
	}
	return Message{}
}

// bubble is a message with what its channel shows beside it.
type bubble struct {
	Message
	Encoding string // SMS
	Segments int
}

func (p *Pages) page(w http.ResponseWriter, r *http.Request) {
	look.Remember(w, r, "/")
	p.show(w, r, http.StatusOK, false)
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request, status int, fault bool) {
	lang := look.Lang(r, look.Chinese)
	page := look.NewPage(r, lang, p.desk(lang), p.zone, "channel")
	page.Title = page.L("发件箱", "Outbox")
	c := desk.Channel(r.URL.Query().Get("channel"))
	v := view{Page: page, Channel: c, CanWrite: p.stand.cfg.Inject != nil, Fault: fault, Threads: threads(p.stand.List(Filter{Channel: c}))}
	html, err := p.kit.Execute("outbox.html", v)
	if err != nil {
		http.Error(w, "the page can't be shown", http.StatusInternalServerError)
		return
	}
	look.Write(w, r, status, html)
}

// threads groups the newest messages by channel and customer, the latest thread first.
func threads(all []Message) []thread {
	all = all[max(0, len(all)-shown):]
	at := map[string]int{}
	var out []thread
	for _, m := range all {
		key := string(m.Channel) + "|" + m.Customer
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, thread{Key: url.QueryEscape(key), Channel: m.Channel, Customer: m.Customer})
		}
		b := bubble{Message: m}
		if m.Channel == desk.SMS {
			b.Encoding, b.Segments, _ = segments.Count(m.Text)
		}
		out[i].Messages, out[i].last = append(out[i].Messages, b), m.At
	}
	slices.SortStableFunc(out, func(a, b thread) int { return b.last.Compare(a.last) })
	return out
}

const maxForm = 64 << 10

// write takes what a person wrote as a customer.
func (p *Pages) write(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "not a form", http.StatusBadRequest)
		return
	}
	f := r.PostForm
	in := Inbound{
		Channel: desk.Channel(f.Get("channel")), From: f.Get("from"), To: f.Get("to"), Subject: strings.TrimSpace(f.Get("subject")),
		Text: strings.ReplaceAll(f.Get("text"), "\r\n", "\n"), InReplyTo: f.Get("reply"), MenuID: f.Get("menu"),
	}
	err := p.stand.Write(r.Context(), in)
	switch {
	case errors.Is(err, ErrInbound):
		p.show(w, r, http.StatusUnprocessableEntity, true)
	case err != nil:
		p.show(w, r, http.StatusBadGateway, true)
	default:
		back := url.Values{}
		for _, name := range []string{"channel", "lang"} {
			if v := r.URL.Query().Get(name); v != "" {
				back.Set(name, v)
			}
		}
		target := Base
		if q := back.Encode(); q != "" {
			target += "?" + q
		}
		http.Redirect(w, r, target, http.StatusSeeOther)
	}
}
