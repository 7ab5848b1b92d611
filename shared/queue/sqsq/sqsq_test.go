package sqsq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/sqsq"
)

// stub records requests and answers from a script: per message id, the code to refuse
// it with.
type stub struct {
	batches [][]string
	refuse  map[string]string
	leave   string // an id left out of the answer
	err     error
	hold    int32
}

func (s *stub) SendMessageBatch(_ context.Context, in *sqs.SendMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error) {
	if s.err != nil {
		return nil, s.err
	}
	out := &sqs.SendMessageBatchOutput{}
	var ids []string
	for _, e := range in.Entries {
		ids = append(ids, *e.Id)
		switch code := s.refuse[*e.Id]; {
		case *e.Id == s.leave:
		case code != "":
			out.Failed = append(out.Failed, types.BatchResultErrorEntry{Id: e.Id, Code: aws.String(code), Message: aws.String("quotes: " + *e.MessageBody)})
		default:
			out.Successful = append(out.Successful, types.SendMessageBatchResultEntry{Id: e.Id})
		}
	}
	s.batches = append(s.batches, ids)
	return out, nil
}

func (s *stub) ChangeMessageVisibility(_ context.Context, in *sqs.ChangeMessageVisibilityInput, _ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error) {
	s.hold = in.VisibilityTimeout
	return &sqs.ChangeMessageVisibilityOutput{}, s.err
}

func (s *stub) ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	return &sqs.ReceiveMessageOutput{}, s.err
}

// DeleteMessageBatch refuses the receipt of s.leave, and leaves out the rest behind it.
func (s *stub) DeleteMessageBatch(_ context.Context, in *sqs.DeleteMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error) {
	out := &sqs.DeleteMessageBatchOutput{}
	for _, e := range in.Entries {
		switch code := s.refuse[*e.ReceiptHandle]; {
		case *e.ReceiptHandle == s.leave:
		case code != "":
			out.Failed = append(out.Failed, types.BatchResultErrorEntry{Id: e.Id, Code: aws.String(code)})
		default:
			out.Successful = append(out.Successful, types.DeleteMessageBatchResultEntry{Id: e.Id})
		}
	}
	s.batches = append(s.batches, make([]string, len(in.Entries)))
	return out, s.err
}

// A deletion is done when SQS says so of each, and an expired receipt is unknown.
func TestDelete(t *testing.T) {
	s := &stub{}
	q := sqsq.New(s, urls)
	require.NoError(t, q.Delete(t.Context(), "q"))
	require.Empty(t, s.batches)
	require.NoError(t, q.Delete(t.Context(), "q", strings.Split("abcdefghijkl", "")...))
	require.Equal(t, []int{10, 2}, []int{len(s.batches[0]), len(s.batches[1])})
	for _, code := range []string{"ReceiptHandleIsInvalid", "InvalidParameterValue"} {
		s.refuse = map[string]string{"b": code}
		require.ErrorIs(t, q.Delete(t.Context(), "q", "a", "b"), queue.ErrUnknown)
	}
	s.refuse, s.leave = nil, "b"
	require.ErrorContains(t, q.Delete(t.Context(), "q", "a", "b"), "1 of 2")
	require.ErrorIs(t, q.Delete(t.Context(), "nowhere", "a"), queue.ErrUnknown)
	_, err := q.Take(t.Context(), "q", 11)
	require.ErrorIs(t, err, queue.ErrInvalid)
	s.err = errors.New("down")
	_, err = q.Take(t.Context(), "q", 1)
	require.ErrorContains(t, err, "down")
}

var urls = map[queue.Name]string{"q.fifo": "https://sqs/q.fifo", "q": "https://sqs/q"}

func messages(fifo bool, n int) (out []queue.Message) {
	for i := range n {
		m := queue.Message{Body: fmt.Sprintf("words of a customer %d", i)}
		if fifo {
			m.Group, m.Dedup = "g", fmt.Sprint(i)
		}
		out = append(out, m)
	}
	return out
}

