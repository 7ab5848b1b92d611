package deliveryfn_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/delivery/deliveryfn"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/ticketing"
	"github.com/deskhook/deskhook/shared/work"
)

// far is a provider that answers as scripted, and remembers what it was given.
type far struct {
	got    []string
	script []channel.Outcome
	during func() // happens while the provider is called
}

func (f *far) Send(_ context.Context, m channel.Outgoing) channel.Outcome {
	f.got = append(f.got, m.Text)
	if f.during != nil {
		f.during()
	}
	if len(f.script) == 0 {
		return channel.Outcome{Kind: channel.OutcomeSent, ProviderID: fmt.Sprint("P", len(f.got))}
	}
	o := f.script[0]
	f.script = f.script[1:]
	return o
}

type bench struct {
	t    *testing.T
	now  time.Time
	desk *ticketing.Desk
	far  *far
	h    *deliveryfn.Handler
	id   desk.TicketID
}

var customer = desk.Address{Channel: desk.SMS, Account: "main", ID: "+14155550100"}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), far: &far{}}
	db, err := bolt.Open(filepath.Join(t.TempDir(), "t.db"), func() time.Time { return b.now }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	key, ok := sign.NewKey("a key for tests only")
	require.True(t, ok)
	settings := func(context.Context) (*config.Settings, error) {
		return &config.Settings{Desk: config.Desk{Language: "en", TimeZone: "UTC", Team: "support"}}, nil
	}
	b.desk = &ticketing.Desk{Store: store.New(db), Key: key, Settings: settings}
	workers := 0
	b.h = &deliveryfn.Handler{
		Store: b.desk.Store, Settings: settings, Now: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler),
		Worker: func() string { workers++; return fmt.Sprint("w", workers) },
		Sender: func(context.Context, desk.Channel, string) (channel.Sender, error) { return b.far, nil },
	}
	b.id = b.receive("1").Ticket
	return b
}

func (b *bench) receive(id string) ticketing.Received {
	got, err := b.desk.Receive(b.t.Context(), channel.Envelope{At: b.now}, desk.Inbound{Kind: desk.InMessage, ID: id, From: customer, Text: "hello there"})
	require.NoError(b.t, err)
	return got
}

func (b *bench) reply(text string) desk.MessageID {
	id, err := b.desk.Reply(b.t.Context(), ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy"}, At: b.now}, b.id, ticketing.Reply{Text: text})
	require.NoError(b.t, err)
	b.now = b.now.Add(time.Second)
	return id
}

// nudge hands the function one nudge and gives whether it came back.
func (b *bench) nudge() bool {
	body, err := json.Marshal(work.Nudge{Ticket: b.id})
	require.NoError(b.t, err)
	resp, err := b.h.Handle(b.t.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "m", Body: string(body)}}})
	require.NoError(b.t, err)
	return len(resp.BatchItemFailures) > 0
}

func (b *bench) message(id desk.MessageID) desk.Message {
	m, err := b.desk.Store.Message(b.t.Context(), b.id, id)
	require.NoError(b.t, err)
	return m.Value
}

func (b *bench) ticket() desk.Ticket {
	t, err := b.desk.Store.Ticket(b.t.Context(), b.id)
	require.NoError(b.t, err)
	return t.Value
}

// Messages of a conversation go in order, each once, however many nudges come.
func TestInOrderOnce(t *testing.T) {
	b := newBench(t)
	one, two := b.reply("first"), b.reply("second")
	for range 3 {
		require.False(t, b.nudge())
	}
	require.Equal(t, []string{"first", "second"}, b.far.got)
	require.Equal(t, desk.Sent, b.message(one).State)
	require.Equal(t, "P2", b.message(two).ProviderID)
	tk := b.ticket()
	require.Empty(t, tk.Unsent)
	require.Zero(t, tk.Due(), "the safety net is taken away")
	require.Zero(t, tk.Claim)
}

// Promise 3: what may have been accepted is never tried again by itself, and the agent
// sees it.
func TestUnknownOutcome(t *testing.T) {
	b := newBench(t)
	id := b.reply("hi")
	b.far.script = []channel.Outcome{{Kind: channel.OutcomeUnknown, Reason: "no answer in time"}}
	for range 5 {
		b.nudge()
		b.now = b.now.Add(time.Hour)
	}
	require.Len(t, b.far.got, 1)
	require.Equal(t, desk.Uncertain, b.message(id).State)
	require.Equal(t, desk.StatusOpen, b.ticket().Status, "back in the agents' list")
}

