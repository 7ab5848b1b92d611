package queuetest

import (
	"context"

	"github.com/deskhook/deskhook/shared/queue"
)

// Through is a Receiver over an engine's own Taker, so that the suite holds that too.
type Through struct{ Taker queue.Taker }

// Receive takes.
func (r Through) Receive(ctx context.Context, on queue.Name, max int) ([]Message, error) {
	taken, err := r.Taker.Take(ctx, on, max)
	var out []Message
	for _, m := range taken {
		out = append(out, Message{ID: m.ID, Body: m.Body, Receipt: m.Receipt, Group: m.Group, Seq: m.Seq, Sent: m.Sent, ReceiveCount: m.Count})
	}
	return out, err
}

// Delete deletes one.
func (r Through) Delete(ctx context.Context, on queue.Name, receipt string) error {
	return r.Taker.Delete(ctx, on, receipt)
}
