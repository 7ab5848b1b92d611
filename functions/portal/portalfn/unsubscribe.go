package portalfn

import (
	"mime"
	"net/http"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/look"
)

// oneClick is the only form that unsubscribes: List-Unsubscribe=One-Click, as RFC 8058
// has mail programs post it, and as the page's own button does.
const (
	oneClickField = "List-Unsubscribe"
	oneClick      = "One-Click"
)

type unsubscribePage struct {
	look.Page
	Address string
	Field   string
	Value   string
}

// unsubscribeLink is whom a link takes off surveys, and the ticket it came from. Where
// it leads nowhere the page that says so has been written.
func (p *portal) unsubscribeLink(w http.ResponseWriter, r *http.Request) (desk.Address, desk.TicketID, bool) {
	f, err := p.Key.Open(links.UnsubscribePurpose, r.PathValue("token"), p.Now())
	if err != nil || len(f) != 4 {
		p.notFound(w, r)
		return desk.Address{}, "", false
	}
	return desk.Address{Channel: desk.Channel(f[0]), Account: f[1], ID: f[2]}, desk.TicketID(f[3]), true
}

// unsubscribe asks first: mail scanners follow links, and a GET changes nothing.
func (p *portal) unsubscribe(w http.ResponseWriter, r *http.Request) {
	address, _, ok := p.unsubscribeLink(w, r)
	if !ok {
		return
	}
	v, ok := p.begin(w, r, "")
	if !ok {
		return
	}
	page := unsubscribePage{Page: v.Page, Address: address.ID, Field: oneClickField, Value: oneClick}
	page.Title = v.L("退订评价邀请", "Unsubscribe from surveys")
	p.write(w, r, http.StatusOK, "unsubscribe", page)
}

// unsubscribed takes the address off, without a cookie, a redirect or a question more:
// it is the mail program that posts.
func (p *portal) unsubscribed(w http.ResponseWriter, r *http.Request) {
	address, ticket, ok := p.unsubscribeLink(w, r)
	if !ok {
		return
	}
	v, ok := p.begin(w, r, "")
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if !isOneClick(r) {
		p.say(w, r, http.StatusBadRequest, v.Page, v.L("没有退订", "Nothing was changed"),
			v.L("请从邮件里重新打开退订链接，再点击页面上的“确认退订”。", "Please open the link in the mail again and press the button on the page."))
		return
	}
	if err := p.Desk.StopSurveys(r.Context(), address, ticket, p.Now().UTC()); err != nil {
		p.unavailable(w, r)
		return
	}
	p.say(w, r, http.StatusOK, v.Page, v.L("已退订", "Unsubscribed"),
		v.L("今后不会再邀请您评价。您的咨询照常处理，我们仍会回复您。", "We won't send you any more surveys. You'll still get replies to your messages."))
}

// isOneClick reads both encodings that RFC 8058 (3.2) allows.
func isOneClick(r *http.Request) bool {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media == "multipart/form-data" {
		return r.ParseMultipartForm(maxBody) == nil && r.PostForm.Get(oneClickField) == oneClick
	}
	return r.ParseForm() == nil && r.PostForm.Get(oneClickField) == oneClick
}
