package apifn

import (
	"net/http"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// startBody is the body of POST /v1/tickets.
type startBody struct {
	Channel  ticketing.StartBy `json:"channel"`
	Account  string            `json:"account"`
	To       string            `json:"to"`
	Name     string            `json:"name"`
	Subject  string            `json:"subject"`
	Text     string            `json:"text"`
	Outcome  ticketing.Outcome `json:"outcome"`
	Status   desk.Status       `json:"status"`
	Team     string            `json:"team"`
	Language string            `json:"language"`
}

// startTicket opens a ticket for somebody whom an agent gets in touch with.
func (a *api) startTicket(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.keyed("a ticket begun twice would be sent twice")
	if err != nil {
		return err
	}
	var b startBody
	if err := c.body(&b); err != nil {
		return err
	}
	id, err := a.Desk.Start(c.ctx, act, ticketing.Start{
		By: b.Channel, Account: b.Account, To: b.To, Name: b.Name, Subject: b.Subject, Text: b.Text,
		Outcome: b.Outcome, Status: b.Status, Team: b.Team, Lang: b.Language,
	})
	if err != nil {
		return err
	}
	row, err := a.Store.Ticket(c.ctx, id)
	if err != nil {
		return err
	}
	return c.ticketAs(http.StatusCreated, row)
}
