package ticketing

import (
	"context"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// event applies what happened to a customer without a message to answer: a follow, an
// opt-out, a menu click. It is kept with the customer, and shown on the open ticket
// where there is one.
func (r *receiving) event(ctx context.Context) error {
	r.know()
	id := &r.identity.Value
	ds := []desk.Decision{said("event.received", "type", r.in.Type)}
	switch {
	case r.in.Kind == desk.InOptOut:
		ds = append(ds, said(r.opt(true)))
	case r.in.Kind == desk.InOptIn:
		ds = append(ds, said(r.opt(false)))
	case r.in.Type == "subscribe":
		id.Follow(r.when())
	case r.in.Type == "unsubscribe":
		id.Leave(r.when())
		if r.in.Erase && !id.Gone.IsZero() {
			id.Erase = id.Gone // relay sees it, and jobs erases
		}
	case r.in.Type == "scan" || r.in.Type == "click":
		id.Follow(r.when()) // opens the same short window
	}
	id.Came(scene(r.in), r.when())
	if r.in.Kind == desk.InEvent {
		if err := r.careAfterEvent(ctx); err != nil {
			return err
		}
	}
	m := r.newMessage("")
	m.Kind, m.Decisions = desk.Journal, append(ds, r.proving.said...)
	r.tx.PutCustomerEvent(id.Customer, m)
	if id.Ticket != "" {
		m.Ticket = id.Ticket
		r.tx.PutMessage(store.Row[desk.Message]{Value: m})
	}
	r.tx.PutIdentity(r.identity)
	r.seen = store.Seen{Ticket: id.Ticket, Message: m.ID}
	return nil
}

// opt notes an opt-out or opt-in and gives the journal's code.
func (r *receiving) opt(out bool) string {
	stands := r.identity.Value.Opt(out, r.when())
	switch {
	case out && stands:
		return "opt.out"
	case out:
		return "opt.out_too_late" // a START came later but was applied first
	case stands:
		return "opt.in"
	default:
		return "opt.in_too_late"
	}
}
