package jobsfn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/jobs/jobsfn"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/work"
)

// far is a provider that holds one file, or fails.
type far struct {
	calls  int
	give   channel.Media
	fail   error
	during func()
}

func (f *far) FetchMedia(_ context.Context, ref string, most int64) (channel.Media, error) {
	f.calls++
	if f.during != nil {
		f.during()
	}
	if f.fail != nil {
		return channel.Media{}, f.fail
	}
	return f.give, nil
}

// held is a queue that notes for how long messages are held back.
type held struct {
	waits []time.Duration
	sent  []queue.Message
}

func (q *held) Send(_ context.Context, _ queue.Name, msgs ...queue.Message) error {
	q.sent = append(q.sent, msgs...)
	return nil
}
func (q *held) Postpone(_ context.Context, _ queue.Name, _ string, d time.Duration) error {
	q.waits = append(q.waits, d)
	return nil
}

type bench struct {
	t     *testing.T
	now   time.Time
	far   *far
	queue *held
	rows  *store.Store
	blob  blob.Store
	h     *jobsfn.Handler
	lost  error // what finding the account gives
}

const (
	ticket  = desk.TicketID("AAAAAA")
	message = desk.MessageID("m1")
)

func newBench(t *testing.T, files ...desk.Attachment) *bench {
	b := &bench{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), far: &far{give: channel.Media{Type: "image/jpeg; q=1", Data: []byte("picture")}}, queue: &held{}}
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), func() time.Time { return b.now }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	dir, err := folder.Open(t.TempDir(), "http://x.test/blobs", []byte("a secret of sixteen"), func() time.Time { return b.now })
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, dir.Close()) })
	b.rows, b.blob = store.New(db), dir
	b.h = &jobsfn.Handler{
		Store: b.rows, Blob: b.blob, Queue: b.queue, Now: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler),
		Media: func(context.Context, desk.Channel, string) (channel.MediaFetcher, error) { return b.far, b.lost },
	}
	b.write(store.Row[desk.Message]{Value: desk.Message{
		ID: message, Ticket: ticket, Kind: desk.FromCustomer, At: b.now, From: desk.Address{Channel: desk.WeChat, Account: "main", ID: "o1"}, Attachments: files,
	}})
	return b
}

func (b *bench) write(row store.Row[desk.Message]) {
	var tx store.Tx
	tx.PutMessage(row)
	require.NoError(b.t, b.rows.Commit(b.t.Context(), &tx))
}

// job hands the function one job and says whether it came back.
func (b *bench) job(i, count int) bool {
	return b.run(work.JobMedia, work.Media{Ticket: ticket, Message: message, Index: i}, count)
}

func (b *bench) run(kind string, doc any, count int) bool {
	job, err := work.NewJob(kind, doc)
	require.NoError(b.t, err)
	body, err := json.Marshal(job)
	require.NoError(b.t, err)
	resp, err := b.h.Handle(b.t.Context(), events.SQSEvent{Records: []events.SQSMessage{{
		MessageId: "1", Body: string(body), ReceiptHandle: "r", Attributes: map[string]string{"ApproximateReceiveCount": string(rune('0' + count))},
	}}})
	require.NoError(b.t, err)
	return len(resp.BatchItemFailures) > 0
}

func (b *bench) row() store.Row[desk.Message] {
	r, err := b.rows.Message(b.t.Context(), ticket, message)
	require.NoError(b.t, err)
	return r
}

func (b *bench) file(i int) desk.Attachment { return b.row().Value.Attachments[i] }

var waiting = desk.Attachment{Name: "image.jpg", Type: "image/jpeg", Ref: "media:M1"}

