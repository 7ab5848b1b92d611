package sim

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/table"
)

// crash is what a dying invocation panics with.
type crash struct{}

// errLost: the work was done and its answer got lost.
var errLost = errors.New("sim: the answer got lost")

// errAway: the service was not reached; nothing was done.
var errAway = errors.New("sim: the service is away")

// faults says what goes wrong, and how often of 1,000 calls.
type faults struct {
	sim  *Sim
	on   bool
	down bool // the process is dead: nothing has an effect any more
	rng  *rand.Rand

	throttle, conflict, lost, away int
	before, after                  int // crashes of one invocation, before and after a call's effect
	kill                           int // crashes of the whole desk
	stale                          int // index reads from an older state
	meet                           int // another invocation runs in the middle of this one

	pages map[string]oldPage
}

type oldPage struct {
	at   time.Time
	page table.Page
}

// newFaults draws how bad a run is going to be.
func newFaults(s *Sim) faults {
	rng := rand.New(rand.NewPCG(s.cfg.Seed, 77))
	if s.cfg.Calm {
		return faults{sim: s, on: true, rng: rng, pages: map[string]oldPage{}, meet: 150}
	}
	upTo := func(n int) int { return rng.IntN(n + 1) }
	return faults{
		sim: s, on: true, rng: rng, pages: map[string]oldPage{},
		throttle: upTo(25), conflict: upTo(25), lost: upTo(15), away: upTo(10),
		before: upTo(10), after: upTo(10), kill: upTo(2), stale: upTo(400), meet: upTo(40),
	}
}

func (f *faults) hits(p int) bool { return f.on && f.rng.IntN(1000) < p }

// enter is called before each effect: the process may be dead, die now, or stop for
// another invocation to run first.
func (f *faults) enter() {
	if f.down {
		panic(crash{})
	}
	if f.hits(f.before) {
		f.sim.note("crash before a call")
		panic(crash{})
	}
	if f.hits(f.kill) {
		f.down = true
		panic(crash{})
	}
	if f.sim.depth > 0 && f.sim.depth < 3 && f.hits(f.meet) {
		f.sim.interleave()
	}
	if f.down { // died meanwhile
		panic(crash{})
	}
}

// leave is called after an effect.
func (f *faults) leave() {
	if f.hits(f.after) {
		f.sim.note("crash after a call")
		panic(crash{})
	}
}

// wrap puts the faults between the desk and what it touches.
func (s *Sim) wrap(w *local.World) {
	f := &s.faults
	w.Table = mutatedTable{&faultyTable{w.Table, f}, s.cfg.Mutation, w.Table}
	w.Queue = mutatedQueue{&faultyQueue{w.Queue, f}, s}
	w.Blob = &faultyBlob{w.Blob, f}
	w.HTTP = mutatedHTTP{&faultyHTTP{w.HTTP, f}, s.cfg.Mutation}
	w.Pause = s.pause
	w.Rand = func(b []byte) {
		for i := range b {
			b[i] = byte(s.rng.UintN(256))
		}
	}
}

type faultyTable struct {
	table.Table
	f *faults
}

func (t *faultyTable) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	t.f.enter()
	if t.f.hits(t.f.throttle) {
		return nil, table.ErrThrottled
	}
	return t.Table.Get(ctx, keys...)
}

func (t *faultyTable) Write(ctx context.Context, ops ...table.Op) error {
	t.f.enter()
	switch {
	case t.f.hits(t.f.throttle):
		return table.ErrThrottled
	case t.f.hits(t.f.conflict):
		return table.ErrConflict
	}
	if err := t.Table.Write(ctx, ops...); err != nil {
		return err
	}
	t.f.sim.wrote(ops)
	t.f.leave()
	if t.f.hits(t.f.lost) {
		t.f.sim.note("a write's answer gets lost")
		// A single put is tried again by the SDK, which then hears of a conflict with itself.
		if len(ops) == 1 && ops[0].Kind == table.OpPut && t.f.rng.IntN(2) == 0 {
			return table.ErrConflict
		}
		return errLost
	}
	return nil
}

