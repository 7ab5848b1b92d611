// Package queue is what deskhook needs of a queue: Send and Postpone. Receiving is
// the event source's work (Lambda's on AWS, the local runner's on one machine) and
// reaches functions as an event; dead letters alone are taken (Taker).
//
// The contract is SQS's (AWS: "Amazon SQS message quotas"). An engine is a folder of
// its own (sqsq, bolt) and passes the suite in queuetest.
package queue

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"time"
)

// Name is a queue's logical name. A FIFO queue's ends in ".fifo".
type Name string

// The queues of the desk.
const (
	Inbound  Name = "inbound.fifo" // verified envelopes and tickets' timers, in order per sender
	Outbound Name = "outbound"     // nudges: a conversation has something to send
	Jobs     Name = "jobs"         // slow work
	Surveys  Name = "surveys"      // survey timers
	SESMail  Name = "sesmail"      // SES's notices of mails laid in the bucket
)

// FIFO says whether the queue keeps order per group.
func (n Name) FIFO() bool { return len(n) > 5 && n[len(n)-5:] == ".fifo" }

// Limits that every engine enforces.
const (
	MaxBatch = 10               // messages of one Send request; Send itself splits
	MaxBytes = 1024 * 1024      // of one body, and of one batch
	MaxDelay = 15 * time.Minute // of one message
	MaxHold  = 12 * time.Hour   // of Postpone
)

// Errors of a queue, found with errors.Is.
var (
	ErrInvalid  = errors.New("queue: invalid")   // a body that can't travel, a delay on a FIFO queue, a missing group
	ErrTooLarge = errors.New("queue: too large") // over MaxBytes
	ErrUnknown  = errors.New("queue: unknown")   // no such queue, or the receipt is no longer good
)

// Message is one message to send. Body holds only characters that XML 1.0 knows (SQS
// refuses others); JSON with encoded bytes always does.
type Message struct {
	Body  string
	Group string        // FIFO queues: messages of one group keep their order. 1..128 characters [A-Za-z0-9] and punctuation
	Dedup string        // FIFO queues: a second one within five minutes is dropped. 1..128 characters
	Delay time.Duration // standard queues only, 0..MaxDelay
}

// Queue sends to queues and holds messages back. Implementations are safe for
// concurrent use.
type Queue interface {
	// Send enqueues all messages, in their order on a FIFO queue. With a nil error
	// all are durably enqueued. A *SendError names those that are not; after any
	// other error the outcome is unknown. Sending again is safe on a FIFO queue
	// (Dedup) and harmless on the desk's standard queues (nudges).
	Send(ctx context.Context, to Name, msgs ...Message) error
	// Postpone makes a received message visible again after d from now, 0..MaxHold,
	// instead of at the end of its visibility timeout.
	Postpone(ctx context.Context, on Name, receipt string, d time.Duration) error
}

// SendError tells which messages of a Send were refused. All others are enqueued.
type SendError struct{ Failed map[int]error }

// Error names how many failed, and one of the reasons.
func (e *SendError) Error() string {
	for i, err := range e.Failed {
		return fmt.Sprintf("queue: %d not sent, message %d: %v", len(e.Failed), i, err)
	}
	return "queue: none failed"
}

// Unwrap gives the reasons to errors.Is and errors.As.
func (e *SendError) Unwrap() []error {
	errs := make([]error, 0, len(e.Failed))
	for _, err := range e.Failed {
		errs = append(errs, err)
	}
	return errs
}

var b32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// Hash turns any text into something fit for a group or dedup id: 52 characters of
// base32 over SHA-256. Any address fits, and none is in a log.
func Hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p) // lengths first: ("a","bc") is not ("ab","c")
	}
	return b32.EncodeToString(h.Sum(nil))
}
