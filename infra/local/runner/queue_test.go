package runner_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/runner"
	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/bolt"
)

const queues = `  DeadQueue:
    Type: AWS::SQS::Queue
    Properties: {FifoQueue: true}
  InQueue:
    Type: AWS::SQS::Queue
    Properties: {FifoQueue: true, RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadQueue.Arn, maxReceiveCount: 2}}
  OutQueue:
    Type: AWS::SQS::Queue
    Properties: {DelaySeconds: 5}
`

func consumer(queue, more string) string {
	return queues + fn("a", "A: {Type: SQS, Properties: {Queue: !GetAtt "+queue+".Arn"+more+"}}")
}

const partial = ", FunctionResponseTypes: [ReportBatchItemFailures]"

func (h *house) poll(t *testing.T, on queue.Name, want bool) {
	t.Helper()
	did, err := h.PollQueue(t.Context(), on)
	require.NoError(t, err)
	require.Equal(t, want, did)
}

func TestQueueEvent(t *testing.T) {
	var got []events.SQSMessage
	h := open(t, consumer("InQueue", ""), map[string]any{"a": func(_ context.Context, e events.SQSEvent) error { got = e.Records; return nil }})
	h.poll(t, "in.fifo", false)
	h.send(t, "in.fifo", "g", "hello", "again")
	h.poll(t, "in.fifo", true)
	require.Len(t, got, 2)
	require.Equal(t, "hello", got[0].Body)
	require.Equal(t, "5d41402abc4b2a76b9719d911017c592", got[0].Md5OfBody) // printf hello | md5sum
	require.Equal(t, "arn:aws:sqs:us-east-1:000000000000:in.fifo", got[0].EventSourceARN)
	require.Equal(t, "g", got[0].Attributes["MessageGroupId"])
	m := lambdaevent.Messages(events.SQSEvent{Records: got})[1]
	require.Equal(t, "in.fifo", m.Queue)
	require.Equal(t, 1, m.Count)
	require.Equal(t, start, m.Sent)
	require.Zero(t, h.queue.Depth("in.fifo").InFlight, "a batch that succeeded is deleted")
	_, err := h.PollQueue(t.Context(), "nobody")
	require.ErrorIs(t, err, runner.ErrUnknown)
}

// AWS, "Handling errors for an SQS event source": which answers mean that all is done,
// that some come again, and that the whole batch does.
func TestPartialBatchResponses(t *testing.T) {
	for name, tt := range map[string]struct {
		answer any // FIRST stands for the first message's id
		left   int
	}{
		"null":              {nil, 0},
		"empty object":      {map[string]any{}, 0},
		"empty list":        {map[string]any{"batchItemFailures": []any{}}, 0},
		"null list":         {map[string]any{"batchItemFailures": nil}, 0},
		"one":               {map[string]any{"batchItemFailures": []any{map[string]any{"itemIdentifier": "FIRST"}}}, 1},
		"one twice":         {map[string]any{"batchItemFailures": []any{map[string]any{"itemIdentifier": "FIRST"}, map[string]any{"itemIdentifier": "FIRST"}}}, 1},
		"unknown id":        {map[string]any{"batchItemFailures": []any{map[string]any{"itemIdentifier": "nobody"}}}, 3},
		"empty id":          {map[string]any{"batchItemFailures": []any{map[string]any{"itemIdentifier": ""}}}, 3},
		"null id":           {map[string]any{"batchItemFailures": []any{map[string]any{"itemIdentifier": nil}}}, 3},
		"misspelt id key":   {map[string]any{"batchItemFailures": []any{map[string]any{"ItemIdentifier": "FIRST"}}}, 3},
		"misspelt list key": {map[string]any{"batchitemfailures": []any{}}, 3},
		"not a list":        {map[string]any{"batchItemFailures": "FIRST"}, 3},
		"not an object":     {"done", 3},
		"error":             {errors.New("no"), 3},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, consumer("OutQueue", partial), map[string]any{"a": func(_ context.Context, e events.SQSEvent) (any, error) {
				if err, failed := tt.answer.(error); failed {
					return nil, err
				}
				return fill(tt.answer, e.Records[0].MessageId), nil
			}})
			h.send(t, "out", "", "1", "2", "3")
			h.poll(t, "out", true)
			require.Equal(t, tt.left, h.queue.Depth("out").InFlight)
		})
	}
}

func fill(v any, id string) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, "FIRST", id)
	case map[string]any:
		out := map[string]any{}
		for k, item := range v {
			out[k] = fill(item, id)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, item := range v {
			out = append(out, fill(item, id))
		}
		return out
	}
	return v
}

// AWS: without ReportBatchItemFailures on the mapping the answer is ignored and
// everything is deleted.
func TestResponseIgnoredWithoutTheSetting(t *testing.T) {
	h := open(t, consumer("OutQueue", ""), map[string]any{"a": func(_ context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		return lambdaevent.Failures(e.Records[0].MessageId), nil
	}})
	h.send(t, "out", "", "1", "2")
	h.poll(t, "out", true)
	require.Equal(t, bolt.Stats{}, h.queue.Depth("out"))
}

