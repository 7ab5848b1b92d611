package local

import (
	"sync"
	"time"
)

// Warp is the machine's clock with a lead that can be made larger: a demo's hours pass
// in no time. It implements runner.Clock.
type Warp struct {
	mu    sync.Mutex
	lead  time.Duration
	moved chan struct{} // closed and replaced at each jump
}

// NewWarp is a clock with no lead yet.
func NewWarp() *Warp { return &Warp{moved: make(chan struct{})} }

// Now is the machine's time and the lead.
func (w *Warp) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.lead)
}

// Jump moves the clock ahead.
func (w *Warp) Jump(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lead += d
	close(w.moved)
	w.moved = make(chan struct{})
}

func (w *Warp) jumped() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.moved
}

// After is time.After on this clock: a jump over the time ends the wait.
func (w *Warp) After(d time.Duration) <-chan time.Time {
	out := make(chan time.Time, 1)
	end := w.Now().Add(d)
	go func() {
		for {
			moved := w.jumped()
			left := end.Sub(w.Now())
			if left <= 0 {
				out <- w.Now()
				return
			}
			timer := time.NewTimer(left)
			select {
			case <-timer.C:
			case <-moved:
				timer.Stop()
			}
		}
	}()
	return out
}
