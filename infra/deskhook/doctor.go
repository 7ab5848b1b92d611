package main

import (
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/deskhook/deskhook/infra/deskhook/doctor"
	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/shared/config"
)

// doctorCmd looks after a desk.
type doctorCmd struct {
	Desk     string `default:"http://127.0.0.1:3000" placeholder:"URL" help:"The desk: a local one, or the address of a deployed one."`
	Token    string `placeholder:"TOKEN" help:"Token of the API (default: DESKHOOK_API_TOKEN; on this machine the local one)."`
	Settings string `default:"infra/desk.yaml" help:"Settings."`
	Watch    bool   `help:"Then wait for the providers' calls, and say what came and why any was refused."`
}

// Run prints what it finds, and ends with 1 when something is wrong.
func (c *doctorCmd) Run(w *world) error {
	src, err := os.ReadFile(c.Settings)
	if err != nil {
		return err
	}
	d := &doctor.Doctor{
		Source: src, File: c.Settings, Desk: strings.TrimSuffix(c.Desk, "/"), Token: c.Token, Now: time.Now,
		Secrets: config.FromEnv(w.getenv), HTTP: &http.Client{Timeout: 15 * time.Second},
	}
	if d.Token == "" {
		d.Token = w.getenv("DESKHOOK_API_TOKEN")
	}
	if d.Local() {
		d.Secrets = d.Secrets.Or(config.LocalDefaults)
		if d.Token == "" {
			d.Token = local.DefaultAPIToken
		}
	}
	found := d.Check(w.ctx)
	doctor.Print(w.out, found)
	if c.Watch {
		if err := d.Watch(w.ctx, w.out); err != nil {
			return err
		}
	}
	if doctor.Ill(found) {
		return coded{code: 1}
	}
	return nil
}
