package runner_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/runner"
	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/bolt"
	"github.com/deskhook/deskhook/shared/table"
)

// house is a runner with everything around it under the test's hand.
type house struct {
	*runner.Runner
	cfg   runner.Config
	clock *clock
	queue *bolt.DB
	feed  *feed
	blobs *blobs
	logs  *logs
}

// open builds a house over a template and its handlers, stepped by the test.
func open(t *testing.T, yaml string, handlers map[string]any, change ...func(*runner.Config)) *house {
	t.Helper()
	tpl, err := template.Parse("t.yaml", []byte("Resources:\n"+yaml), nil)
	require.NoError(t, err)
	h := &house{clock: &clock{now: start}, feed: &feed{}, blobs: &blobs{}, logs: &logs{}}
	h.queue, err = bolt.Open(filepath.Join(t.TempDir(), "queue"), h.clock.Now, runner.Specs(tpl), bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.queue.Close()) })
	h.cfg = runner.Config{
		Template: tpl, Functions: map[string]runner.Constructor{}, Queue: h.queue, Feed: h.feed, Positions: &runner.MemoryPositions{},
		Failures: h.blobs, Clock: h.clock, Log: slog.New(slog.NewTextHandler(h.logs, nil)), Synchronous: true,
	}
	for name, fn := range handlers {
		h.cfg.Functions[name] = func(func(string) string) (any, error) { return fn, nil }
	}
	for _, c := range change {
		c(&h.cfg)
	}
	h.Runner, err = runner.New(h.cfg)
	require.NoError(t, err)
	return h
}

var start = time.Date(2026, 3, 10, 12, 0, 30, 0, time.UTC)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) After(time.Duration) <-chan time.Time { return make(chan time.Time) }

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// feed is a change feed in memory.
type feed struct{ changes []table.Change }

func (f *feed) write(at time.Time, n int) {
	for range n {
		seq := strconv.Itoa(len(f.changes) + 1)
		key := table.Key{PK: "P", SK: seq}
		f.changes = append(f.changes, table.Change{Seq: seq, At: at, Key: key, Old: table.Item{Key: key}, New: table.Item{Key: key, Version: 1, Doc: []byte(`{}`)}})
	}
}

func (f *feed) Changes(_ context.Context, after string, limit int) ([]table.Change, error) {
	n := 0
	if after != "" {
		n, _ = strconv.Atoi(after)
	}
	return f.changes[n:min(len(f.changes), n+limit)], nil
}

func (f *feed) Wait(ctx context.Context, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

// blobs is a blob store in memory, as far as failures need one.
type blobs struct {
	blob.Store
	all map[string][]byte
	err error
}

func (b *blobs) Put(_ context.Context, key string, data []byte, _ blob.Options) error {
	if b.err != nil {
		return b.err
	}
	if b.all == nil {
		b.all = map[string][]byte{}
	}
	b.all[key] = data
	return nil
}

type logs struct {
	mu   sync.Mutex
	text []byte
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, b...)
	return len(b), nil
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

func (h *house) send(t *testing.T, to queue.Name, group string, bodies ...string) {
	t.Helper()
	for _, b := range bodies {
		m := queue.Message{Body: b}
		if to.FIFO() {
			m.Group, m.Dedup = group, queue.Hash(group, b)
		}
		require.NoError(t, h.queue.Send(t.Context(), to, m))
	}
}

// fn is a function of the template with the given events.
func fn(name, events string) string {
	return "  " + name + ":\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: functions/" + name +
		"/\n      Timeout: 10\n      Environment: {Variables: {WHO: " + name + "}}\n      Events:\n        " + events + "\n"
}
