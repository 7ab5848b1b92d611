package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/lambdaevent"
)

// Errors of a call, found with errors.Is. Whatever a handler returned is wrapped by
// ErrFailed.
var (
	ErrFailed      = errors.New("runner: the function failed")
	ErrPanicked    = fmt.Errorf("%w: it panicked", ErrFailed)
	ErrTimedOut    = fmt.Errorf("%w: it ran over its time", ErrFailed)
	ErrInit        = fmt.Errorf("%w: it could not start", ErrFailed)
	ErrTooLarge    = errors.New("runner: payload over Lambda's 6 MB")
	ErrOutTooLarge = fmt.Errorf("%w: its response is over Lambda's 6 MB", ErrFailed)
	ErrThrottled   = errors.New("runner: the function is at its reserved concurrency")
	ErrUnknown     = errors.New("runner: no such function, queue or reader")
	ErrStopped     = errors.New("runner: stopped")
)

// function is one function with its warm instances.
type function struct {
	template.Function
	construct Constructor

	mu   sync.Mutex
	idle []lambda.Handler
	busy int
}

// Invoke calls a function with a payload as `aws lambda invoke` does. An instance that
// panicked or ran over its time is thrown away, as Lambda throws away its sandbox; one
// that returned an error is kept.
func (r *Runner) Invoke(ctx context.Context, name string, payload []byte) ([]byte, error) {
	f := r.functions[name]
	if f == nil {
		return nil, fmt.Errorf("%w: function %q", ErrUnknown, name)
	}
	return r.invoke(ctx, f, "invoke", 0, payload)
}

// invoke runs one call and remembers it.
func (r *Runner) invoke(ctx context.Context, f *function, trigger string, batch int, payload []byte) ([]byte, error) {
	id, err := r.begin()
	if err != nil {
		return nil, err
	}
	defer r.calls.Done()
	start := r.cfg.Clock.Now()
	c := &call{id: id, deadline: start.Add(f.Timeout), payload: payload}
	out, err := r.onInstance(ctx, f, c)
	took := r.cfg.Clock.Now().Sub(start)
	in := Invocation{ID: id, Function: f.Name, Trigger: trigger, Start: start, Took: took, Batch: batch, In: len(payload), Out: len(out), Cold: c.cold}
	if err != nil {
		in.Error = err.Error()
		r.cfg.Log.Error("invocation failed", "function", f.Name, "trigger", trigger, "id", id, "took", took, "error", err)
	}
	r.recent.add(in)
	return out, err
}

func (r *Runner) begin() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopping {
		return "", ErrStopped
	}
	r.calls.Add(1)
	r.serial++
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", r.serial), nil
}

// call is one call on its way.
type call struct {
	id       string
	deadline time.Time
	payload  []byte
	cold     bool
}

func (r *Runner) onInstance(ctx context.Context, f *function, c *call) ([]byte, error) {
	if len(c.payload) > lambdaevent.MaxPayload {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(c.payload))
	}
	h, err := r.take(f, c)
	if err != nil {
		return nil, err
	}
	out, err := r.run(ctx, f, h, c)
	if errors.Is(err, ErrPanicked) || errors.Is(err, ErrTimedOut) {
		h = nil
	}
	f.giveBack(h)
	if err == nil && len(out) > lambdaevent.MaxPayload {
		return nil, fmt.Errorf("%w: %d bytes", ErrOutTooLarge, len(out))
	}
	return out, err
}

// take gives a warm instance or makes one.
func (r *Runner) take(f *function, c *call) (lambda.Handler, error) {
	f.mu.Lock()
	if f.Concurrency > 0 && f.busy >= f.Concurrency {
		f.mu.Unlock()
		return nil, ErrThrottled
	}
	f.busy++
	if n := len(f.idle); n > 0 {
		h := f.idle[n-1]
		f.idle = f.idle[:n-1]
		f.mu.Unlock()
		return h, nil
	}
	f.mu.Unlock()
	c.cold = true
	h, err := r.start(f)
	if err != nil {
		f.giveBack(nil)
	}
	return h, err
}

func (f *function) giveBack(h lambda.Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.busy--
	if h != nil {
		f.idle = append(f.idle, h)
	}
}

func (r *Runner) start(f *function) (h lambda.Handler, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: %s", ErrInit, harmless(v))
		}
	}()
	made, err := f.construct(func(name string) string { return r.getenv(f, name) })
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInit, err)
	}
	if h, ok := made.(lambda.Handler); ok {
		return h, nil
	}
	return lambda.NewHandler(made), nil
}

func (r *Runner) getenv(f *function, name string) string {
	if r.cfg.Env != nil {
		if v, ok := r.cfg.Env(f.Name, name); ok {
			return v
		}
	}
	if v, ok := f.Env[name]; ok {
		return v
	}
	switch name { // as Lambda sets them
	case "AWS_LAMBDA_FUNCTION_NAME":
		return f.Name
	case "AWS_REGION", "AWS_DEFAULT_REGION":
		return "us-east-1"
	}
	return ""
}

// run calls the handler. Synchronous: here, judged by the clock afterwards. Else in a
// goroutine, which is left behind when its time is over: its context is then done, and
// a handler that heeds it ends.
func (r *Runner) run(ctx context.Context, f *function, h lambda.Handler, c *call) ([]byte, error) {
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{
		AwsRequestID: c.id, InvokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:" + f.Name,
	})
	if r.cfg.Synchronous {
		out, err := r.guarded(byClock{ctx, c.deadline}, f, h, c)
		if r.cfg.Clock.Now().After(c.deadline) {
			return nil, fmt.Errorf("%w of %v", ErrTimedOut, f.Timeout)
		}
		return out, err
	}
	// A caller that goes away doesn't end a call on Lambda.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.Timeout)
	defer cancel()
	return r.inBackground(ctx, f, h, c)
}

func (r *Runner) inBackground(ctx context.Context, f *function, h lambda.Handler, c *call) ([]byte, error) {
	type result struct {
		out []byte
		err error
	}
	done := make(chan result, 1)
	go func() {
		out, err := r.guarded(ctx, f, h, c)
		done <- result{out, err}
	}()
	select {
	case res := <-done:
		return res.out, res.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w of %v", ErrTimedOut, f.Timeout)
	}
}

// byClock is a context whose deadline is told in the clock's time.
type byClock struct {
	context.Context
	at time.Time
}

func (c byClock) Deadline() (time.Time, bool) { return c.at, true }

func (r *Runner) guarded(ctx context.Context, f *function, h lambda.Handler, c *call) (out []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			r.cfg.Log.Error("function panicked", "function", f.Name, "id", c.id, "panic", harmless(v), "stack", string(debug.Stack()))
			out, err = nil, fmt.Errorf("%w: %s", ErrPanicked, harmless(v))
		}
	}()
	out, err = h.Invoke(ctx, c.payload)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFailed, err)
	}
	return bytes.Clone(out), nil // the handler's buffer is its next call's
}

// harmless describes a panic without its value, which may hold a customer's words. The
// runtime's own errors hold none.
func harmless(v any) string {
	if err, ok := v.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("a value of type %T", v)
}
