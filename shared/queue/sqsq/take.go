package sqsq

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/deskhook/deskhook/shared/queue"
)

var _ queue.Taker = (*Queue)(nil)

// Take implements queue.Taker. Without a wait SQS looks at some of its servers only, so
// that a queue with a few messages may give none at times: who looks regularly finds them.
func (q *Queue) Take(ctx context.Context, on queue.Name, max int) ([]queue.Taken, error) {
	url, err := q.url(on)
	if err != nil {
		return nil, err
	}
	if max < 1 || max > queue.MaxBatch {
		return nil, fmt.Errorf("%w: receive of %d, allowed 1 to %d", queue.ErrInvalid, max, queue.MaxBatch)
	}
	out, err := q.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: url, MaxNumberOfMessages: int32(max), //nolint:gosec // at most MaxBatch
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{
			types.MessageSystemAttributeNameMessageGroupId, types.MessageSystemAttributeNameSequenceNumber,
			types.MessageSystemAttributeNameSentTimestamp, types.MessageSystemAttributeNameApproximateReceiveCount,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("queue %s: %w", on, translate(err))
	}
	var taken []queue.Taken
	for _, m := range out.Messages {
		taken = append(taken, takenOf(m))
	}
	return taken, nil
}

func takenOf(m types.Message) queue.Taken {
	t := queue.Taken{
		ID: aws.ToString(m.MessageId), Body: aws.ToString(m.Body), Receipt: aws.ToString(m.ReceiptHandle),
		Group: m.Attributes["MessageGroupId"], Seq: m.Attributes["SequenceNumber"],
	}
	// What is missing or no number is zero: SQS gives both when asked.
	t.Count, _ = strconv.Atoi(m.Attributes["ApproximateReceiveCount"])
	if ms, err := strconv.ParseInt(m.Attributes["SentTimestamp"], 10, 64); err == nil {
		t.Sent = time.UnixMilli(ms).UTC()
	}
	return t
}

// Delete implements queue.Taker.
func (q *Queue) Delete(ctx context.Context, on queue.Name, receipts ...string) error {
	url, err := q.url(on)
	if err != nil {
		return err
	}
	var last error
	for len(receipts) > 0 {
		n := min(len(receipts), queue.MaxBatch)
		if err := q.deleteBatch(ctx, on, url, receipts[:n]); err != nil {
			last = err
		}
		receipts = receipts[n:]
	}
	return last
}

func (q *Queue) deleteBatch(ctx context.Context, on queue.Name, url *string, receipts []string) error {
	in := &sqs.DeleteMessageBatchInput{QueueUrl: url}
	for i, r := range receipts {
		in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: aws.String(r)})
	}
	out, err := q.client.DeleteMessageBatch(ctx, in)
	if err != nil {
		return fmt.Errorf("queue %s: %w", on, translate(err))
	}
	if len(out.Failed) > 0 {
		f := out.Failed[0]
		if aws.ToString(f.Code) == "InvalidParameterValue" { // an expired receipt, as in translateReceipt
			return fmt.Errorf("queue %s: %w: SQS: InvalidParameterValue", on, queue.ErrUnknown)
		}
		return fmt.Errorf("queue %s: %w", on, refusal(f))
	}
	if n := len(out.Successful); n != len(receipts) {
		return fmt.Errorf("queue %s: SQS's answer tells of %d of %d deletions", on, n, len(receipts))
	}
	return nil
}
