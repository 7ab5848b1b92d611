package runner_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/runner"
	"github.com/deskhook/deskhook/shared/lambdaevent"
)

func reader(more string) string {
	return "  Fails: {Type: AWS::S3::Bucket}\n" + fn("a", "A: {Type: DynamoDB, Properties: {Stream: s, StartingPosition: TRIM_HORIZON"+more+"}}")
}

// seqs lists a batch's sequence numbers as one string.
func seqs(e events.DynamoDBEvent) string {
	var out []string
	for _, r := range e.Records {
		out = append(out, r.Change.SequenceNumber)
	}
	return strings.Join(out, ",")
}

// step polls until nothing is left to do now.
func (h *house) step(t *testing.T, limit int) {
	t.Helper()
	for range limit {
		did, err := h.PollStream(t.Context(), "a")
		require.NoError(t, err)
		if !did {
			return
		}
	}
	require.Fail(t, "the reader doesn't come to rest")
}

// The feed is read in order, in batches, and where it was read to survives a restart.
func TestStreamInOrder(t *testing.T) {
	var got []string
	h := open(t, reader(", BatchSize: 3"), map[string]any{"a": func(_ context.Context, e events.DynamoDBEvent) error { got = append(got, seqs(e)); return nil }})
	h.feed.write(start, 7)
	h.step(t, 10)
	require.Equal(t, []string{"1,2,3", "4,5,6", "7"}, got)
	require.Equal(t, "7", h.Position("a"))

	again, err := runner.New(h.cfg)
	require.NoError(t, err)
	h.Runner = again
	h.feed.write(start, 1)
	h.step(t, 10)
	require.Equal(t, "8", got[len(got)-1])
	_, err = h.PollStream(t.Context(), "nobody")
	require.ErrorIs(t, err, runner.ErrUnknown)
}

func TestStreamFromTheEnd(t *testing.T) {
	var got []string
	yaml := strings.Replace(reader(""), "TRIM_HORIZON", "LATEST", 1)
	h := open(t, yaml, map[string]any{"a": func(_ context.Context, e events.DynamoDBEvent) error { got = append(got, seqs(e)); return nil }})
	h.feed.write(start, 5)
	h.step(t, 2)
	h.feed.write(start, 1)
	h.step(t, 2)
	require.Equal(t, []string{"6"}, got)
}

// One bad record is found by halving, tried as often as allowed, laid away whole, and
// everything around it is worked on in order. None is lost, none is skipped in silence.
func TestBisectRetriesAndFailureDestination(t *testing.T) {
	tries, done := 0, []string{}
	h := open(t, reader(", BatchSize: 8, BisectBatchOnFunctionError: true, MaximumRetryAttempts: 2, DestinationConfig: {OnFailure: {Destination: !GetAtt Fails.Arn}}"),
		map[string]any{"a": func(_ context.Context, e events.DynamoDBEvent) error {
			if slices.Contains(strings.Split(seqs(e), ","), "3") {
				if seqs(e) == "3" {
					tries++
				}
				return errors.New("no")
			}
			done = append(done, seqs(e))
			return nil
		}})
	h.feed.write(start, 8)
	h.blobs.err = errors.New("away")
	for range 3 {
		h.step(t, 10)
		next, _ := h.NextWake()
		if tries == 2 {
			break
		}
		h.clock.add(next.Sub(h.clock.Now()))
	}
	h.clock.add(time.Minute)
	_, err := h.PollStream(t.Context(), "a")
	require.ErrorContains(t, err, "away", "it waits for the destination")
	require.Equal(t, "2", h.Position("a"))
	h.blobs.err = nil
	h.step(t, 10)
	require.Equal(t, []string{"1,2", "4", "5,6,7,8"}, done)
	require.Equal(t, "8", h.Position("a"))

	require.Len(t, h.blobs.all, 1)
	for key, doc := range h.blobs.all {
		require.True(t, strings.HasPrefix(key, runner.FailurePrefix+"a-0/"+runner.ShardID+"/2026/03/10/"), key)
		var f runner.Failure
		require.NoError(t, json.Unmarshal(doc, &f))
		require.Equal(t, "RetryAttemptsExhausted", f.RequestContext.Condition)
		var e events.DynamoDBEvent
		require.NoError(t, json.Unmarshal([]byte(f.Payload), &e))
		changes, err := lambdaevent.Changes(e)
		require.NoError(t, err)
		require.Equal(t, h.feed.changes[2:3], changes, "the record is there whole")
	}
}

