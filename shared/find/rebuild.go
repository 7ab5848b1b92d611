package find

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/search"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// Rebuilt is what a rebuild has walked.
type Rebuilt struct{ Tickets, Messages, Customers int }

// noteAtOnce is how many messages a rebuild notes in one row.
const noteAtOnce = 1000

// rebuild is a walk over all there is.
type rebuild struct {
	ctx  context.Context
	st   *store.Store
	now  time.Time
	row  store.TouchedRow
	rows int
	done Rebuilt
}

// Rebuild notes everything since a time for the indexer to take in, and lists customers by
// their names: of a desk older than its search, or after batches of the feed were given
// up. What segments hold of a message is taken out first, so that one that was erased
// meanwhile is found no more. It may be stopped and begun again: what is noted twice is
// found once. Units: 1 R per 4 kB of all that it reads, 1 W per 20 messages, 2 W and more
// per customer.
func Rebuild(ctx context.Context, st *store.Store, s *config.Settings, since, now time.Time) (Rebuilt, error) {
	r := &rebuild{ctx: ctx, st: st, now: now}
	for _, team := range s.AllTeams() {
		for _, status := range desk.Statuses {
			if err := r.list(team, status, since); err != nil {
				return r.done, err
			}
		}
	}
	if err := r.flush(); err != nil {
		return r.done, err
	}
	first := time.Date(since.UTC().Year(), since.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	for month := first; !month.After(now); month = month.AddDate(0, 1, 0) {
		if err := r.customers(month.Format("2006-01")); err != nil {
			return r.done, err
		}
	}
	return r.done, nil
}

func (r *rebuild) list(team string, status desk.Status, since time.Time) error {
	for cursor := ""; ; {
		page, err := r.st.TicketsOpened(r.ctx, team, status, since, r.now, cursor, 100)
		if err != nil {
			return err
		}
		for _, id := range page.IDs {
			if err := r.ticket(id); err != nil {
				return err
			}
		}
		if cursor = page.Cursor; cursor == "" {
			return nil
		}
	}
}

func (r *rebuild) ticket(id desk.TicketID) error {
	r.done.Tickets++
	for cursor := ""; ; {
		rows, next, err := r.st.Messages(r.ctx, id, cursor, 100, false)
		if err != nil {
			return err
		}
		for _, m := range rows {
			if !search.Worded(m.Value) {
				continue
			}
			r.done.Messages++
			// A segment may hold it as it was, also where nothing is left of it.
			r.row.Messages = append(r.row.Messages, store.Touched{Ticket: id, Message: m.Value.ID, Changed: true})
		}
		if len(r.row.Messages) >= noteAtOnce {
			if err := r.flush(); err != nil {
				return err
			}
		}
		if cursor = next; cursor == "" {
			return nil
		}
	}
}

// flush notes what was gathered. Rows of two rebuilds at one moment are told apart by
// what they hold.
func (r *rebuild) flush() error {
	if len(r.row.Messages) == 0 {
		return nil
	}
	r.row.At = r.now
	r.rows++
	var tx store.Tx
	tx.PutTouched(store.TouchedID(string(r.row.Messages[0].Message), fmt.Sprint(r.rows)), r.row)
	r.row = store.TouchedRow{}
	return r.st.Commit(r.ctx, &tx)
}

// customers writes those of a month again as they are, and with that their places in the
// lists. Whoever writes one meanwhile lists it too.
func (r *rebuild) customers(month string) error {
	for cursor := ""; ; {
		found, next, err := r.st.Customers(r.ctx, month, cursor, 100)
		if err != nil {
			return err
		}
		ids := make([]desk.CustomerID, len(found))
		for i, c := range found {
			ids[i] = c.ID
		}
		rows, err := r.st.CustomerRows(r.ctx, ids...)
		if err != nil {
			return err
		}
		for _, row := range rows {
			var tx store.Tx
			tx.PutCustomer(row)
			if err := r.st.Commit(r.ctx, &tx); err != nil && !errors.Is(err, table.ErrConflict) {
				return err
			}
			r.done.Customers++
		}
		if cursor = next; cursor == "" {
			return nil
		}
	}
}