// The promise: on a FIFO queue nothing is sent behind a batch with a failure in it,
// and what was not tried is named too.
func TestStopsAfterFailureOnFIFO(t *testing.T) {
	s := &stub{refuse: map[string]string{"3": "InternalError"}}
	err := sqsq.New(s, urls).Send(t.Context(), "q.fifo", messages(true, 25)...)
	var se *queue.SendError
	require.ErrorAs(t, err, &se)
	require.Len(t, s.batches, 1)
	require.Len(t, se.Failed, 1+15)
	require.Contains(t, se.Failed, 3)
	require.Contains(t, se.Failed, 24)
	require.NotContains(t, se.Failed, 4)
	for _, e := range se.Failed {
		require.NotContains(t, e.Error(), "customer")
	}
}

// The promise: on a standard queue the other batches go out all the same.
func TestGoesOnAfterFailureOnStandard(t *testing.T) {
	s := &stub{refuse: map[string]string{"3": "InternalError", "12": "InvalidMessageContents"}}
	err := sqsq.New(s, urls).Send(t.Context(), "q", messages(false, 25)...)
	var se *queue.SendError
	require.ErrorAs(t, err, &se)
	require.Len(t, s.batches, 3)
	require.Len(t, se.Failed, 2)
	require.ErrorIs(t, se.Failed[12], queue.ErrInvalid)
}

// The rule: a batch holds ten messages and 1 MiB at most.
func TestBatches(t *testing.T) {
	s := &stub{}
	msgs := messages(false, 12)
	msgs[2].Body = strings.Repeat("x", queue.MaxBytes)
	require.NoError(t, sqsq.New(s, urls).Send(t.Context(), "q", msgs...))
	require.Equal(t, [][]string{{"0", "1"}, {"2"}, {"3", "4", "5", "6", "7", "8", "9", "10", "11"}}, s.batches)
}

// The rule: a message that SQS's answer doesn't mention was not surely sent.
func TestSilenceIsNotSuccess(t *testing.T) {
	err := sqsq.New(&stub{leave: "1"}, urls).Send(t.Context(), "q", messages(false, 2)...)
	require.ErrorContains(t, err, "leaves out message 1")
}

// The rule: an error of the whole request says nothing about single messages.
func TestOutcomeUnknown(t *testing.T) {
	lost := errors.New("connection reset")
	err := sqsq.New(&stub{err: lost}, urls).Send(t.Context(), "q", messages(false, 2)...)
	require.ErrorIs(t, err, lost)
	var se *queue.SendError
	require.False(t, errors.As(err, &se))
}

// The rule: SQS's codes, in both spellings, are the contract's errors.
func TestCodes(t *testing.T) {
	for code, want := range map[string]error{
		"QueueDoesNotExist":                            queue.ErrUnknown,
		"AWS.SimpleQueueService.NonExistentQueue":      queue.ErrUnknown,
		"InvalidMessageContents":                       queue.ErrInvalid,
		"BatchRequestTooLong":                          queue.ErrTooLarge,
		"AWS.SimpleQueueService.BatchRequestTooLong":   queue.ErrTooLarge,
		"RequestThrottled":                             nil,
		"AWS.SimpleQueueService.PurgeQueueInProgress?": nil,
	} {
		api := &smithy.GenericAPIError{Code: code}
		err := sqsq.New(&stub{err: api}, urls).Send(t.Context(), "q", messages(false, 1)...)
		require.ErrorIs(t, err, api)
		if want != nil {
			require.ErrorIs(t, err, want, code)
		}
	}
	for _, code := range []string{"ReceiptHandleIsInvalid", "InvalidParameterValue", "MessageNotInflight"} {
		s := &stub{err: &smithy.GenericAPIError{Code: code}}
		require.ErrorIs(t, sqsq.New(s, urls).Postpone(t.Context(), "q.fifo", "r", 0), queue.ErrUnknown, code)
	}
}

// The rule: parts of a second are rounded up; nothing shows too early.
func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]int32{0: 0, 1: 1, time.Second: 1, time.Second + 1: 2, queue.MaxHold: 43200} {
		s := &stub{}
		require.NoError(t, sqsq.New(s, urls).Postpone(t.Context(), "q", "r", d))
		require.Equal(t, want, s.hold)
	}
}
