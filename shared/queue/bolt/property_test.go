package bolt_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/bolt"
)

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	ms := func(p float64) float64 {
		return float64(took[int(p*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(ms(0.5), "p50-ms")
	b.ReportMetric(ms(0.99), "p99-ms")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}

// world is one queue under random operations, beside the plainest model of it: the
// bodies per group in their order, and which of them are in flight until when.
type world struct {
	dir    string
	db     *bolt.DB
	clock  *clock
	sent   int
	groups map[string][]string
	held   map[string]bolt.Received // by body
	until  map[string]time.Time
}

// The promises: nothing is lost, nothing is given twice at once, a group keeps its
// order and waits for what is in flight, over any mixture of operations and crashes.
func TestRandomOperations(t *testing.T) {
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		w := &world{
			dir: filepath.Join(dir, fmt.Sprint(runs)), clock: newClock(), groups: map[string][]string{},
			held: map[string]bolt.Received{}, until: map[string]time.Time{},
		}
		w.open(t)
		defer func() { _ = w.db.Close() }()
		t.Repeat(map[string]func(*rapid.T){
			"send": w.send, "receive": w.receive, "delete": w.delete,
			"postpone": w.postpone, "wait": w.wait, "crash": w.crash, "": w.check,
		})
	})
}

func (w *world) open(t *rapid.T) {
	db, err := bolt.Open(w.dir, w.clock.Now, []bolt.Spec{{Name: fifo, Visibility: 30 * time.Second}}, bolt.Options{NoSync: true})
	require.NoError(t, err)
	w.db = db
}

func (w *world) send(t *rapid.T) {
	w.sent++
	group, body := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "group"), fmt.Sprint(w.sent)
	require.NoError(t, w.db.Send(context.Background(), fifo, in(group, body)))
	w.groups[group] = append(w.groups[group], body)
}

func (w *world) inFlight(body string) bool {
	return w.until[body].After(w.clock.Now())
}

func (w *world) blocked(group string) bool {
	return slices.ContainsFunc(w.groups[group], w.inFlight)
}

func (w *world) receive(t *rapid.T) {
	max := rapid.IntRange(1, 10).Draw(t, "max")
	free := map[string][]string{}
	total := 0
	for g, bodies := range w.groups {
		if !w.blocked(g) {
			free[g] = bodies
			total += len(bodies)
		}
	}
	got, err := w.db.Receive(context.Background(), fifo, max)
	require.NoError(t, err)
	require.Len(t, got, min(max, total))
	for _, m := range got {
		require.NotEmpty(t, free[m.Group])
		require.Equal(t, free[m.Group][0], m.Body)
		free[m.Group] = free[m.Group][1:]
		w.held[m.Body], w.until[m.Body] = m, w.clock.Now().Add(30*time.Second)
	}
}

// any draws a message that was received once; false while none was.
func (w *world) any(t *rapid.T) (m bolt.Received, ok bool) {
	bodies := make([]string, 0, len(w.held))
	for b := range w.held {
		bodies = append(bodies, b)
	}
	if len(bodies) == 0 {
		return m, false
	}
	slices.Sort(bodies)
	return w.held[rapid.SampledFrom(bodies).Draw(t, "body")], true
}

func (w *world) delete(t *rapid.T) {
	m, ok := w.any(t)
	if !ok {
		return
	}
	err := w.db.Delete(context.Background(), fifo, m.Receipt)
	if !w.inFlight(m.Body) {
		require.ErrorIs(t, err, queue.ErrUnknown)
		return
	}
	require.NoError(t, err)
	bodies := w.groups[m.Group]
	w.groups[m.Group] = slices.DeleteFunc(slices.Clone(bodies), func(b string) bool { return b == m.Body })
	delete(w.held, m.Body)
	delete(w.until, m.Body)
}

func (w *world) postpone(t *rapid.T) {
	m, ok := w.any(t)
	if !ok {
		return
	}
	d := time.Duration(rapid.IntRange(0, 60).Draw(t, "seconds")) * time.Second
	err := w.db.Postpone(context.Background(), fifo, m.Receipt, d)
	if !w.inFlight(m.Body) {
		require.ErrorIs(t, err, queue.ErrUnknown)
		return
	}
	require.NoError(t, err)
	w.until[m.Body] = w.clock.Now().Add(d)
}

func (w *world) wait(t *rapid.T) {
	w.clock.Advance(time.Duration(rapid.IntRange(1, 40).Draw(t, "seconds")) * time.Second)
}

func (w *world) crash(t *rapid.T) {
	require.NoError(t, w.db.Close())
	w.open(t)
	clear(w.until)
}

func (w *world) check(t *rapid.T) {
	var want bolt.Stats
	free := false
	for g, bodies := range w.groups {
		free = free || len(bodies) > 0 && !w.blocked(g)
		for _, b := range bodies {
			if w.inFlight(b) {
				want.InFlight++
			} else {
				want.Visible++
			}
		}
	}
	got := w.db.Depth(fifo)
	got.Oldest = time.Time{}
	require.Equal(t, want, got)
	if at, ok := w.db.NextVisible(fifo); free {
		require.True(t, ok)
		require.False(t, at.After(w.clock.Now()))
	}
}
