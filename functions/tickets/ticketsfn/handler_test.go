package ticketsfn_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/tickets/ticketsfn"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/ticketing"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// held is a queue that only notes what is postponed.
type held struct {
	receipts []string
	waits    time.Duration
}

func (h *held) Send(context.Context, queue.Name, ...queue.Message) error { return nil }
func (h *held) Postpone(_ context.Context, _ queue.Name, receipt string, d time.Duration) error {
	h.receipts = append(h.receipts, receipt)
	h.waits += d
	return nil
}

// flaky is a table whose writes can be made to fail.
type flaky struct {
	table.Table
	fail error
}

func (f *flaky) Write(ctx context.Context, ops ...table.Op) error {
	if f.fail != nil {
		return f.fail
	}
	return f.Table.Write(ctx, ops...)
}

type bench struct {
	*ticketsfn.Handler
	t     *testing.T
	table *flaky
	queue *held
	blob  blob.Store
	store *store.Store
}

func newBench(t *testing.T) *bench {
	now := func() time.Time { return at }
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), now, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	files, err := folder.Open(t.TempDir(), "http://x", []byte("0123456789abcdef"), now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, files.Close()) })
	key, ok := sign.NewKey("a key for tests only")
	require.True(t, ok)
	b := &bench{t: t, table: &flaky{Table: db}, queue: &held{}, blob: files}
	b.store = store.New(b.table)
	b.Handler = &ticketsfn.Handler{
		Desk: &ticketing.Desk{
			Store: b.store, Key: key, Pause: func(context.Context, int) error { return nil },
			Settings: func(context.Context) (*config.Settings, error) {
				return &config.Settings{Desk: config.Desk{Language: "en", TimeZone: "UTC", Team: "support"}}, nil
			},
		},
		Blob: files, Queue: b.queue, Log: slog.New(slog.DiscardHandler), Parse: parse,
	}
	return b
}

// parse reads the bodies of these tests: the text itself, or a fault.
func parse(_ context.Context, e channel.Envelope) ([]desk.Inbound, error) {
	in := desk.Inbound{Kind: desk.InMessage, ID: e.Dedup, From: desk.Address{Channel: e.Channel, Account: e.Account, ID: e.Order}, Text: string(e.Body)}
	switch string(e.Body) {
	case "broken":
		return nil, fmt.Errorf("%w: there is no head", channel.ErrUnreadable)
	case "virus":
		in.Virus = true
	case "file":
		in.Attachments = []desk.Attachment{{Name: "a.txt", Type: "text/plain", Data: []byte("content")}}
	}
	return []desk.Inbound{in}, nil
}

func (b *bench) record(who, id, body string) events.SQSMessage {
	env := channel.Envelope{Channel: desk.SMS, Account: "main", Order: who, Dedup: id, At: at, Body: []byte(body)}
	text, err := receive.Encode(env)
	require.NoError(b.t, err)
	return events.SQSMessage{MessageId: "m" + id, ReceiptHandle: "r" + id, Body: text, Attributes: map[string]string{"MessageGroupId": receive.Group(env)}}
}

func (b *bench) handle(rs ...events.SQSMessage) []string {
	resp, err := b.Handle(b.t.Context(), events.SQSEvent{Records: rs})
	require.NoError(b.t, err)
	var back []string
	for _, f := range resp.BatchItemFailures {
		back = append(back, f.ItemIdentifier)
	}
	return back
}

func (b *bench) tickets() []desk.Ticket {
	rows, _, err := b.store.MergeTickets(b.t.Context(), []store.List{{Team: "support", Status: desk.StatusNew}}, 50, false)
	require.NoError(b.t, err)
	var out []desk.Ticket
	for _, r := range rows {
		out = append(out, r.Value)
	}
	return out
}

func (b *bench) quarantine() []store.Quarantined {
	rows, _, err := b.store.Quarantine(b.t.Context(), at.Format(time.DateOnly), "", 50)
	require.NoError(b.t, err)
	var out []store.Quarantined
	for _, r := range rows {
		out = append(out, r.Value)
	}
	return out
}

// Promise 2: once a sender's message has to wait, their later ones wait too, and nobody
// else's.
func TestHandBackKeepsOrder(t *testing.T) {
	b := newBench(t)
	b.table.fail = table.ErrThrottled
	require.Equal(t, []string{"m1", "m2", "m3"}, b.handle(b.record("a", "1", "x"), b.record("b", "2", "x"), b.record("a", "3", "x")))
	require.Equal(t, []string{"r1", "r2", "r3"}, b.queue.receipts, "each visible again soon")
	b.table.fail = nil
	require.Empty(t, b.handle(b.record("a", "1", "x"), b.record("b", "2", "x"), b.record("a", "3", "y")))
	require.Len(t, b.tickets(), 2)
}

// A throttle of a quarter of an hour ends no message: the thirty tries that template.yaml
// gives it take longer, and the first come soon.
func TestTriesOutlastAThrottle(t *testing.T) {
	b := newBench(t)
	b.table.fail = table.ErrThrottled
	for count := 1; count <= 30; count++ {
		r := b.record("a", "1", "x")
		r.Attributes["ApproximateReceiveCount"] = fmt.Sprint(count)
		b.handle(r)
		if count == 1 {
			require.Equal(t, 5*time.Second, b.queue.waits)
		}
	}
	require.Greater(t, b.queue.waits, 20*time.Minute)
}

