// Package ticketsfn turns verified envelopes into tickets: it parses, applies, and puts
// aside what it can't understand. It works a batch in order and, once a message of a
// customer has to wait, hands back that customer's later ones too.
package ticketsfn

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// Parse reads an envelope of any channel; failures wrap channel.ErrUnreadable.
type Parse func(context.Context, channel.Envelope) ([]desk.Inbound, error)

// Handler works the inbound queue.
type Handler struct {
	Desk  *ticketing.Desk
	Blob  blob.Store
	Queue queue.Queue
	Parse Parse
	Log   *slog.Logger
}

// retryAfter is how soon a message that was received count times is tried again: soon
// at first, for most faults pass in seconds, then each minute, so that the queue's
// thirty tries outlast a throttle of a quarter of an hour.
func retryAfter(count int) time.Duration {
	return min(5*time.Second<<min(count-1, 4), time.Minute)
}

// Handle works one batch. A message that fails goes back with all after it of its
// group, each made visible again soon rather than at the end of its timeout.
func (h *Handler) Handle(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
	var failed []string
	held := map[string]bool{}
	for _, m := range lambdaevent.Messages(e) {
		if !held[m.Group] {
			err := h.one(ctx, m)
			if err == nil {
				continue
			}
			h.Log.ErrorContext(ctx, "message handed back", "id", m.ID, "count", m.Count, "kind", desk.KindOf(err), "err", brief(err))
			held[m.Group] = true
		}
		failed = append(failed, m.ID)
		if err := h.Queue.Postpone(ctx, queue.Inbound, m.Receipt, retryAfter(m.Count)); err != nil {
			h.Log.WarnContext(ctx, "not postponed", "id", m.ID)
		}
	}
	return lambdaevent.Failures(failed...), nil
}

// one applies one message. Only faults that may pass are returned; what can never be
// applied is in the quarantine.
func (h *Handler) one(ctx context.Context, m lambdaevent.Message) error {
	body := m.Body
	env, err := receive.Decode(body)
	if err != nil {
		// It has no stamp of its own; when it was enqueued doesn't change with a retry.
		sum := sha256.Sum256([]byte(body))
		return h.quarantine(ctx, channel.Envelope{Channel: "unknown", Dedup: hex.EncodeToString(sum[:8]), At: m.Sent}, body, err)
	}
	if env.Channel == receive.Timer {
		return ignoreGone(h.Desk.FireTimers(ctx, desk.TicketID(env.Order), env.At))
	}
	err = h.apply(ctx, env)
	if errors.Is(err, channel.ErrUnreadable) || desk.KindOf(err) == desk.Unreadable || errors.Is(err, table.ErrTooLarge) {
		return h.quarantine(ctx, env, body, err)
	}
	return err
}

func ignoreGone(err error) error {
	if desk.KindOf(err) == desk.NotFound {
		return nil
	}
	return err
}

func (h *Handler) apply(ctx context.Context, env channel.Envelope) error {
	full, err := h.fill(ctx, env)
	if err != nil {
		return err
	}
	ins, err := h.Parse(ctx, full)
	if err != nil {
		return err
	}
	for _, in := range ins {
		if in.Virus {
			return desk.Errorf(desk.Unreadable, "the provider found a virus in it")
		}
		if err := h.keepFiles(ctx, in.Attachments); err != nil {
			return err
		}
		if _, err := h.Desk.Receive(ctx, env, in); err != nil {
			return err
		}
	}
	return nil
}

// fill gets the bytes that the queue only pointed to.
func (h *Handler) fill(ctx context.Context, env channel.Envelope) (channel.Envelope, error) {
	var err error
	if env.BodyBlob != "" {
		if env.Body, err = h.Blob.Get(ctx, env.BodyBlob, 0); err != nil {
			return env, gone(err)
		}
	}
	if env.Blob != "" {
		if env.Content, err = h.Blob.Get(ctx, env.Blob, 0); err != nil {
			return env, gone(err)
		}
	}
	return env, nil
}

// gone turns a blob that isn't there into something to put aside: waiting won't bring
// it back, and the envelope still says which it was.
func gone(err error) error {
	if errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrTooLarge) {
		return &desk.Error{Kind: desk.Unreadable, Text: "its bytes can't be read from the blob store", Err: err}
	}
	return err
}

// keepFiles lays attachments in the blob store under their content's hash, so that a
// repeat writes the same, and drops the bytes.
func (h *Handler) keepFiles(ctx context.Context, files []desk.Attachment) error {
	for i := range files {
		f := &files[i]
		if err := h.fetchUpload(ctx, f); err != nil {
			return err
		}
		if f.Data == nil {
			continue
		}
		sum := sha256.Sum256(f.Data)
		f.SHA256, f.Size = hex.EncodeToString(sum[:]), int64(len(f.Data))
		f.Blob = "files/" + f.SHA256
		if err := h.Blob.Put(ctx, f.Blob, f.Data, blob.Options{ContentType: f.Type}); err != nil {
			return fmt.Errorf("keep a file: %w", err)
		}
		f.Data = nil
	}
	return nil
}

func (h *Handler) quarantine(ctx context.Context, env channel.Envelope, body string, why error) error {
	q := store.Quarantined{
		ID: queue.Hash(string(env.Channel), env.Account, env.Dedup)[:20], At: env.At, Channel: env.Channel, Account: env.Account,
		Reason: reason(why), Envelope: []byte(body), Blob: env.Blob,
	}
	var tx store.Tx
	tx.PutQuarantine(q)
	err := h.Desk.Store.Commit(ctx, &tx)
	if errors.Is(err, table.ErrConflict) {
		return h.putBack(ctx, q) // put aside before
	}
	return err
}

// putBack lets what was released and failed again wait in the quarantine as before, with
// its new reason. A repeat of what waits there already changes nothing.
func (h *Handler) putBack(ctx context.Context, q store.Quarantined) error {
	row, err := h.Desk.Store.QuarantineOf(ctx, q.At, q.ID)
	if err != nil || row.Value.Released.IsZero() {
		return err
	}
	row.Value.Released, row.Value.By, row.Value.Reason = time.Time{}, "", q.Reason
	row.Value.Again++
	var tx store.Tx
	tx.ChangeQuarantine(row)
	return h.Desk.Store.Commit(ctx, &tx)
}

// reason is the error in words for an operator.
func reason(err error) string {
	var e *desk.Error
	if errors.As(err, &e) {
		return e.Error()
	}
	return err.Error()
}

// brief keeps a log line to a line.
func brief(err error) string {
	s := err.Error()
	return s[:min(len(s), 300)]
}
