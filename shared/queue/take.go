package queue

import (
	"context"
	"strings"
	"time"
)

// Names lists the queues of the desk.
var Names = []Name{Inbound, Outbound, Jobs, Surveys, SESMail}

// Dead is the queue where a queue's messages go that were received too often.
func (n Name) Dead() Name {
	if base, ok := strings.CutSuffix(string(n), ".fifo"); ok {
		return Name(base + "-dead.fifo")
	}
	return n + "-dead"
}

// Taken is a message as it was received.
type Taken struct {
	ID, Body, Receipt string
	Group             string    // empty on a standard queue
	Seq               string    // decimal; grows with the order on a FIFO queue; may be empty on a standard one
	Count             int       // receives so far, this one included, as far as the engine knows
	Sent              time.Time // when it came into the queue, or was first sent: engines differ for dead letters
}

// Taker receives where no event source does: from the queues of dead letters.
type Taker interface {
	// Take gives up to max (1..MaxBatch) visible messages, in the order of each group on a
	// FIFO queue, and hides them for the queue's visibility timeout. It waits for none.
	Take(ctx context.Context, on Name, max int) ([]Taken, error)
	// Delete acknowledges messages by their receipts; all those that are still good are
	// gone, also where the error names another (ErrUnknown).
	Delete(ctx context.Context, on Name, receipts ...string) error
}
