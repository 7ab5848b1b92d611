package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/infra/local/template"
)

// timetable is one schedule and when it last fired.
type timetable struct {
	template.Schedule
	fn *function

	mu   sync.Mutex
	last time.Time
}

func (t *timetable) next() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.Next(t.last)
}

// claim says whether the schedule is due, and moves it on. Times that were missed, as
// by a machine asleep, are made up by one call, not by one each.
func (t *timetable) claim(now time.Time) (due time.Time, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	due = t.Next(t.last)
	if due.IsZero() || due.After(now) {
		return due, false
	}
	t.last = now
	return due, true
}

// RunSchedule calls a function if one of its schedules is due by the clock. A failed
// call is no error: the next time comes anyway. err is ErrUnknown.
func (r *Runner) RunSchedule(ctx context.Context, function string) (did bool, err error) {
	found := false
	for _, t := range r.schedules {
		if t.fn.Name != function {
			continue
		}
		found = true
		d, terr := r.fire(ctx, t)
		if terr != nil {
			return did, terr
		}
		did = did || d
	}
	if !found {
		return false, fmt.Errorf("%w: %q has no schedule", ErrUnknown, function)
	}
	return did, nil
}

func (r *Runner) fire(ctx context.Context, t *timetable) (bool, error) {
	due, ok := t.claim(r.cfg.Clock.Now())
	if !ok {
		return false, nil
	}
	payload, err := t.payload(due)
	if err != nil {
		return false, err
	}
	_, _ = r.invoke(ctx, t.fn, t.Expression, 0, payload) // a failure is remembered by invoke
	return true, nil
}

// payload is the schedule's own Input, or what EventBridge sends.
func (t *timetable) payload(due time.Time) ([]byte, error) {
	if t.Input != "" {
		return []byte(t.Input), nil
	}
	return json.Marshal(events.CloudWatchEvent{
		Version: "0", ID: fmt.Sprintf("local-%s-%d", t.fn.Name, due.Unix()), DetailType: "Scheduled Event", Source: "aws.events",
		AccountID: "000000000000", Time: due, Region: "us-east-1",
		Resources: []string{"arn:aws:events:us-east-1:000000000000:rule/" + t.fn.Name}, Detail: json.RawMessage("{}"),
	})
}

func (r *Runner) scheduleLoop(ctx context.Context, t *timetable) {
	for {
		next := t.next()
		if next.IsZero() {
			<-ctx.Done()
			return
		}
		if !r.sleep(ctx, max(next.Sub(r.cfg.Clock.Now()), 0)) {
			return
		}
		if _, err := r.fire(ctx, t); err != nil {
			r.cfg.Log.Error("schedule can't be run", "function", t.fn.Name, "error", err)
		}
	}
}
