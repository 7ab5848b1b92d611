package runner

import (
	"context"
	"crypto/md5" //nolint:gosec // SQS's own checksum of a body, no secret
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/bolt"
)

// queueReader is one SQS event source.
type queueReader struct {
	template.QueueSource
	fn *function
}

// maxWorkers is how many batches of one queue are worked on at a time. Lambda starts
// with five; one machine needs no more.
const maxWorkers = 5

func (q *queueReader) workers() int {
	n := maxWorkers
	for _, limit := range []int{q.Concurrency, q.fn.Concurrency} {
		if limit > 0 {
			n = min(n, limit)
		}
	}
	return n
}

// maxBodies bounds the bodies of one call, so that its payload stays under 6 MB with
// what JSON adds.
const maxBodies = 2 * 1024 * 1024

// PollQueue takes one batch off a queue and hands it to its function. did is false if
// nothing was visible. A failed call is no error here: its messages come again after
// the visibility timeout and, received too often, go to the dead-letter queue. err is
// the queue's own, or ErrUnknown.
func (r *Runner) PollQueue(ctx context.Context, name queue.Name) (did bool, err error) {
	for _, q := range r.queues {
		if q.Queue == name {
			return r.pollQueue(ctx, q)
		}
	}
	return false, fmt.Errorf("%w: queue %q feeds no function", ErrUnknown, name)
}

func (r *Runner) pollQueue(ctx context.Context, q *queueReader) (bool, error) {
	msgs, err := r.receive(ctx, q)
	if err != nil || len(msgs) == 0 {
		return false, err
	}
	stuck := map[string]bool{} // FIFO groups with a failure: what is behind it waits too
	for _, part := range cut(msgs) {
		part = slices.DeleteFunc(part, func(m bolt.Received) bool { return stuck[m.Group] })
		if len(part) == 0 {
			continue
		}
		done, err := r.hand(ctx, q, part)
		if err != nil {
			return true, err
		}
		for _, m := range part {
			if q.Queue.FIFO() && !slices.ContainsFunc(done, func(d bolt.Received) bool { return d.ID == m.ID }) {
				stuck[m.Group] = true
			}
		}
		r.delete(ctx, q.Queue, done)
	}
	return true, nil
}

// cut parts a batch whose payload would be over Lambda's limit.
func cut(msgs []bolt.Received) [][]bolt.Received {
	var parts [][]bolt.Received
	first, size := 0, 0
	for i, m := range msgs {
		if size += len(m.Body); size > maxBodies && i > first {
			parts = append(parts, msgs[first:i:i])
			first, size = i, len(m.Body)
		}
	}
	return append(parts, msgs[first:])
}

// hand calls the function with messages and gives those that are done.
func (r *Runner) hand(ctx context.Context, q *queueReader, msgs []bolt.Received) ([]bolt.Received, error) {
	payload, err := json.Marshal(sqsEvent(q.Queue, msgs))
	if err != nil {
		return nil, err
	}
	out, err := r.invoke(ctx, q.fn, "queue "+string(q.Queue), len(msgs), payload)
	if err != nil {
		return nil, nil //nolint:nilerr // remembered by invoke; to the queue it is no fault
	}
	if !q.Partial {
		return msgs, nil
	}
	done, ok := finished(msgs, out)
	if !ok {
		r.cfg.Log.Error("malformed batch response, the whole batch comes again", "function", q.fn.Name, "queue", string(q.Queue))
	}
	return done, nil
}

// receive fills a batch, of a standard queue by several receives.
func (r *Runner) receive(ctx context.Context, q *queueReader) ([]bolt.Received, error) {
	var msgs []bolt.Received
	for len(msgs) < q.Batch {
		more, err := r.cfg.Queue.Receive(ctx, q.Queue, min(queue.MaxBatch, q.Batch-len(msgs)))
		if err != nil && len(msgs) == 0 {
			return nil, err
		}
		msgs = append(msgs, more...)
		if len(more) == 0 || q.Queue.FIFO() {
			break
		}
	}
	return msgs, nil
}

