package apifn

import (
	"net/http"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/find"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/search"
)

// searchView is a page of what was found. All but items stands on the first page only.
type searchView struct {
	Ticket        *ticketView   `json:"ticket"`
	Customers     []foundPerson `json:"customers"`
	Tickets       []ticketView  `json:"tickets"`
	Items         []hitView     `json:"items"`
	NextCursor    *string       `json:"next_cursor"`
	SearchedUntil *time.Time    `json:"searched_until"`
	Partial       bool          `json:"partial"`
}

type foundPerson struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	MatchedBy string `json:"matched_by"`
}

type hitView struct {
	Ticket    ticketView `json:"ticket"`
	MessageID string     `json:"message_id"`
	Type      string     `json:"type"`
	CreatedAt time.Time  `json:"created_at"`
	Snippet   string     `json:"snippet"`
}

// search finds what was typed: see package find.
func (a *api) search(c *call) error {
	p, err := c.params("q", "from", "to", "cursor", "limit")
	if err != nil {
		return err
	}
	ask, err := a.question(c, p)
	if err != nil {
		return err
	}
	found, err := a.find.Find(c.ctx, ask)
	if err != nil {
		return refusedCursor(err)
	}
	return c.json(http.StatusOK, viewFound(p, found))
}

func (a *api) question(c *call, p params) (ask find.Ask, err error) {
	if ask.Settings, err = a.Settings(c.ctx); err != nil {
		return ask, err
	}
	if ask.Q = strings.TrimSpace(p.get("q")); ask.Q == "" {
		return ask, badParameter("q", "is needed: a number, an address, a name, or words")
	}
	zone := ask.Settings.Desk.Location()
	if ask.From, err = p.date("from", time.DateOnly, zone); err != nil {
		return ask, err
	}
	if ask.To, err = p.date("to", time.DateOnly, zone); err != nil {
		return ask, err
	}
	if !ask.To.IsZero() {
		ask.To = ask.To.AddDate(0, 0, 1)
	}
	if !ask.To.IsZero() && !ask.From.Before(ask.To) {
		return ask, badParameter("from", "is after to")
	}
	if ask.Cursor, ask.Limit, err = p.page(); err != nil {
		return ask, err
	}
	ask.Shows = c.shows
	if c.masked {
		ask.Mask = allow.Mask
	}
	return ask, nil
}

func viewFound(p params, f find.Found) searchView {
	v := searchView{Customers: []foundPerson{}, Tickets: viewAll(f.Tickets, viewTicket), Items: []hitView{},
		NextCursor: p.next(f.Next), SearchedUntil: moment(f.Back), Partial: f.Partial}
	if f.Number != nil {
		t := viewTicket(*f.Number)
		v.Ticket = &t
	}
	for _, who := range f.Customers {
		v.Customers = append(v.Customers, foundPerson{string(who.ID), who.Name, who.By})
	}
	for _, h := range f.Hits {
		v.Items = append(v.Items, hitView{viewTicket(h.Ticket), string(h.Message.ID), messageTypes[h.Message.Kind], h.Message.At, search.Text(h.Snippet)})
	}
	return v
}
