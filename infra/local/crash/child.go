package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// child is the desk as a process of its own.
type child struct {
	dir, data, program, addr, base string

	mu  sync.Mutex
	cmd *exec.Cmd
	log bytes.Buffer
}

// newChild builds the command line and picks a port.
func newChild(ctx context.Context, dir string) (*child, error) {
	c := &child{dir: dir, data: filepath.Join(dir, "data"), program: filepath.Join(dir, "deskhook")}
	out, err := exec.CommandContext(ctx, "go", "build", "-o", c.program, "./infra/deskhook").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("build (run it from the project's root): %w\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c.addr = l.Addr().String()
	c.base = "http://" + c.addr
	return c, l.Close()
}

// start runs the desk and waits until it answers.
func (c *child) start(ctx context.Context) error {
	cmd := exec.Command(c.program, "run", "--data", c.data, "--addr", c.addr)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.dir}
	c.log.Reset()
	cmd.Stdout, cmd.Stderr = &c.log, &c.log
	if err := cmd.Start(); err != nil {
		return err
	}
	c.mu.Lock()
	c.cmd = cmd
	c.mu.Unlock()
	for range 300 {
		resp, err := http.Get(c.base + "/healthz")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	c.kill()
	return errors.New("the desk does not answer: " + c.log.String())
}

// kill ends the desk as a power cut ends a process: at once.
func (c *child) kill() { c.end(os.Kill) }

// stop asks it to end, as a person does.
func (c *child) stop() { c.end(os.Interrupt) }

func (c *child) end(sig os.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd == nil {
		return
	}
	_ = c.cmd.Process.Signal(sig)
	_ = c.cmd.Wait() // it was killed: that is its error
	c.cmd = nil
}