// Query of an index may answer with what it was seconds ago.
func (t *faultyTable) Query(ctx context.Context, q table.Query) (table.Page, error) {
	t.f.enter()
	if t.f.hits(t.f.throttle) {
		return table.Page{}, table.ErrThrottled
	}
	key := string(q.Index) + "|" + q.PK
	now := t.f.sim.clock.Now()
	if old, ok := t.f.pages[key]; ok && q.Index != table.Primary && now.Sub(old.at) < 10*time.Second && t.f.hits(t.f.stale) {
		return old.page, nil
	}
	page, err := t.Table.Query(ctx, q)
	if err == nil && q.Index != table.Primary && q.Cursor == "" {
		t.f.pages[key] = oldPage{now, page}
	}
	return page, err
}

type faultyQueue struct {
	queue.Queue
	f *faults
}

func (q *faultyQueue) Send(ctx context.Context, to queue.Name, msgs ...queue.Message) error {
	q.f.enter()
	if q.f.hits(q.f.away) {
		return errAway
	}
	if len(msgs) > 1 && q.f.hits(q.f.away) { // some of a batch are refused
		if err := q.send(ctx, to, msgs[:len(msgs)-1]); err != nil {
			return err
		}
		return &queue.SendError{Failed: map[int]error{len(msgs) - 1: errAway}}
	}
	if err := q.send(ctx, to, msgs); err != nil {
		return err
	}
	if !to.FIFO() && q.f.hits(q.f.lost) { // a standard queue may deliver twice
		_ = q.Queue.Send(ctx, to, msgs...)
	}
	q.f.leave()
	if q.f.hits(q.f.lost) {
		q.f.sim.note("the answer of a send to %s gets lost", to)
		return errLost
	}
	return nil
}

func (q *faultyQueue) send(ctx context.Context, to queue.Name, msgs []queue.Message) error {
	err := q.Queue.Send(ctx, to, msgs...)
	if err == nil && to == queue.Inbound {
		q.f.sim.ledger.enqueued(msgs)
	}
	return err
}

func (q *faultyQueue) Postpone(ctx context.Context, on queue.Name, receipt string, d time.Duration) error {
	q.f.enter()
	if q.f.hits(q.f.away) {
		return errAway
	}
	return q.Queue.Postpone(ctx, on, receipt, d)
}

type faultyBlob struct {
	blob.Store
	f *faults
}

func (b *faultyBlob) Put(ctx context.Context, key string, data []byte, o blob.Options) error {
	b.f.enter()
	if b.f.hits(b.f.away) {
		return errAway
	}
	return b.Store.Put(ctx, key, data, o)
}

func (b *faultyBlob) Get(ctx context.Context, key string, max int64) ([]byte, error) {
	if b.f.down {
		panic(crash{})
	}
	if b.f.hits(b.f.away) {
		return nil, errAway
	}
	return b.Store.Get(ctx, key, max)
}

type faultyHTTP struct {
	channel.Doer
	f *faults
}

// Do lets time pass while a provider works, others run meanwhile, and the invocation die
// before it hears of the outcome.
func (h *faultyHTTP) Do(req *http.Request) (*http.Response, error) {
	h.f.enter()
	if !strings.HasSuffix(req.URL.Path, "stable_token") {
		h.f.sim.leaving(req)
	}
	if h.f.on {
		h.f.sim.clock.pass(time.Duration(20+h.f.rng.IntN(400)) * time.Millisecond)
		if !h.f.sim.cfg.Calm && h.f.hits(8) { // longer than a lease, and than the function may take
			h.f.sim.clock.pass(70 * time.Second)
		}
	}
	resp, err := h.Doer.Do(req)
	if h.f.sim.depth > 0 && h.f.sim.depth < 3 && h.f.hits(h.f.meet*3) {
		h.f.sim.interleave()
	}
	if h.f.down {
		panic(crash{})
	}
	h.f.leave()
	return resp, err
}
