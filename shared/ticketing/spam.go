package ticketing

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// MarkSpam keeps a ticket out of sight: nothing automatic goes to its sender, and no
// survey. With block, what they write from now on is kept as spam, too.
func (d *Desk) MarkSpam(ctx context.Context, act Act, id desk.TicketID, block bool) error {
	_, err := d.on(ctx, act, id, func(a *acting) error {
		if err := a.become(desk.StatusSpam); err != nil {
			return err
		}
		if block {
			return a.block(ctx, true)
		}
		return nil
	})
	return err
}

// NotSpam brings a ticket back. One that was taken for spam as it came goes through
// intake now, once: it is routed and acknowledged as it would have been. One that a
// person marked stands as it stood. A block of the sender is lifted.
func (d *Desk) NotSpam(ctx context.Context, act Act, id desk.TicketID) error {
	_, err := d.on(ctx, act, id, func(a *acting) error {
		if a.t.Status != desk.StatusSpam {
			return nil // a second click
		}
		return a.notSpam(ctx)
	})
	return err
}

func (a *acting) notSpam(ctx context.Context) error {
	t := a.t
	id, err := a.desk.Store.Identity(ctx, t.From)
	if err != nil {
		return err
	}
	was := t.Was
	t.Was = ""
	if was == "" {
		was = desk.StatusNew
		if err := a.intake(ctx, &id); err != nil {
			return err
		}
	}
	if was == desk.StatusSnoozed {
		was = desk.StatusOpen
	}
	a.said = append(a.said, said("spam.not"), said("status.changed", "from", string(t.Status), "to", string(was)))
	t.Status = was
	if after := a.s.Tickets.CloseAfter.D(); was == desk.StatusResolved && after > 0 {
		t.Arm(desk.TimerClose, a.act.At.Add(after))
	}
	if !id.Exists() {
		return nil
	}
	a.blocked(&id.Value, false)
	if oneTicketEach(t.From.Channel) && id.Value.Ticket == "" && was.Active() {
		id.Value.Ticket = t.ID
	}
	a.tx.PutIdentity(id)
	return nil
}

// intake does for a ticket what is done when one opens, by its first message.
func (a *acting) intake(ctx context.Context, id *store.Row[desk.Identity]) error {
	v, first, err := a.routing(ctx)
	if err != nil {
		return err
	}
	t := a.t
	if t.WaitingSince.IsZero() && first.Automatic == "" {
		t.WaitingSince = t.Opened
	}
	if !id.Exists() {
		return nil
	}
	in := desk.Inbound{Automatic: first.Automatic}
	wait, err := a.desk.expected(ctx, a.s, *t, a.act.At)
	if err != nil {
		return err
	}
	a.said = append(a.said, acknowledge(a.s, &a.tx, t, &id.Value, in, v.Acknowledge, wait, first.ID, a.act.At)...)
	return nil
}

// Block keeps what a ticket's sender writes from now on as spam, or lifts that.
func (d *Desk) Block(ctx context.Context, act Act, id desk.TicketID, block bool) error {
	_, err := d.on(ctx, act, id, func(a *acting) error { return a.block(ctx, block) })
	return err
}

func (a *acting) block(ctx context.Context, block bool) error {
	id, err := a.desk.Store.Identity(ctx, a.t.From)
	if err != nil || id.Value.Blocked.IsZero() == !block {
		return err
	}
	id.Value.Customer = a.t.Customer
	a.blocked(&id.Value, block)
	a.tx.PutIdentity(id)
	return nil
}

func (a *acting) blocked(id *desk.Identity, block bool) {
	switch {
	case block:
		id.Blocked = a.act.At
		a.said = append(a.said, said("spam.blocked"))
	case !id.Blocked.IsZero():
		id.Blocked = time.Time{}
		a.said = append(a.said, said("spam.unblocked"))
	}
}

// listed applies the lists of senders: who is blocked is kept as spam, and who is
// allowed is not held to be spam, whatever a filter said. Neither proves who wrote.
func (r *receiving) listed() {
	from := r.in.From
	switch {
	case r.s.Senders.Allows(from) && r.in.Spam != "":
		r.in.Marks = append(r.in.Marks, said("spam.allowed", "why", r.in.Spam))
		r.in.Spam = ""
	case r.s.Senders.Allows(from):
	case !r.identity.Value.Blocked.IsZero():
		r.in.Spam = spamBlocked
	case r.s.Senders.Blocks(from):
		r.in.Spam = spamListed
	}
}

// Why a blocked sender's message is spam.
const (
	spamBlocked = "blocked"
	spamListed  = "block_list"
)

// shutOut says whether the message is a blocked sender's: it joins no ticket.
func (r *receiving) shutOut() bool { return r.in.Spam == spamBlocked || r.in.Spam == spamListed }
