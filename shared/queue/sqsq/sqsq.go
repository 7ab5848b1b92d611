// Package sqsq sends to Amazon SQS. It adds to the SDK what queue.Queue promises:
// refusal of what can't travel before it travels, batches within SQS's limits (AWS:
// "Amazon SQS message quotas"), and order on FIFO queues when a batch fails.
//
// SQS counts delays and visibility in whole seconds; parts of one are rounded up, so
// that nothing shows too early.
package sqsq

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"

	"github.com/deskhook/deskhook/shared/queue"
)

// api is the part of *sqs.Client that this package calls.
type api interface {
	SendMessageBatch(context.Context, *sqs.SendMessageBatchInput, ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error)
	ChangeMessageVisibility(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error)
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessageBatch(context.Context, *sqs.DeleteMessageBatchInput, ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error)
}

// Queue is SQS behind queue.Queue. It is safe for concurrent use.
type Queue struct {
	client api
	urls   map[queue.Name]string
}

var _ queue.Queue = (*Queue)(nil)

// New makes a Queue of an *sqs.Client and the URL of each queue it may send to; other
// names are queue.ErrUnknown.
func New(client api, urls map[queue.Name]string) *Queue {
	own := make(map[queue.Name]string, len(urls))
	for name, url := range urls {
		own[name] = url
	}
	return &Queue{client: client, urls: own}
}

func (q *Queue) url(name queue.Name) (*string, error) {
	if u := q.urls[name]; u != "" {
		return aws.String(u), nil
	}
	return nil, fmt.Errorf("%w: no queue %q", queue.ErrUnknown, name)
}

// Send implements queue.Queue. On a FIFO queue it stops after a batch in which SQS
// refused a message, and names all behind it as failed too. Within that one batch SQS
// may have taken later messages: who sends again, sends the failed ones alone or all
// (dedup drops the others for five minutes).
func (q *Queue) Send(ctx context.Context, to queue.Name, msgs ...queue.Message) error {
	url, err := q.url(to)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	batches, failed := split(to, msgs)
	for i, b := range batches {
		before := len(failed)
		if err := q.sendBatch(ctx, to, url, msgs, b, failed); err != nil {
			return err
		}
		if to.FIFO() && len(failed) > before {
			notTried(batches[i+1:], failed)
			break
		}
	}
	if len(failed) > 0 {
		return &queue.SendError{Failed: failed}
	}
	return nil
}

// split cuts what may travel into batches of indexes; the rest it names with the
// reason.
func split(to queue.Name, msgs []queue.Message) (batches [][]int, failed map[int]error) {
	failed = map[int]error{}
	var batch []int
	size := 0
	for i, m := range msgs {
		if err := queue.Check(to, m); err != nil {
			failed[i] = err
			continue
		}
		if len(batch) == queue.MaxBatch || size+len(m.Body) > queue.MaxBytes {
			batches, batch, size = append(batches, batch), nil, 0
		}
		batch, size = append(batch, i), size+len(m.Body)
	}
	if len(batch) > 0 {
		batches = append(batches, batch)
	}
	return batches, failed
}

var errNotTried = errors.New("not tried: a message before it was refused")

func notTried(batches [][]int, failed map[int]error) {
	for _, b := range batches {
		for _, i := range b {
			failed[i] = errNotTried
		}
	}
}

func (q *Queue) sendBatch(ctx context.Context, to queue.Name, url *string, msgs []queue.Message, batch []int, failed map[int]error) error {
	in := &sqs.SendMessageBatchInput{QueueUrl: url}
	for _, i := range batch {
		in.Entries = append(in.Entries, entry(to, i, msgs[i]))
	}
	out, err := q.client.SendMessageBatch(ctx, in)
	if err != nil {
		return fmt.Errorf("queue %s: %w", to, translate(err))
	}
	done := map[int]bool{}
	for _, ok := range out.Successful {
		if i, err := strconv.Atoi(aws.ToString(ok.Id)); err == nil {
			done[i] = true
		}
	}
	for _, f := range out.Failed {
		if i, err := strconv.Atoi(aws.ToString(f.Id)); err == nil {
			failed[i] = refusal(f)
		}
	}
	return complete(to, batch, done, failed)
}

// complete guards against an answer that leaves out a message: silence is not success.
func complete(to queue.Name, batch []int, done map[int]bool, failed map[int]error) error {
	for _, i := range batch {
		if !done[i] && failed[i] == nil {
			return fmt.Errorf("queue %s: SQS's answer leaves out message %d", to, i)
		}
	}
	return nil
}

func entry(to queue.Name, i int, m queue.Message) types.SendMessageBatchRequestEntry {
	e := types.SendMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), MessageBody: aws.String(m.Body)}
	if to.FIFO() {
		e.MessageGroupId, e.MessageDeduplicationId = aws.String(m.Group), aws.String(m.Dedup)
		return e
	}
	e.DelaySeconds = seconds(m.Delay)
	return e
}

// refusal keeps SQS's code and leaves its text, which could quote the body.
func refusal(f types.BatchResultErrorEntry) error {
	code := aws.ToString(f.Code)
	if kind := kindOf(code); kind != nil {
		return fmt.Errorf("%w: SQS: %s", kind, code)
	}
	return fmt.Errorf("SQS: %s", code)
}

// Postpone implements queue.Queue. SQS allows a receipt twelve hours in all from its
// receive; beyond that it is queue.ErrInvalid or queue.ErrUnknown. On a standard queue
// SQS may take a receipt whose timeout has passed, as long as the message was not
// received again.
func (q *Queue) Postpone(ctx context.Context, on queue.Name, receipt string, d time.Duration) error {
	url, err := q.url(on)
	if err != nil {
		return err
	}
	if err := queue.CheckHold(d); err != nil {
		return err
	}
	if receipt == "" {
		return fmt.Errorf("%w: no receipt", queue.ErrUnknown)
	}
	_, err = q.client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: url, ReceiptHandle: aws.String(receipt), VisibilityTimeout: seconds(d),
	})
	if err != nil {
		return fmt.Errorf("queue %s: %w", on, translateReceipt(err))
	}
	return nil
}

func seconds(d time.Duration) int32 { return int32((d + time.Second - 1) / time.Second) }

// translateReceipt reads InvalidParameterValue as what it means for a receipt on a
// FIFO queue: "The receipt handle has expired" (AWS: DeleteMessage, same rule).
func translateReceipt(err error) error {
	if ae := smithy.APIError(nil); errors.As(err, &ae) && ae.ErrorCode() == "InvalidParameterValue" {
		return fmt.Errorf("%w: %w", queue.ErrUnknown, err)
	}
	return translate(err)
}

// translate adds the contract's error to the SDK's, which stays readable by errors.As.
func translate(err error) error {
	ae := smithy.APIError(nil)
	if !errors.As(err, &ae) {
		return err
	}
	if kind := kindOf(ae.ErrorCode()); kind != nil {
		return fmt.Errorf("%w: %w", kind, err)
	}
	return err
}

// kindOf knows SQS's codes, both as the JSON protocol spells them and as the older
// query protocol does (AWS: "Amazon SQS API reference, Common errors").
func kindOf(code string) error {
	switch code {
	case "InvalidMessageContents", "InvalidParameterValue", "InvalidAttributeValue", "MissingParameter":
		return queue.ErrInvalid
	case "BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong":
		return queue.ErrTooLarge
	case "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue",
		"ReceiptHandleIsInvalid", "MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight":
		return queue.ErrUnknown
	}
	return nil
}
