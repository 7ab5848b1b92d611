package consolefn

import (
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// Followers are the agents who follow the ticket, with their names.
func (p ticketPage) Followers() []choice {
	var out []choice
	for _, id := range p.T.Followers {
		out = append(out, choice{ID: id, Name: p.visit.agentName(id)})
	}
	return out
}

// CanFollow says that the agent doesn't follow it yet.
func (p ticketPage) CanFollow() bool { return !slices.Contains(p.T.Followers, p.visit.agent.ID) }

// follow has the agent follow the ticket, or ends that for whoever the form names. Who
// sees the ticket only because they follow it goes back to the list.
func (v *visit) follow() error {
	form := v.r.PostForm
	if form.Get("off") == "" {
		return v.do(func(id desk.TicketID) error { return v.Desk.Follow(v.r.Context(), v.act(), id, v.agent.ID, true) })
	}
	id, err := v.ticketID()
	if err != nil {
		return err
	}
	if err := v.Desk.Follow(v.r.Context(), v.act(), id, form.Get("agent"), false); err != nil {
		return err
	}
	v.read = store.Row[desk.Ticket]{} // it has changed
	if _, err := v.readTicket(id); err != nil {
		v.redirect("/console")
		return nil
	}
	v.redirect("/console/tickets/" + id.Number())
	return nil
}
