package bolt_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/bolt"
	"github.com/deskhook/deskhook/shared/queue/queuetest"
)

// clock stands still until moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

const (
	fifo, fifoDead = queue.Name("in.fifo"), queue.Name("in-dead.fifo")
	std, stdDead   = queue.Name("out"), queue.Name("out-dead")
)

func specs() []bolt.Spec {
	return []bolt.Spec{
		{Name: fifo, Visibility: 30 * time.Second, MaxReceive: 3, DLQ: fifoDead},
		{Name: std, Visibility: 30 * time.Second, MaxReceive: 3, DLQ: stdDead},
		{Name: fifoDead, Retention: 14 * 24 * time.Hour},
		{Name: stdDead},
	}
}

func open(t testing.TB, path string, now func() time.Time, opt bolt.Options) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(path, now, specs(), opt)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func fresh(t testing.TB) (*bolt.DB, *clock, string) {
	c, path := newClock(), filepath.Join(t.TempDir(), "queue.db")
	return open(t, path, c.Now, bolt.Options{NoSync: true}), c, path
}

// The embedded engine keeps all that the suite asks, with no exception declared.
func TestSuite(t *testing.T) {
	queuetest.Run(t, func(t *testing.T) queuetest.Harness {
		db, c, path := fresh(t)
		return queuetest.Harness{
			Queue: db, Receiver: queuetest.Through{Taker: db}, FIFO: fifo, FIFODead: fifoDead,
			Standard: std, StandardDead: stdDead, Visibility: 30 * time.Second, MaxReceive: 3,
			Advance: c.Advance,
			Redrive: func(ctx context.Context, dead, to queue.Name) error {
				_, err := db.Redrive(ctx, dead, to, 1000)
				return err
			},
			Reopen: func(t *testing.T) (queue.Queue, queuetest.Receiver) {
				require.NoError(t, db.Close())
				db = open(t, path, c.Now, bolt.Options{NoSync: true})
				return db, queuetest.Through{Taker: db}
			},
		}
	})
}

func in(group, body string) queue.Message {
	return queue.Message{Body: body, Group: group, Dedup: body}
}

func bodiesOf(msgs []bolt.Received) (out []string) {
	for _, m := range msgs {
		out = append(out, m.Body)
	}
	return out
}

func receive(t testing.TB, db *bolt.DB, on queue.Name) []bolt.Received {
	t.Helper()
	got, err := db.Receive(t.Context(), on, 10)
	require.NoError(t, err)
	return got
}
