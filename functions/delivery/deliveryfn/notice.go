package deliveryfn

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/fallback"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// Whys of a message that the customer reads on its page.
const (
	whyNoticed = "send.noticed"
	whyTold    = "send.on_page"
)

// elsewhere finds another way for a message that its channel takes no more: a notice of
// it, else the customer's mail or phone. False where there is none.
func (h *Handler) elsewhere(ctx context.Context, c *conversation, now time.Time) (bool, error) {
	m := c.m()
	if m.State != desk.Queued && m.State != desk.Sending {
		return false, nil // a receipt has said meanwhile that it arrived
	}
	s, err := h.Settings(ctx)
	if err != nil {
		return false, err
	}
	way, err := ticketing.Instead(ctx, h.Store, s, *c.t(), *m, c.identity.Value, c.notices)
	switch {
	case err != nil:
		return false, err
	case way.Told:
		m.Notice, m.State, m.Why, c.wrote = way.Notice, desk.Sent, whyTold, true
		c.pop()
	case way.Notice != "":
		c.announce(way.Notice, now)
	case way.To.ID != "":
		c.fallBack(way.To, now)
	default:
		return false, nil
	}
	return true, nil
}

// announce queues the message once more, as a notice. It was not accepted before.
func (c *conversation) announce(kind string, now time.Time) {
	m, t := c.m(), c.t()
	m.Notice, m.State, m.Why, c.wrote = kind, desk.Queued, "", true
	m.Decisions = append(m.Decisions, fallback.NoticedAs(kind))
	t.Claim = desk.Claim{}
	t.Arm(desk.TimerSend, now.Add(lease)) // should this run end here
}

// noticed notes that the customer was told; the provider names the notice in its receipt.
func (c *conversation) noticed(o channel.Outcome) {
	m := c.m()
	if m.Why == "" {
		m.Why = whyNoticed
	}
	if o.ProviderID != "" {
		c.tx.PutRef(m.From.Ref(o.ProviderID), store.Row[store.Ref]{Value: store.Ref{Ticket: m.Ticket, Message: m.ID}})
	}
	if c.identity.Exists() {
		c.identity.Value.Noticed = m.At
		c.tx.PutIdentity(c.identity)
	}
}

// tooLate is from when on it is better to look for another way than to wait with a notice.
const tooLate = time.Hour

// refusedNotice looks for another way where a notice was provably not accepted.
func (h *Handler) refusedNotice(ctx context.Context, c *conversation, now time.Time, o channel.Outcome) (bool, error) {
	if c.m().Notice == "" {
		return false, nil
	}
	switch o.Kind {
	case channel.OutcomeBadRecipient, channel.OutcomeRefused:
		return h.elsewhere(ctx, c, now)
	case channel.OutcomeRateLimited:
		if o.RetryAfter > tooLate {
			return h.elsewhere(ctx, c, now)
		}
	}
	return false, nil
}
