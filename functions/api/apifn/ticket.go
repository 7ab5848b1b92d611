package apifn

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// ticket reads the ticket the path names, by its number as people write it, if the caller
// may do with it what the method does. No route reads a ticket otherwise.
func (a *api) ticket(c *call) (store.Row[desk.Ticket], error) {
	id, ok := desk.ParseNumber(c.r.PathValue("number"))
	if !ok {
		return store.Row[desk.Ticket]{}, desk.Errorf(desk.NotFound, "no such ticket")
	}
	return a.ticketOf(c, id)
}

func (a *api) ticketOf(c *call, id desk.TicketID) (store.Row[desk.Ticket], error) {
	row, err := a.Store.Ticket(c.ctx, id)
	if err != nil || c.admitted == id {
		return row, err
	}
	if err := c.may(allow.OfTicket(row.Value)); err != nil {
		return store.Row[desk.Ticket]{}, err
	}
	c.admitted = id
	return row, nil
}

func (a *api) getTicket(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	row, err := a.ticket(c)
	if err != nil {
		return err
	}
	return c.ticket(row)
}

func (c *call) ticket(row store.Row[desk.Ticket]) error { return c.ticketAs(http.StatusOK, row) }

func (c *call) ticketAs(status int, row store.Row[desk.Ticket]) error {
	c.w.Header().Set("ETag", etag(row.Version))
	return c.json(status, viewTicket(row))
}

// patch is the body of PATCH /v1/tickets/{number}. A field left out is not changed.
type patch struct {
	AssigneeID   json.RawMessage `json:"assignee_id"` // a string, or null for nobody
	Team         *string         `json:"team"`
	Status       *desk.Status    `json:"status"`
	Priority     *desk.Priority  `json:"priority"`
	Type         *desk.Type      `json:"type"`
	Tags         *[]string       `json:"tags"` // all of them
	SnoozedUntil *time.Time      `json:"snoozed_until"`
}

// change reads the body as what is to change.
func (p patch) change(s *config.Settings, at time.Time) (ticketing.Change, error) {
	c := ticketing.Change{Team: p.Team, Status: p.Status, Priority: p.Priority, Type: p.Type, Tags: p.Tags}
	if p.AssigneeID != nil {
		if json.Unmarshal(p.AssigneeID, &c.Assignee) != nil {
			return c, badField("assignee_id", "must be an agent's id, or null")
		}
		if c.Assignee == nil {
			c.Assignee = new(string)
		}
	}
	if p.SnoozedUntil != nil {
		if p.Status == nil || *p.Status != desk.StatusSnoozed {
			return c, badField("snoozed_until", "goes with the status snoozed only")
		}
		c.Until = p.SnoozedUntil.UTC()
	}
	return c, c.Check(s, at)
}

// patchTicket changes a ticket, all that the body names or nothing, in one transaction.
// With If-Match it is held to that version of the ticket.
func (a *api) patchTicket(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	var p patch
	if err := c.body(&p); err != nil {
		return err
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return err
	}
	change, err := p.change(s, c.at)
	if err != nil {
		return err
	}
	row, err := a.ticket(c)
	if err != nil {
		return err
	}
	d, err := a.matching(c, store.TicketKey(row.Value.ID), row.Version, etag)
	if err != nil {
		return err
	}
	if err := d.Change(c.ctx, ticketing.Act{By: c.by, At: c.at}, row.Value.ID, change); err != nil {
		return err
	}
	if row, err = a.ticket(c); err != nil {
		return err
	}
	return c.ticket(row)
}

// newMessage is the body of POST /v1/tickets/{number}/messages.
type newMessage struct {
	Text   string  `json:"text"`   // may be left out where there are uploads
	Public *bool   `json:"public"` // true: a reply; false: an internal note; left out: a reply
	Status *string `json:"status"` // of a reply: what the ticket is afterwards
	// Uploads are tokens of POST /v1/uploads, of files that go with a reply.
	Uploads []string `json:"uploads"`
}

var afterReply = []desk.Status{desk.StatusOpen, desk.StatusPending, desk.StatusOnHold, desk.StatusResolved}

func (m newMessage) check() error {
	note := m.Public != nil && !*m.Public
	switch {
	case strings.TrimSpace(m.Text) == "" && (m.Text != "" || len(m.Uploads) == 0):
		return badField("text", "is empty")
	case note && len(m.Uploads) > 0:
		return badField("uploads", "go with a public reply only")
	case note && m.Status != nil:
		return badField("status", "goes with a public reply only")
	case m.Status != nil && !slices.Contains(afterReply, desk.Status(*m.Status)):
		return badField("status", "must be one of open, pending, on_hold, resolved")
	}
	return nil
}

func (a *api) postMessage(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.act()
	if err != nil {
		return err
	}
	var m newMessage
	if err := c.body(&m); err != nil {
		return err
	}
	if err := m.check(); err != nil {
		return err
	}
	t, err := a.ticket(c)
	if err != nil {
		return err
	}
	id, done, err := a.Desk.Replayed(c.ctx, act, t.Value.ID) // its uploads may have expired since
	if err == nil && !done {
		id, err = a.write(c, act, t.Value, m)
	}
	if err != nil {
		return err
	}
	row, err := a.Store.Message(c.ctx, t.Value.ID, id)
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, c.message(row.Value, c.lang()))
}

func (a *api) write(c *call, act ticketing.Act, t desk.Ticket, m newMessage) (desk.MessageID, error) {
	if m.Public != nil && !*m.Public {
		return a.Desk.Note(c.ctx, act, t.ID, m.Text)
	}
	files, err := a.uploads(c, m.Uploads, t.AnswerTo())
	if err != nil {
		return "", err
	}
	r := ticketing.Reply{Text: m.Text, Attachments: files}
	if m.Status != nil {
		r.Then = desk.Status(*m.Status)
	}
	return a.Desk.Reply(c.ctx, act, t.ID, r)
}

func (a *api) sendAgain(c *call) error { return a.onMessage(c, http.StatusAccepted, a.Desk.SendAgain) }

func (a *api) undo(c *call) error { return a.onMessage(c, http.StatusOK, a.Desk.Undo) }

// onMessage does something to the message in the path and answers with it as it is then.
func (a *api) onMessage(c *call, status int, do func(context.Context, ticketing.Act, desk.TicketID, desk.MessageID) error) error {
	if _, err := c.params(); err != nil {
		return err
	}
	act, err := c.act()
	if err != nil {
		return err
	}
	t, err := a.ticket(c)
	if err != nil {
		return err
	}
	id := desk.MessageID(c.r.PathValue("id"))
	if err := do(c.ctx, act, t.Value.ID, id); err != nil {
		return notKeyed(err)
	}
	row, err := a.Store.Message(c.ctx, t.Value.ID, id)
	if err != nil {
		return notKeyed(err)
	}
	return c.json(status, c.message(row.Value, c.lang()))
}

// notKeyed takes an id that can't be a key for one that isn't there.
func notKeyed(err error) error {
	if errors.Is(err, table.ErrInvalid) {
		return desk.Errorf(desk.NotFound, "there is no such message or customer")
	}
	return err
}