// delete acknowledges messages, as Lambda does even while it is being stopped. A
// receipt no longer good is no fault: the call took longer than the visibility
// timeout, and the message comes again.
func (r *Runner) delete(ctx context.Context, on queue.Name, msgs []bolt.Received) {
	if len(msgs) == 0 {
		return
	}
	receipts := make([]string, 0, len(msgs))
	for _, m := range msgs {
		receipts = append(receipts, m.Receipt)
	}
	if err := r.cfg.Queue.Delete(context.WithoutCancel(ctx), on, receipts...); err != nil {
		r.cfg.Log.Warn("messages not deleted, they come again", "queue", string(on), "error", err)
	}
}

func sqsEvent(name queue.Name, msgs []bolt.Received) events.SQSEvent {
	e := events.SQSEvent{Records: make([]events.SQSMessage, 0, len(msgs))}
	for _, m := range msgs {
		sum := md5.Sum([]byte(m.Body)) //nolint:gosec // as above
		e.Records = append(e.Records, events.SQSMessage{
			MessageId: m.ID, ReceiptHandle: m.Receipt, Body: m.Body, Md5OfBody: hex.EncodeToString(sum[:]),
			Attributes: sqsAttributes(m), MessageAttributes: map[string]events.SQSMessageAttribute{},
			EventSource: "aws:sqs", EventSourceARN: "arn:aws:sqs:us-east-1:000000000000:" + string(name), AWSRegion: "us-east-1",
		})
	}
	return e
}

func sqsAttributes(m bolt.Received) map[string]string {
	a := map[string]string{
		"ApproximateReceiveCount":          strconv.Itoa(m.ReceiveCount),
		"SentTimestamp":                    strconv.FormatInt(m.Sent.UnixMilli(), 10),
		"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.FirstReceived.UnixMilli(), 10),
		"SenderId":                         "LOCAL",
	}
	if m.Group != "" {
		a["MessageGroupId"], a["MessageDeduplicationId"] = m.Group, m.Dedup
		a["SequenceNumber"] = fmt.Sprintf("%020d", m.Seq)
	}
	return a
}

// finished reads a partial batch response (AWS: "Handling errors for an SQS event
// source"). Nothing, null, {} and an empty or null list mean that all are done. An
// answer that isn't understood, or names a message that isn't in the batch, means that
// none is: whole is then false.
func finished(msgs []bolt.Received, out []byte) (done []bolt.Received, whole bool) {
	ids, ok := failedIDs(out)
	if !ok {
		return nil, false
	}
	failed := map[string]bool{}
	for _, id := range ids {
		failed[id] = true
	}
	for _, m := range msgs {
		if failed[m.ID] {
			delete(failed, m.ID)
			continue
		}
		done = append(done, m)
	}
	if len(failed) > 0 { // an id of no message
		return nil, false
	}
	return done, true
}

// failedIDs reads the identifiers of a partial batch response, by exact key names.
func failedIDs(out []byte) (ids []string, ok bool) {
	var resp map[string]json.RawMessage
	if len(out) == 0 {
		return nil, true
	}
	if json.Unmarshal(out, &resp) != nil {
		return nil, false
	}
	list, has := resp["batchItemFailures"]
	if !has {
		return nil, len(resp) == 0
	}
	var items []map[string]json.RawMessage
	if json.Unmarshal(list, &items) != nil {
		return nil, false
	}
	for _, item := range items {
		var id string
		if json.Unmarshal(item["itemIdentifier"], &id) != nil || id == "" {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

func (r *Runner) queueLoop(ctx context.Context, q *queueReader) {
	for ctx.Err() == nil {
		if err := r.cfg.Queue.Wait(ctx, q.Queue); err != nil {
			if ctx.Err() == nil {
				r.cfg.Log.Error("queue can't be waited for", "queue", string(q.Queue), "error", err)
				r.sleep(ctx, time.Second)
			}
			continue
		}
		if q.Window > 0 && !r.sleep(ctx, q.Window) {
			return
		}
		if _, err := r.pollQueue(ctx, q); err != nil && ctx.Err() == nil {
			r.cfg.Log.Error("queue can't be read", "queue", string(q.Queue), "error", err)
			r.sleep(ctx, time.Second)
		}
	}
}
