package route

import (
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
)

// Impossible says why a rule's conditions can never hold together; "" where they can.
func (w When) Impossible() string {
	notForm := !among(w.Channels, desk.WebForm)
	switch {
	case len(w.Forms) > 0 && notForm:
		return "forms belong to channel webform, which channels leaves out"
	case len(w.Scenes) > 0 && !among(w.Channels, desk.WeChat):
		return "scenes belong to channel wechat, which channels leaves out"
	case len(w.Scenes) > 0 && len(w.Forms) > 0:
		return "a ticket by a form has no scene"
	case w.Inside != "" && w.Inside == w.Outside:
		return "a time is never both inside and outside " + w.Inside
	}
	return ""
}

// Shadow finds a rule above the one at i that takes everything it would; -1 where none
// does. It never finds one wrongly, but may miss one: a rule with types or tags, which
// the rules in between may set, is held to cover nothing.
func Shadow(rules []Rule, i int) int {
	for j, r := range rules[:i] {
		if !r.Continue && r.If.covers(rules[i].If) {
			return j
		}
	}
	return -1
}

// covers says whether w holds wherever x does.
func (w When) covers(x When) bool {
	return wider(w.Channels, x.Channels) && wider(w.Accounts, x.Accounts) && wider(w.Forms, x.Forms) &&
		wider(w.Languages, x.Languages) && len(w.Types) == 0 && wider(w.Tiers, x.Tiers) &&
		wider(w.Scenes, x.Scenes) && len(w.Tags) == 0 &&
		(w.Inside == "" || w.Inside == x.Inside) && (w.Outside == "" || w.Outside == x.Outside) &&
		anyCovered(w.AnyWords, x) && allOf(w.AllWords, x.AllWords)
}

// wider: a condition without values holds always; else each of the narrower one's
// values must be among its own.
func wider[T comparable](wide, narrow []T) bool {
	return len(wide) == 0 || len(narrow) > 0 && allOf(narrow, wide)
}

// anyCovered: whoever has x's words has one of these.
func anyCovered(words []string, x When) bool {
	return wider(words, x.AnyWords) || slices.ContainsFunc(x.AllWords, func(s string) bool { return slices.Contains(words, s) })
}

func allOf[T comparable](part, whole []T) bool {
	return !slices.ContainsFunc(part, func(v T) bool { return !slices.Contains(whole, v) })
}
