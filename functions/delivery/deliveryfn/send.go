package deliveryfn

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/release"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

// queued decides on the head of the line, and sends it.
func (h *Handler) queued(ctx context.Context, c *conversation, now time.Time) (bool, error) {
	sender, err := h.Sender(ctx, c.m().From.Channel, c.m().From.Account)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return true, h.settle(ctx, c, now, channel.Outcome{Kind: channel.OutcomeRefused, Reason: "send.no_account"})
	}
	if err != nil {
		return false, err
	}
	c.notices = notices(sender)
	until, left := window(sender, c.identity.Value)
	v := release.Decide(release.Question{
		Message: *c.m(), Ticket: *c.t(), Identity: c.identity.Value, WindowUntil: until, WindowLeft: left, At: now,
	})
	switch v.Decision {
	case release.Wait:
		return false, h.wait(ctx, c, v.Until)
	case release.Drop:
		return true, h.settle(ctx, c, now, dropped(v))
	}
	out, err := h.outgoing(ctx, c)
	if err != nil {
		return false, err
	}
	if h.late(ctx) {
		return false, work.ErrMore
	}
	if err := h.claim(ctx, c, now); err != nil {
		return false, err
	}
	return h.attempt(ctx, c, sender, out)
}

func dropped(v release.Verdict) channel.Outcome {
	kind := channel.OutcomeRefused
	if v.Why == release.WindowClosed {
		kind = channel.OutcomeWindowClosed
	}
	return channel.Outcome{Kind: kind, Reason: v.Why}
}

func window(s channel.Sender, id desk.Identity) (time.Time, int) {
	if w, ok := s.(channel.Windower); ok {
		return w.Window(id)
	}
	return time.Time{}, -1
}

func notices(s channel.Sender) []string {
	if n, ok := s.(channel.Noticer); ok {
		return n.Notices()
	}
	return nil
}

// wait arms the timer for when the head may go, unless it is armed so already.
func (h *Handler) wait(ctx context.Context, c *conversation, until time.Time) error {
	for _, t := range c.t().Timers {
		if t.Kind == desk.TimerSend && t.At.Equal(until) {
			return nil
		}
	}
	c.t().Arm(desk.TimerSend, until)
	return c.commit(ctx, h.Store)
}

// claim marks the message as being sent and the conversation as held, before anything
// leaves. The holder's name makes sure that it was this write that won.
func (h *Handler) claim(ctx context.Context, c *conversation, now time.Time) error {
	t := c.t()
	t.Claim.Worker, t.Claim.Until, t.Claim.Attempt, t.Claim.Retry = h.Worker(), now.Add(lease), t.Claim.Attempt+1, time.Time{}
	t.Arm(desk.TimerSend, now.Add(lease+time.Second))
	c.m().State = desk.Sending
	c.wrote = true
	if err := c.commit(ctx, h.Store); err != nil {
		return err
	}
	c.ticket.Version++
	c.message.Version++
	c.tx = store.Tx{}
	return nil
}

// attempt calls the provider once and writes what came of it.
func (h *Handler) attempt(ctx context.Context, c *conversation, sender channel.Sender, out channel.Outgoing) (bool, error) {
	deadline, cancel := context.WithTimeout(ctx, lease/2)
	outcome := sender.Send(deadline, out)
	cancel()
	worker, id := c.t().Claim.Worker, c.m().ID
	for try := 0; ; try++ {
		err := h.settle(ctx, c, h.Now().UTC(), outcome)
		if err == nil || try >= races {
			return again(outcome), err
		}
		// A receipt, a new message or an agent came in between, or the store asks for
		// patience: what came of the call is known here alone, so it is worth waiting.
		// Another holder means that our own write did get through, or that our lease
		// ran out and somebody else has settled it.
		if !errors.Is(err, table.ErrConflict) {
			if perr := h.pause(ctx, try); perr != nil {
				return false, errors.Join(err, perr)
			}
		}
		next, err := h.reread(ctx, c.t().ID, id)
		if errors.Is(err, table.ErrThrottled) {
			continue
		}
		if err != nil {
			return false, err
		}
		next.notices = c.notices
		if c = next; c.t().Claim.Worker != worker {
			return true, nil
		}
		// An answer can be quicker than we are, and has noted then what it refers to.
		if c.refs, err = h.Store.Refs(ctx, outcome.MailIDs); err != nil {
			return false, err
		}
	}
}

// pause waits a little longer with each try.
func (h *Handler) pause(ctx context.Context, try int) error {
	if h.Pause != nil {
		return h.Pause(ctx, try)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(50 * time.Millisecond << try):
		return nil
	}
}

// again says whether the line can go on at once after an outcome.
func again(o channel.Outcome) bool {
	switch o.Kind {
	case channel.OutcomeRateLimited, channel.OutcomeTransient, channel.OutcomeAuth:
		return false
	}
	return true
}

func (h *Handler) reread(ctx context.Context, id desk.TicketID, msg desk.MessageID) (*conversation, error) {
	t, err := h.Store.Ticket(ctx, id)
	if err != nil {
		return nil, err
	}
	m, err := h.Store.Message(ctx, id, msg)
	if err != nil {
		return nil, err
	}
	c := &conversation{ticket: t, message: m}
	c.identity, err = h.Store.Identity(ctx, m.Value.From)
	return c, err
}

// outgoing makes the complete message for the sender.
func (h *Handler) outgoing(ctx context.Context, c *conversation) (channel.Outgoing, error) {
	m, t := c.m(), c.t()
	out := channel.Outgoing{
		ID: m.ID, Ticket: t.ID, To: m.From, Name: t.Name, Subject: m.Subject, Text: m.Text, HTML: m.HTML,
		Lang: m.Lang, Purpose: m.Purpose, Automatic: m.By.Kind == desk.ByDesk,
		Cc: m.Cc, Menu: menu(*m), Notice: m.Notice,
	}
	if m.Notice != "" {
		return out, nil // its files lie on the page too
	}
	if m.From.Channel == desk.Email {
		out.Subject = "Re: " + strings.TrimPrefix(m.Subject, "Re: ")
		if m.Purpose == "forward" { // a third party knows neither the thread nor the name
			out.Subject, out.Name = "Fwd: "+m.Subject, ""
		} else if t.Mail != nil {
			out.InReplyTo, out.References = t.Mail.LastID, t.Mail.Refs
		}
	}
	if m.From.Channel == desk.SMS {
		var err error
		out.Attachments, err = h.linked(ctx, m.Attachments)
		return out, err
	}
	for _, a := range m.Attachments {
		data, err := h.Blob.Get(ctx, a.Blob, 0)
		if err != nil {
			return out, fmt.Errorf("delivery: read an attachment: %w", err)
		}
		a.Data = data
		out.Attachments = append(out.Attachments, a)
	}
	return out, nil
}

// fileLife is how long a link to a file is good that a provider fetches: Twilio may keep a
// message in line for ten hours.
const fileLife = 10 * time.Hour

// linked gives files as links, for a provider that fetches them itself.
func (h *Handler) linked(ctx context.Context, files []desk.Attachment) ([]desk.Attachment, error) {
	var out []desk.Attachment
	for _, a := range files {
		link, err := h.Blob.SignGet(ctx, a.Blob, fileLife, blob.Options{ContentType: a.Type, FileName: a.Name})
		if err != nil {
			return nil, fmt.Errorf("delivery: link an attachment: %w", err)
		}
		a.Ref = link
		out = append(out, a)
	}
	return out, nil
}
