package deadlettersfn_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/deadletters/deadlettersfn"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/deadletters"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	qbolt "github.com/deskhook/deskhook/shared/queue/bolt"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
	tbolt "github.com/deskhook/deskhook/shared/table/bolt"
)

// bench is a desk whose queues give up at the first failure.
type bench struct {
	*deadlettersfn.Handler
	t     *testing.T
	now   time.Time
	db    *tbolt.DB
	queue *qbolt.DB
	desk  deadletters.Desk
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	db, err := tbolt.Open(filepath.Join(t.TempDir(), "t.db"), clock, tbolt.Options{NoSync: true})
	require.NoError(t, err)
	var specs []qbolt.Spec
	for _, q := range queue.Names {
		specs = append(specs, qbolt.Spec{Name: q, MaxReceive: 1, DLQ: q.Dead()}, qbolt.Spec{Name: q.Dead()})
	}
	b.queue, err = qbolt.Open(filepath.Join(t.TempDir(), "q.db"), clock, specs, qbolt.Options{NoSync: true})
	require.NoError(t, err)
	files, err := folder.Open(t.TempDir(), "http://blobs.test", []byte(strings.Repeat("s", 32)), clock)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(db.Close(), b.queue.Close(), files.Close())) })
	b.db, b.desk = db, deadletters.Desk{Store: store.New(db)}
	b.Handler = &deadlettersfn.Handler{Store: store.New(db), Dead: b.queue, Blob: files, Now: clock, Log: slog.New(slog.DiscardHandler)}
	return b
}

// die sends messages that fail.
func (b *bench) die(q queue.Name, msgs ...queue.Message) {
	b.t.Helper()
	require.NoError(b.t, b.queue.Send(b.t.Context(), q, msgs...))
	for b.queue.Depth(q).Visible > 0 {
		got, err := b.queue.Receive(b.t.Context(), q, queue.MaxBatch)
		require.NoError(b.t, err)
		for _, m := range got {
			require.NoError(b.t, b.queue.Postpone(b.t.Context(), q, m.Receipt, 0))
		}
	}
	b.now = b.now.Add(time.Second)
}

func (b *bench) open(q queue.Name) []store.DeadLetter {
	b.t.Helper()
	list, _, err := b.desk.Store.DeadLetters(b.t.Context(), q, true, "", 100)
	require.NoError(b.t, err)
	return list
}

func (b *bench) dead(q queue.Name) int {
	s := b.queue.Depth(q.Dead())
	return s.Visible + s.InFlight
}

func envelope(t *testing.T, order, dedup string) queue.Message {
	t.Helper()
	e := channel.Envelope{Channel: desk.SMS, Account: "main", Order: order, Dedup: dedup}
	body, err := receive.Encode(e)
	require.NoError(t, err)
	return queue.Message{Body: body, Group: receive.Group(e), Dedup: receive.Dedup(e)}
}

var act = deadletters.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "root"}, At: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}

