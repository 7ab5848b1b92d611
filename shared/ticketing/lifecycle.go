package ticketing

import (
	"context"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/lifecycle"
	"github.com/deskhook/deskhook/shared/store"
)

// lifecycleTickets is how many of a customer's tickets are looked at, the newest.
const lifecycleTickets = 50

// Lifecycle judges where a customer stands now: their addresses and newest tickets are
// read, 1 R each.
func (d *Desk) Lifecycle(ctx context.Context, c desk.Customer, act Act) (lifecycle.Verdict, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return lifecycle.Verdict{}, err
	}
	k, err := d.known(ctx, c)
	if err != nil {
		return lifecycle.Verdict{}, err
	}
	return lifecycle.Judge(s.LifecycleRules(), k, act.At), nil
}

// known reads what the desk knows of a customer.
func (d *Desk) known(ctx context.Context, c desk.Customer) (k lifecycle.Known, err error) {
	k.Customer = c
	if k.Identities, err = d.Addresses(ctx, c); err != nil {
		return k, err
	}
	rows, _, err := d.Store.MergeTickets(ctx, store.PersonLists(c), lifecycleTickets, true)
	for _, r := range rows {
		if !r.Value.IsTask() { // colleagues' work about them is no sign of theirs
			k.Tickets = append(k.Tickets, r.Value)
		}
	}
	return k, err
}
