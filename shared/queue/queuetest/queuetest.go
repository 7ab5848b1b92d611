// Package queuetest is the suite that every queue engine passes: what SQS promises, as
// far as the desk leans on it. An engine runs it with
//
//	queuetest.Run(t, func(t *testing.T) queuetest.Harness { … })
//
// What an engine can't show (five minutes of waiting on a real clock) or does in
// another way is declared in Features, not skipped in silence.
package queuetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
)

// Message is a received message.
type Message struct {
	ID, Body, Receipt string
	Group             string // empty on a standard queue
	ReceiveCount      int    // 1 at the first receipt
	Seq               string // grows with the order on a FIFO queue
	Sent              time.Time
}

// Receiver is the receiving side that a Queue leaves to the event source.
type Receiver interface {
	// Receive gives up to max (1..10) visible messages, without waiting for any.
	Receive(ctx context.Context, on queue.Name, max int) ([]Message, error)
	// Delete acknowledges one message.
	Delete(ctx context.Context, on queue.Name, receipt string) error
}

// Harness is one engine with fresh, empty queues.
type Harness struct {
	Queue    queue.Queue
	Receiver Receiver

	FIFO, FIFODead         queue.Name // a FIFO queue and its dead-letter queue
	Standard, StandardDead queue.Name

	Visibility time.Duration // of all four, whole seconds, at least 2
	MaxReceive int           // of FIFO and Standard, at least 2

	// Advance lets d pass: moves the engine's clock, or sleeps.
	Advance func(d time.Duration)
	// Redrive moves all messages of a dead-letter queue to another queue and returns
	// when they are there.
	Redrive func(ctx context.Context, dead, to queue.Name) error
	// Reopen, of an engine with a file, closes and opens it, as after a crash. Nil
	// otherwise.
	Reopen func(t *testing.T) (queue.Queue, Receiver)

	Features Features
}

// Features tells in what an engine differs from SQS or from the others. The zero value
// is an engine with a clock of its own that does all as written.
type Features struct {
	// RealTime: Advance sleeps. What needs more than 15 s is left out.
	RealTime bool
	// StaleReceiptTaken: Postpone with a receipt of an earlier receive is not refused.
	// The message must come again all the same.
	StaleReceiptTaken bool
	// LateReceiptGood: a receipt stays good after its visibility timeout until the
	// message is received again, as SQS has it on standard queues, on FIFO queues too.
	LateReceiptGood bool
	// ReturnedFreesGroup: a FIFO message that came back is given again while a later
	// one of its group is still in flight; SQS waits for both.
	ReturnedFreesGroup bool
	// DyingTakesAReceive: the receive that moves a message to the dead-letter queue
	// may give nothing else.
	DyingTakesAReceive bool
	// MaxBytes is the largest body, where it is less than queue.MaxBytes.
	MaxBytes int
}

// Run runs the suite; open is called once per test.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, group := range []map[string]func(*testing.T, *suite){
		basics, fifo, visibility, deadLetters, refusals,
	} {
		for name, test := range group {
			t.Run(name, func(t *testing.T) { test(t, &suite{Harness: open(t)}) })
		}
	}
}

// suite is a harness with the few verbs that the tests are written in.
type suite struct {
	Harness
}

// maxBytes is how large a body may be.
func (s *suite) maxBytes() int {
	if s.Features.MaxBytes > 0 {
		return s.Features.MaxBytes
	}
	return queue.MaxBytes
}

func (s *suite) long() bool { return !s.Features.RealTime }

func (s *suite) send(t *testing.T, to queue.Name, msgs ...queue.Message) {
	t.Helper()
	require.NoError(t, s.Queue.Send(t.Context(), to, msgs...))
}

func (s *suite) receive(t *testing.T, on queue.Name, max int) []Message {
	t.Helper()
	got, err := s.Receiver.Receive(t.Context(), on, max)
	require.NoError(t, err)
	return got
}

// take receives and demands exactly these bodies, in order.
func (s *suite) take(t *testing.T, on queue.Name, max int, want ...string) []Message {
	t.Helper()
	got := s.receive(t, on, max)
	require.Equal(t, want, bodies(got))
	return got
}

// takeOne receives one message and demands its body.
func (s *suite) takeOne(t *testing.T, on queue.Name, want string) Message {
	t.Helper()
	return s.take(t, on, 1, want)[0]
}

func (s *suite) none(t *testing.T, on queue.Name) {
	t.Helper()
	require.Empty(t, bodies(s.receive(t, on, 10)))
}

func (s *suite) delete(t *testing.T, on queue.Name, msgs ...Message) {
	t.Helper()
	for _, m := range msgs {
		require.NoError(t, s.Receiver.Delete(t.Context(), on, m.Receipt))
	}
}

func (s *suite) postpone(t *testing.T, on queue.Name, m Message, d time.Duration) {
	t.Helper()
	require.NoError(t, s.Queue.Postpone(t.Context(), on, m.Receipt, d))
}

// lapse lets the visibility timeout pass.
func (s *suite) lapse() { s.Advance(s.Visibility + time.Second) }

func bodies(msgs []Message) []string {
	out := make([]string, 0, len(msgs))
	for _, m := range msgs {
		out = append(out, m.Body)
	}
	return out
}

// in makes a FIFO message whose dedup id is its body.
func in(group, body string) queue.Message {
	return queue.Message{Body: body, Group: group, Dedup: body}
}
