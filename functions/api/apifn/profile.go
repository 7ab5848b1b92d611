package apifn

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// profilePatch is the body of PATCH /v1/customers/{id}. A field left out is not changed.
type profilePatch struct {
	Name         *string            `json:"name"`
	Email        json.RawMessage    `json:"email"` // a string, or null to take it off
	Phone        json.RawMessage    `json:"phone"`
	Language     *string            `json:"language"`
	TimeZone     *string            `json:"time_zone"`
	Tier         json.RawMessage    `json:"tier"` // a string, or null for what the rules say
	Tags         *[]string          `json:"tags"`
	CustomFields map[string]*string `json:"custom_fields"` // null empties one
	Consents     map[string]bool    `json:"consents"`
}

func (p profilePatch) profile() (ticketing.Profile, error) {
	out := ticketing.Profile{Name: p.Name, Language: p.Language, TimeZone: p.TimeZone, Tags: p.Tags, Consents: p.Consents}
	if p.Tier != nil {
		if json.Unmarshal(p.Tier, &out.Tier) != nil {
			return out, badField("tier", "must be one of standard, silver, gold, vip, or null for what the rules say")
		}
		if out.Tier == nil {
			out.Tier = new(desk.Tier)
		}
	}
	for name, x := range map[string]struct {
		given json.RawMessage
		to    **string
	}{"email": {p.Email, &out.Mail}, "phone": {p.Phone, &out.Phone}} {
		if x.given == nil {
			continue
		}
		if json.Unmarshal(x.given, x.to) != nil {
			return out, badField(name, "must be a text, or null to take it off")
		}
		if *x.to == nil {
			*x.to = new(string)
		}
	}
	for id, v := range p.CustomFields {
		if out.Fields == nil {
			out.Fields = map[string]string{}
		}
		out.Fields[id] = ""
		if v != nil {
			out.Fields[id] = *v
		}
	}
	return out, nil
}

// patchCustomer changes a customer, all that the body names or nothing. With If-Match it
// is held to that version.
func (a *api) patchCustomer(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	var b profilePatch
	if err := c.body(&b); err != nil {
		return err
	}
	p, err := b.profile()
	if err != nil {
		return err
	}
	id := desk.CustomerID(c.r.PathValue("id"))
	row, err := a.Store.Customer(c.ctx, id)
	if err != nil {
		return notKeyed(err)
	}
	d, err := a.matching(c, store.CustomerKey(row.Value.ID), row.Version, etag)
	if err != nil {
		return err
	}
	if err := d.ChangeCustomer(c.ctx, ticketing.Act{By: c.by, At: c.at}, id, p); err != nil {
		return takenBy(err)
	}
	return a.answerCustomer(c, id)
}

type consentView struct {
	Purpose string    `json:"purpose"`
	Given   bool      `json:"given"`
	At      time.Time `json:"at"`
}

func viewConsents(c desk.Customer) []consentView {
	return viewAll(c.Consents, func(x desk.Consent) consentView { return consentView{x.Purpose, x.Given, x.At} })
}

// viewFields are an object even where there are none.
func viewFields(c desk.Customer) map[string]string {
	out := map[string]string{}
	maps.Copy(out, c.Fields)
	return out
}

// happenedView is one entry of a timeline; one of both is null.
type happenedView struct {
	At     time.Time    `json:"at"`
	Ticket *ticketView  `json:"ticket"`
	Event  *messageView `json:"event"`
}

func (a *api) customerTimeline(c *call) error {
	q, err := c.list()
	if err != nil {
		return err
	}
	row, err := a.Store.Customer(c.ctx, desk.CustomerID(c.r.PathValue("id")))
	if err != nil {
		return notKeyed(err)
	}
	lang := c.lang()
	all, next, err := a.Store.PersonTimeline(c.ctx, row.Value, q.cursor, q.limit)
	all = slices.DeleteFunc(all, func(h store.Happened) bool { return h.Ticket.Value.ID != "" && !c.shows(h.Ticket.Value) })
	return answerPage(c, q, all, next, err, func(h store.Happened) happenedView {
		if h.Ticket.Value.ID != "" {
			t := viewTicket(h.Ticket)
			return happenedView{At: h.At, Ticket: &t}
		}
		m := c.message(h.Event, lang)
		return happenedView{At: h.At, Event: &m}
	})
}
