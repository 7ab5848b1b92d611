package relayfn_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/relay/relayfn"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

// Who comes on, gets room, or lost their clear queue is given what waits; who goes away
// leaves; a ticket more, or the mark that all was looked through, asks for nothing.
func TestAtWork(t *testing.T) {
	const fill, leave = `{"kind":"fill","doc":{"agent":"amy"}}`, `{"kind":"leave","doc":{"agent":"amy"}}`
	for name, c := range map[string]struct {
		was, is desk.Presence
		want    string
	}{
		"comes":               {desk.Presence{}, desk.Presence{State: desk.Online}, fill},
		"comes busy":          {desk.Presence{}, desk.Presence{State: desk.Busy}, ""},
		"was busy":            {desk.Presence{State: desk.Busy}, desk.Presence{State: desk.Online}, fill},
		"has room":            {desk.Presence{State: desk.Online, Load: 2}, desk.Presence{State: desk.Online, Load: 1}, fill},
		"is no longer clear":  {desk.Presence{State: desk.Online, Clear: true}, desk.Presence{State: desk.Online}, fill},
		"is clear":            {desk.Presence{State: desk.Online}, desk.Presence{State: desk.Online, Clear: true}, ""},
		"has one more":        {desk.Presence{State: desk.Online, Load: 1, Clear: true}, desk.Presence{State: desk.Online, Load: 2, Clear: true}, ""},
		"has room while busy": {desk.Presence{State: desk.Busy, Load: 2}, desk.Presence{State: desk.Busy, Load: 1}, ""},
		"goes":                {desk.Presence{State: desk.Online}, desk.Presence{State: desk.Away}, leave},
		"goes from busy":      {desk.Presence{State: desk.Busy}, desk.Presence{State: desk.Away}, leave},
		"was away":            {desk.Presence{State: desk.Away, Load: 1}, desk.Presence{State: desk.Away}, ""},
		"was never on":        {desk.Presence{}, desk.Presence{State: desk.Away}, ""},
	} {
		db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), time.Now, bolt.Options{NoSync: true})
		require.NoError(t, err)
		st := store.New(db)
		write := func(p desk.Presence, version int64) {
			p.Agent = "amy"
			var tx store.Tx
			tx.PutPresence(store.Row[desk.Presence]{Value: p, Version: version})
			require.NoError(t, st.Commit(t.Context(), &tx))
		}
		version := int64(0)
		if c.was != (desk.Presence{}) {
			write(c.was, 0)
			version = 1
		}
		write(c.is, version)
		changes, err := db.Changes(t.Context(), "", 100)
		require.NoError(t, err)
		q := &told{sent: map[queue.Name][]string{}}
		h := &relayfn.Handler{Queue: q, Log: slog.New(slog.DiscardHandler)}
		_, err = h.Handle(t.Context(), lambdaevent.StreamEvent(changes[len(changes)-1]))
		require.NoError(t, err)
		want := map[queue.Name][]string{}
		if c.want != "" {
			want[queue.Jobs] = []string{c.want}
		}
		require.Equal(t, want, q.sent, name)
		require.NoError(t, db.Close())
	}
}
