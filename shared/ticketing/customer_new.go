package ticketing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/tier"
	"github.com/deskhook/deskhook/shared/store"
)

// NewCustomer is a customer who is made before they have written: as by an import, they
// are joined by whoever proves the address.
type NewCustomer struct {
	Mail, Phone string // one of both is needed
	Profile     Profile
}

// Taken are the customers by whose addresses another was to be made: one, or two where
// mail and phone are two customers'.
type Taken []desk.CustomerID

// Error names them.
func (t Taken) Error() string { return fmt.Sprint("taken by ", []desk.CustomerID(t)) }

// CreateCustomer makes a customer, in one transaction that marks act.Key, which is needed.
// Where there is a customer by one of the addresses it is a Conflict that wraps Taken.
func (d *Desk) CreateCustomer(ctx context.Context, act Act, n NewCustomer) (id desk.CustomerID, err error) {
	if act.Key == "" {
		return "", desk.FieldError("key", "is missing: who asks again must find the customer they made")
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return "", err
	}
	if err := n.check(s); err != nil {
		return "", err
	}
	err = d.attempt(ctx, func(int) (err error) {
		id, err = d.create(ctx, act, s, n)
		return err
	})
	return id, err
}

// check says what of it can't be, and writes the addresses as they are kept.
func (n *NewCustomer) check(s *config.Settings) (err error) {
	if n.Mail == "" && n.Phone == "" {
		return desk.FieldError("email", "is needed, or phone is: a customer is found by one of them")
	}
	if n.Mail, err = checkMail(s, n.Mail); err != nil {
		return err
	}
	if n.Phone, err = checkPhone(s, n.Phone); err != nil {
		return err
	}
	return n.Profile.Check(s)
}

func (d *Desk) create(ctx context.Context, act Act, s *config.Settings, n NewCustomer) (desk.CustomerID, error) {
	if seen, err := d.beforeAll(ctx, act); err != nil || seen.Exists() {
		return seen.Value.Customer, err
	}
	by := attested(n.Mail, n.Phone)
	_, found, err := d.ownersOf(ctx, by)
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return "", taken(found)
	}
	c := newcomer(s, act, n.Mail, n.Phone)
	c.ID = desk.CustomerID(desk.DeriveID("customer", "made", act.Key, act.At.Format(time.RFC3339Nano)))
	c.Proven = by
	changed, err := n.Profile.apply(&c, act)
	if err != nil {
		return "", err
	}
	c.Tier = tier.Decide(s.Tiers, c)
	for _, a := range by {
		changed = append(changed, string(a.Kind))
	}
	return c.ID, d.putNew(ctx, act, s, c, changed)
}

func taken(found []store.Row[desk.Customer]) error {
	var ids Taken
	for _, r := range found {
		ids = append(ids, r.Value.ID)
	}
	err := desk.Errorf(desk.Conflict, "there is a customer by that address already")
	err.Err = ids
	return err
}

// newcomer is a customer whom nobody has heard of yet.
func newcomer(s *config.Settings, act Act, mail, phone string) desk.Customer {
	return desk.Customer{Lang: s.Desk.Language, Created: act.At, Contact: desk.Contact{Mail: mail, Phone: phone}}
}

func (d *Desk) putNew(ctx context.Context, act Act, s *config.Settings, c desk.Customer, changed []string) error {
	var tx store.Tx
	for _, a := range c.Proven {
		tx.PutOwner(a, store.Row[store.Owner]{Value: store.Owner{Customer: c.ID}})
	}
	tx.PutCustomer(store.Row[desk.Customer]{Value: c})
	tx.PutCustomerEvent(c.ID, journal("", act.By, act.At, s.Version, said("customer.created", "fields", strings.Join(changed, ", "))))
	if err := d.careOfBirthday(ctx, &tx, s, desk.Customer{}, c, act.At); err != nil {
		return err
	}
	act.onceFor(&tx, c.ID)
	return d.Store.Commit(ctx, &tx)
}
