package relayfn_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/relay/relayfn"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

// told is a queue that keeps what it is sent, and can fail.
type told struct {
	sent   map[queue.Name][]string
	delays []time.Duration
	fail   error
}

func (q *told) Send(_ context.Context, to queue.Name, msgs ...queue.Message) error {
	if q.fail != nil {
		return q.fail
	}
	for _, m := range msgs {
		q.sent[to] = append(q.sent[to], m.Body)
		q.delays = append(q.delays, m.Delay)
	}
	return nil
}
func (q *told) Postpone(context.Context, queue.Name, string, time.Duration) error { return nil }

func settings(s config.Settings) func(context.Context) (*config.Settings, error) {
	return func(context.Context) (*config.Settings, error) { return &s, nil }
}

// What follows from a write comes from the feed: a nudge for a new message to send, once
// for each ticket of a batch, and a job for new settings; nothing for anything else.
func TestTells(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), time.Now, bolt.Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	st := store.New(db)
	write := func(fill func(*store.Tx)) {
		var tx store.Tx
		fill(&tx)
		require.NoError(t, st.Commit(t.Context(), &tx))
	}
	message := func(id string, k desk.MessageKind, s desk.SendState) desk.Message {
		return desk.Message{ID: desk.MessageID(id), Ticket: "AAAAAA", Kind: k, State: s}
	}
	undoable := message("5", desk.ToCustomer, desk.Queued)
	undoable.At = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	undoable.NotBefore = undoable.At.Add(10 * time.Second)
	write(func(tx *store.Tx) {
		tx.PutMessage(store.Row[desk.Message]{Value: message("1", desk.ToCustomer, desk.Queued)})
		tx.PutMessage(store.Row[desk.Message]{Value: message("2", desk.ToCustomer, desk.Queued)})
		tx.PutMessage(store.Row[desk.Message]{Value: undoable})
		tx.PutMessage(store.Row[desk.Message]{Value: message("3", desk.FromCustomer, "")})
		tx.PutMessage(store.Row[desk.Message]{Value: message("4", desk.ToCustomer, desk.Sent)})
		tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: "AAAAAA", Status: desk.StatusNew}})
	})
	write(func(tx *store.Tx) {
		tx.PutMessage(store.Row[desk.Message]{Value: message("1", desk.ToCustomer, desk.Queued), Version: 1}) // a retry, not new
		tx.PutSettings(1, []byte(`{"version":1}`))
	})
	changes, err := db.Changes(t.Context(), "", 100)
	require.NoError(t, err)

	q := &told{sent: map[queue.Name][]string{}}
	h := &relayfn.Handler{Queue: q, Settings: settings(config.Settings{}), Log: slog.New(slog.DiscardHandler)}
	resp, err := h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
	require.NoError(t, err)
	require.Empty(t, resp.BatchItemFailures)
	require.Equal(t, map[queue.Name][]string{
		queue.Outbound: {`{"ticket":"AAAAAA"}`, `{"ticket":"AAAAAA"}`},
		queue.Jobs:     {`{"kind":"snapshot","doc":{"version":1}}`},
	}, q.sent)
	require.Equal(t, []time.Duration{0, 10 * time.Second, 0}, q.delays, "what may be taken back is told of afterwards")

	q.fail = errors.New("down")
	resp, err = h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
	require.NoError(t, err)
	require.Equal(t, changes[0].Seq, resp.BatchItemFailures[0].ItemIdentifier, "all of it comes again")
}

// Whose an address is is asked for when that is first written, and once more when it is
// asked for anew; not with each message.
func TestAsksWhoseAnAddressIs(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), time.Now, bolt.Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	st, at := store.New(db), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for n, look := range []time.Time{at, at, {}, {}, at.Add(time.Hour)} {
		var tx store.Tx
		tx.PutIdentity(store.Row[desk.Identity]{Version: int64(n), Value: desk.Identity{
			Address: desk.Address{Channel: desk.WeChat, Account: "main", ID: "oAnn"}, Customer: "c", Look: look, LastIn: at.Add(time.Duration(n) * time.Minute)}})
		require.NoError(t, st.Commit(t.Context(), &tx))
	}
	changes, err := db.Changes(t.Context(), "", 100)
	require.NoError(t, err)
	q := &told{sent: map[queue.Name][]string{}}
	h := &relayfn.Handler{Queue: q, Settings: settings(config.Settings{}), Log: slog.New(slog.DiscardHandler)}
	_, err = h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
	require.NoError(t, err)
	job := `{"kind":"whois","doc":{"address":{"ch":"wechat","ac":"main","id":"oAnn"}}}`
	require.Equal(t, []string{job, job}, q.sent[queue.Jobs])
}
