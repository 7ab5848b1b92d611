// Package phone reads telephone numbers as people write them, where they say themselves
// which country they are of. Package plans beside it knows the numbering plans.
package phone

import (
	"regexp"
	"strings"
)

var (
	full     = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`) // ITU-T E.164: at most 15 digits
	mobileCN = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
)

// E164 gives a number in E.164, such as +8613800138000: one written with + or 00 in
// front, or a Chinese mobile's, which no other country's looks like; with country CN or
// without one. False where the country can't be known: a machine won't guess.
func E164(typed, country string) (string, bool) {
	v := strings.Map(digit, strings.TrimSpace(typed))
	v = strings.Replace(v, "(0)", "", 1) // the trunk zero, as in +44 (0)20
	v = strings.NewReplacer("(", "", ")", "").Replace(v)
	if rest, ok := strings.CutPrefix(v, "00"); ok {
		v = "+" + rest
	}
	if (country == "" || country == "CN") && mobileCN.MatchString(v) {
		v = "+86" + v
	}
	return v, full.MatchString(v)
}

// digit drops what people put between digits, and narrows full-width ones.
func digit(r rune) rune {
	switch {
	case r >= '０' && r <= '９':
		return r - '０' + '0'
	case r == '（':
		return '('
	case r == '）':
		return ')'
	case strings.ContainsRune(" -.\u00a0", r):
		return -1
	}
	return r
}
