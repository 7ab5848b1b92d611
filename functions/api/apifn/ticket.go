package apifn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

func etag(version int64) string { return fmt.Sprintf(`"%d"`, version) }

func (c *call) ticket(row store.Row[desk.Ticket]) error {
	c.w.Header().Set("ETag", etag(row.Version))
	return c.json(http.StatusOK, viewTicket(row))
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
	d, err := a.matching(c, store.TicketKey(row.Value.ID), row.Version)
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

var errPrecondition = problem{
	Status: http.StatusPreconditionFailed,
	Detail: "It has changed since this version. Read it again.",
}

// matching gives the desk to act with: one held to the version that If-Match names
// (RFC 9110, section 13.1.1), or the ordinary one.
func (a *api) matching(c *call, key table.Key, version int64) (*ticketing.Desk, error) {
	want := c.r.Header.Get("If-Match")
	if want == "" || strings.TrimSpace(want) == "*" {
		return a.Desk, nil
	}
	for tag := range strings.SplitSeq(want, ",") {
		if strings.TrimSpace(tag) == etag(version) {
			held := *a.Desk
			held.Store = store.New(&heldTable{a.Store.T, key, version})
			return &held, nil
		}
	}
	return nil, errPrecondition
}

// heldTable lets nobody's change of one row slip in between reading its version and
// writing on it: a write of that row at any other version fails for good.
type heldTable struct {
	table.Table
	key     table.Key
	version int64
}

// Write refuses a row that has moved on, and follows the row's own changes.
func (h *heldTable) Write(ctx context.Context, ops ...table.Op) error {
	i := slices.IndexFunc(ops, func(op table.Op) bool { return op.Item.Key == h.key })
	if i >= 0 && ops[i].If != h.version {
		return errPrecondition
	}
	err := h.Table.Write(ctx, ops...)
	if i >= 0 && err == nil {
		h.version++
	}
	return err
}

// newMessage is the body of POST /v1/tickets/{number}/messages.
type newMessage struct {
	Text   string  `json:"text"`
	Public *bool   `json:"public"` // true: a reply; false: an internal note; left out: a reply
	Status *string `json:"status"` // of a reply: what the ticket is afterwards
}

var afterReply = []desk.Status{desk.StatusOpen, desk.StatusPending, desk.StatusOnHold, desk.StatusResolved}

func (m newMessage) check() error {
	note := m.Public != nil && !*m.Public
	switch {
	case strings.TrimSpace(m.Text) == "":
		return badField("text", "is empty")
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
	id, err := a.write(c, act, t.Value.ID, m)
	if err != nil {
		return err
	}
	row, err := a.Store.Message(c.ctx, t.Value.ID, id)
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, c.message(row.Value, c.lang()))
}

func (a *api) write(c *call, act ticketing.Act, t desk.TicketID, m newMessage) (desk.MessageID, error) {
	if m.Public != nil && !*m.Public {
		return a.Desk.Note(c.ctx, act, t, m.Text)
	}
	r := ticketing.Reply{Text: m.Text}
	if m.Status != nil {
		r.Then = desk.Status(*m.Status)
	}
	return a.Desk.Reply(c.ctx, act, t, r)
}

func (a *api) sendAgain(c *call) error {
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
	if err := a.Desk.SendAgain(c.ctx, act, t.Value.ID, id); err != nil {
		return notKeyed(err)
	}
	row, err := a.Store.Message(c.ctx, t.Value.ID, id)
	if err != nil {
		return notKeyed(err)
	}
	return c.json(http.StatusAccepted, c.message(row.Value, c.lang()))
}

// notKeyed takes an id that can't be a key for one that isn't there.
func notKeyed(err error) error {
	if errors.Is(err, table.ErrInvalid) {
		return desk.Errorf(desk.NotFound, "there is no such message or customer")
	}
	return err
}
