package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// startTime is how long a JVM on a busy machine may take to open its port.
const startTime = 90 * time.Second

// running is a started server.
type running struct {
	endpoint string
	cmd      *exec.Cmd
	exited   chan struct{}
	log      safeBuffer
}

func (s server) start(ctx context.Context, lib string) (*running, error) {
	java, err := exec.LookPath("java")
	if err != nil {
		return nil, fmt.Errorf("%s needs java (17 or later) on the PATH", s.title)
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	jvm, program := s.options(lib, port)
	args := append(append(jvm, "-cp", filepath.Join(lib, "*"), s.class), program...)
	r := &running{
		endpoint: fmt.Sprintf("http://127.0.0.1:%d", port),
		cmd:      exec.CommandContext(ctx, java, args...),
		exited:   make(chan struct{}),
	}
	r.cmd.Stdout, r.cmd.Stderr, r.cmd.Dir = &r.log, &r.log, lib
	if err := r.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s didn't start: %w", s.title, err)
	}
	go func() {
		// Why it ended is in its log.
		_ = r.cmd.Wait()
		close(r.exited)
	}()
	if err := r.ready(ctx, port); err != nil {
		r.stop()
		return nil, fmt.Errorf("%s %s didn't come up: %w\n%s", s.title, s.version, err, tail(r.log.Bytes()))
	}
	return r, nil
}

// ready waits until the port takes connections.
func (r *running) ready(ctx context.Context, port int) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return conn.Close()
		}
		select {
		case <-r.exited:
			return errors.New("it ended")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (r *running) stop() {
	// It keeps nothing, so there is nothing to finish; if it ended already, so be it.
	_ = r.cmd.Process.Kill()
	<-r.exited
}

// freePort asks the system for a port nobody has. Somebody else may still take it
// before the server does; then the server ends and says so.
func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("no free port: %w", err)
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// safeBuffer is a log written by a process while it is read here.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// Bytes is a copy of what was written so far.
func (b *safeBuffer) Bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.buf.Bytes())
}
