package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// failing is a desk, stepped by hand, of which one sender's rows and one queue can fail.
type failing struct {
	*local.Desk
	t     *testing.T
	clock *local.Warp
	down  bool
}

type brokenTable struct {
	table.Table
	f *failing
}

func (b brokenTable) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	for _, k := range keys {
		if b.f.down && strings.HasPrefix(k.PK, "I#sms#") {
			return nil, errors.New("broken")
		}
	}
	return b.Table.Get(ctx, keys...)
}

type brokenQueue struct {
	queue.Queue
	f *failing
}

func (b brokenQueue) Send(ctx context.Context, to queue.Name, msgs ...queue.Message) error {
	if b.f.down && to == queue.Outbound {
		return errors.New("broken")
	}
	return b.Queue.Send(ctx, to, msgs...)
}

func newFailing(t *testing.T) *failing {
	f := &failing{t: t, clock: local.NewWarp()}
	src, err := os.ReadFile("../desk.yaml")
	require.NoError(t, err)
	s, _, err := config.Load(src, "desk.yaml")
	require.NoError(t, err)
	s.Tickets.Acknowledge = nil
	s.Agents[0].Role = "admin" // redrives
	tpl, err := template.Load("../../template.yaml", nil)
	require.NoError(t, err)
	f.Desk, err = local.Open(local.Options{
		Dir: t.TempDir(), Template: tpl, Settings: s, PublicURL: "http://desk.test", Getenv: func(string) string { return "" },
		Clock: f.clock, NoSync: true, Synchronous: true, Log: slog.New(slog.DiscardHandler),
		Wrap: func(w *local.World) {
			w.Table, w.Queue = brokenTable{w.Table, f}, brokenQueue{w.Queue, f}
			w.Pause = func(context.Context, int) error { return nil }
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

// serve answers a call.
func (f *failing) serve(req *http.Request, err error) []byte {
	f.t.Helper()
	require.NoError(f.t, err)
	w := httptest.NewRecorder()
	f.Handler().ServeHTTP(w, req)
	require.Equal(f.t, http.StatusOK, w.Code, w.Body.String())
	return w.Body.Bytes()
}

func (f *failing) api(method, path string) map[string]any {
	f.t.Helper()
	req, err := http.NewRequest(method, "http://desk.test"+path, http.NoBody)
	require.NoError(f.t, err)
	req.Header.Set("Authorization", "Bearer "+local.DefaultAPIToken)
	var out map[string]any
	require.NoError(f.t, json.Unmarshal(f.serve(req, nil), &out))
	return out
}

// until works queues and the feed, while minutes pass, until something is so.
func (f *failing) until(is func() bool) {
	f.t.Helper()
	for range 400 {
		if is() {
			return
		}
		for _, q := range []queue.Name{queue.Inbound, queue.Jobs} {
			_, err := f.Runner.PollQueue(f.t.Context(), q)
			require.NoError(f.t, err)
		}
		_, err := f.Runner.PollStream(f.t.Context(), "relay")
		require.NoError(f.t, err)
		f.clock.Jump(3 * time.Minute)
	}
	f.t.Fatal("it never came to that")
}

// sweep lets deadletters look.
func (f *failing) sweep() {
	f.t.Helper()
	f.clock.Jump(5 * time.Minute)
	did, err := f.Runner.RunSchedule(f.t.Context(), "deadletters")
	require.NoError(f.t, err)
	require.True(f.t, did)
}

// While a sender's rows can't be read their messages fail until they are given up. They lie
// with the dead letters, and redriven they open one ticket, in their order.
func TestRedrivenMessagesOpenOneTicket(t *testing.T) {
	f := newFailing(t)
	tw, err := f.Twilio("http://desk.test")
	require.NoError(t, err)
	f.down = true
	for i := range 2 {
		f.serve(tw.Message("+14155550123", fmt.Sprintf("SM%032x", i), fmt.Sprintf("words %d", i)))
	}
	dead := queue.Inbound.Dead()
	f.until(func() bool { return f.Queue.Depth(dead).Visible == 2 })
	f.sweep()
	require.Zero(t, f.Queue.Depth(dead).Visible)
	items := f.api("GET", "/v1/dead-letters/inbound.fifo")["items"].([]any)
	require.Len(t, items, 2)
	require.Equal(t, []any{"sms", "main", "open", nil}, []any{value(items[0], "channel"), value(items[0], "account"), value(items[0], "state"), value(items[0], "tries")})

	f.down = false
	require.Equal(t, 2.0, f.api("POST", "/v1/dead-letters/inbound.fifo/redrive")["redriven"])
	var rows []store.Row[desk.Ticket]
	f.until(func() bool {
		rows, _, err = f.Store.MergeTickets(t.Context(), []store.List{{Team: "support", Status: desk.StatusNew}}, 10, true)
		require.NoError(t, err)
		return len(rows) > 0 && f.Queue.Depth(queue.Inbound).Visible == 0
	})
	require.Len(t, rows, 1)
	messages, _, err := f.Store.Messages(t.Context(), rows[0].Value.ID, "", 100, false)
	require.NoError(t, err)
	var said []string
	for _, m := range messages {
		if m.Value.Kind == desk.FromCustomer {
			said = append(said, m.Value.Text)
		}
	}
	require.Equal(t, []string{"words 0", "words 1"}, said)
	require.Equal(t, 0.0, f.api("POST", "/v1/dead-letters/inbound.fifo/redrive")["redriven"])
}

func value(item any, name string) any { return item.(map[string]any)[name] }

// What relay is given up on lies with the dead letters too; redriven, its nudge is sent.
func TestRedrivenBatchIsToldAgain(t *testing.T) {
	f := newFailing(t)
	tw, err := f.Twilio("http://desk.test")
	require.NoError(t, err)
	f.serve(tw.Message("+14155550123", fmt.Sprintf("SM%032x", 7), "hello"))
	var rows []store.Row[desk.Ticket]
	f.until(func() bool {
		rows, _, err = f.Store.MergeTickets(t.Context(), []store.List{{Team: "support", Status: desk.StatusNew}}, 10, true)
		require.NoError(t, err)
		return len(rows) == 1
	})
	agent := &ticketing.Desk{Store: f.Store, Settings: (&config.Snapshot{Blob: f.World.Blob, Now: f.clock.Now}).Current}
	_, err = agent.Reply(t.Context(), ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy"}, At: f.clock.Now().UTC()}, rows[0].Value.ID, ticketing.Reply{Text: "hi"})
	require.NoError(t, err)
	f.down = true
	f.until(func() bool {
		failed, err := f.Files.List(t.Context(), "aws/lambda/", "", 10)
		require.NoError(t, err)
		return len(failed) > 0
	})
	f.sweep()
	items := f.api("GET", "/v1/dead-letters/feed")["items"].([]any)
	require.Len(t, items, 1)
	require.Equal(t, []any{"relay", true}, []any{value(items[0], "function"), value(items[0], "replayable")})
	require.Zero(t, f.Queue.Depth(queue.Outbound).Visible)

	redrive := "/v1/dead-letters/feed/letters/" + value(items[0], "id").(string) + "/redrive"
	require.Equal(t, "redriven", f.api("POST", redrive)["state"])
	f.until(func() bool { items = f.api("GET", "/v1/dead-letters/feed")["items"].([]any); return len(items) == 1 })
	require.Equal(t, 1.0, value(items[0], "again"), "it failed again, and lies there as not done")
	f.down = false
	require.Equal(t, "redriven", f.api("POST", redrive)["state"])
	f.until(func() bool { return f.Queue.Depth(queue.Outbound).Visible > 0 })
}
