package relayfn_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/relay/relayfn"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

// What is let out of the quarantine goes to tickets once, in its sender's order; what is
// put in or dropped goes nowhere.
func TestReleaseIsToldOnce(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), time.Now, bolt.Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	st := store.New(db)
	at := time.Now().UTC().Truncate(time.Millisecond)
	body, err := receive.Encode(channel.Envelope{Channel: desk.SMS, Account: "main", Order: "+1", Dedup: "SM1", At: at})
	require.NoError(t, err)
	put := func(fill func(*store.Tx)) {
		var tx store.Tx
		fill(&tx)
		require.NoError(t, st.Commit(t.Context(), &tx))
	}
	for _, id := range []string{"a", "b"} {
		put(func(tx *store.Tx) { tx.PutQuarantine(store.Quarantined{ID: id, At: at, Envelope: []byte(body)}) })
	}
	released := store.Quarantined{ID: "a", At: at, Envelope: []byte(body), Released: at.Add(time.Minute), By: "li"}
	put(func(tx *store.Tx) { tx.ChangeQuarantine(store.Row[store.Quarantined]{Value: released, Version: 1}) })
	released.By = "amy" // a later write of a released row isn't a release
	put(func(tx *store.Tx) { tx.ChangeQuarantine(store.Row[store.Quarantined]{Value: released, Version: 2}) })
	put(func(tx *store.Tx) {
		tx.ChangeQuarantine(store.Row[store.Quarantined]{Value: store.Quarantined{ID: "b", At: at, Dropped: at}, Version: 1})
	})
	changes, err := db.Changes(t.Context(), "", 100)
	require.NoError(t, err)
	q := &told{sent: map[queue.Name][]string{}}
	h := &relayfn.Handler{Queue: q, Log: slog.New(slog.DiscardHandler)}
	_, err = h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
	require.NoError(t, err)
	require.Equal(t, map[queue.Name][]string{queue.Inbound: {body}}, q.sent)
}
