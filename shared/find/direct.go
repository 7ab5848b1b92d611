package find

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"unicode"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/phone"
	"github.com/deskhook/deskhook/shared/store"
)

// Bounds of what is looked up by key.
const (
	maxAddresses = 60 // keys of one query: spellings × accounts
	maxCustomers = 20
	maxPeople    = 3 // customers whose tickets are shown
	theirs       = 5 // tickets of each
)

// What a customer was found by.
const (
	ByAddress = "address"
	ByName    = "name"
)

// Person is a customer found, and by what.
type Person struct {
	ID   desk.CustomerID
	Name string
	By   string // ByAddress, ByName
}

// direct looks up what the query names: a ticket by its number, customers by an address
// or the beginning of their name. Units: 1 for the number, 1 for each address that it may
// be (at most 60), 0.5 for the name, 1 for each customer, and for the tickets of three
// 0.5 and 1 each.
func (f *Finder) direct(ctx context.Context, ask Ask, out *Found) error {
	if id, ok := desk.ParseNumber(ask.Q); ok {
		row, err := f.Store.Ticket(ctx, id)
		switch {
		case err == nil && ask.Shows(row.Value):
			out.Number = &row
		case err != nil && desk.KindOf(err) != desk.NotFound:
			return err
		}
	}
	ids, err := f.byAddress(ctx, ask)
	if err != nil {
		return err
	}
	exact := len(ids)
	names, err := f.Store.CustomersByName(ctx, ask.Q, maxCustomers)
	if err != nil {
		return err
	}
	for _, c := range names {
		ids = append(ids, c.ID)
	}
	if err := f.people(ctx, ids, exact, out); err != nil {
		return err
	}
	return f.theirTickets(ctx, ask, out)
}

// theirTickets reads the newest tickets of the first customers found.
func (f *Finder) theirTickets(ctx context.Context, ask Ask, out *Found) error {
	for _, p := range out.Customers[:min(len(out.Customers), maxPeople)] {
		row, err := f.Store.Customer(ctx, p.ID)
		if err != nil {
			return err
		}
		heads, _, err := f.Store.MergeTickets(ctx, store.PersonLists(row.Value), theirs, true)
		if err != nil {
			return err
		}
		for _, h := range heads {
			if ask.Shows(h.Value) && h.Value.Status != desk.StatusSpam {
				out.Tickets = append(out.Tickets, h)
			}
		}
	}
	return nil
}

// people reads customers, who they are now, each once; the first exact ones were found by
// an address.
func (f *Finder) people(ctx context.Context, ids []desk.CustomerID, exact int, out *Found) error {
	rows, err := f.Store.CustomerRows(ctx, unique(ids)...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		c := r.Value
		by := ByName
		if slices.Contains(ids[:exact], c.ID) {
			by = ByAddress
		}
		if c.Merged != "" {
			into, err := f.Store.Customer(ctx, c.ID)
			if err != nil && desk.KindOf(err) == desk.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			c = into.Value
		}
		known := func(p Person) bool { return p.ID == c.ID }
		if len(out.Customers) < maxCustomers && !slices.ContainsFunc(out.Customers, known) {
			out.Customers = append(out.Customers, Person{c.ID, c.Called(c.Lang), by})
		}
	}
	return nil
}

func unique(ids []desk.CustomerID) []desk.CustomerID {
	seen := map[desk.CustomerID]bool{}
	out := slices.DeleteFunc(slices.Clone(ids), func(id desk.CustomerID) bool { was := seen[id] || id == ""; seen[id] = true; return was })
	return out[:min(len(out), 100)]
}

// byAddress finds the customers whose address the query may be.
func (f *Finder) byAddress(ctx context.Context, ask Ask) ([]desk.CustomerID, error) {
	at, proven := Addresses(ask.Settings, ask.Q)
	var ids []desk.CustomerID
	owners, err := f.Store.Owners(ctx, proven...)
	if err != nil {
		return nil, err
	}
	for _, o := range owners {
		if o.Exists() {
			ids = append(ids, o.Value.Customer)
		}
	}
	rows, err := f.Store.Identities(ctx, at...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		ids = append(ids, r.Value.Customer)
	}
	for _, p := range proven {
		told, err := f.Store.CustomersByContact(ctx, p.ID, maxCustomers)
		if err != nil {
			return nil, err
		}
		for _, c := range told {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

// Addresses are those that a text may be: a mail address, a phone number in any spelling,
// or an id that a provider or a program gave; on each account and form of the settings.
func Addresses(s *config.Settings, q string) (at []desk.Address, proven []desk.Attested) {
	var ids []string
	on := []desk.Channel{desk.WeChat, desk.Generic}
	mailed, numbers := mailOf(q), Numbers(q, s.Desk.Country)
	switch {
	case mailed != "":
		ids, on = []string{mailed}, []desk.Channel{desk.Email, desk.WebForm, desk.Generic}
		proven = append(proven, desk.Attested{Kind: desk.AttestedMail, ID: mailed})
	case len(numbers) > 0:
		ids, on = numbers, []desk.Channel{desk.SMS, desk.WebForm, desk.Generic}
		for _, n := range numbers {
			proven = append(proven, desk.Attested{Kind: desk.AttestedPhone, ID: n})
		}
		if plain(q) {
			ids, on = append(ids, q), append(on, desk.WeChat)
		}
	case plain(q):
		ids = []string{q}
	}
	for _, id := range ids {
		for _, a := range s.Accounts {
			if slices.Contains(on, a.Channel) {
				at = append(at, desk.Address{Channel: a.Channel, Account: a.Name, ID: id})
			}
		}
		for _, form := range s.Forms {
			if slices.Contains(on, desk.WebForm) {
				at = append(at, desk.Address{Channel: desk.WebForm, Account: form.ID, ID: id})
			}
		}
	}
	return at[:min(len(at), maxAddresses)], proven
}

func mailOf(q string) string {
	a, err := mail.ParseAddress(q)
	if err != nil || !strings.Contains(q, "@") {
		return ""
	}
	return strings.ToLower(a.Address)
}

// plain says that a text may be an id: one word with a digit in it, or a long one.
func plain(q string) bool {
	return !strings.ContainsFunc(q, unicode.IsSpace) && (len(q) >= 20 || strings.ContainsFunc(q, unicode.IsDigit)) && len(q) <= 128
}

// Numbers are those in E.164 that a text may be, written in any way: with the country in
// front, or as people write it in the desk's country. At most three.
func Numbers(q, country string) []string {
	if e164, ok := phone.E164(q, country); ok {
		return []string{e164}
	}
	return phone.Guesses(q, country)
}
