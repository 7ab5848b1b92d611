package queuetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
)

var visibility = map[string]func(*testing.T, *suite){
	"after the timeout it comes again, counted":      timeout,
	"the timeout keeps a group's order":              timeoutKeepsOrder,
	"postponed shorter":                              postponeShorter,
	"postponed longer":                               postponeLonger,
	"postponed by nothing":                           postponeZero,
	"postponed beyond the contract":                  postponeBounds,
	"the receipt is good while postponed":            receiptWhilePostponed,
	"a late receipt":                                 lateReceipt,
	"a receipt of an earlier receive":                earlierReceipt,
	"a receipt that never was":                       noReceipt,
	"a deleted message's receipt brings none back":   deletedReceipt,
	"a standard queue gives others meanwhile":        standardNotBlocked,
	"postponing on a standard queue holds only that": standardPostpone,
}

func timeout(t *testing.T, s *suite) {
	s.send(t, s.Standard, queue.Message{Body: "1"})
	first := s.takeOne(t, s.Standard, "1")
	s.none(t, s.Standard)
	s.lapse()
	again := s.takeOne(t, s.Standard, "1")
	require.Equal(t, 2, again.ReceiveCount)
	require.Equal(t, first.ID, again.ID)
	require.NotEqual(t, first.Receipt, again.Receipt)
	s.delete(t, s.Standard, again)
}

func timeoutKeepsOrder(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"), in("h", "3"))
	s.takeOne(t, s.FIFO, "1")
	s.lapse()
	got := s.take(t, s.FIFO, 10, "1", "2", "3")
	require.Equal(t, 2, got[0].ReceiveCount)
	require.Equal(t, 1, got[1].ReceiveCount)
}

func postponeShorter(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"))
	m := s.takeOne(t, s.FIFO, "1")
	s.postpone(t, s.FIFO, m, time.Second)
	s.none(t, s.FIFO)
	s.Advance(1500 * time.Millisecond)
	require.Equal(t, 2, s.takeOne(t, s.FIFO, "1").ReceiveCount)
}

func postponeLonger(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"))
	m := s.takeOne(t, s.FIFO, "1")
	s.postpone(t, s.FIFO, m, 2*s.Visibility+2*time.Second)
	s.lapse()
	s.none(t, s.FIFO)
	s.lapse()
	s.take(t, s.FIFO, 10, "1", "2")
}

func postponeZero(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"))
	m := s.takeOne(t, s.FIFO, "1")
	s.postpone(t, s.FIFO, m, 0)
	again := s.takeOne(t, s.FIFO, "1")
	require.Equal(t, 2, again.ReceiveCount)
	s.none(t, s.FIFO)
}

func postponeBounds(t *testing.T, s *suite) {
	s.send(t, s.Standard, queue.Message{Body: "1"})
	m := s.takeOne(t, s.Standard, "1")
	for _, d := range []time.Duration{-1, queue.MaxHold + 1} {
		require.ErrorIs(t, s.Queue.Postpone(t.Context(), s.Standard, m.Receipt, d), queue.ErrInvalid)
	}
}

func receiptWhilePostponed(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"))
	m := s.takeOne(t, s.FIFO, "1")
	s.postpone(t, s.FIFO, m, time.Minute)
	s.postpone(t, s.FIFO, m, 2*time.Minute)
	s.delete(t, s.FIFO, m)
	s.take(t, s.FIFO, 10, "2")
}

func lateReceipt(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"))
	m := s.takeOne(t, s.FIFO, "1")
	s.lapse()
	if s.Features.LateReceiptGood {
		s.delete(t, s.FIFO, m)
		s.none(t, s.FIFO)
		return
	}
	require.ErrorIs(t, s.Queue.Postpone(t.Context(), s.FIFO, m.Receipt, time.Minute), queue.ErrUnknown)
	_ = s.Receiver.Delete(t.Context(), s.FIFO, m.Receipt) // may fail or not, but deletes nothing
	s.takeOne(t, s.FIFO, "1")
}

func earlierReceipt(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"))
	old := s.takeOne(t, s.FIFO, "1")
	s.postpone(t, s.FIFO, old, 0)
	s.takeOne(t, s.FIFO, "1")
	err := s.Queue.Postpone(t.Context(), s.FIFO, old.Receipt, time.Second)
	if !s.Features.StaleReceiptTaken {
		require.ErrorIs(t, err, queue.ErrUnknown)
	}
	_ = s.Receiver.Delete(t.Context(), s.FIFO, old.Receipt)
	s.lapse()
	s.takeOne(t, s.FIFO, "1")
}

func noReceipt(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"))
	for _, receipt := range []string{"", "x", "1.2.3", "1.1.1", "-1.0.0"} {
		err := s.Queue.Postpone(t.Context(), s.FIFO, receipt, time.Minute)
		require.ErrorIs(t, err, queue.ErrUnknown, "receipt %q", receipt)
	}
	s.takeOne(t, s.FIFO, "1")
}

func deletedReceipt(t *testing.T, s *suite) {
	s.send(t, s.FIFO, in("g", "1"), in("g", "2"))
	m := s.takeOne(t, s.FIFO, "1")
	s.delete(t, s.FIFO, m)
	err := s.Queue.Postpone(t.Context(), s.FIFO, m.Receipt, 0)
	if !s.Features.StaleReceiptTaken {
		require.ErrorIs(t, err, queue.ErrUnknown)
	}
	s.take(t, s.FIFO, 10, "2")
}

func standardNotBlocked(t *testing.T, s *suite) {
	s.send(t, s.Standard, queue.Message{Body: "1"}, queue.Message{Body: "2"})
	first := s.receive(t, s.Standard, 1)
	second := s.receive(t, s.Standard, 1)
	require.ElementsMatch(t, []string{"1", "2"}, append(bodies(first), bodies(second)...))
}

func standardPostpone(t *testing.T, s *suite) {
	s.send(t, s.Standard, queue.Message{Body: "1"}, queue.Message{Body: "2"})
	got := s.receive(t, s.Standard, 10)
	require.Len(t, got, 2)
	s.postpone(t, s.Standard, got[1], 0)
	s.take(t, s.Standard, 10, got[1].Body)
}
