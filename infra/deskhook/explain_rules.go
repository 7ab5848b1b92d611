package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/route"
	"github.com/deskhook/deskhook/shared/policy/sla"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// ruled is what the settings make of a message, as scripts read it.
type ruled struct {
	Rules       []route.Step `json:"rules"`
	Team        string       `json:"team"`
	Type        string       `json:"type"`
	Priority    string       `json:"priority"`
	Tags        []string     `json:"tags"`
	Skills      []string     `json:"skills"`
	SLA         string       `json:"sla"`
	Acknowledge string       `json:"acknowledge"` // the text, "" = none
	OutOfHours  bool         `json:"out_of_hours"`
}

// rules holds a message against the settings' rules, as intake would a stranger's.
func (c *explainCmd) rules(w *world) error {
	s, err := loadSettings(w, c.Settings)
	if err != nil {
		return err
	}
	in, err := c.inbound(w, s)
	if err != nil {
		return err
	}
	at := time.Now()
	if c.At != "" {
		if at, err = time.ParseInLocation("2006-01-02T15:04", c.At, s.Desk.Location()); err != nil {
			return fmt.Errorf("--at should be a time such as 2026-01-31T09:00, in the desk's zone")
		}
	}
	r := rule(s, in, at, desk.Tier(c.Tier))
	if c.JSON {
		enc := json.NewEncoder(w.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	r.print(w)
	return nil
}

// inbound is the message: a mail as it lies on disk, or a text by some channel.
func (c *explainCmd) inbound(w *world, s *config.Settings) (desk.Inbound, error) {
	in := desk.Inbound{Kind: desk.InMessage, Lang: c.Lang, Text: c.Text, Subject: c.Subject, From: desk.Address{Channel: desk.Channel(c.Channel), Account: c.Account}}
	if c.File != "" {
		raw, err := c.read(w)
		if err != nil {
			return in, err
		}
		m, err := email.Read(raw)
		if err != nil {
			return in, fmt.Errorf("%s: %w", c.File, err)
		}
		in.From, in.Subject, in.Text = desk.Address{Channel: desk.Email, Account: c.Account, ID: m.From}, m.Subject, m.Reply
	}
	if in.From.Channel == "" {
		return in, fmt.Errorf("give a mail, or --channel and --text")
	}
	names := accountsOf(s, in.From.Channel)
	switch {
	case len(names) == 0:
		return in, fmt.Errorf("--channel: the settings have no account or form of %q", in.From.Channel)
	case in.From.Account == "":
		in.From.Account = names[0]
	case !slices.Contains(names, in.From.Account):
		return in, fmt.Errorf("--account: no %s account %q in the settings: there is %s", in.From.Channel, in.From.Account, strings.Join(names, ", "))
	}
	if in.From.Channel == desk.WebForm {
		in.Form = in.From.Account
	}
	return in, nil
}

// accountsOf are the names that a channel's messages come in by.
func accountsOf(s *config.Settings, ch desk.Channel) (names []string) {
	if ch == desk.WebForm {
		for _, f := range s.Forms {
			names = append(names, f.ID)
		}
		return names
	}
	for _, a := range s.Accounts {
		if a.Channel == ch {
			names = append(names, a.Name)
		}
	}
	return names
}

func rule(s *config.Settings, in desk.Inbound, at time.Time, tier desk.Tier) ruled {
	t := ticketing.Opening(s, in, at)
	q := ticketing.RouteQuestion(s, in, t)
	q.Tier, t.Tier = tier, tier
	v := route.Decide(s.Routing.Rules, q)
	t.Team, t.Type, t.Priority, t.SLA = v.Team, v.Type, v.Priority, v.SLA
	r := ruled{
		Rules: v.Steps, Team: v.Team, Type: string(v.Type), Priority: string(v.Priority),
		Tags: orEmpty(v.Tags), Skills: orEmpty(v.Skills),
	}
	if r.Rules == nil {
		r.Rules = []route.Step{}
	}
	if p := sla.Choose(s.SLAPolicies(), t); p != nil {
		r.SLA = p.ID
	}
	r.Acknowledge, r.OutOfHours, _ = ticketing.Acknowledgement(s, t, v.Acknowledge, "", at)
	return r
}

func orEmpty(list []string) []string { return append([]string{}, list...) }

func (r ruled) print(w *world) {
	for i, step := range r.Rules {
		what := "matched"
		if !step.Matched {
			what = "not matched: " + step.Why
		}
		fmt.Fprintf(w.out, "%2d. %s: %s\n", i+1, step.Rule, what)
	}
	for _, line := range [][2]string{
		{"team", r.Team}, {"type", r.Type}, {"priority", r.Priority}, {"tags", strings.Join(r.Tags, ", ")},
		{"skills", strings.Join(r.Skills, ", ")}, {"SLA", r.SLA}, {"acknowledgement", r.Acknowledge},
	} {
		if line[1] == "" {
			line[1] = "none"
		}
		fmt.Fprintf(w.out, "%s: %s\n", line[0], line[1])
	}
}
