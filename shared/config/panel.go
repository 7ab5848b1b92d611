package config

import (
	"net/url"
	"strings"
)

// Panel is a page of the company's own order system that stands beside a customer. The
// console opens it with a signed token that says who the customer is; the secret
// PanelSecret is what both sides know.
type Panel struct {
	Title Text   `json:"title,omitempty" yaml:"title"` // default: Orders
	URL   string `json:"url,omitempty" yaml:"url"`     // https; empty: no panel
}

// PanelSecret names the secret that the panel's tokens are signed with: at least 32 bytes.
const PanelSecret = "panel/key"

// Origin is where the panel lives: the scheme and host of its URL; "" = no panel.
func (p Panel) Origin() string {
	u, err := url.Parse(p.URL)
	if p.URL == "" || err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func (c *checker) panel(p Panel, own string) {
	if p.URL == "" {
		if len(p.Title) > 0 {
			c.at("panel.url", "is missing")
		}
		return
	}
	u, err := url.Parse(p.URL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || strings.ContainsAny(u.Host, " ;,'\""):
		c.at("panel.url", "should be an address such as https://orders.example/customer, without user and fragment")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		c.at("panel.url", "should begin with https://; http is for this machine")
	case own != "" && p.Origin() == (Panel{URL: own}).Origin():
		c.at("panel.url", "must not be the desk itself: the page would be let into the console")
	}
}