// A file is fetched once, kept under its hash and the ticket's (printf AAAAAA | sha256sum), and noted on its message; a repeated job
// finds nothing to do.
func TestMediaIsKept(t *testing.T) {
	b := newBench(t, waiting, desk.Attachment{Ref: "media:M2"})
	require.False(t, b.job(0, 1))
	const sum = "2cea274d0bedc39ec4ab6ba9e59ec889e3ed6fb56a1cf088a64d9b383378dc97" // printf picture | sha256sum
	a := b.file(0)
	require.Equal(t, desk.Attachment{Name: "image.jpg", Type: "image/jpeg", Ref: "media:M1", Size: 7, SHA256: sum, Blob: "files/" + sum + "-69dc6c3210e25e62"}, a)
	data, err := b.blob.Get(t.Context(), a.Blob, 0)
	require.NoError(t, err)
	require.Equal(t, "picture", string(data))
	require.True(t, b.file(1).Waiting(), "the other is another job's")

	version := b.row().Version
	require.False(t, b.job(0, 1))
	require.Equal(t, 1, b.far.calls)
	require.Equal(t, version, b.row().Version)

	require.False(t, b.job(1, 1))
	require.Equal(t, "file-2.jpg", b.file(1).Name, "a name where nobody gave one")
	require.Equal(t, a.Blob, b.file(1).Blob, "the same bytes lie in the same place")
}

// What changes on the message meanwhile stays; two jobs at once are one.
func TestMediaRace(t *testing.T) {
	b := newBench(t, waiting, waiting)
	b.far.during = func() {
		b.far.during = nil
		r := b.row()
		r.Value.Attachments[1].Blob = "files/other"
		b.write(r)
	}
	require.False(t, b.job(0, 1))
	require.NotEmpty(t, b.file(0).Blob)
	require.Equal(t, "files/other", b.file(1).Blob)

	b = newBench(t, waiting)
	b.far.during = func() {
		b.far.during = nil
		require.False(t, b.job(0, 1))
	}
	require.False(t, b.job(0, 1))
	require.Equal(t, int64(2), b.row().Version, "the second wrote nothing")
}

// What will never be there is marked with the reason; all else is tried again, later
// each time.
func TestMediaFaults(t *testing.T) {
	for _, c := range []struct {
		kind  desk.Kind
		after time.Duration
		want  string // "" = tried again
	}{
		{desk.NotFound, 0, "media.gone"},
		{desk.TooLarge, 0, "media.too_large"},
		{desk.Invalid, 0, "media.bad_reference"},
		{desk.Transient, time.Hour, ""},
		{desk.Throttled, time.Hour, ""},
		{desk.Forbidden, 71 * time.Hour, ""},
		{desk.Transient, 73 * time.Hour, "media.expired"},
	} {
		b := newBench(t, waiting)
		b.now = b.now.Add(c.after)
		b.far.fail = desk.Errorf(c.kind, "no")
		again := b.job(0, 3)
		require.Equal(t, c.want == "", again, c.kind)
		require.Equal(t, c.want, b.file(0).Fault, c.kind)
		if again {
			require.Equal(t, []time.Duration{2 * time.Minute}, b.queue.waits)
			b.far.fail = nil
			require.False(t, b.job(0, 4))
			require.NotEmpty(t, b.file(0).Blob)
		} else {
			require.False(t, b.job(0, 4))
			require.Equal(t, 1, b.far.calls, "nothing is asked again")
		}
	}
	b := newBench(t, waiting)
	b.lost = desk.Errorf(desk.NotFound, "no account")
	require.False(t, b.job(0, 1))
	require.Equal(t, "media.no_account", b.file(0).Fault)
}

// A job about nothing, or about nothing any more, does nothing.
func TestMediaOfNothing(t *testing.T) {
	b := newBench(t, waiting)
	for _, i := range []int{-1, 1, 99} {
		require.False(t, b.job(i, 1))
	}
	require.Zero(t, b.far.calls)
}

// Neither a job nor what it says of one may be anything.
func TestNoSuchJob(t *testing.T) {
	b := newBench(t)
	var log bytes.Buffer
	b.h.Log = slog.New(slog.NewTextHandler(&log, nil))
	for _, body := range []string{"", "{}", `{"kind":"media"}`, `{"kind":"media","doc":7}`, `{"kind":"tea"}`} {
		resp, err := b.h.Handle(t.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: body}}})
		require.NoError(t, err)
		require.Len(t, resp.BatchItemFailures, 1, body)
	}
	require.Contains(t, log.String(), "not a job")
}
