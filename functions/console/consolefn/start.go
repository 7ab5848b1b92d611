package consolefn

import (
	"crypto/rand"

	"github.com/deskhook/deskhook/shared/ticketing"
)

type startPage struct {
	frame
	Nonce string
}

// startForm is the page to begin a ticket on.
func (v *visit) startForm() error {
	return v.write("start", startPage{frame: v.frame("list", "新建工单", "New ticket"), Nonce: rand.Text()})
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
	if err != nil {
		return err
	}
	v.redirect("/console/tickets/" + id.Number())
	return nil
}
