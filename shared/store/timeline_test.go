package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

// Whatever happened when to whom, the pages tell it once each, newest first.
func TestTimelinePages(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), time.Now, bolt.Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	s, n := store.New(db), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		ids := []desk.CustomerID{desk.CustomerID(fmt.Sprint("a", n)), desk.CustomerID(fmt.Sprint("b", n))}
		total := rapid.IntRange(0, 12).Draw(t, "entries")
		for i := range total {
			c := rapid.SampledFrom(ids).Draw(t, "whose")
			at := time.UnixMilli(1e12 + rapid.Int64Range(0, 4).Draw(t, "ms")).UTC()
			var tx store.Tx
			if rapid.Bool().Draw(t, "ticket") {
				id := desk.NewTicketID(0, fmt.Sprint(n, i))
				tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: id, Customer: c, Opened: at, Status: desk.StatusOpen, Team: "x"}})
			} else {
				tx.PutCustomerEvent(c, desk.Message{ID: desk.NewMessageID(at, fmt.Sprint(n, i)), At: at})
			}
			require.NoError(t, s.Commit(t.Context(), &tx))
		}
		c := desk.Customer{ID: ids[0], Merges: []desk.Merge{{From: ids[1]}}}
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		seen, cursor, last := map[string]bool{}, "", time.Time{}
		for {
			page, next, err := s.PersonTimeline(t.Context(), c, cursor, limit)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page), limit)
			for _, h := range page {
				key := string(h.Ticket.Value.ID) + string(h.Event.ID)
				require.False(t, seen[key], "told twice")
				require.False(t, !last.IsZero() && h.At.After(last), "out of order")
				seen[key], last = true, h.At
			}
			if cursor = next; next == "" {
				break
			}
		}
		require.Len(t, seen, total)
	})
	_, _, err = s.PersonTimeline(t.Context(), desk.Customer{ID: "a"}, "nonsense", 5)
	require.True(t, errors.Is(err, table.ErrInvalid))
}
