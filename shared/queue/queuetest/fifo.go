package queuetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The rules are AWS's: "Amazon SQS FIFO queue and message group ID behavior" and
// "Using the message deduplication ID in Amazon SQS".
var fifo = map[string]func(*testing.T, *suite){
	"a group keeps its order":                          groupOrder,
	"a message in flight blocks its group":             groupBlocks,
	"a message in flight does not block another group": otherGroupFree,
	"one batch may hold a group's next, in order":      batchOfGroup,
	"a half-done batch blocks until all is done":       halfBatch,
	"a failed batch comes again in order":              batchAgain,
	"a second dedup id is dropped":                     dedup,
	"dedup holds after deletion, five minutes":         dedupFiveMinutes,
	"a dropped duplicate does not begin the time anew": dedupNotExtended,
}

func groupOrder(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"))
	s.send(t, s.FIFO, in("g", "3"))
	require.Equal(t, []string{"1", "2", "3"}, s.drain(t, s.FIFO, 3))
}

func groupBlocks(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"))
	first := s.takeOne(t, s.FIFO, "1")
	s.none(t, s.FIFO)
	s.send(t, s.FIFO, in("g", "3"))
	s.none(t, s.FIFO)
	s.delete(t, s.FIFO, first)
	s.take(t, s.FIFO, 10, "2", "3")
}

func otherGroupFree(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "g1"), in("g", "g2"), in("h", "h1"))
	s.takeOne(t, s.FIFO, "g1")
	s.take(t, s.FIFO, 10, "h1")
}

func batchOfGroup(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"), in("g", "3"), in("g", "4"))
	s.take(t, s.FIFO, 3, "1", "2", "3")
	s.none(t, s.FIFO)
}

func halfBatch(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"), in("g", "3"))
	got := s.take(t, s.FIFO, 2, "1", "2")
	s.delete(t, s.FIFO, got[0])
	s.none(t, s.FIFO)
	s.delete(t, s.FIFO, got[1])
	s.take(t, s.FIFO, 10, "3")
}

// A handler that fails at the first of a batch hands all back; the order must hold.
func batchAgain(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"), in("g", "3"))
	got := s.take(t, s.FIFO, 2, "1", "2")
	s.postpone(t, s.FIFO, got[0], 0)
	if !s.Features.ReturnedFreesGroup {
		s.none(t, s.FIFO) // 2 is still in flight
	}
	s.postpone(t, s.FIFO, got[1], 0)
	s.take(t, s.FIFO, 10, "1", "2", "3")
}

func dedup(t *testing.T, s *suite) {
	one, two := in("g", "1"), in("g", "other body")
	two.Dedup = one.Dedup
	s.send(t, s.FIFO, one)
	s.send(t, s.FIFO, two) // no error: it is as good as sent
	s.send(t, s.FIFO, one, in("g", "2"), in("g", "2"))
	require.Equal(t, []string{"1", "2"}, s.drain(t, s.FIFO, 2))
}

func dedupFiveMinutes(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"))
	s.delete(t, s.FIFO, s.takeOne(t, s.FIFO, "1"))
	s.send(t, s.FIFO, in("g", "1"))
	s.none(t, s.FIFO)
	if !s.long() {
		return
	}
	s.Advance(5*time.Minute - time.Second)
	s.send(t, s.FIFO, in("g", "1"))
	s.none(t, s.FIFO)
	s.Advance(2 * time.Second)
	s.send(t, s.FIFO, in("g", "1"))
	s.takeOne(t, s.FIFO, "1")
}

func dedupNotExtended(t *testing.T, s *suite) {
	if !s.long() {
		return
	}
	s.send(t, s.FIFO, in("g", "1"))
	s.delete(t, s.FIFO, s.takeOne(t, s.FIFO, "1"))
	s.Advance(4 * time.Minute)
	s.send(t, s.FIFO, in("g", "1"))
	s.Advance(time.Minute + time.Second)
	s.send(t, s.FIFO, in("g", "1"))
	s.takeOne(t, s.FIFO, "1")
}
