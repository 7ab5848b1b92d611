package ticketing

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/tier"
	"github.com/deskhook/deskhook/shared/store"
)

// Profile is what is changed of a customer at once, all or nothing. What is nil, or not
// named in a map, stays.
type Profile struct {
	Name     *string
	Mail     *string // an address the customer is known by; "" takes it off
	Phone    *string // likewise, as shared/phone reads it
	Language *string
	TimeZone *string           // IANA; "" = the desk's
	Tier     *desk.Tier        // "" = by the rules of the settings
	Tags     *[]string         // all of them
	Fields   map[string]string // by id; "" empties one
	Consents map[string]bool   // by purpose
}

const (
	maxConsents   = 20
	tierTickets   = 50 // open ones of a customer, newest first, that take a new tier
	maxPersonName = 100
)

var purpose = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)

// Check says what of a change can't be, before anything is read.
func (p Profile) Check(s *config.Settings) error {
	if p.Name != nil && (utf8.RuneCountInString(*p.Name) > maxPersonName || !utf8.ValidString(*p.Name) || strings.ContainsFunc(*p.Name, unicode.IsControl)) {
		return desk.FieldError("name", "may have one line of at most %d characters", maxPersonName)
	}
	if p.Language != nil && !slices.Contains(append([]string{""}, config.Languages...), *p.Language) {
		return desk.FieldError("language", "must be one of %s", strings.Join(config.Languages, ", "))
	}
	if p.TimeZone != nil && *p.TimeZone != "" {
		if _, err := time.LoadLocation(*p.TimeZone); err != nil || *p.TimeZone == "Local" {
			return desk.FieldError("time_zone", "must be a time zone such as Asia/Shanghai")
		}
	}
	if p.Tier != nil && !slices.Contains([]desk.Tier{"", desk.Standard, desk.Silver, desk.Gold, desk.VIP}, *p.Tier) {
		return desk.FieldError("tier", "must be one of standard, silver, gold, vip")
	}
	if p.Tags != nil {
		if _, err := desk.Tags(*p.Tags); err != nil {
			return err
		}
	}
	return p.checkMaps(s)
}

func (p Profile) checkMaps(s *config.Settings) error {
	for _, id := range slices.Sorted(maps.Keys(p.Fields)) {
		f, ok := s.CustomerField(id)
		if !ok {
			return desk.FieldError("custom_fields."+id, "there is no such field in the settings")
		}
		if why := f.Fault(p.Fields[id]); why != "" {
			return desk.FieldError("custom_fields."+id, "%s", why)
		}
	}
	for of := range p.Consents {
		if !purpose.MatchString(of) {
			return desk.FieldError("consents", "a purpose may have up to 32 of a-z, 0-9, - and _, beginning with a letter")
		}
	}
	return nil
}

// ChangeCustomer changes what is kept of a customer. A tier that changes by it is put on
// their open tickets, so that what is promised of them is reckoned anew; doing it again
// mends what a crash left undone.
func (d *Desk) ChangeCustomer(ctx context.Context, act Act, id desk.CustomerID, p Profile) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	if err := p.Check(s); err != nil {
		return err
	}
	var c desk.Customer
	err = d.attempt(ctx, func(int) error {
		row, err := d.Store.Customer(ctx, id)
		if err != nil {
			return err
		}
		was := row.Value
		var tx store.Tx
		reached, err := d.contact(ctx, &tx, s, &row.Value, p)
		if err != nil {
			return err
		}
		changed, err := p.apply(&row.Value, act)
		if err != nil {
			return err
		}
		changed = append(reached, changed...)
		row.Value.Tier = tier.Decide(s.Tiers, row.Value)
		c = row.Value
		return d.putProfile(ctx, act, s, &tx, was, row, changed)
	})
	if err != nil {
		return err
	}
	return d.retier(ctx, act, c)
}

