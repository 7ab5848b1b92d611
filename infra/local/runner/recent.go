package runner

import (
	"sync"
	"time"
)

// Invocation is one call that happened, without its content.
type Invocation struct {
	ID       string        `json:"id"`
	Function string        `json:"function"`
	Trigger  string        `json:"trigger"` // a route's pattern, never the path called: that may hold a secret
	Start    time.Time     `json:"start"`
	Took     time.Duration `json:"took"`
	Batch    int           `json:"batch,omitempty"` // messages or records
	In       int           `json:"in"`              // bytes of payload
	Out      int           `json:"out"`
	Cold     bool          `json:"cold,omitempty"`
	Error    string        `json:"error,omitempty"`
}

// ring remembers the last few invocations and counts all.
type ring struct {
	mu     sync.Mutex
	size   int
	all    []Invocation
	next   int
	total  uint64
	failed uint64
}

func (r *ring) add(i Invocation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total++
	if i.Error != "" {
		r.failed++
	}
	if len(r.all) < r.size {
		r.all = append(r.all, i)
		return
	}
	r.all[r.next] = i
	r.next = (r.next + 1) % r.size
}

// Recent gives the last invocations, the newest first.
func (r *Runner) Recent() []Invocation {
	ring := &r.recent
	ring.mu.Lock()
	defer ring.mu.Unlock()
	out := make([]Invocation, 0, len(ring.all))
	for i := len(ring.all) - 1; i >= 0; i-- {
		out = append(out, ring.all[(ring.next+i)%len(ring.all)])
	}
	return out
}

// Counts says how many calls there were since New, and how many of them failed.
func (r *Runner) Counts() (total, failed uint64) {
	r.recent.mu.Lock()
	defer r.recent.mu.Unlock()
	return r.recent.total, r.recent.failed
}
