package relayfn

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

// redrivable are the queues that relay may send to: the role names the same.
var redrivable = []queue.Name{queue.Inbound, queue.Outbound, queue.Jobs, queue.Surveys, queue.SESMail}

// redrive gives dead letters that somebody redrove to their queues once more, each
// sender's in the order of the feed, and tells failed batches again. It adds to spent the
// blobs of those that were dropped. One that was told keeps its bytes, as a letter does that
// was redriven: this batch may come again, and must find it.
func (h *Handler) redrive(ctx context.Context, changes []table.Change, spent *[]string) error {
	again := map[queue.Name][]queue.Message{}
	for _, c := range changes {
		if d, ok := store.DroppedOf(c); ok && d.Blob != "" {
			*spent = append(*spent, d.Blob)
		}
		d, ok := store.RedrivenOf(c)
		switch {
		case !ok:
		case d.Queue == store.Feed:
			if err := h.replay(ctx, d); err != nil {
				return err
			}
		default:
			again[d.Queue] = append(again[d.Queue], redriven(d))
		}
	}
	for _, q := range redrivable {
		if err := send(ctx, h.Queue, q, again[q]); err != nil {
			return err
		}
	}
	return nil
}

// redriven makes the queue's message of a letter: in its sender's order, and told apart
// from when it first came.
func redriven(d store.DeadLetter) queue.Message {
	if !d.Queue.FIFO() {
		return queue.Message{Body: d.Body}
	}
	m := queue.Message{Body: d.Body, Group: d.Group, Dedup: queue.Hash("redriven", d.ID, d.Redriven.String())}
	if m.Group == "" {
		m.Group = queue.Hash("redriven", d.ID)
	}
	return m
}

// clear removes the blobs of batches that were dropped. What is left behind the bucket's own
// rule takes.
func (h *Handler) clear(ctx context.Context, spent []string) {
	for _, key := range spent {
		if err := h.Blob.Delete(ctx, key); err != nil {
			h.Log.WarnContext(ctx, "batch dropped, but not deleted", "blob", key, "err", err)
		}
	}
}

// replay tells a failed batch once more. Where that fails again the letter is laid down
// as not done: a batch that can't be told must not hold up the feed a second time.
func (h *Handler) replay(ctx context.Context, d store.DeadLetter) error {
	err := h.tellBatch(ctx, d)
	if err == nil {
		return nil
	}
	h.Log.ErrorContext(ctx, "failed batch not told again", "blob", d.Blob, "err", err)
	var out jobs
	out.add(work.JobReopen, work.Reopen{Queue: d.Queue, ID: d.ID})
	if out.err != nil {
		return out.err
	}
	return send(ctx, h.Queue, queue.Jobs, out.msgs)
}

func (h *Handler) tellBatch(ctx context.Context, d store.DeadLetter) error {
	doc, err := h.Blob.Get(ctx, d.Blob, 0)
	if err != nil {
		return err
	}
	var failed struct{ Payload json.RawMessage }
	if err := json.Unmarshal(doc, &failed); err != nil {
		return fmt.Errorf("not a failed batch: %w", err)
	}
	payload := []byte(failed.Payload)
	var text string // the local runner's; Lambda's is documented as an object
	if json.Unmarshal(payload, &text) == nil {
		payload = []byte(text)
	}
	var e events.DynamoDBEvent
	if err := json.Unmarshal(payload, &e); err != nil {
		return fmt.Errorf("not a failed batch: %w", err)
	}
	changes, err := lambdaevent.Changes(e)
	if err != nil {
		return err
	}
	_, err = h.tell(ctx, changes)
	return err
}