// A holder that fell over while sending leaves an uncertain message, not a second try.
func TestCrashWhileSending(t *testing.T) {
	b := newBench(t)
	id := b.reply("hi")
	b.far.during = func() { panic("the process is gone") }
	require.Panics(t, func() { b.nudge() })
	b.far.during = nil
	require.False(t, b.nudge(), "while the lease lasts nothing happens")
	require.Equal(t, desk.Sending, b.message(id).State)
	b.now = b.now.Add(2 * time.Minute)
	b.nudge()
	require.Equal(t, desk.Uncertain, b.message(id).State)
	require.Len(t, b.far.got, 1)
}

// What was provably not accepted is tried again, later, with those behind it waiting.
func TestRetryLater(t *testing.T) {
	b := newBench(t)
	id := b.reply("first")
	b.reply("second")
	b.far.script = []channel.Outcome{{Kind: channel.OutcomeRateLimited, RetryAfter: 10 * time.Minute}}
	b.nudge()
	b.nudge()
	require.Len(t, b.far.got, 1, "not before its time, and nothing overtakes")
	require.Equal(t, desk.Queued, b.message(id).State)
	require.WithinDuration(t, b.now.Add(10*time.Minute), b.ticket().Due(), 2*time.Second)
	b.now = b.now.Add(11 * time.Minute)
	b.nudge()
	require.Equal(t, []string{"first", "first", "second"}, b.far.got)
}

// It gives up after a day's worth of tries.
func TestGivesUp(t *testing.T) {
	b := newBench(t)
	id := b.reply("hi")
	for range 40 {
		b.far.script = []channel.Outcome{{Kind: channel.OutcomeTransient}}
		b.nudge()
		b.now = b.now.Add(4 * time.Hour)
	}
	require.Len(t, b.far.got, 12)
	require.Equal(t, desk.Failed, b.message(id).State)
}

// Promise 3: nothing goes out after the customer opted out.
func TestOptedOut(t *testing.T) {
	b := newBench(t)
	id := b.reply("hi")
	_, err := b.desk.Receive(t.Context(), channel.Envelope{At: b.now}, desk.Inbound{Kind: desk.InOptOut, ID: "stop", From: customer})
	require.NoError(t, err)
	b.nudge()
	require.Empty(t, b.far.got)
	require.Equal(t, "send.opted_out", b.message(id).Why)
}

// Who opted out at the provider has opted out of the desk.
func TestOptedOutAtTheProvider(t *testing.T) {
	b := newBench(t)
	b.reply("hi")
	b.far.script = []channel.Outcome{{Kind: channel.OutcomeBadRecipient, Code: "21610", Reason: "the customer has opted out"}}
	b.nudge()
	two := b.reply("still there?")
	b.nudge()
	require.Equal(t, []string{"hi"}, b.far.got)
	require.Equal(t, "send.opted_out", b.message(two).Why)
}

// Both ids of a mail lead back to it, also where the answer was quicker than we were and
// has noted what it refers to. A ticket that had no mail goes on under the first.
func TestIDsOfAMail(t *testing.T) {
	b := newBench(t)
	from := desk.Address{Channel: desk.Email, Account: "support", ID: "ann@x.test"}
	got, err := b.desk.Receive(t.Context(), channel.Envelope{At: b.now}, desk.Inbound{
		Kind: desk.InMessage, ID: "m1", From: from, Text: "hello", Mail: &desk.Mail{MessageID: "m1@x.test", Trusted: true},
	})
	require.NoError(t, err)
	b.id = got.Ticket
	id := b.reply("hi")
	b.far.script = []channel.Outcome{{Kind: channel.OutcomeSent, ProviderID: "0100-a", MailIDs: []string{"ours@desk.test", "0100-a@eu-west-1.amazonses.com"}}}
	b.far.during = func() {
		b.far.during = nil
		_, err := b.desk.Receive(t.Context(), channel.Envelope{At: b.now}, desk.Inbound{
			Kind: desk.InMessage, ID: "m2", From: from, Text: "quick",
			Mail: &desk.Mail{MessageID: "m2@x.test", InReplyTo: "0100-a@email.amazonses.com", References: []string{"m1@x.test", "0100-a@email.amazonses.com"}, Trusted: true},
		})
		require.NoError(t, err)
	}
	require.False(t, b.nudge())
	require.Equal(t, desk.Sent, b.message(id).State)
	refs, err := b.desk.Store.Refs(t.Context(), []string{"ours@desk.test", "0100-a@email.amazonses.com"})
	require.NoError(t, err)
	require.Len(t, refs, 2)
	for _, r := range refs {
		require.Equal(t, id, r.Value.Message)
	}
	require.Equal(t, "m2@x.test", b.ticket().Mail.LastID)
	require.Equal(t, []string{"m1@x.test", "0100-a@email.amazonses.com", "m2@x.test"}, b.ticket().Mail.Refs)
}

