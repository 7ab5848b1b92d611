package deliveryfn

import (
	"context"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/release"
	"github.com/deskhook/deskhook/shared/store"
)

// maxAttempts is how often a message is tried where each time nothing was accepted;
// with the back-off below that is about a day.
const maxAttempts = 12

// backoff is the wait after the nth try that was not accepted.
func backoff(n int) time.Duration {
	steps := []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}
	if n < 1 {
		n = 1
	}
	if n > len(steps) {
		return 3 * time.Hour
	}
	return steps[n-1]
}

// settle writes what came of the head of the line.
func (h *Handler) settle(ctx context.Context, c *conversation, now time.Time, o channel.Outcome) error {
	if done, err := h.refusedNotice(ctx, c, now, o); err != nil {
		return err
	} else if done {
		return c.commit(ctx, h.Store)
	}
	switch o.Kind {
	case channel.OutcomeSent:
		h.sent(c, o)
	case channel.OutcomeWindowClosed:
		if done, err := h.elsewhere(ctx, c, now); err != nil {
			return err
		} else if !done {
			c.fail(now, o)
		}
	case channel.OutcomeUnknown:
		c.finish(desk.Uncertain, why(o))
		c.tell(now, "send.uncertain", o)
	case channel.OutcomeRateLimited, channel.OutcomeTransient, channel.OutcomeAuth:
		if c.t().Claim.Attempt < maxAttempts {
			c.retry(now, o)
			break
		}
		fallthrough
	default:
		c.fail(now, o)
	}
	return c.commit(ctx, h.Store)
}

func (c *conversation) fail(now time.Time, o channel.Outcome) {
	c.optedOut(now, o)
	c.finish(desk.Failed, why(o))
	if o.Reason != release.TookOver && o.Reason != release.MarkedSpam { // as it should be: nothing for an agent to look after
		c.tell(now, "send.failed", o)
	}
}

// why is a decision code, or the provider's code with the outcome.
func why(o channel.Outcome) string {
	if o.Code == "" {
		return o.Reason
	}
	return fmt.Sprintf("%s (%s)", o.Reason, o.Code)
}

func (h *Handler) sent(c *conversation, o channel.Outcome) {
	m := c.m()
	if m.State == desk.Sending || m.State == desk.Uncertain {
		m.State = desk.Sent // a receipt may have said more by now
	}
	if m.ProviderID == "" {
		m.ProviderID = o.ProviderID
	}
	c.wrote = true
	c.pop()
	if m.Notice != "" {
		c.noticed(o)
		return
	}
	if c.identity.Exists() {
		c.identity.Value.Sent++
		c.tx.PutIdentity(c.identity)
	}
	c.mailed(o.MailIDs)
}

// mailed notes the ids of a mail that went out, so that answers to it find the ticket.
// A ticket that had no mail yet is continued under the first.
func (c *conversation) mailed(ids []string) {
	m, t := c.m(), c.t()
	for i, id := range ids {
		if i == 0 || !store.SameRef(id, ids[0]) {
			c.tx.PutRef(id, store.Row[store.Ref]{Value: store.Ref{Ticket: m.Ticket, Message: m.ID}, Version: c.refs[id].Version})
		}
	}
	if len(ids) == 0 || m.Purpose == "forward" || t.Mail != nil && t.Mail.LastID != "" {
		return
	}
	last := ids[len(ids)-1]
	if t.Mail == nil {
		t.Mail = &desk.MailHead{}
	}
	t.Mail.LastID, t.Mail.Refs = last, append(t.Mail.Refs, last)
}

// optedOutAtTwilio is Twilio's refusal to write to a customer who said STOP to it,
// perhaps before this desk was there to hear it.
const optedOutAtTwilio = "21610"

// optedOut takes such a refusal for the customer's word: surveys and acknowledgements
// stop as well.
func (c *conversation) optedOut(now time.Time, o channel.Outcome) {
	if o.Code == optedOutAtTwilio && c.identity.Exists() && c.identity.Value.Opt(true, now) {
		c.identity.Value.OutBy.Why = desk.OutAtCarrier
		c.tx.PutIdentity(c.identity)
	}
}

// finish ends a message that won't be tried again by itself. A receipt that has said
// meanwhile that it arrived stands.
func (c *conversation) finish(s desk.SendState, why string) {
	if m := c.m(); m.State == desk.Sending || m.State == desk.Queued {
		m.State, m.Why = s, why
		c.wrote = true
	}
	c.pop()
}

// retry leaves the message in line for later; those behind it wait.
func (c *conversation) retry(now time.Time, o channel.Outcome) {
	wait := max(o.RetryAfter, backoff(c.t().Claim.Attempt))
	m, t := c.m(), c.t()
	m.State, m.Why = desk.Queued, why(o)
	c.wrote = true
	t.Claim = desk.Claim{Attempt: t.Claim.Attempt, Retry: now.Add(wait)}
	t.Arm(desk.TimerSend, t.Claim.Retry)
}

// tell brings a message that was not delivered to the agents' notice.
func (c *conversation) tell(now time.Time, code string, o channel.Outcome) {
	t, m := c.t(), c.m()
	ds := []desk.Decision{{Code: code, Args: map[string]string{"why": why(o), "message": string(m.ID)}}}
	if t.Status == desk.StatusPending && m.Purpose == "reply" || t.Status == desk.StatusOnHold && m.Purpose == "forward" {
		ds = append(ds, desk.Decision{Code: "status.changed", Args: map[string]string{"from": string(t.Status), "to": string(desk.StatusOpen)}})
		t.Status = desk.StatusOpen
		if t.Clocks != nil {
			t.Arm(desk.TimerWarn, now) // its deadlines run again: tickets counts them
		}
	}
	by := desk.Actor{Kind: desk.ByDesk}
	t.By, t.Updated = by, now
	c.tx.PutMessage(store.Row[desk.Message]{Value: desk.Message{
		ID: desk.NewMessageID(now, code, string(m.ID)), Ticket: t.ID, Kind: desk.Journal, By: by, At: now, Decisions: ds, V: t.V,
	}})
}
