package deliveryfn

import (
	"fmt"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/fallback"
	"github.com/deskhook/deskhook/shared/policy/parts"
	"github.com/deskhook/deskhook/shared/store"
)

// fallBack puts another message to the customer's mail or phone in the place of the one
// that its channel takes no more. It is one transaction with the end of the first, so that
// either both are there or neither.
func (c *conversation) fallBack(to desk.Address, now time.Time) {
	m := *c.m()
	line := slices.Index(c.t().Unsent, m.ID)
	c.finish(desk.Failed, fallback.FellBack)
	c.instead(m, to, max(line, 0), now)
	c.noDigit(m)
}

// instead queues the same once more, to another address and in the same place of the
// line, cut as its channel wants it.
func (c *conversation) instead(m desk.Message, to desk.Address, place int, now time.Time) {
	t := c.t()
	for i, text := range parts.Split(to.Channel, m.Text) {
		again := desk.Message{
			ID:     desk.NewMessageID(now.Add(time.Duration(i)*time.Millisecond), fallback.FellBack, string(m.ID), fmt.Sprint(i)),
			Ticket: m.Ticket, Kind: desk.ToCustomer, State: desk.Queued, By: m.By, At: now, From: to,
			Subject: m.Subject, Text: text, Type: m.Type, Lang: m.Lang, Purpose: m.Purpose, Survey: m.Survey, V: m.V,
			Decisions: []desk.Decision{fallback.Decision(m.From, to)},
		}
		if i == 0 {
			again.HTML, again.Attachments = m.HTML, m.Attachments
		}
		c.tx.PutMessage(store.Row[desk.Message]{Value: again})
		t.Unsent = slices.Insert(t.Unsent, place+i, again.ID)
	}
	t.Arm(desk.TimerSend, now.Add(lease)) // should the nudge for the new rows be lost
	t.Updated = now
	c.takesPart(to)
}

// takesPart lets the customer's answer to such a mail join the ticket.
func (c *conversation) takesPart(to desk.Address) {
	t := c.t()
	if to.Channel != desk.Email {
		return
	}
	if t.Mail == nil {
		t.Mail = &desk.MailHead{}
	}
	if !slices.Contains(t.Mail.Parts, to.ID) {
		t.Mail.Parts = append(t.Mail.Parts, to.ID)
	}
}

// noDigit: who never saw the question on a channel does not answer it there with a digit.
func (c *conversation) noDigit(m desk.Message) {
	if p := c.identity.Value.Pending; p != nil && m.Survey != "" && p.Survey == m.Survey {
		c.identity.Value.Pending = nil
		c.tx.PutIdentity(c.identity)
	}
}
