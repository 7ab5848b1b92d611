package ticketing

import (
	"context"
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/identity"
	"github.com/deskhook/deskhook/shared/policy/tier"
	"github.com/deskhook/deskhook/shared/store"
)

// proving is what is known of the addresses that a message proves or names, read when a
// stranger writes, and once when somebody first proves an address.
type proving struct {
	by       desk.Attested
	proven   bool
	owner    store.Row[store.Owner] // of by
	line     []store.Row[desk.Customer]
	claims   []desk.Attested
	claimed  []store.Row[store.Owner]
	own      store.Row[desk.Customer] // who wrote, where they are known already
	customer desk.Customer            // as written; ID is empty where none was
	said     []desk.Decision
}

// prove reads whose the addresses are. For somebody known who has proven theirs, or
// proves nothing now, nothing is read.
func (r *receiving) prove(ctx context.Context) (err error) {
	p := &r.proving
	p.by, p.proven = identity.Attests(r.in)
	id := r.identity.Value
	stranger := id.Customer == ""
	if !stranger && (!p.proven || id.Proven) {
		return nil
	}
	asked := []desk.Attested{}
	if p.proven {
		asked = append(asked, p.by)
	}
	if stranger {
		p.claims = slices.DeleteFunc(identity.Claims(r.in), func(a desk.Attested) bool { return p.proven && a == p.by })
	}
	owners, err := r.desk.Store.Owners(ctx, append(asked, p.claims...)...)
	if err != nil {
		return err
	}
	if p.proven {
		p.owner, owners = owners[0], owners[1:]
	}
	p.claimed = owners
	switch {
	case !stranger:
		p.own, err = r.desk.Store.CustomerRow(ctx, id.Customer)
	case p.owner.Exists():
		p.line, err = r.desk.lineOf(ctx, p.owner.Value.Customer)
	}
	if desk.KindOf(err) == desk.NotFound {
		return nil // erased meanwhile: as if nobody had it
	}
	return err
}

// lineOf reads a customer and whoever took them in, up to the living one: one read for
// all but aliases.
func (d *Desk) lineOf(ctx context.Context, id desk.CustomerID) ([]store.Row[desk.Customer], error) {
	first, err := d.Store.CustomerRow(ctx, id)
	if err != nil || first.Value.Merged == "" {
		return []store.Row[desk.Customer]{first}, err
	}
	at, err := d.Store.CustomerRow(ctx, first.Value.Merged)
	line := []store.Row[desk.Customer]{at} // from the living one down
	for err == nil && len(line) <= identity.MaxAliases {
		i := slices.IndexFunc(at.Value.Merges, func(m desk.Merge) bool { return m.From == id || slices.Contains(m.With, id) })
		if i < 0 || at.Value.Merges[i].From == id {
			break
		}
		if at, err = d.Store.CustomerRow(ctx, at.Value.Merges[i].From); err == nil {
			line = append(line, at)
		}
	}
	line = append(line, first)
	slices.Reverse(line)
	return line, err
}

// join makes the stranger the customer whose proven address is theirs, too.
func (r *receiving) join() bool {
	p := &r.proving
	if len(p.line) == 0 {
		return false
	}
	id := &r.identity.Value
	p.customer = joinLine(&r.tx, p.line, r.in.From)
	id.Customer, id.Proven, id.Remark = p.line[0].Value.ID, true, p.customer.Remark
	r.tell(id.Customer, said("customer.joined", "kind", string(p.by.Kind), "by", p.by.ID))
	return true
}

// joinLine gives an address to a customer and to whoever took them in, as lineOf reads
// them, and tells who is the living one.
func joinLine(tx *store.Tx, line []store.Row[desk.Customer], at desk.Address) desk.Customer {
	all := make([]*desk.Customer, len(line))
	for i := range line {
		all[i] = &line[i].Value
	}
	identity.Join(all, at)
	for _, row := range line {
		tx.PutCustomer(row)
	}
	return line[len(line)-1].Value
}

