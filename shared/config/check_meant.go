package config

import (
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/route"
)

// tags refuses what no ticket can have as a tag; that an empty one is there is told apart.
func (c *checker) tags(path string, list []string) {
	for i, tag := range list {
		if why := desk.TagFault(tag); why != "" && strings.TrimSpace(tag) != "" {
			c.at(itemPath(path, i), "%s", why)
		}
	}
}

// runTogether warns of several words that were written as one.
func (c *checker) runTogether(path string, words []string) {
	for i, w := range words {
		if strings.ContainsAny(w, "、，；") {
			c.warn(itemPath(path, i), "%q is one word, signs and all: put a comma of YAML (,) between words", w)
		}
	}
}

// elsewhere warns of a condition on accounts, none of which is in its channels.
func (c *checker) elsewhere(path string, w route.When, s *Settings) {
	if len(w.Channels) == 0 || len(w.Accounts) == 0 {
		return
	}
	there, known := false, false
	for _, a := range s.Accounts {
		if slices.Contains(w.Accounts, a.Name) || slices.Contains(w.Accounts, string(a.Channel)+"/"+a.Name) {
			known, there = true, there || slices.Contains(w.Channels, a.Channel)
		}
	}
	if known && !there {
		c.warn(path, "can never match: none of the accounts is in one of the channels")
	}
}
