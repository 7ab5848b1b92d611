package queuetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
)

var basics = map[string]func(*testing.T, *suite){
	"a message is sent, received once, deleted":    sendReceiveDelete,
	"a body travels unchanged":                     bodyUnchanged,
	"more than one batch is split":                 splits,
	"a batch over the byte limit is split":         splitsByBytes,
	"sending nothing is no error":                  sendNothing,
	"many senders, each message once":              manySenders,
	"a delayed message shows after its delay":      delayed,
	"what was sent survives a reopening":           survives,
	"what was in flight is given again":            inFlightComesBack,
	"a receive count survives, a deleted one goes": countSurvives,
	"dedup holds over a reopening":                 dedupSurvives,
}

func sendReceiveDelete(t *testing.T, s *suite) {
	for _, on := range []queue.Name{s.FIFO, s.Standard} {
		m := queue.Message{Body: "hello"}
		if on.FIFO() {
			m = in("g", "hello")
		}
		s.send(t, on, m)
		got := s.takeOne(t, on, "hello")
		require.NotEmpty(t, got.ID)
		require.NotEmpty(t, got.Receipt)
		require.Equal(t, m.Group, got.Group)
		require.Equal(t, 1, got.ReceiveCount)
		s.none(t, on)
		s.delete(t, on, got)
		s.lapse()
		s.none(t, on)
	}
}

func bodyUnchanged(t *testing.T, s *suite) {
	body := "{\"text\":\"你好 😀 <a&b> \\u0000 \\\"\"}\r\n\t\u0085\u2028\uFFFD "
	s.send(t, s.Standard, queue.Message{Body: body})
	s.takeOne(t, s.Standard, body)
}

func splits(t *testing.T, s *suite) {
	var msgs []queue.Message
	var want []string
	for i := range 25 {
		body := fmt.Sprintf("m%02d", i)
		msgs = append(msgs, in("g", body))
		want = append(want, body)
	}
	s.send(t, s.FIFO, msgs...)
	require.Equal(t, want, s.drain(t, s.FIFO, 25))
}

func splitsByBytes(t *testing.T, s *suite) {
	var msgs []queue.Message
	size := queue.MaxBytes * 2 / 3 // any two are over the limit of one batch
	if s.Features.MaxBytes > 0 {
		size = s.Features.MaxBytes / 5 // its limit of a batch is less too: all fit in one
	}
	for i := range 4 {
		body := fmt.Sprintf("%d%0*d", i, size, 0)
		msgs = append(msgs, queue.Message{Body: body, Group: "g", Dedup: fmt.Sprint(i)})
	}
	s.send(t, s.FIFO, msgs...)
	for i, body := range s.drain(t, s.FIFO, 4) {
		require.Equal(t, fmt.Sprint(i), body[:1])
	}
}

// drain takes and deletes n messages one by one.
func (s *suite) drain(t *testing.T, on queue.Name, n int) []string {
	t.Helper()
	var out []string
	for range n {
		got := s.receive(t, on, 1)
		require.Len(t, got, 1, "after %d messages", len(out))
		out = append(out, got[0].Body)
		s.delete(t, on, got[0])
	}
	s.none(t, on)
	return out
}

func sendNothing(t *testing.T, s *suite) {
	s.send(t, s.FIFO)
	s.none(t, s.FIFO)
}

func manySenders(t *testing.T, s *suite) {
	const senders, each = 8, 5
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			for j := range each {
				m := in(fmt.Sprintf("g%d", i), fmt.Sprintf("%d-%d", i, j))
				if err := s.Queue.Send(t.Context(), s.FIFO, m); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	next := make([]int, senders)
	for _, body := range s.drain(t, s.FIFO, senders*each) {
		var i, j int
		_, err := fmt.Sscanf(body, "%d-%d", &i, &j)
		require.NoError(t, err)
		require.Equal(t, next[i], j, "order of sender %d", i)
		next[i]++
	}
}

func delayed(t *testing.T, s *suite) {
	s.send(t, s.Standard, queue.Message{Body: "later", Delay: 2 * time.Second}, queue.Message{Body: "now"})
	s.take(t, s.Standard, 10, "now")
	s.Advance(2500 * time.Millisecond)
	require.Contains(t, bodies(s.receive(t, s.Standard, 10)), "later")
}

// reopen stands in for a crash; false where the engine has no file of its own.
func (s *suite) reopen(t *testing.T) bool {
	if s.Reopen == nil {
		return false
	}
	s.Queue, s.Receiver = s.Reopen(t)
	return true
}

func survives(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"), in("h", "3"))
	s.send(t, s.Standard, queue.Message{Body: "s"}, queue.Message{Body: "d", Delay: time.Minute})
	if !s.reopen(t) {
		return
	}
	s.take(t, s.FIFO, 10, "1", "2", "3")
	s.take(t, s.Standard, 10, "s")
	s.Advance(time.Minute)
	require.Contains(t, bodies(s.receive(t, s.Standard, 10)), "d")
}

func inFlightComesBack(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"))
	old := s.takeOne(t, s.FIFO, "1")
	if !s.reopen(t) {
		return
	}
	s.take(t, s.FIFO, 10, "1", "2")
	require.ErrorIs(t, s.Queue.Postpone(t.Context(), s.FIFO, old.Receipt, 0), queue.ErrUnknown)
	require.ErrorIs(t, s.Receiver.Delete(t.Context(), s.FIFO, old.Receipt), queue.ErrUnknown)
}

func countSurvives(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "gone"), in("h", "back"))
	got := s.take(t, s.FIFO, 10, "gone", "back")
	s.delete(t, s.FIFO, got[0])
	s.postpone(t, s.FIFO, got[1], 0)
	again := s.takeOne(t, s.FIFO, "back")
	require.Equal(t, 2, again.ReceiveCount)
	if !s.reopen(t) {
		return
	}
	// The second receipt was never ended, so only the first one is counted.
	require.Equal(t, 2, s.takeOne(t, s.FIFO, "back").ReceiveCount)
	s.none(t, s.FIFO)
}

func dedupSurvives(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"))
	s.delete(t, s.FIFO, s.takeOne(t, s.FIFO, "1"))
	if !s.reopen(t) {
		return
	}
	s.send(t, s.FIFO, in("g", "1"))
	s.none(t, s.FIFO)
	s.Advance(5*time.Minute + time.Second)
	if s.reopen(t) {
		s.send(t, s.FIFO, in("g", "1"))
		s.takeOne(t, s.FIFO, "1")
	}
}
