package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/table"
)

// ShardID names the one shard that the engine's change feed is.
const ShardID = "shardId-local"

// streamReader is one DynamoDB event source: a place in the feed of its own.
type streamReader struct {
	template.StreamSource
	fn   *function
	name string

	mu      sync.Mutex // one batch at a time
	loaded  bool
	at      checkpoint
	pending []span    // read and not yet done, in order
	retryAt time.Time // after a failure
	early   bool      // the window is to end before its time
}

// checkpoint is what is saved: how far the reader has come, and the window it is in.
type checkpoint struct {
	Seq    string            `json:"seq"`
	Window time.Time         `json:"window,omitzero"` // its start
	State  map[string]string `json:"state,omitempty"`
}

// span is a batch, or a part of one that failed.
type span struct {
	changes []table.Change
	tries   int
}

// PollStream hands one batch of the change feed to each of the function's readers of
// it, or retries one that failed, or ends a window whose time is over. did is false if
// there was nothing to do now. A failed call is no error here: the batch is halved
// (bisect), tried again, and in the end laid in the failure destination. err is the
// feed's, the positions' or the destination's own, or ErrUnknown.
func (r *Runner) PollStream(ctx context.Context, function string) (did bool, err error) {
	found := false
	for _, s := range r.streams {
		if s.fn.Name != function {
			continue
		}
		found = true
		d, perr := r.pollStream(ctx, s)
		did, err = did || d, errors.Join(err, perr)
	}
	if !found {
		return false, fmt.Errorf("%w: %q reads no stream", ErrUnknown, function)
	}
	return did, err
}

func (r *Runner) pollStream(ctx context.Context, s *streamReader) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := r.loadPosition(ctx, s); err != nil {
		return false, err
	}
	if r.cfg.Clock.Now().Before(s.retryAt) {
		return false, nil
	}
	if len(s.pending) == 0 {
		changes, err := r.cfg.Feed.Changes(ctx, s.at.Seq, s.Batch)
		if err != nil {
			return false, err
		}
		if len(changes) > 0 {
			s.pending = []span{{changes: changes}}
		}
	}
	if s.Tumbling > 0 {
		if did, err := r.turnWindow(ctx, s); did || err != nil {
			return did, err
		}
	}
	if len(s.pending) == 0 {
		return false, nil
	}
	return true, r.tryHead(ctx, s)
}

// tryHead calls the function with the first pending span.
func (r *Runner) tryHead(ctx context.Context, s *streamReader) error {
	head := s.pending[0]
	payload, err := s.payload(head.changes)
	if err != nil {
		return err
	}
	if len(payload) > lambdaevent.MaxPayload && len(head.changes) > 1 {
		s.split()
		return nil
	}
	out, err := r.invoke(ctx, s.fn, "stream", len(head.changes), payload)
	if err != nil {
		return r.failed(ctx, s, 0)
	}
	done := len(head.changes)
	if s.Partial {
		done = doneBefore(head.changes, out)
	}
	if s.Tumbling > 0 {
		state, ok := windowState(out)
		if !ok {
			return r.failed(ctx, s, 0)
		}
		s.at.State = state
	}
	if done < len(head.changes) {
		return r.failed(ctx, s, done)
	}
	return r.advance(ctx, s, done)
}

func (s *streamReader) payload(changes []table.Change) ([]byte, error) {
	if s.Tumbling > 0 {
		return json.Marshal(s.windowEvent(changes, false, false))
	}
	return json.Marshal(lambdaevent.StreamEvent(changes...))
}

// doneBefore counts the records before the first failed one: Lambda goes on from the
// lowest sequence number named. An answer that isn't understood fails all.
func doneBefore(changes []table.Change, out []byte) int {
	ids, ok := failureList(out)
	if !ok {
		return 0
	}
	if len(ids) == 0 {
		return len(changes)
	}
	at := map[string]int{}
	for i, c := range changes {
		at[c.Seq] = i
	}
	first := len(changes)
	for _, id := range ids {
		i, known := at[id]
		if !known {
			return 0
		}
		first = min(first, i)
	}
	return first
}

// failureList is failedIDs for an answer that may carry a window's state as well.
func failureList(out []byte) ([]string, bool) {
	var resp map[string]json.RawMessage
	if json.Unmarshal(out, &resp) == nil {
		delete(resp, "state")
		rest, err := json.Marshal(resp)
		if err != nil {
			return nil, false
		}
		out = rest
	}
	return failedIDs(out)
}

