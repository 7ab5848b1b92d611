package consolefn

import (
	"net/url"
	"strings"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/look"
)

// panel is the company's own page beside a customer.
type panel struct {
	Title string
	URL   string // signed; good for access.PanelLife
	Fault string // why there is none, for whoever runs the desk
}

// minPanelKey is what RFC 7518 asks of a key for HS256, in bytes.
const minPanelKey = 32

// panel opens the company's page for a customer, and lets it into this page's frame; nil
// where the settings have none. It must come before the page is written.
func (v *visit) panel(c desk.Customer, ticket string) *panel {
	set := v.s.Panel
	if set.URL == "" || c.ID == "" {
		return nil
	}
	say := v.words().L
	p := &panel{Title: set.Title.In(v.lang)}
	if p.Title == "" {
		p.Title = say("订单", "Orders")
	}
	key := v.secret(config.PanelSecret)
	if len(key) < minPanelKey {
		p.Fault = say("密钥 panel/key 未设置或不足 32 字节", "The secret panel/key is not set, or shorter than 32 bytes")
		return p
	}
	token, err := access.PanelToken(key, v.panelView(c, ticket), v.now)
	u, wrong := url.Parse(set.URL)
	if err != nil || wrong != nil {
		p.Fault = say("面板地址无法读取", "The panel's address can't be read")
		return p
	}
	q := u.Query()
	q.Set("token", token)
	u.RawQuery = q.Encode()
	p.URL = u.String()
	v.w.Header().Set("Content-Security-Policy", strings.Replace(look.Policy, "frame-src 'self'", "frame-src 'self' "+set.Origin(), 1))
	return p
}

// panelView is who the customer is, as far as the agent may know.
func (v *visit) panelView(c desk.Customer, ticket string) access.PanelView {
	view := access.PanelView{
		Issuer: v.s.Desk.PublicURL, Audience: v.s.Panel.Origin(), Customer: string(c.ID), Agent: v.agent.ID, Language: v.lang,
		Ticket: ticket, CustomerFields: c.Fields,
	}
	if v.masked() {
		view.CustomerFields = v.shownCustomer(c).Fields
		return view
	}
	view.NamedMail, view.NamedPhone = c.Contact.Mail, c.Contact.Phone
	for _, a := range c.Addresses {
		switch a.Channel {
		case desk.Email:
			view.Mails = append(view.Mails, a.ID)
		case desk.SMS:
			view.Phones = append(view.Phones, a.ID)
		case desk.WeChat:
			view.OpenIDs = append(view.OpenIDs, a.Account+"/"+a.ID)
		}
	}
	return view
}
