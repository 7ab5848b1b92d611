package ticketing

import (
	"context"
	"slices"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/phone"
	"github.com/deskhook/deskhook/shared/policy/identity"
	"github.com/deskhook/deskhook/shared/store"
)

// checkMail writes a mail address as it is kept, or says why it can't be; "" stays.
func checkMail(s *config.Settings, mail string) (string, error) {
	if mail == "" {
		return "", nil
	}
	mail, err := mailAddress("email", mail)
	if err == nil && ownAddress(s, mail) {
		err = desk.FieldError("email", "is the desk's own address")
	}
	return mail, err
}

// checkPhone writes a number as it is kept, or says why it can't be; "" stays.
func checkPhone(s *config.Settings, number string) (string, error) {
	if number == "" {
		return "", nil
	}
	e164, ok := phone.E164(number, s.Desk.Country)
	if !ok {
		return "", desk.FieldError("phone", "is not a phone number such as +8613800138000")
	}
	return e164, nil
}

// contact changes the addresses that a customer is known by besides those they have
// written from. A new one is theirs from then on, as if they had been made with it: it is
// a Conflict that wraps Taken where it is somebody else's. One that goes is nobody's any
// more, unless they have written from it. What stays as it is may be anything: it may have
// come out of a form.
func (d *Desk) contact(ctx context.Context, tx *store.Tx, s *config.Settings, c *desk.Customer, p Profile) (changed []string, err error) {
	for _, x := range []struct {
		kind  desk.AttestedKind
		kept  *string
		now   *string
		check func(*config.Settings, string) (string, error)
	}{{desk.AttestedMail, &c.Contact.Mail, p.Mail, checkMail}, {desk.AttestedPhone, &c.Contact.Phone, p.Phone, checkPhone}} {
		if x.now == nil || *x.now == *x.kept {
			continue
		}
		now, err := x.check(s, *x.now)
		if err != nil {
			return nil, err
		}
		if now == *x.kept {
			continue
		}
		if err := d.disown(ctx, tx, c, desk.Attested{Kind: x.kind, ID: *x.kept}); err != nil {
			return nil, err
		}
		if err := d.own(ctx, tx, c, desk.Attested{Kind: x.kind, ID: now}); err != nil {
			return nil, err
		}
		*x.kept, changed = now, append(changed, string(x.kind))
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

// disown frees an address that somebody typed. Where the desk has only written to it, it
// was no address of theirs; where they have written from it, it stays theirs.
func (d *Desk) disown(ctx context.Context, tx *store.Tx, c *desk.Customer, a desk.Attested) error {
	i := slices.Index(c.Proven, a)
	if a.ID == "" || i < 0 {
		return nil
	}
	var silent []store.Row[desk.Identity]
	for _, at := range c.Addresses {
		if by, ok := identity.Of(at); !ok || by != a {
			continue
		}
		row, err := d.Store.Identity(ctx, at)
		if err != nil {
			return err
		}
		if row.Value.Proven || !row.Value.LastIn.IsZero() {
			return nil
		}
		silent = append(silent, row)
	}
	owners, err := d.Store.Owners(ctx, a)
	if err != nil {
		return err
	}
	c.Proven = slices.Delete(slices.Clone(c.Proven), i, i+1)
	if owners[0].Exists() && owners[0].Value.Customer == c.ID {
		tx.DropOwner(a, owners[0])
	}
	for _, row := range silent {
		at := row.Value.Address
		c.Addresses = slices.DeleteFunc(slices.Clone(c.Addresses), func(x desk.Address) bool { return x == at })
		row.Value.Customer, row.Value.Name, row.Value.Remark = "", "", ""
		tx.PutIdentity(row)
	}
	return nil
}
