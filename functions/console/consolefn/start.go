package consolefn

import (
	"cmp"
	"crypto/rand"
	"html/template"
	"net/http"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/look"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// startPage has what was typed, where the desk could not begin the ticket.
type startPage struct {
	frame
	Nonce        string
	Field, Fault string
	By, Outcome  string
	Customer     desk.CustomerID // whom it was begun from

	To, Name, Subject, Text template.HTML
}

// startForm is the page to begin a ticket on, filled in for a customer whose page led here.
func (v *visit) startForm() error {
	p := v.startPage()
	if id := desk.CustomerID(v.r.URL.Query().Get("customer")); id != "" {
		row, err := v.Store.Customer(v.r.Context(), id)
		if err != nil {
			return err
		}
		by, to := reachable(row.Value)
		p.Customer, p.By = row.Value.ID, string(by)
		p.To, p.Name = escaped(to), escaped(named(row.Value)) // hidden as the page's own, where it is
	}
	return v.write("start", p)
}

// reachable is where the desk can begin to write to a customer: by mail, else by phone.
func reachable(c desk.Customer) (ticketing.StartBy, string) {
	for _, by := range []struct {
		channel desk.Channel
		start   ticketing.StartBy
		told    string
	}{{desk.Email, ticketing.StartMail, c.Contact.Mail}, {desk.SMS, ticketing.StartSMS, c.Contact.Phone}} {
		for _, a := range c.Addresses {
			if a.Channel == by.channel {
				return by.start, a.ID
			}
		}
		if by.told != "" {
			return by.start, by.told
		}
	}
	return "", ""
}

// named is what a customer is called by people, and not by the desk for want of a name.
func named(c desk.Customer) string { return cmp.Or(c.Remark, c.Name) }

func escaped(text string) template.HTML {
	return template.HTML(template.HTMLEscapeString(text)) //nolint:gosec // it is escaped
}

// unhideStart puts what is kept of the customer for what the form had hidden of it.
func (v *visit) unhideStart(n *ticketing.Start) error {
	id := desk.CustomerID(v.r.PostForm.Get("customer"))
	if id == "" || !v.masked() {
		return nil
	}
	row, err := v.Store.Customer(v.r.Context(), id)
	if err != nil {
		return err
	}
	_, to := reachable(row.Value)
	if err := v.unhide("to", &n.To, to); err != nil {
		return err
	}
	return v.unhide("name", &n.Name, named(row.Value))
}

func (v *visit) startPage() startPage {
	return startPage{frame: v.frame("list", "新建工单", "New ticket", "customer"), Nonce: rand.Text()}
}

// startAgain shows the form as it was sent, with what is wrong about it.
func (v *visit) startAgain(err error) error {
	p, form := v.startPage(), v.r.PostForm
	p.Field, p.Fault = p.saidOf(err)
	p.By, p.Outcome, p.Customer = form.Get("channel"), form.Get("outcome"), desk.CustomerID(form.Get("customer"))
	p.To, p.Name, p.Subject, p.Text = typed(form.Get("to")), typed(form.Get("name")), typed(form.Get("subject")), typed(v.text())
	page, err := v.kit.Execute("start", p)
	if err != nil {
		return err
	}
	look.Write(v.w, v.r, http.StatusUnprocessableEntity, v.hide(page))
	return nil
}

// start begins a ticket and goes to its page.
func (v *visit) start() error {
	form := v.r.PostForm
	n := ticketing.Start{
		By: ticketing.StartBy(form.Get("channel")), To: form.Get("to"), Name: form.Get("name"),
		Subject: form.Get("subject"), Text: v.text(), For: desk.CustomerID(form.Get("customer")),
	}
	if n.By == ticketing.StartCall {
		n.Outcome = ticketing.Outcome(form.Get("outcome"))
	}
	if err := v.unhideStart(&n); err != nil {
		return err
	}
	id, err := v.Desk.Start(v.r.Context(), v.writing("start", string(n.By)+"\x00"+n.To+"\x00"+n.Text), n)
	if kind := desk.KindOf(err); err != nil && (kind == desk.Invalid || kind == desk.Conflict) {
		return v.startAgain(err)
	}
	if err != nil {
		return err
	}
	v.redirect("/console/tickets/" + id.Number())
	return nil
}