func (d *Desk) putProfile(ctx context.Context, act Act, s *config.Settings, tx *store.Tx, was desk.Customer, row store.Row[desk.Customer], changed []string) error {
	var ds []desk.Decision
	if len(changed) > 0 {
		ds = append(ds, said("customer.changed", "fields", strings.Join(changed, ", ")))
	}
	if was.Tier != row.Value.Tier {
		ds = append(ds, said("customer.tier", "from", string(was.Tier), "to", string(row.Value.Tier)))
	}
	if len(ds) == 0 {
		return nil
	}
	tx.PutCustomer(row)
	tx.PutCustomerEvent(row.Value.ID, journal("", act.By, act.At, s.Version, ds...))
	if err := d.careOfBirthday(ctx, tx, s, was, row.Value, act.At); err != nil {
		return err
	}
	return d.Store.Commit(ctx, tx)
}

// apply changes a customer and names what has changed.
func (p Profile) apply(c *desk.Customer, act Act) (changed []string, err error) {
	set := func(name string, to *string, v *string) {
		if v != nil && *to != *v {
			*to, changed = *v, append(changed, name)
		}
	}
	set("name", &c.Name, p.Name)
	set("language", &c.Lang, p.Language)
	set("time_zone", &c.TimeZone, p.TimeZone)
	if p.Tier != nil && (*p.Tier != "") != c.TierSet || p.Tier != nil && *p.Tier != "" && *p.Tier != c.Tier {
		c.Tier, c.TierSet = *p.Tier, *p.Tier != ""
		changed = append(changed, "tier")
	}
	if p.Tags != nil {
		tags, err := desk.Tags(*p.Tags)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(c.Tags, tags) {
			c.Tags, changed = tags, append(changed, "tags")
		}
	}
	changed = append(changed, p.applyFields(c)...)
	more, err := p.consent(c, act)
	return append(changed, more...), err
}

func (p Profile) applyFields(c *desk.Customer) (changed []string) {
	fields := maps.Clone(c.Fields)
	if fields == nil {
		fields = map[string]string{}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Fields)) {
		v := p.Fields[id]
		if fields[id] == v {
			continue
		}
		fields[id], changed = v, append(changed, id)
		if v == "" {
			delete(fields, id)
		}
	}
	c.Fields = fields
	return changed
}

// consent notes what the customer agreed to, or no longer does, with who noted it when.
func (p Profile) consent(c *desk.Customer, act Act) (changed []string, err error) {
	c.Consents = slices.Clone(c.Consents)
	for _, of := range slices.Sorted(maps.Keys(p.Consents)) {
		now := desk.Consent{Purpose: of, Given: p.Consents[of], At: act.At, By: act.By}
		i := slices.IndexFunc(c.Consents, func(x desk.Consent) bool { return x.Purpose == of })
		switch {
		case i < 0:
			c.Consents = append(c.Consents, now)
		case c.Consents[i].Given == now.Given:
			continue
		default:
			c.Consents[i] = now
		}
		changed = append(changed, of)
	}
	if len(c.Consents) > maxConsents {
		return nil, desk.FieldError("consents", "at most %d are kept", maxConsents)
	}
	return changed, nil
}

// retierOf is retier for one who may be an alias.
func (d *Desk) retierOf(ctx context.Context, act Act, id desk.CustomerID) error {
	row, err := d.Store.Customer(ctx, id)
	if err != nil {
		return err
	}
	return d.retier(ctx, act, row.Value)
}

// retier puts a customer's tier on their open tickets.
func (d *Desk) retier(ctx context.Context, act Act, c desk.Customer) error {
	rows, _, err := d.Store.MergeTickets(ctx, store.PersonLists(c), tierTickets, true)
	if err != nil {
		return err
	}
	act.Key = ""
	for _, r := range rows {
		if !r.Value.Status.Active() || sameTier(r.Value.Tier, c.Tier) {
			continue
		}
		_, err := d.on(ctx, act, r.Value.ID, func(a *acting) error {
			if a.t.Status.Active() && !sameTier(a.t.Tier, c.Tier) {
				a.said = append(a.said, said("customer.tier", "from", string(a.t.Tier), "to", string(c.Tier)))
				a.t.Tier = c.Tier
			}
			return nil
		})
		if err != nil && desk.KindOf(err) != desk.NotFound {
			return err
		}
	}
	return nil
}

func sameTier(a, b desk.Tier) bool {
	standard := func(t desk.Tier) bool { return t == "" || t == desk.Standard }
	return a == b || standard(a) && standard(b)
}