// A partial answer keeps what was done and goes on from the record named.
func TestStreamPartialFailure(t *testing.T) {
	var got []string
	answers := []events.DynamoDBEventResponse{lambdaevent.StreamFailures("4", "3"), lambdaevent.StreamFailures("nobody"), lambdaevent.StreamFailures()}
	h := open(t, reader(", FunctionResponseTypes: [ReportBatchItemFailures]"), map[string]any{"a": func(_ context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
		got = append(got, seqs(e))
		return answers[len(got)-1], nil
	}})
	h.feed.write(start, 5)
	h.step(t, 5)
	require.Equal(t, []string{"1,2,3,4,5"}, got)
	require.Equal(t, "2", h.Position("a"))
	for range 2 {
		next, ok := h.NextWake()
		require.True(t, ok, "a retry is waited for")
		h.clock.add(next.Sub(h.clock.Now()))
		h.step(t, 5)
	}
	require.Equal(t, []string{"1,2,3,4,5", "3,4,5", "3,4,5"}, got)
	require.Equal(t, "5", h.Position("a"))
}

// Without a destination a batch given up is at least in the log.
func TestStreamGivenUpWithoutDestination(t *testing.T) {
	h := open(t, reader(", MaximumRetryAttempts: 0"), map[string]any{"a": func() error { return errors.New("no") }})
	h.feed.write(start, 2)
	h.step(t, 5)
	require.Equal(t, "2", h.Position("a"))
	require.Contains(t, h.logs.String(), "stream batch dropped")
}

// What a window's calls see: their records, the state so far, the last call when the
// time or the records have passed the end, and a fresh state after it.
func TestTumblingWindow(t *testing.T) {
	var got []string
	handler := func(_ context.Context, e events.DynamoDBTimeWindowEvent) (events.DynamoDBTimeWindowEventResponse, error) {
		got = append(got, fmt.Sprintf("%s %q n=%s final=%v early=%v", e.Window.Start.Format("15:04"), seqs(e.DynamoDBEvent), e.State["n"], e.IsFinalInvokeForWindow, e.IsWindowTerminatedEarly))
		require.Equal(t, runner.ShardID, e.ShardID)
		require.NotNil(t, e.State)
		return lambdaevent.WindowResponse(map[string]string{"n": e.State["n"] + seqs(e.DynamoDBEvent)}), nil
	}
	h := open(t, reader(", BatchSize: 2, TumblingWindowInSeconds: 60"), map[string]any{"a": handler})
	h.feed.write(start, 3)
	h.feed.write(start.Add(time.Minute), 1)
	h.clock.add(70 * time.Second)
	h.step(t, 10)
	require.Equal(t, []string{
		`12:00 "1,2" n= final=false early=false`, `12:00 "3" n=1,2 final=false early=false`,
		`12:00 "" n=1,23 final=true early=false`, `12:01 "4" n= final=false early=false`,
	}, got)

	require.NoError(t, h.EndWindowEarly("a"))
	h.step(t, 2)
	again, err := runner.New(h.cfg) // a restart in the middle keeps window and state
	require.NoError(t, err)
	h.Runner = again
	h.feed.write(start.Add(70*time.Second), 1)
	h.step(t, 2)
	next, ok := h.NextWake()
	require.True(t, ok)
	require.Equal(t, "12:02", next.Format("15:04"))
	h.clock.add(next.Sub(h.clock.Now()))
	h.step(t, 2)
	require.Equal(t, []string{
		`12:01 "" n=4 final=false early=true`, `12:01 "5" n= final=false early=false`, `12:01 "" n=5 final=true early=false`,
	}, got[4:])
	require.ErrorIs(t, h.EndWindowEarly("nobody"), runner.ErrUnknown)
}

// AWS takes an answer without a state for an error.
func TestWindowNeedsAState(t *testing.T) {
	calls := 0
	h := open(t, reader(", TumblingWindowInSeconds: 60"), map[string]any{"a": func() error { calls++; return nil }})
	h.feed.write(start, 1)
	h.step(t, 5)
	require.Equal(t, 1, calls)
	require.Empty(t, h.Position("a"))
}

// Run wakes by itself for a retry and for a window's end.
func TestRunStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []bool
		h := open(t, reader(", TumblingWindowInSeconds: 60"), map[string]any{"a": func(_ context.Context, e events.DynamoDBTimeWindowEvent) (events.DynamoDBTimeWindowEventResponse, error) {
			got = append(got, e.IsFinalInvokeForWindow)
			if len(got) == 1 {
				return events.DynamoDBTimeWindowEventResponse{}, errors.New("no")
			}
			return lambdaevent.WindowResponse(nil), nil
		}}, func(c *runner.Config) { c.Synchronous, c.Clock = false, runner.RealClock{} })
		h.feed.write(time.Now(), 1)
		ctx, stop := context.WithCancel(t.Context())
		ran := make(chan error)
		go func() { ran <- h.Run(ctx) }()
		time.Sleep(2 * time.Minute)
		stop()
		require.NoError(t, <-ran)
		require.Equal(t, []bool{false, false, true}, got)
		require.NoError(t, h.queue.Close())
	})
}
