package consolefn

import (
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
)

// Marks are what a customer's message may be marked as.
func (p ticketPage) Marks() []choice {
	var out []choice
	for _, t := range desk.FeedbackTypes {
		out = append(out, choice{ID: string(t), Name: journal.Type(t, p.Lang)})
	}
	return out
}

// mark keeps a customer's message as feedback, or takes that back.
func (v *visit) mark() error {
	return v.do(func(id desk.TicketID) error {
		return v.Desk.MarkMessage(v.r.Context(), v.act(), id, desk.MessageID(v.r.PathValue("id")), desk.Type(v.r.PostForm.Get("type")))
	})
}
