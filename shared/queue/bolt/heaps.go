package bolt

import (
	"container/heap"
	"time"
)

// timer is a moment at which an item's delay or lease ends.
type timer struct {
	at   time.Time
	item *item
}

// laneRef is a lane and the head it had when it was put in the heap.
type laneRef struct {
	lane *lane
	seq  uint64
}

type (
	timerHeap struct{ byLess[timer] }
	laneHeap  struct{ byLess[laneRef] }
)

// Ties go by seq, so that a simulation replays alike.
func earlier(a, b timer) bool {
	if a.at.Equal(b.at) {
		return a.item.seq < b.item.seq
	}
	return a.at.Before(b.at)
}

func firstSeq(a, b laneRef) bool { return a.seq < b.seq }

func (h *timerHeap) push(t timer) { h.less = earlier; heap.Push(&h.byLess, t) }
func (h *timerHeap) pop() timer   { return heap.Pop(&h.byLess).(timer) }
func (h *laneHeap) push(r laneRef) {
	h.less = firstSeq
	heap.Push(&h.byLess, r)
}
func (h *laneHeap) pop() laneRef { return heap.Pop(&h.byLess).(laneRef) }

// top drops timers that no longer count and returns the earliest that does.
func (h *timerHeap) top(counts func(timer) bool) (timer, bool) {
	for h.Len() > 0 {
		if counts(h.all[0]) {
			return h.all[0], true
		}
		h.pop()
	}
	return timer{}, false
}

// byLess is a slice as container/heap wants it.
type byLess[T any] struct {
	all  []T
	less func(a, b T) bool
}

// Len implements heap.Interface.
func (h *byLess[T]) Len() int { return len(h.all) }

// Less implements heap.Interface.
func (h *byLess[T]) Less(i, j int) bool { return h.less(h.all[i], h.all[j]) }

// Swap implements heap.Interface.
func (h *byLess[T]) Swap(i, j int) { h.all[i], h.all[j] = h.all[j], h.all[i] }

// Push implements heap.Interface.
func (h *byLess[T]) Push(v any) { h.all = append(h.all, v.(T)) }

// Pop implements heap.Interface.
func (h *byLess[T]) Pop() any {
	last := len(h.all) - 1
	v := h.all[last]
	var zero T
	h.all[last] = zero
	h.all = h.all[:last]
	return v
}
