// Package runner runs the desk's functions on one machine as Lambda runs them: the
// same JSON goes in and out, one call at a time per instance, with deadlines, size
// limits, retries and partial batch responses as AWS has them. What hangs on what is
// read from template.yaml.
//
// It can be driven in two ways. Run starts pollers and works until its context ends.
// Or nothing is started and each source is stepped (PollQueue, PollStream,
// RunSchedule, ServeHTTP) one at a time, in an order that the caller chooses: with
// Config.Synchronous no goroutine is ever started, so that a simulation replays alike.
package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/bolt"
	"github.com/deskhook/deskhook/shared/table"
)

// Clock is where all time comes from.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// RealClock is the machine's clock.
type RealClock struct{}

// Now is time.Now.
func (RealClock) Now() time.Time { return time.Now() }

// After is time.After.
func (RealClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Constructor makes one instance of a function, as its main does on a cold start. It
// reads its environment through getenv and nothing else. The answer is anything
// lambda.NewHandler takes, or a lambda.Handler.
type Constructor func(getenv func(string) string) (any, error)

// Queue is the receiving side of the embedded queue.
type Queue interface {
	Receive(ctx context.Context, on queue.Name, max int) ([]bolt.Received, error)
	Delete(ctx context.Context, on queue.Name, receipts ...string) error
	Wait(ctx context.Context, on queue.Name) error
}

var _ Queue = (*bolt.DB)(nil)

// Positions keeps how far each reader of the change feed has come. What is saved is
// the reader's own text, at most 1.5 MB; "" stands for nothing saved yet.
type Positions interface {
	Load(ctx context.Context, reader string) (string, error)
	Save(ctx context.Context, reader, checkpoint string) error
}

// Config is what a Runner is made of. Without a remark a field is needed.
type Config struct {
	Template  *template.Template
	Functions map[string]Constructor                     // by folder name; one for each function of the template
	Env       func(function, name string) (string, bool) // goes before the template's; may be nil
	Queue     Queue
	Feed      table.Feed
	Positions Positions
	Failures  blob.Store // where failed stream batches go; nil = they are dropped with a log line
	Clock     Clock
	Log       *slog.Logger
	// Synchronous runs each call in the caller's goroutine. A call is then over time if
	// the clock says so when it returns; nothing interrupts it.
	Synchronous bool
	// Recent is how many invocations are remembered for the home page; 0 = 200.
	Recent int
}

// Runner runs the functions of one template. It is safe for concurrent use.
type Runner struct {
	cfg       Config
	functions map[string]*function
	routes    []route
	queues    []*queueReader
	streams   []*streamReader
	schedules []*timetable
	recent    ring

	mu       sync.Mutex
	stopping bool
	serial   uint64
	calls    sync.WaitGroup
}

// ErrConfig is wrapped by what New refuses.
var ErrConfig = errors.New("runner: configuration")

// New readies a runner; nothing is called yet. Each function of the template needs its
// constructor; all that miss one are named at once.
func New(cfg Config) (*Runner, error) {
	if cfg.Template == nil || cfg.Clock == nil || cfg.Log == nil {
		return nil, fmt.Errorf("%w: template, clock and log are needed", ErrConfig)
	}
	if cfg.Recent <= 0 {
		cfg.Recent = 200
	}
	r := &Runner{cfg: cfg, functions: map[string]*function{}, recent: ring{size: cfg.Recent}}
	var faults []error
	for _, spec := range cfg.Template.Functions {
		if err := r.add(spec); err != nil {
			faults = append(faults, err)
		}
	}
	sortRoutes(r.routes)
	return r, errors.Join(faults...)
}

func (r *Runner) add(spec template.Function) error {
	construct := r.cfg.Functions[spec.Name]
	if construct == nil {
		return fmt.Errorf("%w: no constructor for functions/%s (template line %d)", ErrConfig, spec.Name, spec.Line)
	}
	f := &function{Function: spec, construct: construct}
	r.functions[spec.Name] = f
	for _, rt := range spec.Routes {
		r.routes = append(r.routes, newRoute(f, rt))
	}
	for _, s := range spec.Queues {
		r.queues = append(r.queues, &queueReader{fn: f, QueueSource: s})
	}
	for i, s := range spec.Streams {
		r.streams = append(r.streams, &streamReader{fn: f, StreamSource: s, name: fmt.Sprintf("%s-%d", spec.Name, i)})
	}
	for _, s := range spec.Schedules {
		r.schedules = append(r.schedules, &timetable{fn: f, Schedule: s, last: r.cfg.Clock.Now()})
	}
	return r.checkSources(spec)
}

func (r *Runner) checkSources(spec template.Function) error {
	if len(spec.Queues) > 0 && r.cfg.Queue == nil {
		return fmt.Errorf("%w: %s reads a queue, and there is none", ErrConfig, spec.Name)
	}
	if len(spec.Streams) > 0 && (r.cfg.Feed == nil || r.cfg.Positions == nil) {
		return fmt.Errorf("%w: %s reads the change feed, and feed or positions are missing", ErrConfig, spec.Name)
	}
	return nil
}

// Run polls queues, streams and schedules until ctx ends, then lets the calls under
// way finish, HTTP ones included: after it returns nothing runs, and further calls get
// ErrStopped. It may be called once, and not with Config.Synchronous.
func (r *Runner) Run(ctx context.Context) error {
	if r.cfg.Synchronous {
		return fmt.Errorf("%w: a synchronous runner is stepped, not run", ErrConfig)
	}
	var loops sync.WaitGroup
	for _, q := range r.queues {
		for range q.workers() {
			loops.Go(func() { r.queueLoop(ctx, q) })
		}
	}
	for _, s := range r.streams {
		loops.Go(func() { r.streamLoop(ctx, s) })
	}
	for _, s := range r.schedules {
		loops.Go(func() { r.scheduleLoop(ctx, s) })
	}
	<-ctx.Done()
	loops.Wait()
	r.mu.Lock()
	r.stopping = true
	r.mu.Unlock()
	r.calls.Wait()
	return nil
}

// Functions lists the names of the functions in the template's order.
func (r *Runner) Functions() []string {
	var names []string
	for _, f := range r.cfg.Template.Functions {
		names = append(names, f.Name)
	}
	return names
}

// NextWake is the earliest time at which a schedule or a stream reader (a retry, the
// end of a window) has something to do that no write announces. False: there is none.
func (r *Runner) NextWake() (time.Time, bool) {
	var next time.Time
	consider := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, s := range r.schedules {
		consider(s.next())
	}
	for _, s := range r.streams {
		consider(s.wake())
	}
	return next, !next.IsZero()
}

// sleep waits for d by the clock; false if ctx ended first.
func (r *Runner) sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-r.cfg.Clock.After(d):
		return true
	}
}
