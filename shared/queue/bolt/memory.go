package bolt

import (
	"container/list"
	"time"
)

// item is a message's place in memory.
type item struct {
	seq      uint64
	lane     *lane
	elem     *list.Element // in memory.order
	entered  time.Time
	first    time.Time
	receives int // that ended in a return

	waiting bool      // delayed until due
	leased  bool      // in flight until due
	due     time.Time // of the delay or the lease
	lease   uint64    // number of the lease, in the receipt
	claimed bool      // a change under way takes it: nobody else may
}

// held says that the item's lane must wait for it.
func (it *item) held() bool { return it.leased || it.claimed }

// lane is what is given in order: a group of a FIFO queue, or one message of a
// standard one.
type lane struct {
	group string
	items []*item // by seq
	held  int     // items in flight or claimed
	ready bool    // is in memory.ready
}

// memory is the index of one queue. All its methods want DB.mu held.
type memory struct {
	Spec
	items  map[uint64]*item
	lanes  map[string]*lane // FIFO queues
	order  *list.List       // of *item, by seq, and so by entered
	ready  laneHeap         // lanes that may give, by their head's seq
	delays timerHeap
	leases timerHeap
	dedup  dedupWindow

	leaseNo           uint64
	inFlight, delayed int
	expired           uint64        // dropped for their age since opening
	changed           chan struct{} // closed and renewed when something may have become visible
}

func newMemory(s Spec) *memory {
	return &memory{
		Spec: s, items: map[uint64]*item{}, lanes: map[string]*lane{}, order: list.New(),
		dedup: dedupWindow{at: map[string]time.Time{}}, changed: make(chan struct{}),
	}
}

func (q *memory) wake() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// add takes in a new last item.
func (q *memory) add(it *item, group string, now time.Time) {
	it.lane = q.laneOf(group)
	it.lane.items = append(it.lane.items, it)
	it.elem = q.order.PushBack(it)
	q.items[it.seq] = it
	if it.due.After(now) {
		it.waiting = true
		q.delayed++
		q.delays.push(timer{it.due, it})
	}
	q.offer(it.lane)
}

func (q *memory) laneOf(group string) *lane {
	if !q.Name.FIFO() {
		return &lane{}
	}
	l := q.lanes[group]
	if l == nil {
		l = &lane{group: group}
		q.lanes[group] = l
	}
	return l
}

// remove forgets an item.
func (q *memory) remove(it *item) {
	l := it.lane
	for i, other := range l.items {
		if other == it {
			l.items = append(l.items[:i], l.items[i+1:]...)
			break
		}
	}
	if len(l.items) == 0 && q.Name.FIFO() {
		delete(q.lanes, l.group)
	}
	q.order.Remove(it.elem)
	delete(q.items, it.seq)
	if it.waiting {
		it.waiting = false
		q.delayed--
	}
	if it.held() {
		q.release(it)
	}
}

// claim reserves an item for a change under way; release or remove ends it.
func (q *memory) claim(it *item) {
	if !it.held() {
		it.lane.held++
	}
	it.claimed = true
}

// unclaim is claim undone: a leased item stays leased.
func (q *memory) unclaim(it *item) {
	it.claimed = false
	if !it.leased {
		it.lane.held--
		q.offer(it.lane)
	}
}

// release ends lease and claim: the item is visible again, or about to be removed.
func (q *memory) release(it *item) {
	if it.leased {
		q.inFlight--
	}
	it.leased, it.claimed = false, false
	it.lane.held--
	q.offer(it.lane)
}

func (q *memory) hold(it *item, until time.Time, number uint64) {
	it.leased, it.due, it.lease = true, until, number
	it.lane.held++
	q.inFlight++
	q.leases.push(timer{until, it})
}

// offer puts a lane where pick finds it, if its head may be given.
func (q *memory) offer(l *lane) {
	if l.ready || l.held > 0 || len(l.items) == 0 || l.items[0].waiting {
		return
	}
	l.ready = true
	q.ready.push(laneRef{l, l.items[0].seq})
	q.wake()
}

// promote shows what its delay has kept until now.
func (q *memory) promote(now time.Time) {
	for {
		t, ok := q.delays.top(delaying)
		if !ok || t.at.After(now) {
			return
		}
		q.delays.pop()
		t.item.waiting = false
		q.delayed--
		q.offer(t.item.lane)
	}
}

// Timers are never taken out of their heaps early: these say whether one still counts.
func delaying(t timer) bool { return t.item.waiting && t.item.due.Equal(t.at) }
func leasing(t timer) bool {
	return t.item.leased && !t.item.claimed && t.item.due.Equal(t.at)
}
