package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/hook"
)

// Webhook is one subscription to the desk's events. Its secret (Standard Webhooks:
// whsec_ and base64 of 24 to 64 bytes) stands elsewhere: WebhookSecret(name), its
// previous value beside it while it is rotated; what is sent is signed with both.
type Webhook struct {
	Name   string   `json:"name" yaml:"name"`
	URL    string   `json:"url" yaml:"url"`       // https; what is sent there is a POST of JSON
	Events []string `json:"events" yaml:"events"` // names of desk.Events, or "*" for all of them
	Teams  []string `json:"teams,omitempty" yaml:"teams"`
	// Disabled stops it: events that happen meanwhile are not kept for it.
	Disabled bool `json:"disabled,omitempty" yaml:"disabled"`
	// AllowLoopback lets URL lead to this machine, and be http: for trying out.
	AllowLoopback bool `json:"allow_loopback,omitempty" yaml:"allow_loopback"`
}

// WebhookSecret names the secret that a subscription's calls are signed with.
func WebhookSecret(name string) string { return "webhook/" + name + "/secret" }

// Webhook finds a subscription by name; a robot is one too.
func (s *Settings) Webhook(name string) (Webhook, bool) {
	for _, w := range s.Subscriptions() {
		if w.Name == name {
			return w, true
		}
	}
	return Webhook{}, false
}

// Tells says whether any subscription wants an event of no team's.
func (s *Settings) Tells(name desk.EventName) bool {
	return slices.ContainsFunc(s.Webhooks, func(w Webhook) bool {
		wanted, _ := hook.Wanted(w.Events, w.Teams, name, "")
		return wanted && !w.Disabled
	})
}

const maxWebhooks = 20 // each event becomes a job for each of them

func (c *checker) webhooks(list []Webhook) {
	seen := map[string]bool{}
	for i, w := range list {
		path := itemPath("webhooks", i)
		c.id(path+".name", w.Name, seen)
		c.webhookURL(path+".url", w)
		c.webhookEvents(path+".events", w.Events)
		for j, t := range w.Teams {
			c.knownTeam(itemPath(path+".teams", j), t)
		}
	}
	if len(list) > maxWebhooks {
		c.at("webhooks", "there may be at most %d", maxWebhooks)
	}
}

func (c *checker) webhookURL(path string, w Webhook) {
	if w.URL == "" {
		c.at(path, "is missing")
	}
	c.callback(path, w.URL, w.AllowLoopback)
}

// callback checks an address that the desk calls; "" is none.
func (c *checker) callback(path, address string, here bool) {
	u, err := url.Parse(address)
	switch {
	case address == "":
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
		c.at(path, "should be an address such as https://app.example/events, without user and fragment")
	case u.Scheme == "https":
	case u.Scheme != "http" || !here || !loopback(u.Hostname()):
		c.at(path, "should begin with https://; http is for this machine with allow_loopback: true")
	}
}

func (c *checker) webhookEvents(path string, events []string) {
	if len(events) == 0 {
		c.at(path, `is missing: name events, or "*" for all`)
	}
	for i, e := range events {
		if e != "*" && !slices.Contains(desk.Events, desk.EventName(e)) {
			c.at(itemPath(path, i), "there is no event %q; there are %s", e, eventNames())
		}
	}
}

func itemPath(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

func eventNames() string {
	names := make([]string, len(desk.Events))
	for i, e := range desk.Events {
		names[i] = string(e)
	}
	return strings.Join(names, ", ")
}
