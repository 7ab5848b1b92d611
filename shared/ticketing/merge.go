package ticketing

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// Merge closes a ticket with a pointer to another: what is written to it from now on
// lands there. Its rows stay where they are: a merge costs the same two headers however
// long the ticket is, is one transaction, and can be undone. It is neither resolved nor
// counted as closed, and nobody is asked how it went.
//
// Tickets of two customers are merged only where others says that this is meant, and
// both are answered by mail: elsewhere one of the two would never read an answer.
func (d *Desk) Merge(ctx context.Context, act Act, id, into desk.TicketID, others bool) error {
	if id == into {
		return desk.FieldError("into", "is the same ticket")
	}
	_, err := d.on(ctx, act, id, func(a *acting) error {
		target, err := d.Store.Ticket(ctx, into)
		if err != nil {
			if desk.KindOf(err) == desk.NotFound {
				return desk.FieldError("into", "there is no such ticket")
			}
			return err
		}
		if a.t.Into == into {
			return nil // a second click
		}
		if err := a.mergeable(ctx, target.Value, others); err != nil {
			return err
		}
		if err := a.moveConversation(ctx, a.t.ID, into); err != nil {
			return err
		}
		return a.mergeInto(ctx, target)
	})
	return err
}

func (a *acting) mergeable(ctx context.Context, target desk.Ticket, others bool) error {
	t := a.t
	switch {
	case t.IsTask() || target.IsTask():
		return desk.Errorf(desk.Conflict, "a task is not merged")
	case t.Into != "":
		return desk.Errorf(desk.Conflict, "the ticket was merged into %s already", t.Into.Number())
	case t.Status == desk.StatusSpam:
		return desk.Errorf(desk.Conflict, "the ticket is spam: mark it as not spam first")
	case target.Into != "":
		return desk.FieldError("into", "was itself merged into %s", target.Into.Number())
	case !target.Status.Active():
		return desk.FieldError("into", "is over: open it first")
	}
	same, err := a.sameCustomer(ctx, target.Customer)
	if err != nil || same {
		return err
	}
	if t.AnswerTo().Channel != desk.Email || target.AnswerTo().Channel != desk.Email {
		return desk.FieldError("into", "the ticket belongs to another customer, and only tickets answered by mail are merged over customers")
	}
	if !others {
		return desk.FieldError("into", asksOthers)
	}
	return nil
}

const asksOthers = "is another customer's, who will read what is answered: confirm that this is meant"

// AsksOthers says whether a merge failed for nothing but that nobody said yet that
// another customer's ticket is meant.
func AsksOthers(err error) bool {
	var e *desk.Error
	return errors.As(err, &e) && e.Text == asksOthers
}

// sameCustomer follows merges of customers, which cost a read only where ids differ.
func (a *acting) sameCustomer(ctx context.Context, other desk.CustomerID) (bool, error) {
	if a.t.Customer == other {
		return true, nil
	}
	one, err := a.desk.Store.Customer(ctx, a.t.Customer)
	if err != nil {
		return false, err
	}
	two, err := a.desk.Store.Customer(ctx, other)
	return one.Value.ID == two.Value.ID, err
}

// moveConversation lets the address that has one ticket on its channel go on in another.
func (a *acting) moveConversation(ctx context.Context, from, to desk.TicketID) error {
	if !oneTicketEach(a.t.From.Channel) {
		return nil
	}
	id, err := a.desk.Store.Identity(ctx, a.t.From)
	if err != nil || id.Value.Ticket != from {
		return err
	}
	id.Value.Ticket = to
	a.tx.PutIdentity(id)
	return nil
}

// mergedKept bounds how many tickets a header names that were merged into it: it is read
// and written with every message. Those before stand in the journal.
const mergedKept = 20

func (a *acting) mergeInto(ctx context.Context, target store.Row[desk.Ticket]) error {
	before := target.Value
	t, into := a.t, &target.Value
	t.Was, t.Into, t.Status = t.Status, into.ID, desk.StatusClosed
	into.Merged = append(slices.Clone(into.Merged), t.ID)
	if n := len(into.Merged) - mergedKept; n > 0 {
		into.Merged = into.Merged[n:]
	}
	if t.Closed.IsZero() {
		t.Closed = a.act.At
	}
	t.SnoozedUntil = time.Time{}
	t.Disarm(desk.TimerUnsnooze)
	t.Disarm(desk.TimerClose)
	if w := t.WaitingSince; !w.IsZero() && (into.WaitingSince.IsZero() || w.Before(into.WaitingSince)) {
		into.WaitingSince = w
	}
	if s := into.Status; !t.WaitingSince.IsZero() && s != desk.StatusNew && s != desk.StatusOpen {
		into.Status, into.SnoozedUntil = desk.StatusOpen, time.Time{} // somebody waits
		into.Disarm(desk.TimerUnsnooze)
	}
	a.said = append(a.said, said("merge.into", "ticket", into.ID.Number()))
	return a.tell(ctx, before, target, said("merge.from", "ticket", t.ID.Number()))
}

// tell writes the other ticket of a merge or a split, which was as given, with a line in
// its journal.
func (a *acting) tell(ctx context.Context, was desk.Ticket, other store.Row[desk.Ticket], ds ...desk.Decision) error {
	t := &other.Value
	t.By, t.V, t.Updated = a.act.By, a.s.Version, a.act.At
	follows, err := a.handing().follows(ctx, was, t)
	if err != nil {
		return err
	}
	ds = append(ds, follows...)
	a.tx.PutMessage(store.Row[desk.Message]{Value: journal(t.ID, a.act.By, a.act.At, a.s.Version, ds...)})
	a.tx.PutTicket(other)
	return nil
}

// Unmerge undoes a merge, however long ago: the ticket stands as it stood, and gets
// what is written to it from now on. What came since stays where it landed.
func (d *Desk) Unmerge(ctx context.Context, act Act, id desk.TicketID) error {
	_, err := d.on(ctx, act, id, func(a *acting) error {
		t := a.t
		if t.Into == "" {
			return desk.Errorf(desk.Conflict, "the ticket is not merged into another")
		}
		target, err := d.Store.Ticket(ctx, t.Into)
		if err != nil {
			return err
		}
		if target.Value.From != t.From {
			if err := a.moveConversation(ctx, t.Into, t.ID); err != nil {
				return err
			}
		}
		a.said = append(a.said, said("merge.undone", "ticket", t.Into.Number()))
		target.Value.Merged = slices.DeleteFunc(slices.Clone(target.Value.Merged), func(x desk.TicketID) bool { return x == t.ID })
		if err := a.tell(ctx, target.Value, target, said("merge.undone_from", "ticket", t.ID.Number())); err != nil {
			return err
		}
		a.standAgain()
		return nil
	})
	return err
}

// standAgain gives a merged ticket the status it had; a snooze is over.
func (a *acting) standAgain() {
	t := a.t
	t.Status, t.Was, t.Into = t.Was, "", ""
	if t.Status == desk.StatusSnoozed || t.Status == "" {
		t.Status = desk.StatusOpen
	}
	if t.Status != desk.StatusClosed {
		t.Closed = time.Time{}
	}
	if after := a.s.Tickets.CloseAfter.D(); t.Status == desk.StatusResolved && after > 0 {
		t.Arm(desk.TimerClose, a.act.At.Add(after))
	}
}
