package ticketing

import (
	"context"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/identity"
	"github.com/deskhook/deskhook/shared/policy/tier"
	"github.com/deskhook/deskhook/shared/store"
)

// unionWords stands for a unionid wherever people read: it tells them nothing, and what
// the provider wants erased has then fewer places.
const unionWords = "unionid"

// Told notes what a provider told of an address's owner: what is the same over all its
// accounts, or nothing. Where another customer has the same, they become one as far as
// policy says so, which can be undone like any merge; else it is suggested. It does
// nothing where nobody asks any more.
func (d *Desk) Told(ctx context.Context, who desk.Address, union string, at time.Time) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	var proven desk.CustomerID
	err = d.attempt(ctx, func(int) error {
		x := &telling{desk: d, s: s, at: at, by: desk.Attested{Kind: desk.AttestedUnion, ID: union}}
		if x.id, err = d.Store.Identity(ctx, who); err != nil {
			return err
		}
		id := &x.id.Value
		if id.Proven {
			proven = id.Customer
		}
		if id.Look.IsZero() {
			return nil
		}
		id.Look = time.Time{}
		if id.Gone.IsZero() { // of who has left nothing new is kept
			id.Looked = at
			if union != "" && id.Customer != "" {
				if err := x.note(ctx); err != nil {
					return err
				}
				proven = id.Customer
			}
		}
		x.tx.PutIdentity(x.id)
		return d.Store.Commit(ctx, &x.tx)
	})
	if err != nil || proven == "" {
		return err
	}
	// Again where it was told before: a crash may have come in between.
	err = d.retierOf(ctx, Act{By: desk.Actor{Kind: desk.ByDesk}, At: at}, proven)
	if desk.KindOf(err) == desk.NotFound {
		return nil
	}
	return err
}

// telling is one try of noting what a provider told.
type telling struct {
	desk *Desk
	s    *config.Settings
	at   time.Time
	by   desk.Attested
	id   store.Row[desk.Identity]
	tx   store.Tx
}

func (x *telling) note(ctx context.Context) error {
	c, err := x.desk.Store.CustomerRow(ctx, x.id.Value.Customer)
	if desk.KindOf(err) == desk.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	owners, err := x.desk.Store.Owners(ctx, x.by)
	if err != nil {
		return err
	}
	x.id.Value.Proven = true
	var line []store.Row[desk.Customer]
	if owners[0].Exists() {
		line, err = x.desk.lineOf(ctx, owners[0].Value.Customer)
	}
	if err != nil && desk.KindOf(err) != desk.NotFound { // erased meanwhile: as if nobody had it
		return err
	}
	if len(line) == 0 || err != nil {
		x.claim(c, owners[0])
		return nil
	}
	return x.meet(ctx, c, line)
}

// claim makes the customer the one who has it.
func (x *telling) claim(c store.Row[desk.Customer], owner store.Row[store.Owner]) {
	v := &c.Value
	v.Proven = append(slices.Clone(v.Proven), x.by)
	if v.Merged == "" {
		v.Tier = tier.Decide(x.s.Tiers, *v)
	}
	x.tx.PutCustomer(c)
	x.tx.PutOwner(x.by, store.Row[store.Owner]{Value: store.Owner{Customer: v.ID}, Version: owner.Version})
}

// meet makes the customer one with who has it, or suggests that.
func (x *telling) meet(ctx context.Context, c store.Row[desk.Customer], line []store.Row[desk.Customer]) error {
	into := line[len(line)-1]
	if slices.ContainsFunc(line, func(r store.Row[desk.Customer]) bool { return r.Value.ID == c.Value.ID }) {
		return nil // theirs already
	}
	if c.Value.Merged != "" { // what is suggested is shown on who took them in
		row, err := x.desk.Store.CustomerRow(ctx, c.Value.Merged)
		if err != nil || row.Value.ID == into.Value.ID {
			return err
		}
		c = row
	}
	if !identity.Unites(c.Value, into.Value) {
		if identity.Suggest(&c.Value, into.Value.ID, desk.Attested{Kind: x.by.Kind, ID: unionWords}, x.at) {
			x.tx.PutCustomer(c)
			x.tell(said("customer.same_union"), c.Value.ID)
		}
		return nil
	}
	by := desk.Actor{Kind: desk.ByDesk}
	if _, err := identity.Merge(&c.Value, &into.Value, desk.Merge{At: x.at, By: by, Why: unionWords}); err != nil {
		return err
	}
	x.tx.PutCustomer(c)
	x.tx.PutCustomer(into)
	x.tell(said("customer.joined", "kind", string(x.by.Kind), "by", unionWords), c.Value.ID, into.Value.ID)
	return nil
}

// tell notes a decision on customers, and on the ticket that is open.
func (x *telling) tell(d desk.Decision, on ...desk.CustomerID) {
	by := desk.Actor{Kind: desk.ByDesk}
	ev := journal("", by, x.at, x.s.Version, d)
	ev.ID = desk.NewMessageID(x.at, d.Code, string(x.id.Value.Address.Channel), x.id.Value.Address.Account, x.id.Value.Address.ID)
	for _, c := range on {
		x.tx.PutCustomerEvent(c, ev)
	}
	if t := x.id.Value.Ticket; t != "" {
		ev.Ticket = t
		x.tx.PutMessage(store.Row[desk.Message]{Value: ev})
	}
}
