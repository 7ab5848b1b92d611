package find_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/find"
	"github.com/deskhook/deskhook/shared/store"
)

// A desk whose feed was never told to search is found whole after a rebuild, and twice is
// as good as once.
func TestRebuild(t *testing.T) {
	w := newWorld(t, t.TempDir())
	defer w.close()
	for i := range 30 {
		id := desk.TicketID(fmt.Sprintf("TICK%02d", i))
		w.open(id, "support")
		for range 50 {
			w.write(id, "parcel")
		}
	}
	w.commit(func(tx *store.Tx) {
		tx.PutCustomer(store.Row[desk.Customer]{Value: desk.Customer{ID: "c1", Name: "Ann", Created: noon}})
	})
	s := &config.Settings{Desk: config.Desk{Team: "support"}}
	for range 2 {
		done, err := find.Rebuild(context.Background(), w.rows, s, noon.Add(-time.Hour), w.now.Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, find.Rebuilt{Tickets: 30, Messages: 1500, Customers: 1}, done)
		w.index()
		require.Len(t, w.tickets(w.ask("parcel")), 30)
		w.now = w.now.Add(time.Minute)
	}
	names, err := w.rows.CustomersByName(context.Background(), "an", 5)
	require.NoError(t, err)
	require.Len(t, names, 1)
}
