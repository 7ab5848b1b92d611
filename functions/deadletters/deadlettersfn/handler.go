// Package deadlettersfn looks after what was given up: every few minutes it takes the
// messages out of the queues of dead letters, and the batches of the change feed out of
// their failure destination, and lays each down in the table, where people see it, redrive
// it or drop it. In SQS nobody could look at one without taking it, and all of it would be
// gone after 14 days.
//
// A message is deleted when its row is written, so that a crash in between leaves it in
// both places; the row's key follows from the message, and the next sweep finds it there.
// A sweep that found something fails after it is kept: its alarm is how people hear of it.
package deadlettersfn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/deadletters"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
)

// Handler sweeps. All fields are needed.
type Handler struct {
	Store *store.Store
	Dead  queue.Taker
	Blob  blob.Store
	Now   func() time.Time
	Log   *slog.Logger
}

// ErrFound is a sweep that found letters and kept them all.
var ErrFound = errors.New("deadlettersfn: dead letters were found and kept: see the console")

// Bounds of one sweep of one queue, in messages and in faults that aren't a message's own;
// the rest is taken the next time.
const (
	perQueue  = 500
	maxFaults = 3
)

// errStays is a message that can't be kept, now or later.
var errStays = errors.New("stays")

// Handle sweeps all queues. One that can't be read doesn't hold up the others.
func (h *Handler) Handle(ctx context.Context, _ json.RawMessage) error {
	var errs []error
	found := 0
	for _, q := range queue.Names {
		n, err := h.sweep(ctx, q)
		found += n
		errs = append(errs, err)
	}
	n, err := h.sweepFeed(ctx)
	found += n
	errs = append(errs, err)
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if found > 0 {
		return ErrFound
	}
	return nil
}

// sweep keeps what lies dead of one queue. One that can't be kept doesn't hold up the
// others.
func (h *Handler) sweep(ctx context.Context, q queue.Name) (found int, err error) {
	var errs []error
	for taken, faults := 0, 0; taken < perQueue && faults < maxFaults; {
		got, err := h.Dead.Take(ctx, q.Dead(), queue.MaxBatch)
		if err != nil || len(got) == 0 {
			return found, errors.Join(append(errs, err)...)
		}
		taken += len(got)
		for _, m := range got {
			err := h.keep(ctx, q, m)
			switch {
			case err == nil:
				found++
				continue
			case !errors.Is(err, errStays):
				faults++
			}
			errs = append(errs, err)
		}
	}
	return found, errors.Join(errs...)
}

// keep writes the row, and only then takes the message from its queue. What is too large
// for a row stays where it is, and its queue's own alarm goes on.
func (h *Handler) keep(ctx context.Context, q queue.Name, m queue.Taken) error {
	l := store.DeadLetter{
		ID: store.DeadLetterID(q, m.Group, m.Sent, m.Seq, m.ID), Queue: q, Message: m.ID, Group: m.Group,
		Sent: m.Sent.UTC(), Found: h.now(), Tries: m.Count - 1, About: about(q, m.Body), Body: m.Body, Size: len(m.Body),
	}
	if !l.Fits() {
		h.Log.ErrorContext(ctx, "dead letter too large to keep", "queue", q, "id", m.ID, "bytes", l.Size)
		return fmt.Errorf("deadlettersfn: a letter of %d bytes %w in %s", l.Size, errStays, q.Dead())
	}
	if err := (deadletters.Desk{Store: h.Store}).Keep(ctx, l); err != nil {
		return err
	}
	h.Log.ErrorContext(ctx, "dead letter kept", "queue", q, "id", m.ID, "about", l.About.Kind)
	return h.Dead.Delete(ctx, q.Dead(), m.Receipt)
}

func (h *Handler) now() time.Time { return h.Now().UTC().Truncate(time.Millisecond) }
