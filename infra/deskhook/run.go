package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/infra/local/runner"
	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/settings"
)

// runCmd runs the desk until it is interrupted.
type runCmd struct {
	place
	Addr string `default:"127.0.0.1:3000" help:"Where to listen; the next free port is taken if this one is in use."`
	Data string `default:".deskhook" type:"path" help:"Folder that everything is kept in."`
}

// place says where a desk's two files are.
type place struct {
	SettingsFile string `name:"settings" default:"infra/desk.yaml" type:"path" help:"Settings."`
	TemplateFile string `name:"template" default:"template.yaml" type:"path" help:"SAM template that says which function hangs where."`
}

// load reads both, and tells warnings.
func (p place) load(w *world) (*config.Settings, *template.Template, error) {
	s, warnings, err := config.LoadFile(p.SettingsFile, builtin.Names...)
	for _, warning := range warnings {
		fmt.Fprintln(w.err, "warning:", warning)
	}
	if err != nil {
		return nil, nil, err
	}
	t, err := template.Load(p.TemplateFile, nil)
	return s, t, err
}

// draft is the settings as they are written, for whoever edits them in the console.
func (p place) draft() (settings.Draft, error) {
	text, err := os.ReadFile(p.SettingsFile)
	return settings.Gather(os.DirFS(filepath.Dir(p.SettingsFile)), string(text)), err
}

// Run serves the desk.
func (c *runCmd) Run(w *world) error {
	s, t, err := c.load(w)
	if err != nil {
		return err
	}
	draft, err := c.draft()
	if err != nil {
		return err
	}
	l, err := listen(c.Addr)
	if err != nil {
		return err
	}
	base := "http://" + l.Addr().String()
	level := slog.LevelWarn
	d, err := local.Open(local.Options{
		Dir: c.Data, Template: t, Settings: s, Draft: draft, PublicURL: base, Getenv: w.getenv, Clock: runner.RealClock{},
		Log: slog.New(slog.NewTextHandler(w.err, &slog.HandlerOptions{Level: level})),
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	return serve(w, d, l, func() { d.Welcome(w.out, base, c.Data) })
}

// serve runs a desk behind a listener until the context ends; then it lets calls under
// way finish.
func serve(w *world, d *local.Desk, l net.Listener, ready func()) error {
	srv := &http.Server{Handler: d.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	ran := make(chan error, 1)
	go func() { ran <- d.Run(ctx) }()
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	ready()
	var err error
	select {
	case <-ctx.Done():
	case err = <-served:
	}
	stop, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	err = errors.Join(err, srv.Shutdown(stop))
	cancel()
	if rerr := <-ran; rerr != nil && !errors.Is(rerr, context.Canceled) {
		err = errors.Join(err, rerr)
	}
	return errors.Join(err, d.Close())
}

// listen takes the address, or the next free port behind it.
func listen(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("--addr %s: want host:port", addr)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("--addr %s: the port is no number", addr)
	}
	for try := range 50 {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(n+try)))
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || n == 0 {
			return l, err
		}
	}
	return nil, fmt.Errorf("--addr %s: this port and the 49 behind it are taken", addr)
}