// Promise 1: what can't be applied lies in the quarantine with the reason, at the first
// try, once, and holds nobody up.
func TestQuarantine(t *testing.T) {
	b := newBench(t)
	for range 2 {
		require.Empty(t, b.handle(b.record("a", "1", "broken"), b.record("a", "2", "virus"), b.record("a", "3", "hello")))
	}
	require.Len(t, b.tickets(), 1)
	q := b.quarantine()
	require.Len(t, q, 2)
	require.Contains(t, q[0].Reason+q[1].Reason, "there is no head")
	require.Contains(t, q[0].Reason+q[1].Reason, "virus")
	require.NotEmpty(t, q[0].Envelope)
}

// What was released and fails again waits with its new reason; what can be applied by then
// is, and only once.
func TestReleased(t *testing.T) {
	b := newBench(t)
	require.Empty(t, b.handle(b.record("a", "1", "broken")))
	q := b.quarantine()[0]
	act := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "li"}, At: at.Add(time.Hour)}
	_, err := b.Desk.Release(t.Context(), act, q.At, q.ID)
	require.NoError(t, err)
	_, err = b.Desk.Release(t.Context(), act, q.At, q.ID)
	require.Equal(t, desk.Conflict, desk.KindOf(err), "two people press at once")
	require.Empty(t, b.handle(b.record("a", "1", "broken")))
	again := b.quarantine()[0]
	require.True(t, again.Open())
	require.Equal(t, 1, again.Again)
	require.Empty(t, b.handle(b.record("a", "1", "broken"))) // the queue's own repeat
	require.Equal(t, 1, b.quarantine()[0].Again)

	_, err = b.Desk.Drop(t.Context(), act, q.At, q.ID)
	require.NoError(t, err)
	dropped := b.quarantine()[0]
	require.Empty(t, dropped.Envelope)
	require.Equal(t, "li", dropped.By)
	require.NotEmpty(t, dropped.Reason)
}

// A message that isn't an envelope at all is kept as well.
func TestNoEnvelope(t *testing.T) {
	b := newBench(t)
	sent := map[string]string{"SentTimestamp": fmt.Sprint(at.UnixMilli())}
	for range 2 {
		require.Empty(t, b.handle(events.SQSMessage{MessageId: "m", Body: "{", Attributes: sent}))
	}
	require.Len(t, b.quarantine(), 1)
}

// Bytes that were laid aside are read back; lost ones are a quarantine, not a loop.
func TestLaidAside(t *testing.T) {
	b := newBench(t)
	env := channel.Envelope{Channel: desk.SMS, Account: "main", Order: "a", Dedup: "1", At: at, BodyBlob: "inbound/big"}
	require.NoError(t, b.blob.Put(t.Context(), "inbound/big", []byte("a long text"), blob.Options{}))
	body, err := receive.Encode(env)
	require.NoError(t, err)
	require.Empty(t, b.handle(events.SQSMessage{MessageId: "m", Body: body}))
	require.Equal(t, "a long text", b.tickets()[0].Subject)

	env.Dedup, env.BodyBlob = "2", "inbound/lost"
	body, err = receive.Encode(env)
	require.NoError(t, err)
	require.Empty(t, b.handle(events.SQSMessage{MessageId: "m", Body: body}))
	require.Len(t, b.quarantine(), 1)
}

// Files lie under their content's hash, and the row has no bytes.
func TestFiles(t *testing.T) {
	b := newBench(t)
	require.Empty(t, b.handle(b.record("a", "1", "file")))
	ms, _, err := b.store.Messages(t.Context(), b.tickets()[0].ID, "", 10, false)
	require.NoError(t, err)
	f := ms[0].Value.Attachments[0]
	require.Equal(t, "files/ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73", f.Blob) // sha256sum of "content"
	data, err := b.blob.Get(t.Context(), f.Blob, 0)
	require.NoError(t, err)
	require.Equal(t, "content", string(data))
}

// A fault that may pass comes back; it is never mistaken for a broken message.
func TestPassingFault(t *testing.T) {
	b := newBench(t)
	b.Parse = func(context.Context, channel.Envelope) ([]desk.Inbound, error) {
		return nil, errors.New("settings can't be read")
	}
	require.Equal(t, []string{"m1"}, b.handle(b.record("a", "1", "x")))
	require.Empty(t, b.quarantine())
}

// A ticket's timer comes in its customer's group; one for a ticket that is gone does
// nothing.
func TestTimer(t *testing.T) {
	b := newBench(t)
	b.handle(b.record("a", "1", "x"))
	tk := b.tickets()[0]
	act := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy"}, At: at}
	require.NoError(t, b.Desk.SetStatus(t.Context(), act, tk.ID, desk.StatusSnoozed, at.Add(time.Hour)))
	for _, id := range []desk.TicketID{tk.ID, "000000"} {
		m, err := receive.TimerMessage(id, tk.From, at.Add(2*time.Hour))
		require.NoError(t, err)
		require.Equal(t, b.record("a", "1", "x").Attributes["MessageGroupId"], m.Group)
		require.Empty(t, b.handle(events.SQSMessage{MessageId: "t", Body: m.Body}))
	}
	r, err := b.store.Ticket(t.Context(), tk.ID)
	require.NoError(t, err)
	require.Equal(t, desk.StatusOpen, r.Value.Status)
}
