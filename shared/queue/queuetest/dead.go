package queuetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
)

// The rule is AWS's: "Using dead-letter queues in Amazon SQS".
var deadLetters = map[string]func(*testing.T, *suite){
	"received too often it dies and frees its group": dies,
	"on a standard queue too":                        diesStandard,
	"a batch dies in order":                          diesInOrder,
	"a dead letter tells when and in what order":     deadTells,
	"redriven it is whole again":                     redriven,
}

// exhaust receives and hands back until the queue gives up on what it gives.
func (s *suite) exhaust(t *testing.T, on queue.Name, max int, want ...string) {
	t.Helper()
	for n := range s.MaxReceive {
		for _, m := range s.take(t, on, max, want...) {
			require.Equal(t, n+1, m.ReceiveCount)
			s.postpone(t, on, m, 0)
		}
	}
}

func dies(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "poison"), in("g", "next"))
	s.exhaust(t, s.FIFO, 1, "poison")
	got := s.receive(t, s.FIFO, 1)
	if len(got) == 0 && s.Features.DyingTakesAReceive {
		got = s.receive(t, s.FIFO, 1)
	}
	require.Equal(t, []string{"next"}, bodies(got))
	s.delete(t, s.FIFO, got...)
	dead := s.takeOne(t, s.FIFODead, "poison")
	require.Equal(t, "g", dead.Group)
	s.delete(t, s.FIFODead, dead)
	s.none(t, s.FIFO)
	s.none(t, s.FIFODead)
}

func diesStandard(t *testing.T, s *suite) {
	s.send(t, s.Standard, queue.Message{Body: "poison"})
	s.exhaust(t, s.Standard, 1, "poison")
	s.none(t, s.Standard)
	s.takeOne(t, s.StandardDead, "poison")
}

func diesInOrder(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"))
	s.exhaust(t, s.FIFO, 2, "1", "2")
	s.none(t, s.FIFO)
	s.take(t, s.FIFODead, 10, "1", "2")
}

// What whoever keeps dead letters orders them by: taken again they tell the same.
func deadTells(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"))
	s.exhaust(t, s.FIFO, 2, "1", "2")
	s.none(t, s.FIFO)
	first := s.take(t, s.FIFODead, 10, "1", "2")
	for _, m := range first {
		require.NotEmpty(t, m.Seq)
		require.False(t, m.Sent.IsZero())
		s.postpone(t, s.FIFODead, m, 0)
	}
	seq := func(m Message) string { return fmt.Sprintf("%040s", m.Seq) }
	require.Less(t, seq(first[0]), seq(first[1]))
	require.False(t, first[1].Sent.Before(first[0].Sent))
	for i, m := range s.take(t, s.FIFODead, 10, "1", "2") {
		require.Equal(t, first[i].ID, m.ID)
		require.Equal(t, first[i].Seq, m.Seq)
		require.True(t, first[i].Sent.Equal(m.Sent))
	}
}

func redriven(t *testing.T, s *suite) {
	if s.Redrive == nil {
		return
	}
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"))
	s.exhaust(t, s.FIFO, 2, "1", "2")
	s.none(t, s.FIFO)
	require.NoError(t, s.Redrive(t.Context(), s.FIFODead, s.FIFO))
	s.none(t, s.FIFODead)
	// Counted from one again: it would die at once otherwise.
	s.exhaust(t, s.FIFO, 2, "1", "2")
	s.none(t, s.FIFO)
	s.take(t, s.FIFODead, 10, "1", "2")
}
