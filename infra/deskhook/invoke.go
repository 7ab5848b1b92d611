package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/infra/local/runner"
)

// invokeCmd runs one function on an event.
type invokeCmd struct {
	place
	Function string `arg:"" help:"The function, by its folder's name."`
	Event    string `short:"e" required:"" help:"The event, a JSON file such as events/wechat/text.json; - for standard input."`
}

// Run prints the function's answer. The desk it runs in is new and gone afterwards.
func (c *invokeCmd) Run(w *world) error {
	event, err := c.read(w)
	if err != nil {
		return err
	}
	s, t, err := c.load(w)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "deskhook-invoke-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	d, err := local.Open(local.Options{
		Dir: dir, Template: t, Settings: s, PublicURL: "http://127.0.0.1:3000", Getenv: w.getenv, Clock: runner.RealClock{},
		NoSync: true, Log: slog.New(slog.NewTextHandler(w.err, nil)),
	})
	if err != nil {
		return err
	}
	defer d.Close()
	out, err := d.Runner.Invoke(w.ctx, c.Function, event)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.out, string(bytes.TrimSpace(out)))
	return err
}

func (c *invokeCmd) read(w *world) ([]byte, error) {
	if c.Event == "-" {
		return io.ReadAll(w.in)
	}
	return os.ReadFile(c.Event)
}
