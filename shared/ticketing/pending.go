package ticketing

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/auto"
)

// awaitCustomer promises the reminder and the close of a ticket that waits for its
// customer, once for each answer, and takes both back when it waits no more.
func awaitCustomer(s *config.Settings, t *desk.Ticket, at time.Time) {
	p := s.Tickets.Pending
	switch {
	case t.Status != desk.StatusPending || t.Into != "":
		if !t.PendingSince.IsZero() {
			t.PendingSince = time.Time{}
			t.Disarm(desk.TimerRemind)
			t.Disarm(desk.TimerGiveUp)
		}
	case t.PendingSince.IsZero() && (p.RemindAfter > 0 || p.CloseAfter > 0):
		t.PendingSince = at
		armAt(t, desk.TimerRemind, after(at, p.RemindAfter))
		armAt(t, desk.TimerGiveUp, after(at, p.CloseAfter))
	}
}

// after is zero where nothing is to happen.
func after(at time.Time, d config.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return at.Add(d.D())
}

// remind asks a customer for their answer. However late it goes out, they get the whole
// time between reminder and close to answer it.
func (a *acting) remind(ctx context.Context) error {
	a.t.Disarm(desk.TimerRemind)
	p := a.s.Tickets.Pending
	if a.t.Status != desk.StatusPending || p.RemindAfter == 0 {
		return nil
	}
	if p.CloseAfter > p.RemindAfter {
		armAt(a.t, desk.TimerGiveUp, a.act.At.Add((p.CloseAfter - p.RemindAfter).D()))
	}
	return a.automatic(ctx, p.Reminder, "pending", "pending.reminded")
}

// giveUp closes a ticket whose customer hasn't answered.
func (a *acting) giveUp(ctx context.Context) error {
	a.t.Disarm(desk.TimerGiveUp)
	p := a.s.Tickets.Pending
	if a.t.Status != desk.StatusPending || p.CloseAfter == 0 {
		return nil
	}
	a.said = append(a.said, said("pending.closed"))
	if err := a.automatic(ctx, p.Closing, "closing", ""); err != nil {
		return err
	}
	return a.become(desk.StatusClosed)
}

// automatic queues a text of the desk's own for the customer, within the bounds of what
// is automatic; code tells of it, and another why it isn't sent.
func (a *acting) automatic(ctx context.Context, text config.Text, purpose, code string) error {
	t, at := a.t, a.act.At
	to, words := t.AnswerTo(), Fill(a.s, text, *t, a.s.Desk.Name.In(t.Lang))
	if to.ID == "" || words == "" {
		return nil
	}
	id, err := a.desk.Store.Identity(ctx, t.From)
	if err != nil || !id.Exists() {
		return err
	}
	in := desk.Inbound{}
	if in.Automatic, err = a.robot(ctx); err != nil {
		return err
	}
	if ok, why := auto.Allow(in, id.Value, at); !ok {
		a.said = append(a.said, said(why))
		return nil
	}
	id.Value.Auto = append(auto.Recent(id.Value.Auto, at), at)
	a.tx.PutIdentity(id)
	if code != "" {
		a.said = append(a.said, said(code))
	}
	enqueue(&a.tx, t, desk.Message{
		ID: desk.NewMessageID(at.Add(time.Millisecond), purpose, string(t.ID)), By: desk.Actor{Kind: desk.ByDesk},
		At: at, From: to, Subject: t.Subject, Text: words, Purpose: purpose, Lang: t.Lang, V: a.s.Version,
	})
	return nil
}

// lookedBack is how many rows of a timeline tell whether a person writes there.
const lookedBack = 30

// robot says why the ticket's other side is no person: all that came of late was
// automatic. One that an agent began has nothing from them yet, and is a person's.
func (a *acting) robot(ctx context.Context) (why string, err error) {
	rows, _, err := a.desk.Store.Messages(ctx, a.t.ID, "", lookedBack, true)
	for _, r := range rows {
		if r.Value.Kind != desk.FromCustomer {
			continue
		}
		if r.Value.Automatic == "" {
			return "", err
		}
		why = r.Value.Automatic
	}
	return why, err
}
