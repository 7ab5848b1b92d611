package deliveryfn

import (
	"context"
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// conversation is a ticket with the message at the head of its line, as read.
type conversation struct {
	ticket   store.Row[desk.Ticket]
	message  store.Row[desk.Message]
	identity store.Row[desk.Identity]
	refs     map[string]store.Row[store.Ref] // known of the mail's ids, as read
	tx       store.Tx
	wrote    bool     // the message changed
	notices  []string // the sender's, see channel.Noticer
}

func (c *conversation) t() *desk.Ticket  { return &c.ticket.Value }
func (c *conversation) m() *desk.Message { return &c.message.Value }

// read gets a conversation; nil where nothing waits to be sent.
func (h *Handler) read(ctx context.Context, id desk.TicketID) (*conversation, error) {
	t, err := h.Store.Ticket(ctx, id)
	if err != nil || len(t.Value.Unsent) == 0 {
		return nil, err
	}
	m, err := h.Store.Message(ctx, id, t.Value.Unsent[0])
	if err != nil {
		return nil, err
	}
	c := &conversation{ticket: t, message: m}
	c.identity, err = h.Store.Identity(ctx, m.Value.From)
	return c, err
}

// pop takes the head off the line and lets the conversation go.
func (c *conversation) pop() {
	t, id := c.t(), c.m().ID
	t.Unsent = slices.DeleteFunc(slices.Clone(t.Unsent), func(x desk.MessageID) bool { return x == id })
	t.Claim = desk.Claim{}
	if len(t.Unsent) == 0 {
		t.Disarm(desk.TimerSend)
	}
}

func (c *conversation) commit(ctx context.Context, s *store.Store) error {
	if c.wrote {
		c.tx.PutMessage(c.message)
	}
	c.tx.PutTicket(c.ticket)
	return s.Commit(ctx, &c.tx)
}
