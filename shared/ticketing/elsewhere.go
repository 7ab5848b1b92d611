package ticketing

import (
	"context"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/fallback"
	"github.com/deskhook/deskhook/shared/store"
)

// Way is which way a message goes that its channel takes no more.
type Way struct {
	Notice string       // as what the customer is told of it; "" = not at all
	Told   bool         // they were told already
	To     desk.Address // where it goes then; ID "" = nowhere
}

// Instead finds that way: a notice by one of kinds, else the customer's mail or phone. Delivery
// goes it, and whoever foretells it asks here too.
func Instead(ctx context.Context, st *store.Store, s *config.Settings, t desk.Ticket, m desk.Message, who desk.Identity, kinds []string) (w Way, err error) {
	if w.Notice, w.Told = fallback.Notice(m, who, kinds); w.Notice != "" {
		return w, nil
	}
	w.To, err = Elsewhere(ctx, st, s, t, m)
	return w, err
}

// Elsewhere finds where a message may go that its channel takes no more: the first
// address of the customer's, by mail or SMS, that takes it. The ID is empty where there
// is none, or where the settings want none.
func Elsewhere(ctx context.Context, st *store.Store, s *config.Settings, t desk.Ticket, m desk.Message) (desk.Address, error) {
	if !s.Tickets.Fallback {
		return desk.Address{}, nil
	}
	c, err := st.Customer(ctx, t.Customer)
	if err != nil && desk.KindOf(err) != desk.NotFound {
		return desk.Address{}, err
	}
	q := fallback.Question{Message: m, Ticket: t, Customer: c.Value, Takes: s.Takes}
	for _, a := range s.Accounts {
		q.Accounts = append(q.Accounts, desk.Address{Channel: a.Channel, Account: a.Name})
	}
	for _, a := range fallback.Ways(q) {
		id, err := st.Identity(ctx, a)
		if err != nil {
			return desk.Address{}, err
		}
		if fallback.Open(id.Value, m.Purpose) {
			return a, nil
		}
	}
	return desk.Address{}, nil
}