// What died lies in the table with all that it was, and no more in its queue; the sweep
// says so by failing, and the next one, that finds nothing, does not.
func TestSweepKeeps(t *testing.T) {
	b := newBench(t)
	require.NoError(t, b.Handle(t.Context(), nil))
	m := envelope(t, "+4915", "SM1")
	b.die(queue.Inbound, m)
	b.die(queue.Outbound, queue.Message{Body: `{"ticket":"7K3Q9W"}`})
	b.die(queue.Surveys, queue.Message{Body: `{"survey":"s1","gen":1}`})
	b.die(queue.Jobs, queue.Message{Body: `{"kind":"media","doc":{"ticket":"7K3Q9W","message":"m","index":0}}`})
	b.die(queue.SESMail, queue.Message{Body: `{"Type":"Notification","Message":"{}"}`}, queue.Message{Body: "]"})
	require.ErrorIs(t, b.Handle(t.Context(), nil), deadlettersfn.ErrFound)
	require.NoError(t, b.Handle(t.Context(), nil))

	got, err := b.desk.Get(t.Context(), queue.Inbound, b.open(queue.Inbound)[0].ID)
	require.NoError(t, err)
	require.Equal(t, []any{m.Body, m.Group, 0, len(m.Body)}, []any{got.Body, got.Group, got.Tries, got.Size})
	require.Equal(t, store.DeadAbout{Kind: "message", Channel: desk.SMS, Account: "main"}, got.About)
	kinds := map[string]int{}
	for _, q := range queue.Names {
		require.Zero(t, b.dead(q), q)
		for _, l := range b.open(q) {
			kinds[string(q)+" "+l.About.Kind+" "+string(l.About.Ticket)]++
			require.Equal(t, l.Queue, q)
			require.NotEmpty(t, l.Message)
		}
	}
	require.Equal(t, map[string]int{"inbound.fifo message ": 1, "outbound nudge 7K3Q9W": 1, "surveys survey ": 1, "jobs media 7K3Q9W": 1, "sesmail mail ": 1, "sesmail unknown ": 1}, kinds)
	counts, err := b.desk.Counts(t.Context())
	require.NoError(t, err)
	require.Equal(t, deadletters.Count{Queue: queue.SESMail, Open: 2}, counts[4])
}

// crashing dies before it deletes.
type crashing struct{ queue.Taker }

func (crashing) Delete(context.Context, queue.Name, ...string) error { return errors.New("crash") }

// A crash between the row and the deletion leaves both; the next sweep keeps one row. What
// was redriven in between lies open once more: it could be another death.
func TestCrashBetweenRowAndDeletion(t *testing.T) {
	b := newBench(t)
	b.die(queue.Inbound, envelope(t, "a", "1"), envelope(t, "b", "2"))
	b.Dead = crashing{b.queue}
	require.ErrorContains(t, b.Handle(t.Context(), nil), "crash")
	require.Len(t, b.open(queue.Inbound), 2)
	require.Equal(t, 2, b.dead(queue.Inbound))

	b.now, b.Dead = b.now.Add(time.Minute), b.queue
	require.ErrorIs(t, b.Handle(t.Context(), nil), deadlettersfn.ErrFound)
	require.Len(t, b.open(queue.Inbound), 2)
	require.Zero(t, b.dead(queue.Inbound))

	b.die(queue.Outbound, queue.Message{Body: `{"ticket":"7K3Q9W"}`})
	b.Dead = crashing{b.queue}
	require.Error(t, b.Handle(t.Context(), nil))
	id := b.open(queue.Outbound)[0].ID
	_, err := b.desk.Redrive(t.Context(), act, queue.Outbound, id)
	require.NoError(t, err)
	b.now, b.Dead = b.now.Add(time.Minute), b.queue
	require.ErrorIs(t, b.Handle(t.Context(), nil), deadlettersfn.ErrFound)
	require.Equal(t, 1, b.open(queue.Outbound)[0].Again)
	require.Equal(t, id, b.open(queue.Outbound)[0].ID)
}

