package bolt_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/bolt"
)

// The promise: a second desk on the same file is told so, and by which file.
func TestHeldFile(t *testing.T) {
	_, c, path := fresh(t)
	_, err := bolt.Open(path, c.Now, specs(), bolt.Options{LockWait: 20 * time.Millisecond})
	require.ErrorIs(t, err, bolt.ErrHeld)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "another desk runs")
}

// The rule: specs that can't work are refused at opening.
func TestSpecs(t *testing.T) {
	for name, specs := range map[string][]bolt.Spec{
		"no name":              {{}},
		"twice":                {{Name: "a"}, {Name: "a"}},
		"DLQ of another kind":  {{Name: "a.fifo", MaxReceive: 1, DLQ: "b"}, {Name: "b"}},
		"unknown DLQ":          {{Name: "a", MaxReceive: 1, DLQ: "b"}},
		"itself":               {{Name: "a", MaxReceive: 1, DLQ: "a"}},
		"count without DLQ":    {{Name: "a", MaxReceive: 1}},
		"DLQ without count":    {{Name: "a", DLQ: "b"}, {Name: "b"}},
		"visibility too long":  {{Name: "a", Visibility: queue.MaxHold + 1}},
		"negative retention":   {{Name: "a", Retention: -1}},
		"negative receive max": {{Name: "a", MaxReceive: -1}},
	} {
		_, err := bolt.Open(filepath.Join(t.TempDir(), "q"), time.Now, specs, bolt.Options{})
		require.ErrorIs(t, err, queue.ErrInvalid, name)
	}
	db, err := bolt.Open(filepath.Join(t.TempDir(), "q"), time.Now, []bolt.Spec{{Name: "a"}}, bolt.Options{})
	require.NoError(t, err)
	want := bolt.Spec{Name: "a", Visibility: bolt.DefaultVisibility, Retention: bolt.DefaultRetention}
	require.Equal(t, []bolt.Spec{want}, db.Specs())
	require.NoError(t, db.Close())
	require.NoError(t, db.Close())
}

// The promise: after Close every call says so instead of hanging.
func TestClosed(t *testing.T) {
	db, _, _ := fresh(t)
	require.NoError(t, db.Close())
	require.ErrorIs(t, db.Send(t.Context(), std, queue.Message{Body: "x"}), bolt.ErrClosed)
	require.ErrorIs(t, db.Postpone(t.Context(), std, "1.1.1", 0), bolt.ErrClosed)
	require.ErrorIs(t, db.Delete(t.Context(), std, "1.1.1"), bolt.ErrClosed)
	require.ErrorIs(t, db.Wait(t.Context(), std), bolt.ErrClosed)
	_, err := db.Receive(t.Context(), std, 1)
	require.ErrorIs(t, err, bolt.ErrClosed)
	_, _, err = db.Peek(std, 1, "")
	require.ErrorIs(t, err, bolt.ErrClosed)
}

// The promise: Depth tells what SQS's approximate numbers tell, exactly.
func TestDepth(t *testing.T) {
	db, c, _ := fresh(t)
	start := c.Now()
	require.NoError(t, db.Send(t.Context(), std, queue.Message{Body: "1"}, queue.Message{Body: "2"},
		queue.Message{Body: "later", Delay: time.Minute}))
	got := receive(t, db, std)
	require.Equal(t, bolt.Stats{InFlight: 2, Delayed: 1, Oldest: start}, db.Depth(std))
	require.NoError(t, db.Postpone(t.Context(), std, got[0].Receipt, time.Hour))
	require.NoError(t, db.Postpone(t.Context(), std, got[1].Receipt, 30*time.Second))
	c.Advance(30 * time.Second)
	require.Equal(t, bolt.Stats{Visible: 1, InFlight: 1, Delayed: 1, Oldest: start}, db.Depth(std))
	c.Advance(30 * time.Second)
	require.Equal(t, bolt.Stats{Visible: 2, InFlight: 1, Oldest: start}, db.Depth(std))
	require.NoError(t, db.Delete(t.Context(), std, got[0].Receipt))
	require.Equal(t, bolt.Stats{Visible: 2, Oldest: start}, db.Depth(std))
	require.Zero(t, db.Depth("nowhere"))
}

// The promise: a message over its retention is gone and counted, but not one in flight.
func TestRetention(t *testing.T) {
	db, c, _ := fresh(t)
	require.NoError(t, db.Send(t.Context(), std, queue.Message{Body: "held"}))
	held := receive(t, db, std)[0]
	require.NoError(t, db.Send(t.Context(), std, queue.Message{Body: "old"}))
	c.Advance(bolt.DefaultRetention - time.Hour)
	require.ErrorIs(t, db.Postpone(t.Context(), std, held.Receipt, time.Hour), queue.ErrUnknown)
	require.Equal(t, []string{"held", "old"}, bodiesOf(receive(t, db, std)))
	require.NoError(t, db.Send(t.Context(), std, queue.Message{Body: "young"}))
	c.Advance(time.Hour)
	require.Equal(t, []string{"young"}, bodiesOf(receive(t, db, std)))
	require.Equal(t, uint64(2), db.Depth(std).Expired)
}

