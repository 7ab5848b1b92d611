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
	"github.com/deskhook/deskhook/shared/search"
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

// What was erased while the feed was not told of it goes from the segments with a rebuild,
// and so does what was changed or moved away.
func TestRebuildTakesOutWhatWasErased(t *testing.T) {
	w := newWorld(t, t.TempDir())
	defer w.close()
	w.open("TICK00", "support")
	w.open("TICK01", "support")
	kept, erased, moved := w.write("TICK00", "parcel"), w.write("TICK01", "秘密"), w.write("TICK01", "secret")
	w.feed()
	w.index()
	w.rewrite(kept, "order")
	w.rewrite(erased, "")
	row, err := w.rows.Message(context.Background(), moved.Ticket, moved.Message)
	require.NoError(t, err)
	row.Value.Gone = "TICK00"
	w.commit(func(tx *store.Tx) { tx.PutMessage(row) })
	// Of this the feed tells nothing.
	s := &config.Settings{Desk: config.Desk{Team: "support"}}
	_, err = find.Rebuild(context.Background(), w.rows, s, noon.Add(-time.Hour), w.now.Add(time.Hour))
	require.NoError(t, err)
	w.index()
	segments, err := w.rows.Segments(context.Background())
	require.NoError(t, err)
	docs := 0
	for _, s := range segments {
		docs += s.Value.Docs
	}
	require.Equal(t, 1, docs, "the message that still has words, once")
	require.Equal(t, []desk.TicketID{"TICK00"}, w.tickets(w.ask("order")))
	w.tidy(map[search.Doc]string{kept: "order"})
}
