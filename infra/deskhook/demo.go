package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"time"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/infra/local/demo"
)

// demoCmd shows a scratch desk at work.
type demoCmd struct {
	place
	Addr string `default:"127.0.0.1:3000" help:"Where to listen; the next free port is taken if this one is in use."`
	Once bool   `help:"Print the four scores and exit instead of serving on."`
	Week bool   `help:"Let a seeded week of life pass first, so that lists and figures are full."`
	Seed uint64 `default:"1" help:"Of --week."`
}

var undoSend = regexp.MustCompile(`(?m)^( *undo_send: )\S+`)

// Run shows it. The desk lies in a scratch folder, has its own clock, and is gone when
// the command ends.
func (c *demoCmd) Run(w *world) (err error) {
	s, t, err := c.load(w)
	if err != nil {
		return err
	}
	draft, err := c.draft()
	if err != nil {
		return err
	}
	// The show has no second thoughts to wait for; the settings' page tells so, too.
	s.Tickets.UndoSend = 0
	draft.Text = undoSend.ReplaceAllString(draft.Text, "${1}0s")
	dir, err := os.MkdirTemp("", "deskhook-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l, err := listen(c.Addr)
	if err != nil {
		return err
	}
	base, clock := "http://"+l.Addr().String(), local.NewWarp()
	if c.Week {
		clock.Jump(-demo.WeekLength)
	}
	d, err := local.Open(local.Options{
		Dir: dir, Template: t, Settings: s, Draft: draft, PublicURL: base, Getenv: func(string) string { return "" }, Clock: clock,
		NoSync: true, Log: slog.New(slog.NewTextHandler(w.err, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	show := &demo.Demo{Desk: d, Base: base, Clock: clock, Out: w.out}
	stopped, stop := context.WithCancel(w.ctx)
	defer stop()
	inner := *w
	inner.ctx = stopped
	served := make(chan error, 1)
	go func() { served <- serve(&inner, d, l, func() {}) }()
	err = c.show(w, show, base)
	if err == nil && !c.Once {
		fmt.Fprintf(w.out, "\nThe desk is still there; Ctrl+C ends it.\n  Console  %s/console   (password: %s)\n  Outbox   %s/outbox\n", base, d.World.LocalPassword, base)
		<-w.ctx.Done()
	}
	stop()
	return errors.Join(err, <-served)
}

func (c *demoCmd) show(w *world, show *demo.Demo, base string) error {
	fmt.Fprintln(w.out, "A scratch desk with its own clock; yours isn't touched.")
	if err := waitFor(w.ctx, base+"/healthz"); err != nil {
		return err
	}
	scores, err := show.Run(w.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(w.out, "\nThe scores:")
	for _, sc := range scores {
		fmt.Fprintf(w.out, "  %-8s %s  %d of 5\n", sc.Channel, sc.Ticket, sc.Value)
	}
	if !c.Week {
		return nil
	}
	fmt.Fprintln(w.out, "\nA week of life:")
	return show.Week(w.ctx, c.Seed)
}

// waitFor waits until the desk answers.
func waitFor(ctx context.Context, url string) error {
	for range 200 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			return resp.Body.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(25 * time.Millisecond):
		}
	}
	return fmt.Errorf("the desk does not answer at %s", url)
}