// tell notes a decision on a customer with them, and on what the message becomes.
func (r *receiving) tell(c desk.CustomerID, d desk.Decision) {
	r.proving.said = append(r.proving.said, d)
	ev := journal("", desk.Actor{Kind: desk.ByDesk}, r.at, r.s.Version, d)
	// Of this message alone: two that join one customer at one moment are both told.
	ev.ID = desk.NewMessageID(r.at, d.Code, d.Args["by"], string(r.messageID()))
	r.tx.PutCustomerEvent(c, ev)
}

// claim makes what the stranger proves theirs, and notes whom they may be.
func (r *receiving) claim(c *desk.Customer) {
	p := &r.proving
	if p.proven {
		c.Proven = append(c.Proven, p.by)
		r.identity.Value.Proven = true
		r.tx.PutOwner(p.by, store.Row[store.Owner]{Value: store.Owner{Customer: c.ID}, Version: p.owner.Version})
	}
	for i, o := range p.claimed {
		if o.Exists() && identity.Suggest(c, o.Value.Customer, p.claims[i], r.at) {
			r.tell(c.ID, said("customer.suggested", "kind", string(p.claims[i].Kind), "by", p.claims[i].ID))
		}
	}
	c.Tier = tier.Decide(r.s.Tiers, *c)
	p.customer = *c
}

// nowProven notes that somebody known has proven their address. They stay who they are:
// where another has proven it before, a person decides.
func (r *receiving) nowProven() {
	p := &r.proving
	if !p.own.Exists() {
		return
	}
	id, c := &r.identity.Value, &p.own.Value
	id.Proven = true
	switch {
	case p.owner.Exists() && !identity.Suggest(c, p.owner.Value.Customer, p.by, r.at):
		return
	case p.owner.Exists():
		r.tell(c.ID, said("customer.suggested", "kind", string(p.by.Kind), "by", p.by.ID))
	default:
		c.Proven = append(slices.Clone(c.Proven), p.by)
		r.tx.PutOwner(p.by, store.Row[store.Owner]{Value: store.Owner{Customer: c.ID}})
		if c.Merged == "" {
			c.Tier = tier.Decide(r.s.Tiers, *c)
		}
	}
	r.tx.PutCustomer(p.own)
}

// Accept merges a customer into the one they were suggested to be; the address is the
// evidence.
func (d *Desk) Accept(ctx context.Context, act Act, id, with desk.CustomerID) error {
	seen, err := d.beforeAll(ctx, act)
	if err != nil {
		return err
	}
	if seen.Exists() {
		return d.retierOf(ctx, act, with) // a crash may have come before that
	}
	from, err := d.Store.Customer(ctx, id)
	if err != nil {
		return err
	}
	hints := identity.Open(from.Value)
	i := slices.IndexFunc(hints, func(h desk.Hint) bool { return h.With == with })
	if i < 0 {
		return desk.Errorf(desk.NotFound, "no such suggestion")
	}
	into, err := d.Store.Customer(ctx, with)
	if err != nil {
		return err
	}
	why := cut(string(hints[i].By.Kind)+": "+hints[i].By.ID, maxEvidence)
	if hints[i].By.Kind == desk.AttestedUnion {
		why = unionWords
	}
	return d.MergeCustomers(ctx, act, from.Value.ID, into.Value.ID, why)
}

// Dismiss notes that a customer is not whom they were suggested to be.
func (d *Desk) Dismiss(ctx context.Context, act Act, id, with desk.CustomerID) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return d.attempt(ctx, func(int) error {
		if seen, err := d.beforeAll(ctx, act); err != nil || seen.Exists() {
			return err
		}
		row, err := d.Store.Customer(ctx, id)
		if err != nil {
			return err
		}
		if !identity.Dismiss(&row.Value, with) {
			return desk.Errorf(desk.NotFound, "no such suggestion")
		}
		var tx store.Tx
		tx.PutCustomer(row)
		tx.PutCustomerEvent(row.Value.ID, journal("", act.By, act.At, s.Version, said("customer.dismissed", "with", string(with))))
		act.onceFor(&tx, row.Value.ID)
		return d.Store.Commit(ctx, &tx)
	})
}