// A sender's letters lie in the order they were sent, and only the first can be redriven
// alone; all together keep it. What is done says by whom.
func TestOrderIsKept(t *testing.T) {
	b := newBench(t)
	for i := range 12 {
		b.die(queue.Inbound, envelope(t, "one", fmt.Sprint("1-", i)), envelope(t, "two", fmt.Sprint("2-", i)))
	}
	require.ErrorIs(t, b.Handle(t.Context(), nil), deadlettersfn.ErrFound)
	all := b.open(queue.Inbound)
	require.Len(t, all, 24)
	_, err := b.desk.Redrive(t.Context(), act, queue.Inbound, all[1].ID)
	require.Equal(t, desk.Conflict, desk.KindOf(err))
	require.ErrorContains(t, err, "an older one")
	first, err := b.desk.Redrive(t.Context(), act, queue.Inbound, all[0].ID)
	require.NoError(t, err)
	require.Equal(t, "root", first.By.ID)
	_, err = b.desk.Redrive(t.Context(), act, queue.Inbound, all[0].ID)
	require.ErrorContains(t, err, "already")
	_, err = b.desk.Drop(t.Context(), act, queue.Inbound, all[0].ID)
	require.ErrorContains(t, err, "already")
	dropped, err := b.desk.Drop(t.Context(), act, queue.Inbound, all[1].ID)
	require.NoError(t, err)
	require.Empty(t, dropped.Body)

	n, cursor, err := b.desk.RedriveAll(t.Context(), act, queue.Inbound, "", 10)
	require.NoError(t, err)
	require.Equal(t, 10, n)
	rest, cursor, err := b.desk.RedriveAll(t.Context(), act, queue.Inbound, cursor, 100)
	require.NoError(t, err)
	require.Equal(t, 12, rest)
	require.Empty(t, cursor)
	require.Empty(t, b.open(queue.Inbound))

	changes, err := b.db.Changes(t.Context(), "", 1000)
	require.NoError(t, err)
	last := map[string]string{}
	redriven := 0
	for _, c := range changes {
		if l, ok := store.RedrivenOf(c); ok {
			require.Less(t, last[l.Group], l.ID, "in the sender's order")
			last[l.Group] = l.ID
			redriven++
		}
	}
	require.Equal(t, 23, redriven)
	done, _, err := b.desk.Store.DeadLetters(t.Context(), queue.Inbound, false, "", 100)
	require.NoError(t, err)
	require.Len(t, done, 24)
	require.Equal(t, "root", done[0].By.ID)
}

// What no row can hold stays in its queue, where its alarm rings, and the sweep says so;
// it holds up no other, of its queue or another.
func TestTooLargeStays(t *testing.T) {
	const most = 390 * 1024
	b := newBench(t)
	for range 5 { // more than the faults of another kind that a sweep bears
		b.die(queue.Jobs, queue.Message{Body: strings.Repeat("x", 400*1024)}, queue.Message{Body: "]"})
	}
	b.die(queue.Outbound, queue.Message{Body: strings.Repeat("\"", 250*1024)}, queue.Message{Body: "]"}) // twice as long in a row
	b.die(queue.Surveys, queue.Message{Body: strings.Repeat("x", most)})
	err := b.Handle(t.Context(), nil)
	for q, n := range map[queue.Name]int{queue.Jobs: 5, queue.Outbound: 1} {
		require.ErrorContains(t, err, "stays in "+string(q)+"-dead")
		require.Equal(t, n, b.dead(q))
		require.Len(t, b.open(q), n)
	}
	kept := b.open(queue.Surveys)
	require.Len(t, kept, 1)
	by := act
	by.By.Name = strings.Repeat("王", 300)
	_, err = b.desk.Redrive(t.Context(), by, queue.Surveys, kept[0].ID)
	require.NoError(t, err, "and who redrives it has room in the row")
}

// A failed batch that can't be read leaves the others to be kept.
func TestOneBatchHoldsUpNone(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"a", "b"} {
		require.NoError(t, b.Blob.Put(t.Context(), "aws/lambda/"+name, []byte("]"), blob.Options{}))
	}
	b.Blob = stuck{b.Blob, "aws/lambda/a"}
	require.ErrorContains(t, b.Handle(t.Context(), nil), "stuck")
	require.Len(t, b.open(store.Feed), 1)
}

// stuck is a store of blobs of which one can't be read.
type stuck struct {
	blob.Store
	key string
}

func (s stuck) Get(ctx context.Context, key string, most int64) ([]byte, error) {
	if key == s.key {
		return nil, errors.New("stuck")
	}
	return s.Store.Get(ctx, key, most)
}

