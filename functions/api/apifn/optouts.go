package apifn

import (
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/policy/optout"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// addressView is one of a customer's addresses with what its owner wants no more of.
type addressView struct {
	ID       string     `json:"id"`
	Via      viaView    `json:"via"`
	Proven   bool       `json:"proven"`
	Left     bool       `json:"left"`
	Bounced  bool       `json:"bounced"`
	Messages optOutView `json:"messages"`
	Surveys  optOutView `json:"surveys"`
}

type optOutView struct {
	OptedOut bool       `json:"opted_out"`
	At       *time.Time `json:"at"`
	By       *string    `json:"by"` // null: the customer
	Why      string     `json:"why"`
}

func viewOptOut(s optout.Standing, lang string) optOutView {
	return optOutView{s.Out, moment(s.At), orNull(s.By.ID), journal.Why(s.Why, lang)}
}

func (a *api) listAddresses(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	return a.answerAddresses(c)
}

func (a *api) answerAddresses(c *call) error {
	row, err := a.Store.Customer(c.ctx, desk.CustomerID(c.r.PathValue("id")))
	if err != nil {
		return notKeyed(err)
	}
	ids, err := a.Desk.Addresses(c.ctx, row.Value)
	if err != nil {
		return err
	}
	lang := c.lang()
	items := viewAll(ids, func(id desk.Identity) addressView {
		return addressView{
			ID: id.Address.Handle(), Via: via(id.Address), Proven: id.Proven, Left: !id.Gone.IsZero(), Bounced: id.Bounced != "",
			Messages: viewOptOut(optout.Of(id, optout.Messages), lang), Surveys: viewOptOut(optout.Of(id, optout.Surveys), lang),
		}
	})
	return answerAll(c, items)
}

// optOutBody is the body of PUT /v1/customers/{id}/addresses/{address}/opt-out.
type optOutBody struct {
	Kind     string `json:"kind"`
	OptedOut *bool  `json:"opted_out"`
	Why      string `json:"why"`
}

func (a *api) putOptOut(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	var b optOutBody
	if err := c.body(&b); err != nil {
		return err
	}
	if b.OptedOut == nil {
		return badField("opted_out", "is needed: true or false")
	}
	id := desk.CustomerID(c.r.PathValue("id"))
	row, err := a.Store.Customer(c.ctx, id)
	if err != nil {
		return notKeyed(err)
	}
	address, err := ticketing.AddressOf(row.Value, c.r.PathValue("address"))
	if err != nil {
		return err
	}
	err = a.Desk.Opt(c.ctx, ticketing.Act{By: c.by, At: c.at}, id, ticketing.OptOut{
		Address: address, Kind: optout.Kind(b.Kind), Out: *b.OptedOut, Why: b.Why, Lead: c.who.Role.AtLeast(allow.Lead),
	})
	if err != nil {
		return err
	}
	return a.answerAddresses(c)
}
