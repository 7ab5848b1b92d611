package ticketing

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// StillWriting is how long it counts that somebody has said they are writing; a page says
// so again before.
const StillWriting = 20 * time.Second

// mostSpent bounds what is noted as spent at once: a page tells more often.
const mostSpent = 15 * time.Minute

// Writing notes that an agent is writing on a ticket. It is a hint to colleagues and no
// more: where two say so at once, one may get lost until they say it again.
func (d *Desk) Writing(ctx context.Context, act Act, id desk.TicketID) error {
	row, err := d.Store.Writing(ctx, id)
	if err != nil {
		return err
	}
	until := maps.Clone(row.Value.Until)
	if until == nil {
		until = map[string]time.Time{}
	}
	maps.DeleteFunc(until, func(_ string, t time.Time) bool { return t.Before(act.At) })
	until[act.By.ID] = act.At.Add(StillWriting)
	row.Value.Until = until
	var tx store.Tx
	tx.PutWriting(id, row)
	if err := d.Store.Commit(ctx, &tx); !errors.Is(err, table.ErrConflict) {
		return err
	}
	return nil
}

// Spent notes time that an agent has spent on a ticket, as a fact and in the sums that
// the ticket's page shows. Saying it again with the act's Key changes nothing; without
// one, or for less than a second or more than 15 minutes, it is refused.
func (d *Desk) Spent(ctx context.Context, act Act, id desk.TicketID, took time.Duration) error {
	took = took.Truncate(time.Second)
	if act.Key == "" || took <= 0 || took > mostSpent {
		return desk.FieldError("seconds", "must be 1 to 900")
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	row, err := d.Store.Ticket(ctx, id)
	if err != nil {
		return err
	}
	f := fact(s, desk.FactHandled, row.Value, act.At)
	f.Assignee, f.Took = act.By.ID, took
	name := desk.DeriveID("fact", string(desk.FactHandled), string(id), act.By.ID, act.Key)
	return d.attempt(ctx, func(n int) error {
		if n > 0 { // another's time came between, or this was noted already
			was, err := d.Store.Fact(ctx, f.Day, name)
			if err != nil || was.Exists() {
				return err
			}
		}
		var tx store.Tx
		tx.PutFact(name, f)
		tx.AddSpent(id, SpentBy(act.By.ID), int64(took/time.Second))
		return d.Store.Commit(ctx, &tx)
	})
}

// SpentBy names an agent's counter among those of the time spent on a ticket.
func SpentBy(agent string) string { return strings.ReplaceAll(agent, "-", "_") }
