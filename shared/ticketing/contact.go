package ticketing

import (
	"context"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/phone"
	"github.com/deskhook/deskhook/shared/store"
)

// checkContact says which address can't be, and writes the others as they are kept.
func checkContact(s *config.Settings, mail, number *string) (err error) {
	if mail != nil && *mail != "" {
		if *mail, err = mailAddress("email", *mail); err != nil {
			return err
		}
		if ownAddress(s, *mail) {
			return desk.FieldError("email", "is the desk's own address")
		}
	}
	if number != nil && *number != "" {
		e164, ok := phone.E164(*number, s.Desk.Country)
		if !ok {
			return desk.FieldError("phone", "is not a phone number such as +8613800138000")
		}
		*number = e164
	}
	return nil
}

// contact changes the addresses that a customer is known by besides those they have
// written from. A new one is theirs from then on, as if they had been made with it: it is
// a Conflict that wraps Taken where it is somebody else's. One that goes is nobody's any
// more, unless they have written from it.
func (d *Desk) contact(ctx context.Context, tx *store.Tx, c *desk.Customer, p Profile) (changed []string, err error) {
	for _, x := range []struct {
		kind desk.AttestedKind
		kept *string
		now  *string
	}{{desk.AttestedMail, &c.Contact.Mail, p.Mail}, {desk.AttestedPhone, &c.Contact.Phone, p.Phone}} {
		if x.now == nil || *x.now == *x.kept {
			continue
		}
		if err := d.disown(ctx, tx, c, desk.Attested{Kind: x.kind, ID: *x.kept}); err != nil {
			return nil, err
		}
		if err := d.own(ctx, tx, c, desk.Attested{Kind: x.kind, ID: *x.now}); err != nil {
			return nil, err
		}
		*x.kept, changed = *x.now, append(changed, string(x.kind))
	}
	return changed, nil
}

func (d *Desk) own(ctx context.Context, tx *store.Tx, c *desk.Customer, a desk.Attested) error {
	if a.ID == "" {
		return nil
	}
	owners, found, err := d.ownersOf(ctx, []desk.Attested{a})
	switch {
	case err != nil:
		return err
	case len(found) > 0 && found[0].Value.ID != c.ID:
		return taken(found)
	case !owners[0].Exists():
		c.Proven = append(slices.Clone(c.Proven), a)
		tx.PutOwner(a, store.Row[store.Owner]{Value: store.Owner{Customer: c.ID}})
	}
	return nil
}

func (d *Desk) disown(ctx context.Context, tx *store.Tx, c *desk.Customer, a desk.Attested) error {
	wrote := slices.ContainsFunc(c.Addresses, func(at desk.Address) bool { return strings.EqualFold(at.ID, a.ID) })
	i := slices.Index(c.Proven, a)
	if a.ID == "" || wrote || i < 0 {
		return nil
	}
	owners, err := d.Store.Owners(ctx, a)
	if err != nil {
		return err
	}
	c.Proven = slices.Delete(slices.Clone(c.Proven), i, i+1)
	if owners[0].Exists() && owners[0].Value.Customer == c.ID {
		tx.DropOwner(a, owners[0])
	}
	return nil
}
