package apifn

import (
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// mergeBody is the body of POST /v1/tickets/{number}/merge.
type mergeBody struct {
	Into          string `json:"into"`           // number of the ticket that goes on
	OtherCustomer bool   `json:"other_customer"` // it may be another customer's
}

func (a *api) mergeTicket(c *call) error {
	var b mergeBody
	return a.change(c, &b, func(act ticketing.Act, id desk.TicketID) error {
		into, ok := desk.ParseNumber(b.Into)
		if !ok {
			return badField("into", "must be a ticket's number")
		}
		admitted := c.admitted
		if _, err := a.ticketOf(c, into); err != nil {
			return err
		}
		c.admitted = admitted
		return a.Desk.Merge(c.ctx, act, id, into, b.OtherCustomer)
	})
}

func (a *api) unmergeTicket(c *call) error {
	return a.change(c, nil, func(act ticketing.Act, id desk.TicketID) error { return a.Desk.Unmerge(c.ctx, act, id) })
}

// splitBody is the body of POST /v1/tickets/{number}/split.
type splitBody struct {
	MessageIDs []desk.MessageID `json:"message_ids"`
	Subject    string           `json:"subject"` // of the new ticket; left out: the first message's
}

// splitTicket answers with the new ticket.
func (a *api) splitTicket(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.act()
	if err != nil {
		return err
	}
	var b splitBody
	if err := c.body(&b); err != nil {
		return err
	}
	row, err := a.ticket(c)
	if err != nil {
		return err
	}
	id, err := a.Desk.Split(c.ctx, act, row.Value.ID, ticketing.Split{Messages: b.MessageIDs, Subject: b.Subject})
	if err != nil {
		return err
	}
	made, err := a.Store.Ticket(c.ctx, id)
	if err != nil {
		return err
	}
	return c.ticket(made)
}

// spamBody is the body of POST /v1/tickets/{number}/spam.
type spamBody struct {
	Block bool `json:"block"` // what the sender writes from now on is spam, too
}

func (a *api) markSpam(c *call) error {
	var b spamBody
	return a.change(c, &b, func(act ticketing.Act, id desk.TicketID) error { return a.Desk.MarkSpam(c.ctx, act, id, b.Block) })
}

func (a *api) notSpam(c *call) error {
	return a.change(c, nil, func(act ticketing.Act, id desk.TicketID) error { return a.Desk.NotSpam(c.ctx, act, id) })
}

func (a *api) blockSender(c *call) error {
	return a.change(c, nil, func(act ticketing.Act, id desk.TicketID) error { return a.Desk.Block(c.ctx, act, id, true) })
}

func (a *api) unblockSender(c *call) error {
	return a.change(c, nil, func(act ticketing.Act, id desk.TicketID) error { return a.Desk.Block(c.ctx, act, id, false) })
}

// change does something to the ticket in the path and answers with it as it is then.
// Without a body none is read.
func (a *api) change(c *call, body any, do func(ticketing.Act, desk.TicketID) error) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.act()
	if err != nil {
		return err
	}
	if body != nil {
		if err := c.body(body); err != nil {
			return err
		}
	}
	row, err := a.ticket(c)
	if err != nil {
		return err
	}
	if err := do(act, row.Value.ID); err != nil {
		return err
	}
	if row, err = a.ticket(c); err != nil {
		return err
	}
	return c.ticket(row)
}
