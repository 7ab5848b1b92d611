package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// Senders are the lists of senders. An entry is a mail address, a domain as @example.com
// (its subdomains too), a phone number in E.164, or an OpenID; letters count as they
// stand in OpenIDs alone.
type Senders struct {
	// Block keeps what they write as spam: nothing is lost, and nothing answered.
	Block []string `json:"block,omitempty" yaml:"block"`
	// Allow goes before Block and before any filter's word that something is spam. It
	// proves nobody: threads are as closed to them as ever.
	Allow []string `json:"allow,omitempty" yaml:"allow"`
}

// Blocks says whether an address stands on the list of those blocked.
func (s Senders) Blocks(a desk.Address) bool { return onList(s.Block, a) }

// Allows says whether an address stands on the list of those allowed.
func (s Senders) Allows(a desk.Address) bool { return onList(s.Allow, a) }

func onList(list []string, a desk.Address) bool {
	return slices.ContainsFunc(list, func(e string) bool {
		if a.Channel != desk.Email {
			return a.ID == e
		}
		domain, ok := strings.CutPrefix(strings.ToLower(e), "@")
		if !ok {
			return strings.EqualFold(a.ID, e)
		}
		_, of, _ := strings.Cut(strings.ToLower(a.ID), "@")
		return of == domain || strings.HasSuffix(of, "."+domain)
	})
}

// maxSenders bounds each list: it is read with every message.
const maxSenders = 1000

func (c *checker) senders(s Senders) {
	for name, list := range map[string][]string{"block": s.Block, "allow": s.Allow} {
		path := "senders." + name
		if len(list) > maxSenders {
			c.at(path, "has %d entries, at most %d are taken", len(list), maxSenders)
		}
		for i, e := range list {
			if len(e) < 3 || strings.ContainsAny(e, " \t,;") || strings.HasPrefix(e, "@") && !strings.Contains(e, ".") {
				c.at(itemPath(path, i), "must be a mail address, a domain as @example.com, a phone number as +8613800138000 or an OpenID")
				continue
			}
			c.sender(itemPath(path, i), e)
		}
	}
	for _, e := range s.Block {
		if slices.Contains(s.Allow, e) {
			c.warn("senders.block", "%s is on the allow list too, which goes first", e)
		}
	}
}

var (
	bareDomain = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)
	bareNumber = regexp.MustCompile(`^[0-9]{7,15}$`)
)

// sender warns of what is nobody's address but that of a program's own customers.
func (c *checker) sender(path, e string) {
	switch {
	case bareDomain.MatchString(e):
		c.warn(path, "is no mail address: write @%s for all of the domain", e)
	case bareNumber.MatchString(e):
		c.warn(path, "has no +: a phone number is written with its country, such as +8613800138000")
	}
}
