package consolefn

import (
	"net/url"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/store"
)

// person is what is known of a customer.
type person struct {
	C         desk.Customer
	URL       string
	Back      string // number of the ticket that the card stands beside
	Name      string
	Addresses []address
	Tickets   []listRow
	More      bool
	all       []desk.Ticket // also those that the agent isn't shown
}

// Open are those of the tickets that are not done, without the tasks that colleagues have
// of them.
func (p person) Open() []listRow {
	return slices.DeleteFunc(slices.Clone(p.Tickets), func(r listRow) bool { return !r.T.Status.Active() || r.T.IsTask() })
}

// FormMail is a mail address that a form told of; "" where the card names it anyhow.
func (p person) FormMail() string { return p.unnamed(p.C.Contact.Mail) }

// FormPhone is FormMail for a number.
func (p person) FormPhone() string { return p.unnamed(p.C.Contact.Phone) }

func (p person) unnamed(told string) string {
	if slices.ContainsFunc(p.Addresses, func(a address) bool { return strings.EqualFold(a.ID, told) }) {
		return ""
	}
	return told
}

type address struct {
	Channel desk.Channel
	Label   string
	ID      string
}

// othersShown is how many of a customer's tickets the card beside a ticket lists.
const othersShown = 6

// personOf reads the card of a ticket's customer. A customer erased meanwhile leaves
// the name the ticket has.
func (v *visit) personOf(t desk.Ticket) (person, error) {
	row, err := v.Store.Customer(v.r.Context(), t.Customer)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return person{Name: t.Called(v.lang)}, nil
	}
	if err != nil {
		return person{}, err
	}
	p, err := v.person(row, othersShown+1)
	p.Back = t.ID.Number()
	p.Tickets = slices.DeleteFunc(p.Tickets, func(r listRow) bool { return r.T.ID == t.ID })
	return p, err
}

func (v *visit) person(row store.Row[desk.Customer], tickets int) (person, error) {
	c := row.Value
	p := person{C: v.shownCustomer(c), Name: c.Shown(v.lang), URL: "/console/customers/" + url.PathEscape(string(c.ID))}
	for _, a := range c.Addresses {
		p.Addresses = append(p.Addresses, address{a.Channel, journal.Channel(a.Channel, v.lang), a.ID})
	}
	heads, more, err := v.Store.MergeTickets(v.r.Context(), store.PersonLists(c), tickets, true)
	p.More = more
	for _, h := range heads {
		p.all = append(p.all, h.Value)
	}
	heads = slices.DeleteFunc(heads, func(r store.Row[desk.Ticket]) bool { return !v.shows(r.Value) })
	for _, h := range heads {
		p.Tickets = append(p.Tickets, v.listRow(h.Value))
	}
	return p, err
}
