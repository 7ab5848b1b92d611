package ticketing

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/optout"
	"github.com/deskhook/deskhook/shared/store"
)

// OptOut is what somebody of the desk says for a customer of one of their addresses.
type OptOut struct {
	Address desk.Address
	Kind    optout.Kind
	Out     bool
	Why     string // how they know: needed
	Lead    bool   // who says so is a lead, or more
}

// MaxAddresses is how many of a customer's addresses are looked at at once.
const MaxAddresses = 30

// Addresses reads what is true of a customer's addresses, the first ones.
func (d *Desk) Addresses(ctx context.Context, c desk.Customer) ([]desk.Identity, error) {
	shown := c.Addresses[:min(len(c.Addresses), MaxAddresses)]
	rows, err := d.Store.Identities(ctx, shown...)
	out := make([]desk.Identity, len(shown))
	for i, a := range shown {
		out[i].Address = a // nobody has used it yet
		for _, r := range rows {
			if r.Value.Address == a {
				out[i] = r.Value
			}
		}
	}
	return out, err
}

// AddressOf finds a customer's address by its handle; NotFound where they have none such.
func AddressOf(c desk.Customer, handle string) (desk.Address, error) {
	for _, a := range c.Addresses {
		if a.Handle() == handle {
			return a, nil
		}
	}
	return desk.Address{}, errNoAddress
}

var errNoAddress = desk.Errorf(desk.NotFound, "no such address of the customer")

// Opt notes or lifts an opt-out of a customer, where policy lets them; it is told on the
// customer and on the ticket that is open. Doing it twice is doing it once. The error
// names the field at fault, is NotFound where the address is not the customer's, and
// Forbidden where only somebody else can.
func (d *Desk) Opt(ctx context.Context, act Act, c desk.CustomerID, o OptOut) error {
	o.Why = strings.TrimSpace(o.Why)
	if o.Why == "" || utf8.RuneCountInString(o.Why) > maxEvidence || !utf8.ValidString(o.Why) {
		return desk.FieldError("why", "is needed and has at most %d characters", maxEvidence)
	}
	if !slices.Contains(optout.Kinds, o.Kind) {
		return desk.FieldError("kind", "must be one of messages, surveys")
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return d.attempt(ctx, func(int) error {
		row, err := d.Store.Customer(ctx, c)
		if err != nil {
			return err
		}
		id, err := d.Store.Identity(ctx, o.Address)
		if err != nil {
			return err
		}
		if !slices.Contains(row.Value.Addresses, o.Address) {
			return errNoAddress
		}
		if id.Value.Customer == "" {
			id.Value.Customer = row.Value.ID
		}
		why := optout.May(id.Value, o.Kind, o.Out, o.Lead)
		if why == optout.Same {
			return nil
		}
		if err := refused(why); err != nil {
			return err
		}
		var tx store.Tx
		optout.Set(&id.Value, o.Kind, o.Out, desk.Opted{At: act.At, By: act.By, Why: o.Why})
		tx.PutIdentity(id)
		d.tellOpted(&tx, act, s.Version, id.Value, o)
		return d.Store.Commit(ctx, &tx)
	})
}

func refused(why optout.Why) error {
	switch why {
	case optout.NoSuch:
		return desk.FieldError("address", "a form has nothing to opt out of: opt out the address that it is answered at")
	case optout.TheirWord:
		return desk.Errorf(desk.Forbidden, "it is the customer's own word: only a lead may lift it")
	case optout.AtCarrier:
		return desk.Errorf(desk.Forbidden, "the carrier holds the customer's STOP: only their START lifts it")
	}
	return nil
}

func (d *Desk) tellOpted(tx *store.Tx, act Act, v int64, id desk.Identity, o OptOut) {
	ev := journal("", act.By, act.At, v, said(optCode(o), "by", string(o.Address.Channel), "why", o.Why))
	ev.ID = desk.NewMessageID(act.At, optCode(o), string(o.Address.Channel), o.Address.Account, o.Address.ID)
	tx.PutCustomerEvent(id.Customer, ev)
	if id.Ticket != "" {
		ev.Ticket = id.Ticket
		tx.PutMessage(store.Row[desk.Message]{Value: ev})
	}
}

func optCode(o OptOut) string {
	switch {
	case o.Kind == optout.Surveys && o.Out:
		return "opt.noted_surveys"
	case o.Kind == optout.Surveys:
		return "opt.lifted_surveys"
	case o.Out:
		return "opt.noted"
	}
	return "opt.lifted"
}
