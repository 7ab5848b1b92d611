package lambdaevent_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/lambdaevent"
)

func TestMessages(t *testing.T) {
	e := events.SQSEvent{Records: []events.SQSMessage{
		{MessageId: "m1", Body: "one", ReceiptHandle: "r1", EventSourceARN: "arn:aws:sqs:us-east-1:123456789012:desk-inbound.fifo", Attributes: map[string]string{
			"ApproximateReceiveCount": "3", "SentTimestamp": "1773119783636", "MessageGroupId": "g1"}},
		{MessageId: "m2", Body: "two", ReceiptHandle: "r2"},
	}}
	require.Equal(t, []lambdaevent.Message{
		{ID: "m1", Body: "one", Receipt: "r1", Group: "g1", Count: 3, Queue: "desk-inbound.fifo", Sent: time.Date(2026, 3, 10, 5, 16, 23, 636e6, time.UTC)},
		{ID: "m2", Body: "two", Receipt: "r2", Count: 1},
	}, lambdaevent.Messages(e))
	require.Empty(t, lambdaevent.Messages(events.SQSEvent{}))
}

// AWS: an empty list is "all done"; an id it doesn't know brings the whole batch
// back. A lost id must do the latter.
func TestFailures(t *testing.T) {
	for _, tt := range []struct {
		ids  []string
		want string
	}{
		{nil, `{"batchItemFailures":[]}`},
		{[]string{"m1", "m2"}, `{"batchItemFailures":[{"itemIdentifier":"m1"},{"itemIdentifier":"m2"}]}`},
		{[]string{""}, `{"batchItemFailures":[{"itemIdentifier":"unidentified"}]}`},
	} {
		b, err := json.Marshal(lambdaevent.Failures(tt.ids...))
		require.NoError(t, err)
		require.JSONEq(t, tt.want, string(b))
		b, err = json.Marshal(lambdaevent.StreamFailures(tt.ids...))
		require.NoError(t, err)
		require.JSONEq(t, tt.want, string(b))
	}
}

// Lambda takes a null state for an error.
func TestWindowResponseHasAState(t *testing.T) {
	b, err := json.Marshal(lambdaevent.WindowResponse(nil, "17"))
	require.NoError(t, err)
	require.JSONEq(t, `{"state":{},"batchItemFailures":[{"itemIdentifier":"17"}]}`, string(b))
}
