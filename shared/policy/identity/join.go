package identity

import (
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// MaxSuggestions is how many a customer keeps, those dismissed too: what was dismissed
// is not suggested again.
const MaxSuggestions = 5

// Attests gives the address that a message proves to be its sender's: that of mail whose
// From is proven, or the phone that an SMS came from. Reports on our own messages prove
// nothing.
func Attests(in desk.Inbound) (desk.Attested, bool) {
	switch {
	case in.Kind == desk.InReceipt || in.Kind == desk.InBounce || in.Kind == desk.InComplaint || in.Quiet:
		return desk.Attested{}, false
	case in.From.Channel == desk.Email && (in.Mail == nil || !in.Mail.Trusted):
		return desk.Attested{}, false
	}
	return Of(in.From)
}

// Of is what proves an address: itself, where it is a mail address or a phone number.
func Of(a desk.Address) (desk.Attested, bool) {
	switch {
	case a.Channel == desk.Email && strings.Contains(a.ID, "@"):
		return desk.Attested{Kind: desk.AttestedMail, ID: strings.ToLower(a.ID)}, true
	case a.Channel == desk.SMS && strings.HasPrefix(a.ID, "+"):
		return desk.Attested{Kind: desk.AttestedPhone, ID: a.ID}, true
	}
	return desk.Attested{}, false
}

// Claims are the addresses that a message names as its sender's without any proof.
func Claims(in desk.Inbound) []desk.Attested {
	var out []desk.Attested
	add := func(k desk.AttestedKind, id string) {
		if a := (desk.Attested{Kind: k, ID: id}); id != "" && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	if in.From.Channel == desk.Email {
		add(desk.AttestedMail, strings.ToLower(in.From.ID))
	}
	add(desk.AttestedMail, strings.ToLower(in.Contact.Mail))
	add(desk.AttestedPhone, in.Contact.Phone)
	return out
}

// Join gives a customer one more address. Where they are an alias, line leads from them
// over whoever took them in to the living customer: each gets the address as something
// the merge brought, so that undoing merges in any order takes it back with them.
func Join(line []*desk.Customer, a desk.Address) {
	for i, c := range line {
		if slices.Contains(c.Addresses, a) {
			continue
		}
		c.Addresses = append(slices.Clone(c.Addresses), a)
		if i == 0 {
			continue
		}
		c.Merges = slices.Clone(c.Merges)
		for j := range c.Merges {
			if m := &c.Merges[j]; m.From == line[i-1].ID {
				m.Added = append(slices.Clone(m.Added), a)
			}
		}
	}
}

// Unites says whether a customer joins the one who has the same proven address by itself:
// who is known by one address alone, of which nobody has made anything yet. Anybody else
// stays who they are until a person decides, and so does who was said not to be the other.
func Unites(c, with desk.Customer) bool {
	known := c.Merged != "" || len(c.Addresses) > 1 || len(c.Proven)+len(c.Merges) > 0
	made := c.Remark != "" || c.TierSet || len(c.Tags)+len(c.Fields)+len(c.Consents) > 0
	said := slices.ContainsFunc(c.Suggested, func(s desk.Hint) bool {
		return s.Dismissed && (s.With == with.ID || slices.Contains(with.Aliases(), s.With))
	})
	return !known && !made && !said && c.ID != with.ID && with.Merged == "" && len(with.Aliases()) < MaxAliases
}

// Suggest notes on a customer that they may be another, by an address that the other has
// proven and they only named. It says whether that is news.
func Suggest(c *desk.Customer, with desk.CustomerID, by desk.Attested, at time.Time) bool {
	known := func(s desk.Hint) bool { return s.With == with }
	if with == c.ID || len(c.Suggested) >= MaxSuggestions || slices.ContainsFunc(c.Suggested, known) || slices.Contains(c.Aliases(), with) {
		return false
	}
	c.Suggested = append(slices.Clone(c.Suggested), desk.Hint{With: with, By: by, At: at})
	return true
}

// Dismiss notes that the customer is not the other; false where nothing says they were.
func Dismiss(c *desk.Customer, with desk.CustomerID) bool {
	i := slices.IndexFunc(c.Suggested, func(s desk.Hint) bool { return s.With == with })
	if i < 0 {
		return false
	}
	c.Suggested = slices.Clone(c.Suggested)
	c.Suggested[i].Dismissed = true
	return true
}

// Open are the suggestions that nobody has decided on.
func Open(c desk.Customer) []desk.Hint {
	gone := c.Aliases()
	return slices.DeleteFunc(slices.Clone(c.Suggested), func(s desk.Hint) bool {
		return s.Dismissed || s.With == c.ID || slices.Contains(gone, s.With)
	})
}
