package ticketing

import (
	"context"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// before finds what the act's key was used for on a ticket; nothing where it has none.
// The mark is written in the act's own transaction, so that whatever dies between the
// write and its answer, the act is either not done or found here. A key that was used to
// ask for something else is a fault of field "key".
func (d *Desk) before(ctx context.Context, act Act, id desk.TicketID) (store.Row[store.Seen], error) {
	if act.Key == "" {
		return store.Row[store.Seen]{}, nil
	}
	seen, err := d.Store.Done(ctx, id, act.Key)
	return act.judge(seen, err)
}

// beforeAll is before for an act that is on no ticket.
func (d *Desk) beforeAll(ctx context.Context, act Act) (store.Row[store.Seen], error) {
	if act.Key == "" {
		return store.Row[store.Seen]{}, nil
	}
	seen, err := d.Store.DoneAct(ctx, act.Key)
	return act.judge(seen, err)
}

// judge tells the act again from another under its key.
func (act Act) judge(seen store.Row[store.Seen], err error) (store.Row[store.Seen], error) {
	if err != nil || !seen.Exists() {
		return seen, err
	}
	if was := seen.Value.Print; was != "" && act.Print != "" && was != act.Print {
		return seen, desk.FieldError("key", "was used for another request")
	}
	if act.Again != nil {
		act.Again()
	}
	return seen, nil
}

// once marks the act as done by a message, in the transaction that does it.
func (act Act) once(tx *store.Tx, id desk.TicketID, m desk.MessageID) {
	if act.Key != "" {
		tx.Once(id, act.Key, store.Seen{Ticket: id, Message: m, Print: act.Print}, act.At)
	}
}

// onceFor marks an act on no ticket as done, on a customer where it was on one.
func (act Act) onceFor(tx *store.Tx, c desk.CustomerID) {
	if act.Key != "" {
		tx.OnceAct(act.Key, store.Seen{Customer: c, Print: act.Print}, act.At)
	}
}

// onceAlready is onceUnchanged for an act on a customer.
func (act Act) onceAlready(ctx context.Context, st *store.Store, c desk.CustomerID) error {
	if act.Key == "" {
		return nil
	}
	var tx store.Tx
	act.onceFor(&tx, c)
	return st.Commit(ctx, &tx)
}

// onceUnchanged marks an act that found all as it asked for: asked for again later, when
// somebody has changed it, it changes nothing back.
func (act Act) onceUnchanged(ctx context.Context, st *store.Store, id desk.TicketID) error {
	if act.Key == "" {
		return nil
	}
	var tx store.Tx
	act.once(&tx, id, "")
	return st.Commit(ctx, &tx)
}

// Replayed says whether an act was done on a ticket already, and by which message: asked
// before what is costly, or may have become impossible by the act itself.
func (d *Desk) Replayed(ctx context.Context, act Act, id desk.TicketID) (desk.MessageID, bool, error) {
	seen, err := d.before(ctx, act, id)
	return seen.Value.Message, seen.Exists(), err
}