// The promise: dead letters can be read page by page without touching them, and each
// goes back where it died.
func TestPeekAndRedrive(t *testing.T) {
	db, c, _ := fresh(t)
	sent := c.Now()
	require.NoError(t, db.Send(t.Context(), fifo, in("g", "1"), in("g", "2"), in("h", "3")))
	for range 3 {
		require.Len(t, receive(t, db, fifo), 3)
		c.Advance(31 * time.Second)
	}
	require.Empty(t, receive(t, db, fifo))
	page, next, err := db.Peek(fifoDead, 2, "")
	require.NoError(t, err)
	require.Len(t, page, 2)
	require.Equal(t, fifo, page[0].From)
	require.Equal(t, 3, page[0].Receives)
	require.Equal(t, sent, page[0].Sent)
	require.Equal(t, c.Now(), page[0].Entered)
	rest, end, err := db.Peek(fifoDead, 2, next)
	require.NoError(t, err)
	require.Equal(t, "3", rest[0].Body)
	require.Empty(t, end)
	_, _, err = db.Peek(fifoDead, 2, "x")
	require.ErrorIs(t, err, queue.ErrInvalid)

	n, err := db.Redrive(t.Context(), fifoDead, "", 2)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	got := receive(t, db, fifo)
	require.Equal(t, []string{"1", "2"}, bodiesOf(got))
	require.Equal(t, 1, got[0].ReceiveCount)
	require.Equal(t, page[0].ID, got[0].ID)
	require.Equal(t, 1, db.Depth(fifoDead).Visible)
}

// The rule: a redrive goes to a known queue of the same kind.
func TestRedriveRefusals(t *testing.T) {
	db, _, _ := fresh(t)
	_, err := db.Redrive(t.Context(), fifoDead, stdDead, 1)
	require.ErrorIs(t, err, queue.ErrInvalid)
	_, err = db.Redrive(t.Context(), fifoDead, fifoDead, 1)
	require.ErrorIs(t, err, queue.ErrInvalid)
	_, err = db.Redrive(t.Context(), fifoDead, "nowhere.fifo", 1)
	require.ErrorIs(t, err, queue.ErrUnknown)
	require.NoError(t, db.Send(t.Context(), stdDead, queue.Message{Body: "never died"}))
	n, err := db.Redrive(t.Context(), stdDead, "", 10)
	require.NoError(t, err)
	require.Zero(t, n)
	require.Equal(t, 1, db.Depth(stdDead).Visible)
}

// The promise: Wait is woken by what may make something visible, and by nothing needs
// to be polled. The clock is the bubble's own.
func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, err := bolt.Open(filepath.Join(t.TempDir(), "q"), time.Now, specs(), bolt.Options{NoSync: true})
		require.NoError(t, err)
		start := time.Now()
		waits := func(what string, on queue.Name, want time.Duration) {
			t.Helper()
			require.NoError(t, db.Wait(t.Context(), on), what)
			require.Equal(t, want, time.Since(start), what)
		}
		go func() {
			time.Sleep(time.Minute)
			_ = db.Send(t.Context(), std, queue.Message{Body: "1", Delay: 10 * time.Second})
		}()
		waits("a delay that ends", std, 70*time.Second)
		m := receive(t, db, std)[0]
		waits("a lease that ends", std, 100*time.Second)
		require.Equal(t, 2, receive(t, db, std)[0].ReceiveCount)
		require.ErrorIs(t, db.Postpone(t.Context(), std, m.Receipt, 0), queue.ErrUnknown)

		require.NoError(t, db.Send(t.Context(), fifo, in("g", "1"), in("g", "2")))
		first, err := db.Receive(t.Context(), fifo, 1)
		require.NoError(t, err)
		go func() {
			time.Sleep(5 * time.Second)
			_ = db.Delete(t.Context(), fifo, first[0].Receipt)
		}()
		waits("a deletion that frees its group", fifo, 105*time.Second)
		second := receive(t, db, fifo)[0]
		go func() {
			time.Sleep(time.Second)
			_ = db.Postpone(t.Context(), fifo, second.Receipt, 2*time.Second)
		}()
		waits("a postponement", fifo, 108*time.Second)
		require.NoError(t, db.Close())
	})
}

// The promise: with a clock moved by hand, NextVisible says where to, and ClockMoved
// wakes.
func TestWaitWithStandingClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock()
		db, err := bolt.Open(filepath.Join(t.TempDir(), "q"), c.Now, specs(), bolt.Options{NoSync: true})
		require.NoError(t, err)
		_, ok := db.NextVisible(std)
		require.False(t, ok)
		require.NoError(t, db.Send(t.Context(), std, queue.Message{Body: "1", Delay: time.Minute}))
		done := make(chan error)
		go func() { done <- db.Wait(t.Context(), std) }()
		synctest.Wait()
		at, ok := db.NextVisible(std)
		require.True(t, ok)
		require.Equal(t, time.Minute, at.Sub(c.Now()))
		c.Advance(time.Minute)
		db.ClockMoved()
		require.NoError(t, <-done)
		require.Len(t, receive(t, db, std), 1)
		at, _ = db.NextVisible(std)
		require.Equal(t, 30*time.Second, at.Sub(c.Now()))
		require.NoError(t, db.Close())
	})
}

// The rule: a batch is 1 to 10, and receiving from nowhere is an error.
func TestReceiveBounds(t *testing.T) {
	db, _, _ := fresh(t)
	for _, n := range []int{0, 11} {
		_, err := db.Receive(t.Context(), std, n)
		require.ErrorIs(t, err, queue.ErrInvalid)
	}
	_, err := db.Receive(t.Context(), "nowhere", 1)
	require.ErrorIs(t, err, queue.ErrUnknown)
	_, ok := db.NextVisible("nowhere")
	require.False(t, ok)
}

// The promise: of several receipts the good ones are deleted, though one is stale.
func TestDeleteSome(t *testing.T) {
	db, _, _ := fresh(t)
	require.NoError(t, db.Send(t.Context(), std, queue.Message{Body: "1"}))
	m := receive(t, db, std)[0]
	require.ErrorIs(t, db.Delete(t.Context(), std, "0.0.0", m.Receipt, m.Receipt), queue.ErrUnknown)
	require.Zero(t, db.Depth(std).InFlight)
}
