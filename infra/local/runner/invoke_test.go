package runner_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/runner"
)

// An instance is used again after an answer or an error, and never after a panic or an
// overrun, as Lambda's sandboxes are.
func TestInstances(t *testing.T) {
	made := 0
	h := open(t, fn("a", "{}"), map[string]any{"a": nil}, func(c *runner.Config) {
		c.Functions["a"] = func(getenv func(string) string) (any, error) {
			made++
			require.Equal(t, "a", getenv("WHO"))
			require.Equal(t, "a", getenv("AWS_LAMBDA_FUNCTION_NAME"))
			require.Empty(t, getenv("OTHER"))
			return func(ctx context.Context, what string) (string, error) {
				switch what {
				case "fail":
					return "", errors.New("no")
				case "panic":
					panic("no")
				case "late":
					c.Clock.(*clock).add(11 * time.Second)
				}
				lc, _ := lambdacontext.FromContext(ctx)
				at, _ := ctx.Deadline()
				return fmt.Sprintf("%s %v", lc.AwsRequestID[30:], at.Sub(c.Clock.Now())), nil
			}, nil
		}
	})
	for _, tt := range []struct {
		what string
		made int
		err  error
	}{
		{"ok", 1, nil}, {"ok", 1, nil}, {"fail", 1, runner.ErrFailed}, {"panic", 1, runner.ErrPanicked},
		{"ok", 2, nil}, {"late", 2, runner.ErrTimedOut}, {"ok", 3, nil},
	} {
		out, err := h.Invoke(t.Context(), "a", []byte(`"`+tt.what+`"`))
		require.ErrorIs(t, err, tt.err)
		require.Equal(t, tt.made, made)
		if err == nil {
			require.Contains(t, string(out), "10s", "the deadline is told by the clock")
		}
	}
	total, failed := h.Counts()
	require.EqualValues(t, 7, total)
	require.EqualValues(t, 3, failed)
	require.True(t, h.Recent()[0].Cold)
	require.Contains(t, h.Recent()[1].Error, "over its time of 10s")
}

func TestInvokeRefusals(t *testing.T) {
	h := open(t, fn("a", "{}")+fn("b", "{}")+fn("c", "{}"), map[string]any{"a": func() error { return nil }}, func(c *runner.Config) {
		c.Functions["b"] = func(func(string) string) (any, error) { return nil, errors.New("no secret given") }
		c.Functions["c"] = func(func(string) string) (any, error) { panic("oops") }
	})
	_, err := h.Invoke(t.Context(), "nobody", nil)
	require.ErrorIs(t, err, runner.ErrUnknown)
	_, err = h.Invoke(t.Context(), "a", make([]byte, 6<<20+1))
	require.ErrorIs(t, err, runner.ErrTooLarge)
	for _, name := range []string{"b", "c"} {
		_, err = h.Invoke(t.Context(), name, []byte("{}"))
		require.ErrorIs(t, err, runner.ErrInit)
	}
}

func TestReservedConcurrency(t *testing.T) {
	var h *house
	h = open(t, "  a:\n    Type: AWS::Serverless::Function\n    Properties: {CodeUri: functions/a/, ReservedConcurrentExecutions: 1}\n", map[string]any{
		"a": func(ctx context.Context) error {
			_, err := h.Invoke(ctx, "a", []byte("{}"))
			require.ErrorIs(t, err, runner.ErrThrottled)
			return nil
		},
	})
	_, err := h.Invoke(t.Context(), "a", []byte("{}"))
	require.NoError(t, err)
}

func TestEnvGoesBeforeTheTemplate(t *testing.T) {
	h := open(t, fn("a", "{}"), nil, func(c *runner.Config) {
		c.Env = func(function, name string) (string, bool) { return function + "!", name == "WHO" }
		c.Functions["a"] = func(getenv func(string) string) (any, error) {
			who := getenv("WHO")
			return func() (string, error) { return who, nil }, nil
		}
	})
	out, err := h.Invoke(t.Context(), "a", []byte("{}"))
	require.NoError(t, err)
	require.Equal(t, `"a!"`, string(out))
}

func TestNewNamesAllThatIsMissing(t *testing.T) {
	h := open(t, fn("a", "{}"), map[string]any{"a": func() error { return nil }})
	cfg := h.cfg
	cfg.Functions = nil
	_, err := runner.New(cfg)
	require.ErrorIs(t, err, runner.ErrConfig)
	require.ErrorContains(t, err, "functions/a (template line 2)")
	_, err = runner.New(runner.Config{})
	require.ErrorIs(t, err, runner.ErrConfig)
	require.ErrorIs(t, h.Run(t.Context()), runner.ErrConfig, "a synchronous runner is stepped")
}

func TestRecentForgetsTheOldest(t *testing.T) {
	h := open(t, fn("a", "{}"), map[string]any{"a": func() error { return nil }}, func(c *runner.Config) { c.Recent = 3 })
	for range 5 {
		_, err := h.Invoke(t.Context(), "a", []byte("{}"))
		require.NoError(t, err)
	}
	got := h.Recent()
	require.Len(t, got, 3)
	require.Equal(t, "00000000-0000-4000-8000-000000000005", got[0].ID)
	require.Equal(t, "00000000-0000-4000-8000-000000000003", got[2].ID)
}

func TestFolderPositions(t *testing.T) {
	p := runner.FolderPositions(t.TempDir())
	got, err := p.Load(t.Context(), "relay-0")
	require.NoError(t, err)
	require.Empty(t, got)
	for _, want := range []string{`{"seq":"1"}`, `{"seq":"2"}`} {
		require.NoError(t, p.Save(t.Context(), "relay-0", want))
		got, err = p.Load(t.Context(), "relay-0")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.Error(t, runner.FolderPositions("/nonexistent").Save(t.Context(), "r", ""))
}

// A schedule fires once when due, and once for all the times that were missed.
func TestSchedule(t *testing.T) {
	var got []string
	h := open(t, fn("a", "{A: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}, B: {Type: Schedule, Properties: {Schedule: 'cron(5 12 * * ? *)', Input: '\"night\"'}}}"), map[string]any{
		"a": func(_ context.Context, e any) error { got = append(got, fmt.Sprint(e)); return nil },
	})
	step := func(d time.Duration, want bool) {
		h.clock.add(d)
		did, err := h.RunSchedule(t.Context(), "a")
		require.NoError(t, err)
		require.Equal(t, want, did)
	}
	step(0, false)
	next, ok := h.NextWake()
	require.True(t, ok)
	require.Equal(t, start.Add(30*time.Second), next)
	step(30*time.Second, true)
	require.Contains(t, got[0], "Scheduled Event")
	require.Contains(t, got[0], "2026-03-10T12:01:00Z")
	step(time.Second, false)
	step(10*time.Minute, true)
	require.Len(t, got, 3)
	require.Equal(t, "night", got[2])
	_, err := h.RunSchedule(t.Context(), "nobody")
	require.ErrorIs(t, err, runner.ErrUnknown)
}
