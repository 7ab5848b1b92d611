package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/table"
)

// maxState is the largest state of a window; a larger one ends it early (AWS: "Tumbling
// windows", 1 MB).
const maxState = 1 << 20

// turnWindow keeps the reader's window: it opens one for the first pending record,
// cuts the head where the next window begins, and calls the function for the last time
// in a window that is over, by the clock or by the records.
func (r *Runner) turnWindow(ctx context.Context, s *streamReader) (did bool, err error) {
	if s.at.Window.IsZero() {
		if len(s.pending) == 0 {
			return false, nil
		}
		s.at.Window, s.at.State = s.pending[0].changes[0].At.Truncate(s.Tumbling), nil
	}
	end := s.at.Window.Add(s.Tumbling)
	inWindow := s.cutHead(end)
	switch {
	case s.early || s.stateSize() > maxState:
		return true, r.endWindow(ctx, s, true)
	case inWindow == 0 && (len(s.pending) > 0 || !r.cfg.Clock.Now().Before(end)):
		return true, r.endWindow(ctx, s, false)
	}
	return false, nil
}

// cutHead leaves in the first span only records of before end, and counts them. A
// record is of the window in which it was written; one late by the writer's clock
// counts in the present window, as order is kept.
func (s *streamReader) cutHead(end time.Time) int {
	if len(s.pending) == 0 {
		return 0
	}
	head := s.pending[0]
	n := 0
	for n < len(head.changes) && head.changes[n].At.Before(end) {
		n++
	}
	if n > 0 && n < len(head.changes) {
		s.pending = append([]span{{changes: head.changes[:n:n], tries: head.tries}, {changes: head.changes[n:]}}, s.pending[1:]...)
	}
	return n
}

func (s *streamReader) stateSize() int {
	n := 0
	for k, v := range s.at.State {
		n += len(k) + len(v)
	}
	return n
}

// endWindow makes the last call of a window. An early end goes on in the same window
// with a fresh state. It is tried until it succeeds or its retries are used up.
func (r *Runner) endWindow(ctx context.Context, s *streamReader, early bool) error {
	payload, err := json.Marshal(s.windowEvent(nil, !early, early))
	if err != nil {
		return err
	}
	if _, err := r.invoke(ctx, s.fn, "stream window end", 0, payload); err != nil {
		s.retryAt = r.cfg.Clock.Now().Add(backoff(3))
		return nil
	}
	s.early, s.at.State, s.retryAt = false, nil, time.Time{}
	if !early {
		s.at.Window = time.Time{}
	}
	return r.savePosition(ctx, s)
}

func (s *streamReader) windowEvent(changes []table.Change, final, early bool) events.DynamoDBTimeWindowEvent {
	state := s.at.State
	if state == nil {
		state = map[string]string{}
	}
	return events.DynamoDBTimeWindowEvent{
		DynamoDBEvent: lambdaevent.StreamEvent(changes...),
		TimeWindowProperties: events.TimeWindowProperties{
			Window:                  events.Window{Start: events.RFC3339EpochTime{Time: s.at.Window}, End: events.RFC3339EpochTime{Time: s.at.Window.Add(s.Tumbling)}},
			State:                   state,
			ShardID:                 ShardID,
			EventSourceARN:          lambdaevent.StreamARN,
			IsFinalInvokeForWindow:  final,
			IsWindowTerminatedEarly: early,
		},
	}
}

// windowState reads the state of an answer; without a map of strings the call failed.
func windowState(out []byte) (map[string]string, bool) {
	var resp struct {
		State map[string]string `json:"state"`
	}
	if json.Unmarshal(out, &resp) != nil || resp.State == nil {
		return nil, false
	}
	return resp.State, true
}

// EndWindowEarly makes the function's next call of PollStream end its window before
// its time, as AWS does when the state grows too large. For simulations.
func (r *Runner) EndWindowEarly(function string) error {
	for _, s := range r.streams {
		if s.fn.Name == function && s.Tumbling > 0 {
			s.mu.Lock()
			s.early = !s.at.Window.IsZero()
			s.mu.Unlock()
			return nil
		}
	}
	return fmt.Errorf("%w: %q has no tumbling window", ErrUnknown, function)
}
