package schedulefn_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/schedule/schedulefn"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/work"
)

type told struct {
	sent map[queue.Name][]queue.Message
}

func (q *told) Send(_ context.Context, to queue.Name, msgs ...queue.Message) error {
	q.sent[to] = append(q.sent[to], msgs...)
	return nil
}
func (q *told) Postpone(context.Context, queue.Name, string, time.Duration) error { return nil }

// Each timer goes to whom it concerns, once, when its time has come, and again only if
// it was lost on the way.
func TestSweep(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), func() time.Time { return now }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	st := store.New(db)
	from := desk.Address{Channel: desk.SMS, Account: "main", ID: "+1"}
	var tx store.Tx
	put := func(id desk.TicketID, timers ...desk.Timer) {
		tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: id, Status: desk.StatusOpen, From: from, Timers: timers}})
	}
	put("SEND00", desk.Timer{Kind: desk.TimerSend, At: now})
	put("WAKE00", desk.Timer{Kind: desk.TimerUnsnooze, At: now.Add(-time.Hour)}, desk.Timer{Kind: desk.TimerSend, At: now.Add(time.Hour)})
	put("LATER0", desk.Timer{Kind: desk.TimerClose, At: now.Add(time.Second)})
	tx.PutSurvey(store.Row[desk.Survey]{Value: desk.Survey{ID: "s1", State: desk.SurveyPlanned, Due: now.Add(-time.Minute), Gen: 3}})
	tx.PutPresence(store.Row[desk.Presence]{Value: desk.Presence{Agent: "amy", State: desk.Online, Until: now}})
	tx.PutPresence(store.Row[desk.Presence]{Value: desk.Presence{Agent: "li", State: desk.Online, Until: now.Add(time.Hour)}})
	tx.PutCustomer(store.Row[desk.Customer]{Value: desk.Customer{ID: "c1", RiskNext: now}})
	require.NoError(t, st.Commit(t.Context(), &tx))

	q := &told{sent: map[queue.Name][]queue.Message{}}
	h := &schedulefn.Handler{Store: st, Queue: q, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
	for range 2 { // the second sweep finds all of it claimed
		require.NoError(t, h.Handle(t.Context(), nil))
	}
	require.Len(t, q.sent, 4)
	require.ElementsMatch(t, []queue.Message{{Body: `{"kind":"shift","doc":{"agent":"amy"}}`}, {Body: `{"kind":"risk","doc":{"customer":"c1"}}`}}, q.sent[queue.Jobs])
	require.Equal(t, `{"ticket":"SEND00"}`, q.sent[queue.Outbound][0].Body)
	require.Len(t, q.sent[queue.Outbound], 1)
	var timer work.SurveyTimer
	require.NoError(t, json.Unmarshal([]byte(q.sent[queue.Surveys][0].Body), &timer))
	require.Equal(t, work.SurveyTimer{Survey: "s1", Gen: 3, At: now}, timer)
	require.Len(t, q.sent[queue.Inbound], 1)
	env, err := receive.Decode(q.sent[queue.Inbound][0].Body)
	require.NoError(t, err)
	require.Equal(t, receive.Timer, env.Channel)
	require.Equal(t, "WAKE00", env.Order)
	require.NotEmpty(t, q.sent[queue.Inbound][0].Group)

	now = now.Add(10 * time.Minute) // nobody did anything: the timers come up again
	require.NoError(t, h.Handle(t.Context(), nil))
	require.Len(t, q.sent[queue.Outbound], 2)
	require.Len(t, q.sent[queue.Surveys], 2)
	require.Len(t, q.sent[queue.Inbound], 3, "and the one that was not due yet")
}

// Jobs is asked to look for new words every so many minutes, and not where it isn't to.
func TestAsksForAnIndex(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), time.Now, bolt.Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	for every, want := range map[time.Duration]int{0: 0, time.Minute: 9, 3 * time.Minute: 3} {
		now := time.Date(2026, 3, 2, 9, 0, 40, 0, time.UTC)
		q := &told{sent: map[queue.Name][]queue.Message{}}
		h := &schedulefn.Handler{Store: store.New(db), Queue: q, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler), Index: every}
		for range 9 {
			require.NoError(t, h.Handle(t.Context(), nil))
			now = now.Add(time.Minute)
		}
		require.Len(t, q.sent[queue.Jobs], want)
	}
}

// ending is a call that the function's end comes close to.
type ending struct {
	context.Context
	at time.Time
}

func (c ending) Deadline() (time.Time, bool) { return c.at, true }

// A wave of timers is fired in small claims; where the function ends soon, nothing more is
// claimed that would have to wait for the claim to pass.
func TestAWaveOfTimers(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), func() time.Time { return now }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	st := store.New(db)
	const wave = 1200
	for n := range wave / 50 {
		var tx store.Tx
		for k := range 50 {
			tx.PutSurvey(store.Row[desk.Survey]{Value: desk.Survey{ID: desk.SurveyID(fmt.Sprint("s", n, "-", k)), State: desk.SurveyPlanned, Due: now, Gen: 1}})
		}
		require.NoError(t, st.Commit(t.Context(), &tx))
	}
	q := &told{sent: map[queue.Name][]queue.Message{}}
	h := &schedulefn.Handler{Store: st, Queue: q, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
	require.NoError(t, h.Handle(ending{t.Context(), now.Add(4 * time.Second)}, nil))
	require.Empty(t, q.sent)
	require.NoError(t, h.Handle(ending{t.Context(), now.Add(50 * time.Second)}, nil))
	require.Len(t, q.sent[queue.Surveys], wave)
}
