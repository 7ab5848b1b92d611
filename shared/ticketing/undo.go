package ticketing

import (
	"context"
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// Undo takes an answer back that hasn't gone out yet, with all its parts: within the time
// that the settings leave for it, and by who wrote it. The ticket waits for an answer
// again, as before. Delivery marks a message before it sends it, at the version it read:
// whichever of both writes first, the other finds it so.
//
// What was counted stays counted: an answer was written, at that time. SendAgain sends it
// after all.
func (d *Desk) Undo(ctx context.Context, act Act, id desk.TicketID, msg desk.MessageID) error {
	_, err := d.on(ctx, act, id, func(a *acting) error {
		row, err := d.Store.Message(ctx, id, msg)
		if err != nil {
			return err
		}
		m := row.Value
		switch {
		case m.Kind != desk.ToCustomer || m.Purpose != "reply" || m.Before == nil:
			return desk.Errorf(desk.Conflict, "only an answer can be undone, by its first part, and only where the settings leave time for it")
		case m.By.Kind != act.By.Kind || m.By.ID != act.By.ID:
			return desk.Errorf(desk.Forbidden, "only who wrote an answer can undo it")
		case m.State != desk.Queued || !act.At.Before(m.NotBefore):
			return desk.Errorf(desk.Conflict, "it is too late: the answer is on its way")
		}
		parts, err := d.Store.MessagesByID(ctx, id, a.partsOf(m)...)
		if err != nil {
			return err
		}
		for _, part := range append(parts, row) {
			if err := a.takeOut(part); err != nil {
				return err
			}
		}
		a.msg = msg
		a.said = append(a.said, said(desk.Undone, "message", string(msg)))
		return a.asBefore(*m.Before)
	})
	return err
}

// partsOf are the later parts of an answer that wait to be sent.
func (a *acting) partsOf(m desk.Message) []desk.MessageID {
	var ids []desk.MessageID
	for i := 1; ; i++ {
		id := partID(m.At, m.ID, i)
		if !slices.Contains(a.t.Unsent, id) {
			return ids
		}
		ids = append(ids, id)
	}
}

// takeOut takes a message out of the line.
func (a *acting) takeOut(row store.Row[desk.Message]) error {
	m := &row.Value
	if m.State != desk.Queued {
		return desk.Errorf(desk.Conflict, "it is too late: the answer is on its way")
	}
	m.State, m.Why = desk.Failed, desk.Undone
	a.tx.PutMessage(row)
	a.t.Unsent = slices.DeleteFunc(slices.Clone(a.t.Unsent), func(id desk.MessageID) bool { return id == m.ID })
	if len(a.t.Unsent) == 0 {
		a.t.Disarm(desk.TimerSend)
	}
	return nil
}

// asBefore lets the ticket wait as it did before the answer, unless somebody has moved it
// on since.
func (a *acting) asBefore(was desk.Before) error {
	t := a.t
	t.Answers = max(t.Answers-1, 0)
	if t.WaitingSince.IsZero() {
		t.WaitingSince = was.WaitingSince
	}
	if t.Status != was.Then || t.Into != "" {
		return nil
	}
	return a.become(left(was))
}

// left is the status that a ticket has once an answer was taken back: the one it had, but
// that until when it was snoozed is forgotten.
func left(was desk.Before) desk.Status {
	if was.Status == desk.StatusSnoozed {
		return desk.StatusOpen
	}
	return was.Status
}