// Promise 2: a failed message holds back those behind it in its group, and no other
// group; received too often, it goes to the dead-letter queue.
func TestFIFOFailureAndRedrive(t *testing.T) {
	var got []string
	h := open(t, consumer("InQueue", partial), map[string]any{"a": func(_ context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		bad := map[string]bool{}
		var failed []string
		for _, m := range lambdaevent.Messages(e) {
			got = append(got, m.Group+m.Body)
			if m.Body == "bad" || bad[m.Group] {
				bad[m.Group] = true
				failed = append(failed, m.ID)
			}
		}
		return lambdaevent.Failures(failed...), nil
	}})
	h.send(t, "in.fifo", "a", "bad", "2")
	h.send(t, "in.fifo", "b", "1")
	h.poll(t, "in.fifo", true)
	require.Equal(t, []string{"abad", "a2", "b1"}, got)
	h.send(t, "in.fifo", "a", "3")
	h.poll(t, "in.fifo", false)
	for range 3 {
		h.clock.add(31 * time.Second)
		h.poll(t, "in.fifo", true)
		if h.queue.Depth("in.fifo") == (bolt.Stats{}) {
			break
		}
	}
	require.Equal(t, "a3", got[len(got)-1])
	dead, _, err := h.queue.Peek("dead.fifo", 10, "")
	require.NoError(t, err)
	require.Equal(t, "bad", dead[0].Body)
}

// A batch of large bodies is cut so that its payload fits Lambda; the rest keeps its
// order.
func TestLargeBatchIsCut(t *testing.T) {
	var sizes []int
	fail := false
	h := open(t, consumer("InQueue", ""), map[string]any{"a": func(_ context.Context, e events.SQSEvent) error {
		sizes = append(sizes, len(e.Records))
		if fail {
			return errors.New("no")
		}
		return nil
	}})
	for i := range 5 {
		h.send(t, "in.fifo", "g", fmt.Sprint(i)+strings.Repeat("x", 900_000))
	}
	h.poll(t, "in.fifo", true)
	require.Equal(t, []int{2, 2, 1}, sizes)
	require.Equal(t, bolt.Stats{}, h.queue.Depth("in.fifo"))

	sizes, fail = nil, true
	for i := range 5 {
		h.send(t, "in.fifo", "h", fmt.Sprint(i)+strings.Repeat("x", 900_000))
	}
	h.poll(t, "in.fifo", true)
	require.Equal(t, []int{2}, sizes, "what is behind a failure of its group isn't tried")
}

// Standard queues take batches over ten, filled by several receives.
func TestBatchOverTen(t *testing.T) {
	n := 0
	h := open(t, consumer("OutQueue", ", BatchSize: 25, MaximumBatchingWindowInSeconds: 1"), map[string]any{"a": func(_ context.Context, e events.SQSEvent) error { n = len(e.Records); return nil }})
	for i := range 30 {
		h.send(t, "out", "", fmt.Sprint(i))
	}
	h.poll(t, "out", true)
	require.Equal(t, 25, n)
}

func TestWithDelays(t *testing.T) {
	h := open(t, consumer("OutQueue", ""), map[string]any{"a": func() error { return nil }})
	q := runner.WithDelays(h.queue, h.cfg.Template)
	require.NoError(t, q.Send(t.Context(), "out", queue.Message{Body: "1"}))
	h.poll(t, "out", false)
	h.clock.add(6 * time.Second)
	h.poll(t, "out", true)
	plain := &template.Template{}
	require.Equal(t, queue.Queue(h.queue), runner.WithDelays(h.queue, plain))
}

// Run does by itself what the steps do: a message sent is worked on, then all stops.
func TestRun(t *testing.T) {
	got := make(chan string, 1)
	yaml := consumer("InQueue", "")
	tpl, err := template.Parse("t.yaml", []byte("Resources:\n"+yaml), nil)
	require.NoError(t, err)
	q, err := bolt.Open(filepath.Join(t.TempDir(), "q"), time.Now, runner.Specs(tpl), bolt.Options{NoSync: true})
	require.NoError(t, err)
	h := open(t, yaml, map[string]any{"a": func(_ context.Context, e events.SQSEvent) error { got <- e.Records[0].Body; return nil }}, func(c *runner.Config) {
		c.Synchronous, c.Clock, c.Queue = false, runner.RealClock{}, q
	})
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error)
	go func() { ran <- h.Run(ctx) }()
	require.NoError(t, q.Send(ctx, "in.fifo", queue.Message{Body: "hi", Group: "g", Dedup: "d"}))
	require.Equal(t, "hi", <-got)
	stop()
	require.NoError(t, <-ran)
	require.Equal(t, bolt.Stats{}, q.Depth("in.fifo"), "deleted though the runner was stopping")
	require.NoError(t, q.Close())
}
