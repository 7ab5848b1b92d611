package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/infra/deskhook/verify"
	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// verifyCmd judges a recorded webhook call.
type verifyCmd struct {
	Channel  string   `arg:"" help:"The channel whose rules apply: wechat, sms, email, webform or generic."`
	Request  string   `required:"" placeholder:"FILE.http" help:"The recorded call: request line, headers, blank line, body."`
	URL      string   `name:"url" placeholder:"PUBLIC_URL" help:"Address that the provider called, whole or only its base."`
	At       string   `placeholder:"TIME" help:"When it came, RFC 3339 or Unix seconds (default: now)."`
	Set      []string `sep:"none" placeholder:"KEY=VALUE" help:"A setting or secret that goes before desk.yaml's and the environment's; mail=FILE.eml for the mail that a notice is about. May be given several times."`
	Settings string   `placeholder:"FILE" help:"Settings (default: infra/desk.yaml where there is one)."`
	Account  string   `placeholder:"NAME" help:"Account that it is judged with (default: the one that the path names, else the first)."`
}

// defaultSettings is read where it exists and no other file is named.
const defaultSettings = "infra/desk.yaml"

// Run prints the judgement as JSON and ends with 0 when the call is valid, 1 when not.
func (c *verifyCmd) Run(w *world) error {
	in, err := c.input(w)
	if err != nil {
		return coded{2, err}
	}
	out, err := verify.Run(w.ctx, in)
	if err != nil {
		return coded{2, err}
	}
	enc := json.NewEncoder(w.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	if !out.Valid {
		return coded{code: 1}
	}
	return nil
}

func (c *verifyCmd) input(w *world) (in verify.Input, err error) {
	in = verify.Input{
		Channel: desk.Channel(c.Channel), URL: c.URL, Account: c.Account,
		Secrets: config.FromEnv(w.getenv).Or(config.LocalDefaults),
	}
	if in.Request, err = os.ReadFile(c.Request); err != nil {
		return in, err
	}
	if in.At, err = moment(c.At); err != nil {
		return in, err
	}
	if in.Settings, err = c.settings(); err != nil {
		return in, err
	}
	for _, set := range c.Set {
		key, value, ok := strings.Cut(set, "=")
		switch {
		case !ok || key == "":
			return in, errors.New("--set should be followed by key=value")
		case key == "mail":
			if in.Mail, err = os.ReadFile(value); err != nil {
				return in, err
			}
		default:
			in.Set = append(in.Set, verify.Pair{Key: key, Value: value})
		}
	}
	return in, nil
}

func (c *verifyCmd) settings() (*config.Settings, error) {
	name := c.Settings
	if name == "" {
		name = defaultSettings
	}
	s, _, err := config.LoadFile(name, builtin.Names...)
	if c.Settings == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return s, err
}

// moment reads --at.
func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Now(), nil
	}
	if sec, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(sec, 0), nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return at, fmt.Errorf("--at %s: want a time such as 2026-03-02T08:30:00Z, or Unix seconds", s)
	}
	return at, nil
}
