package consolefn

import (
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

	To, Name, Subject, Text template.HTML
}

// startForm is the page to begin a ticket on.
func (v *visit) startForm() error { return v.write("start", v.startPage()) }

func (v *visit) startPage() startPage {
	return startPage{frame: v.frame("list", "新建工单", "New ticket"), Nonce: rand.Text()}
}

// startAgain shows the form as it was sent, with what is wrong about it.
func (v *visit) startAgain(err error) error {
	p, form := v.startPage(), v.r.PostForm
	p.Field, p.Fault = p.saidOf(err)
	p.By, p.Outcome = form.Get("channel"), form.Get("outcome")
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
		Subject: form.Get("subject"), Text: v.text(),
	}
	if n.By == ticketing.StartCall {
		n.Outcome = ticketing.Outcome(form.Get("outcome"))
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