// A batch that a reader of the feed was given up on is moved, once, with its reader; only
// relay's can be redriven.
func TestFailedBatches(t *testing.T) {
	b := newBench(t)
	doc := func(name string) []byte {
		return fmt.Appendf(nil, `{"requestContext":{"functionArn":"arn:aws:lambda:eu-west-1:1:function:%s:$LATEST","approximateInvokeCount":21},"DDBStreamBatchInfo":{"approximateArrivalOfFirstRecord":"2026-03-02T08:00:00Z"},"payload":"{}"}`, name)
	}
	for i, name := range []string{"desk-RelayFunction-X1", "figures"} {
		require.NoError(t, b.Blob.Put(t.Context(), fmt.Sprintf("aws/lambda/uuid/shardId-1/2026/03/02/2026-03-02T09.00.00-%d", i), doc(name), blob.Options{}))
	}
	require.NoError(t, b.Blob.Put(t.Context(), "aws/lambda/odd", []byte("]"), blob.Options{}))
	require.ErrorIs(t, b.Handle(t.Context(), nil), deadlettersfn.ErrFound)
	require.NoError(t, b.Handle(t.Context(), nil))
	list := b.open(store.Feed)
	require.Len(t, list, 3)
	for _, l := range list {
		got, err := b.desk.Get(t.Context(), store.Feed, l.ID)
		require.NoError(t, err)
		_, err = b.Blob.Get(t.Context(), got.Blob, 0)
		require.NoError(t, err)
		_, err = b.desk.Redrive(t.Context(), act, store.Feed, l.ID)
		require.Equal(t, l.About.Reader == "relay", err == nil, l.About.Reader)
		if err == nil {
			require.Equal(t, 21, l.Tries)
			require.Equal(t, "2026-03-02T08:00:00Z", l.Sent.Format(time.RFC3339))
		}
	}
	n, _, err := b.desk.RedriveAll(t.Context(), act, store.Feed, "", 100)
	require.NoError(t, err)
	require.Zero(t, n)
}

// What tells somebody something can't be redriven when whom it has told already is
// forgotten, one by one or all together; anything else can.
func TestLateLettersTellNobodyAgain(t *testing.T) {
	b := newBench(t)
	b.die(queue.Jobs, queue.Message{Body: `{"kind":"hook","doc":{}}`}, queue.Message{Body: `{"kind":"notice","doc":{}}`}, queue.Message{Body: `{"kind":"media","doc":{}}`})
	doc := `{"requestContext":{"functionArn":"arn:aws:lambda:eu-west-1:1:function:relay"},"DDBStreamBatchInfo":{"approximateArrivalOfFirstRecord":"2026-03-02T09:00:00Z"}}`
	require.NoError(t, b.Blob.Put(t.Context(), "aws/lambda/1", []byte(doc), blob.Options{}))
	require.ErrorIs(t, b.Handle(t.Context(), nil), deadlettersfn.ErrFound)
	late := act
	late.At = b.now.AddDate(0, 0, 30)
	letters := append(b.open(queue.Jobs), b.open(store.Feed)...)
	require.Len(t, letters, 4)
	for _, l := range letters {
		require.NoError(t, deadletters.Refused(l, b.now.AddDate(0, 0, 28)))
		if l.About.Kind != "media" {
			_, err := b.desk.Redrive(t.Context(), late, l.Queue, l.ID)
			require.ErrorIs(t, err, deadletters.ErrLate, l.About.Kind)
		}
	}
	for q, want := range map[queue.Name]int{queue.Jobs: 1, store.Feed: 0} {
		n, _, err := b.desk.RedriveAll(t.Context(), late, q, "", 100)
		require.NoError(t, err)
		require.Equal(t, want, n, q)
	}
}

// What names no letter finds none, and breaks nothing.
func TestNoSuchLetter(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"", "x", "../x", strings.Repeat("A", 16) + ".1.2.3", store.DeadLetterID(queue.Jobs, "g", b.now, "1", "m")} {
		for _, q := range []queue.Name{queue.Jobs, "nowhere", ""} {
			_, err := b.desk.Get(t.Context(), q, id)
			require.Equal(t, desk.NotFound, desk.KindOf(err))
			_, err = b.desk.Drop(t.Context(), act, q, id)
			require.Equal(t, desk.NotFound, desk.KindOf(err))
		}
	}
}