// A receipt, a new message and another reply may all come in while the provider is
// being called: nothing is lost, and the receipt's word stands.
func TestOthersInBetween(t *testing.T) {
	b := newBench(t)
	id := b.reply("hi")
	b.far.during = func() {
		b.far.during = nil
		_, err := b.desk.Receive(t.Context(), channel.Envelope{At: b.now}, desk.Inbound{
			Kind: desk.InReceipt, ID: "r", From: customer, Receipt: &desk.Receipt{Ticket: b.id, Message: id, State: desk.Delivered},
		})
		require.NoError(t, err)
		b.receive("2")
		b.reply("and another")
	}
	require.False(t, b.nudge())
	require.Equal(t, []string{"hi", "and another"}, b.far.got)
	require.Equal(t, desk.Delivered, b.message(id).State)
	require.Empty(t, b.ticket().Unsent)
}

// Two workers at one conversation: one sends.
func TestTwoWorkers(t *testing.T) {
	b := newBench(t)
	b.reply("hi")
	b.far.during = func() {
		b.far.during = nil
		require.False(t, b.nudge())
	}
	require.False(t, b.nudge())
	require.Len(t, b.far.got, 1)
}

// A nudge for a ticket that is gone, and one that is none.
func TestOddNudges(t *testing.T) {
	b := newBench(t)
	b.id = "000000"
	require.False(t, b.nudge())
	b.id = ""
	require.True(t, b.nudge())
}

// What came of a call is known to its holder alone: a store that asks for patience just
// then doesn't turn a sent message into an uncertain one.
func TestSettleOutlastsThrottling(t *testing.T) {
	b := newBench(t)
	id := b.reply("hi")
	limp := &limping{Table: b.h.Store.T, left: 3}
	b.h.Store = store.New(limp)
	b.h.Pause = func(context.Context, int) error { return nil }
	b.far.during = func() { limp.limps = true }
	require.False(t, b.nudge())
	require.Equal(t, desk.Sent, b.message(id).State)
	require.Len(t, b.far.got, 1)
}

// limping is a table whose next writes are throttled.
type limping struct {
	table.Table
	limps bool
	left  int
}

func (l *limping) Write(ctx context.Context, ops ...table.Op) error {
	if l.limps && l.left > 0 {
		l.left--
		return table.ErrThrottled
	}
	return l.Table.Write(ctx, ops...)
}

// ending is a call that the function's end comes close to.
type ending struct {
	context.Context
	at time.Time
}

func (c ending) Deadline() (time.Time, bool) { return c.at, true }

// Nothing is begun that the function's end might cut off: cut off, it would be uncertain,
// and a person's to decide. The nudge comes again.
func TestNothingIsBegunLate(t *testing.T) {
	b := newBench(t)
	id := b.reply("hello")
	body, err := json.Marshal(work.Nudge{Ticket: b.id})
	require.NoError(t, err)
	e := events.SQSEvent{Records: []events.SQSMessage{{MessageId: "m", Body: string(body)}}}
	resp, err := b.h.Handle(ending{t.Context(), b.now.Add(10 * time.Second)}, e)
	require.NoError(t, err)
	require.Len(t, resp.BatchItemFailures, 1)
	require.Empty(t, b.far.got)
	require.Equal(t, desk.Queued, b.message(id).State)
	resp, err = b.h.Handle(ending{t.Context(), b.now.Add(time.Minute)}, e)
	require.NoError(t, err)
	require.Empty(t, resp.BatchItemFailures)
	require.Equal(t, desk.Sent, b.message(id).State)
}
