package ticketing

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/identity"
	"github.com/deskhook/deskhook/shared/store"
)

const maxEvidence = 200 // characters

// MergeCustomers makes one customer an alias of another: what they write from now on is
// the survivor's. Doing it twice is doing it once.
func (d *Desk) MergeCustomers(ctx context.Context, act Act, from, into desk.CustomerID, why string) error {
	why = strings.TrimSpace(why)
	if why == "" || utf8.RuneCountInString(why) > maxEvidence || !utf8.ValidString(why) {
		return desk.FieldError("why", "is needed and has at most %d characters", maxEvidence)
	}
	code := said("customer.merged", "from", string(from), "into", string(into), "why", why)
	err := d.changePair(ctx, act, from, into, code, func(f, t *desk.Customer) ([]desk.CustomerID, bool, error) {
		if f.Merged == t.ID && f.ID != t.ID {
			return nil, true, nil
		}
		with, err := identity.Merge(f, t, desk.Merge{At: act.At, By: act.By, Why: why})
		return with, false, err
	})
	if err != nil {
		return err
	}
	return d.retierOf(ctx, act, into)
}

// UnmergeCustomers undoes a merge: both customers are as they were, each with what was
// written by their own addresses since.
func (d *Desk) UnmergeCustomers(ctx context.Context, act Act, from, into desk.CustomerID) error {
	code := said("customer.unmerged", "from", string(from), "into", string(into))
	err := d.changePair(ctx, act, from, into, code, func(f, t *desk.Customer) ([]desk.CustomerID, bool, error) {
		with, err := identity.Unmerge(f, t)
		return with, false, err
	})
	if err != nil {
		return err
	}
	return d.retierOf(ctx, act, from)
}

// UnmergeCustomer undoes the merge of a customer into whomever they are merged into.
func (d *Desk) UnmergeCustomer(ctx context.Context, act Act, id desk.CustomerID) error {
	seen, err := d.beforeAll(ctx, act)
	if err != nil {
		return err
	}
	if seen.Exists() {
		return d.retierOf(ctx, act, id) // a crash may have come before that
	}
	row, err := d.Store.CustomerRow(ctx, id)
	if err != nil {
		return err
	}
	if row.Value.Merged == "" {
		return desk.Errorf(desk.Conflict, "the customer is not merged into another")
	}
	return d.UnmergeCustomers(ctx, act, id, row.Value.Merged)
}

// changePair writes two customers, the aliases that come along, and an event on both in
// one transaction, once for act.Key. decide says which aliases follow, or that all is done already.
func (d *Desk) changePair(ctx context.Context, act Act, from, into desk.CustomerID, code desk.Decision,
	decide func(from, into *desk.Customer) (with []desk.CustomerID, done bool, err error)) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return d.attempt(ctx, func(int) error {
		if seen, err := d.beforeAll(ctx, act); err != nil || seen.Exists() {
			return err
		}
		f, err := d.Store.CustomerRow(ctx, from)
		if err != nil {
			return err
		}
		t, err := d.Store.CustomerRow(ctx, into)
		if err != nil {
			return err
		}
		with, done, err := decide(&f.Value, &t.Value)
		if err != nil {
			return err
		}
		if done {
			return act.onceAlready(ctx, d.Store, into)
		}
		owner := into
		if f.Value.Merged == "" {
			owner = from
		}
		var tx store.Tx
		if err := d.follow(ctx, &tx, with, owner); err != nil {
			return err
		}
		tx.PutCustomer(f)
		tx.PutCustomer(t)
		ev := journal("", act.By, act.At, s.Version, code)
		tx.PutCustomerEvent(from, ev)
		tx.PutCustomerEvent(into, ev)
		act.onceFor(&tx, into)
		return d.Store.Commit(ctx, &tx)
	})
}

// follow makes aliases name another owner, so that one hop is enough.
func (d *Desk) follow(ctx context.Context, tx *store.Tx, aliases []desk.CustomerID, owner desk.CustomerID) error {
	for _, id := range aliases {
		row, err := d.Store.CustomerRow(ctx, id)
		if err != nil {
			return err
		}
		row.Value.Merged = owner
		tx.PutCustomer(row)
	}
	return nil
}
