package config

import (
	"net/url"
	"regexp"
	"strings"
)

// claimPattern takes names such as email and https://desk.example/mail.
var claimPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_:./-]{0,199}$`)

// maxRequests bounds access.requests_per_minute.
const maxRequests = 1_000_000

func (c *checker) access(s *Settings) {
	a := s.Access
	c.issuer(a)
	c.between("access.session", a.Session, hour/4, 30*day)
	if n := a.RequestsPerMinute; n < 0 || n > maxRequests || c.zeros["access.requests_per_minute"] {
		c.at("access.requests_per_minute", "should be from 1 to %d", maxRequests)
	}
	if !claimPattern.MatchString(a.Claim) {
		c.at("access.claim", "should be the name of a claim, such as email")
	}
	if a.Issuer == "" {
		return
	}
	for _, one := range s.Agents {
		if one.Mail != "" {
			return
		}
	}
	c.warn("access.issuer", "no agent has a mail address: nobody could sign in")
}

func (c *checker) issuer(a Access) {
	if a.Issuer == "" {
		if a.ClientID != "" {
			c.at("access.client_id", "goes with an issuer only")
		}
		return
	}
	u, err := url.Parse(a.Issuer)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		c.at("access.issuer", "should be an address such as https://login.example")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		c.at("access.issuer", "should begin with https://")
	}
	if strings.TrimSpace(a.ClientID) == "" {
		c.at("access.client_id", "is missing")
	}
}
