package relayfn_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/relay/relayfn"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/work"
)

// written gives the feed of what a test writes.
func written(t *testing.T, writes ...func(*store.Tx)) []table.Change {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), time.Now, bolt.Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	for _, fill := range writes {
		var tx store.Tx
		fill(&tx)
		require.NoError(t, store.New(db).Commit(t.Context(), &tx))
	}
	changes, err := db.Changes(t.Context(), "", 100)
	require.NoError(t, err)
	return changes
}

func hooksOf(t *testing.T, bodies []string) []work.Hook {
	var out []work.Hook
	for _, b := range bodies {
		var job work.Job
		require.NoError(t, json.Unmarshal([]byte(b), &job))
		require.Equal(t, work.JobHook, job.Kind)
		var w work.Hook
		require.NoError(t, json.Unmarshal(job.Doc, &w))
		out = append(out, w)
	}
	return out
}

// Each event is a job for each subscription that wants it, the same however often the
// feed is read; where nobody subscribed, nothing is sent.
func TestTellsSubscribers(t *testing.T) {
	one := desk.Ticket{ID: "AAAAAA", Status: desk.StatusNew, Team: "support"}
	two := one
	two.Status = desk.StatusResolved
	changes := written(t,
		func(tx *store.Tx) {
			tx.PutTicket(store.Row[desk.Ticket]{Value: one})
			tx.PutMessage(store.Row[desk.Message]{Value: desk.Message{ID: "1", Ticket: "AAAAAA", Kind: desk.FromCustomer}})
		},
		func(tx *store.Tx) { tx.PutTicket(store.Row[desk.Ticket]{Value: two, Version: 1}) },
	)
	s := config.Settings{Webhooks: []config.Webhook{
		{Name: "all", Events: []string{"*"}},
		{Name: "sales", Events: []string{"*"}, Teams: []string{"sales"}},
		{Name: "done", Events: []string{"ticket.resolved"}},
		{Name: "off", Events: []string{"*"}, Disabled: true},
	}}
	var before []string
	for range 2 {
		q := &told{sent: map[queue.Name][]string{}}
		h := &relayfn.Handler{Queue: q, Settings: settings(s), Log: slog.New(slog.DiscardHandler)}
		resp, err := h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
		require.NoError(t, err)
		require.Empty(t, resp.BatchItemFailures)
		var got []string
		for _, w := range hooksOf(t, q.sent[queue.Jobs]) {
			got = append(got, fmt.Sprint(w.Hook, " ", w.Event.Name))
			require.JSONEq(t, w.Event.Body, w.Event.Body)
		}
		require.ElementsMatch(t, []string{
			"all ticket.created", "all message.received", "sales message.received", // whose team jobs looks up
			"all ticket.updated", "all ticket.resolved", "done ticket.resolved",
		}, got)
		if before != nil {
			require.Equal(t, before, q.sent[queue.Jobs])
		}
		before = q.sent[queue.Jobs]
	}
	q := &told{sent: map[queue.Name][]string{}}
	h := &relayfn.Handler{Queue: q, Settings: settings(config.Settings{}), Log: slog.New(slog.DiscardHandler)}
	_, err := h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
	require.NoError(t, err)
	require.Empty(t, q.sent)
}

// While the settings can't be read, the batch comes again and no event is lost; a desk
// that has none yet has no subscribers.
func TestSettingsUnread(t *testing.T) {
	changes := written(t, func(tx *store.Tx) { tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: "AAAAAA"}}) })
	for fault, failures := range map[error]int{errors.New("down"): 1, blob.ErrNotFound: 0} {
		h := &relayfn.Handler{Queue: &told{}, Log: slog.New(slog.DiscardHandler), Settings: func(context.Context) (*config.Settings, error) {
			return nil, fault
		}}
		resp, err := h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
		require.NoError(t, err)
		require.Len(t, resp.BatchItemFailures, failures)
	}
}

// A replay asked for by a person is an attempt at once; what jobs writes asks for none.
func TestReplaysAtOnce(t *testing.T) {
	d := desk.HookDelivery{Hook: "erp", Event: desk.Event{ID: tell.ID(time.Now(), "x"), At: time.Now()}, State: desk.HookPending, Attempts: 1}
	replay := d
	replay.Attempts, replay.Replays, replay.By = 0, 1, desk.Actor{Kind: desk.ByAgent, ID: "li"}
	slow := replay
	slow.Due = time.Now()
	changes := written(t,
		func(tx *store.Tx) { tx.PutHookDelivery(store.Row[desk.HookDelivery]{Value: d}) },
		func(tx *store.Tx) { tx.PutHookDelivery(store.Row[desk.HookDelivery]{Value: replay, Version: 1}) },
		func(tx *store.Tx) { tx.PutHookDelivery(store.Row[desk.HookDelivery]{Value: slow, Version: 2}) },
	)
	q := &told{sent: map[queue.Name][]string{}}
	h := &relayfn.Handler{Queue: q, Settings: settings(config.Settings{}), Log: slog.New(slog.DiscardHandler)}
	_, err := h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
	require.NoError(t, err)
	require.Equal(t, []work.Hook{{Hook: "erp", ID: d.Event.ID}}, hooksOf(t, q.sent[queue.Jobs]))
}

// A look at a customer's risk is asked for where somebody is to be told, and once a batch.
func TestAsksForALookAtRisk(t *testing.T) {
	one, two := desk.Ticket{ID: "AAAAAA", Customer: "c1", Team: "support"}, desk.Ticket{ID: "BBBBBB", Customer: "c1", Team: "support"}
	changes := written(t, func(tx *store.Tx) { tx.PutTicket(store.Row[desk.Ticket]{Value: one}) }, func(tx *store.Tx) { tx.PutTicket(store.Row[desk.Ticket]{Value: two}) })
	for event, looks := range map[string]int{string(desk.EventChurnRiskChanged): 1, string(desk.EventSurveySent): 0} {
		q := &told{sent: map[queue.Name][]string{}}
		s := config.Settings{Webhooks: []config.Webhook{{Name: "erp", Events: []string{event}}}}
		h := &relayfn.Handler{Queue: q, Settings: settings(s), Log: slog.New(slog.DiscardHandler)}
		_, err := h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
		require.NoError(t, err)
		require.Len(t, q.sent[queue.Jobs], looks, event)
	}
}
