package consolefn

import (
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// mergePage asks whether a merge into another customer's ticket is meant.
type mergePage struct {
	frame
	One, Into listRow
}

// merge closes the ticket with a pointer to another. Where that is another customer's,
// a page between shows whose it is.
func (v *visit) merge() error {
	id, err := v.ticketID()
	if err != nil {
		return err
	}
	into, ok := desk.ParseNumber(v.r.PostForm.Get("into"))
	if !ok {
		return desk.FieldError("into", "must be a ticket's number")
	}
	if _, err := v.readTicket(into); err != nil {
		return err
	}
	err = v.Desk.Merge(v.r.Context(), v.act(), id, into, v.r.PostForm.Get("others") != "")
	if ticketing.AsksOthers(err) {
		return v.askMerge(id, into)
	}
	if err == nil {
		v.redirect("/console/tickets/" + into.Number())
	}
	return err
}

func (v *visit) askMerge(id, into desk.TicketID) error {
	rows, err := v.Store.Tickets(v.r.Context(), id, into)
	if err != nil {
		return err
	}
	p := mergePage{frame: v.frame("list", "合并工单", "Merge tickets")}
	for _, r := range rows {
		if r.Value.ID == id {
			p.One = v.listRow(r.Value)
		} else {
			p.Into = v.listRow(r.Value)
		}
	}
	return v.write("merge", p)
}

func (v *visit) unmerge() error {
	return v.do(func(id desk.TicketID) error { return v.Desk.Unmerge(v.r.Context(), v.act(), id) })
}

// split moves the chosen messages into a new ticket and leads there.
func (v *visit) split() error {
	id, err := v.ticketID()
	if err != nil {
		return err
	}
	sp := ticketing.Split{Subject: v.r.PostForm.Get("subject")}
	for _, m := range v.r.PostForm["message"] {
		sp.Messages = append(sp.Messages, desk.MessageID(m))
	}
	made, err := v.Desk.Split(v.r.Context(), v.writing("split", strings.Join(v.r.PostForm["message"], " ")), id, sp)
	if err == nil {
		v.redirect("/console/tickets/" + made.Number())
	}
	return err
}

func (v *visit) spam() error {
	return v.do(func(id desk.TicketID) error {
		return v.Desk.MarkSpam(v.r.Context(), v.act(), id, v.r.PostForm.Get("block") != "")
	})
}

func (v *visit) notSpam() error {
	return v.do(func(id desk.TicketID) error { return v.Desk.NotSpam(v.r.Context(), v.act(), id) })
}

func (v *visit) block() error {
	return v.do(func(id desk.TicketID) error { return v.Desk.Block(v.r.Context(), v.act(), id, true) })
}

func (v *visit) unblock() error {
	return v.do(func(id desk.TicketID) error { return v.Desk.Block(v.r.Context(), v.act(), id, false) })
}

// link leads to another ticket by its number.
func link(id desk.TicketID) choice {
	return choice{ID: id.Number(), URL: "/console/tickets/" + id.Number()}
}

// Into is where the ticket was merged into; its ID is empty where it wasn't.
func (p ticketPage) Into() choice {
	if p.T.Into == "" {
		return choice{}
	}
	return link(p.T.Into)
}

// Merged are the tickets merged into this one.
func (p ticketPage) Merged() []choice {
	var out []choice
	for _, id := range p.T.Merged {
		out = append(out, link(id))
	}
	return out
}

// Splittable says whether messages can be split off the ticket.
func (p ticketPage) Splittable() bool {
	return p.T.Into == "" && p.T.Status != desk.StatusSpam && p.AnswerTo != ""
}

// Splittable says whether a message can be split off.
func (it item) Splittable() bool {
	return (it.M.Kind == desk.FromCustomer || it.M.Kind == desk.Note) && it.M.Gone == "" && it.From.ID == ""
}

// Spam says whether the ticket is held to be spam.
func (p ticketPage) Spam() bool { return p.T.Status == desk.StatusSpam }