// advance moves the position over the first n changes of the head and saves it.
func (r *Runner) advance(ctx context.Context, s *streamReader, n int) error {
	head := &s.pending[0]
	s.at.Seq = head.changes[n-1].Seq
	head.changes, head.tries = head.changes[n:], 0
	if len(head.changes) == 0 {
		s.pending = s.pending[1:]
	}
	s.retryAt = time.Time{}
	return r.savePosition(ctx, s)
}

// failed deals with a failure behind the first done records: what was done stays done;
// the rest is halved, tried again later or given up.
func (r *Runner) failed(ctx context.Context, s *streamReader, done int) error {
	if done > 0 {
		if err := r.advance(ctx, s, done); err != nil {
			return err
		}
		s.pending[0].tries = 1
		s.retryAt = r.cfg.Clock.Now().Add(backoff(1))
		return nil
	}
	head := &s.pending[0]
	if s.Bisect && len(head.changes) > 1 {
		s.split() // halving doesn't use up a retry (AWS: "BisectBatchOnFunctionError")
		return nil
	}
	head.tries++
	if s.Retries < 0 || head.tries <= s.Retries {
		s.retryAt = r.cfg.Clock.Now().Add(backoff(head.tries))
		return nil
	}
	if err := r.giveUp(ctx, s, *head); err != nil {
		return err // it stays the head: nothing is lost while the destination is away
	}
	return r.advance(ctx, s, len(head.changes))
}

func backoff(tries int) time.Duration {
	return min(200*time.Millisecond<<min(tries, 10), 30*time.Second)
}

// split halves the head.
func (s *streamReader) split() {
	head := s.pending[0]
	middle := len(head.changes) / 2
	s.pending = append([]span{
		{changes: head.changes[:middle:middle], tries: head.tries},
		{changes: head.changes[middle:]},
	}, s.pending[1:]...)
}

func (r *Runner) loadPosition(ctx context.Context, s *streamReader) error {
	if s.loaded {
		return nil
	}
	text, err := r.cfg.Positions.Load(ctx, s.name)
	if err != nil {
		return err
	}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &s.at); err != nil {
			return fmt.Errorf("position of %s: %w", s.name, err)
		}
	} else if s.Latest {
		if err := r.skipToEnd(ctx, s); err != nil {
			return err
		}
	}
	s.loaded = true
	return nil
}

func (r *Runner) skipToEnd(ctx context.Context, s *streamReader) error {
	for {
		changes, err := r.cfg.Feed.Changes(ctx, s.at.Seq, 1000)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			return r.savePosition(ctx, s)
		}
		s.at.Seq = changes[len(changes)-1].Seq
	}
}

func (r *Runner) savePosition(ctx context.Context, s *streamReader) error {
	b, err := json.Marshal(s.at)
	if err != nil {
		return err
	}
	return r.cfg.Positions.Save(context.WithoutCancel(ctx), s.name, string(b))
}

// Position says how far a function's first reader has come; "" before anything.
func (r *Runner) Position(function string) string {
	for _, s := range r.streams {
		if s.fn.Name == function {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.at.Seq
		}
	}
	return ""
}

func (r *Runner) streamLoop(ctx context.Context, s *streamReader) {
	for ctx.Err() == nil {
		did, err := r.pollStream(ctx, s)
		switch {
		case err != nil && ctx.Err() == nil:
			r.cfg.Log.Error("change feed can't be worked on", "function", s.fn.Name, "error", err)
			r.sleep(ctx, time.Second)
		case !did:
			r.awaitChange(ctx, s)
		}
	}
}

// awaitChange waits for a write or the reader's own next time, whichever is first.
func (r *Runner) awaitChange(ctx context.Context, s *streamReader) {
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	wake := s.wake()
	if !wake.IsZero() {
		d := max(wake.Sub(r.cfg.Clock.Now()), time.Millisecond)
		go func() {
			r.sleep(waiting, d)
			stop()
		}()
	}
	if s.retrying() {
		<-waiting.Done()
		return
	}
	if err := r.cfg.Feed.Wait(waiting, s.seq()); err == nil && s.Window > 0 {
		r.sleep(ctx, s.Window)
	}
}

func (s *streamReader) seq() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at.Seq
}

func (s *streamReader) retrying() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.retryAt.IsZero()
}

// wake is when the reader has something to do without a write.
func (s *streamReader) wake() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.retryAt.IsZero() {
		return s.retryAt
	}
	if s.at.Window.IsZero() {
		return time.Time{}
	}
	return s.at.Window.Add(s.Tumbling)
}
