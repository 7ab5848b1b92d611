package allow

import (
	"regexp"
	"strings"
)

// Masked says whether somebody is shown customers' addresses and numbers only in part,
// on a desk whose settings say so: agents are, and keys with their role.
func (p Principal) Masked(maskContacts bool) bool { return maskContacts && !p.Role.AtLeast(Lead) }

// contacts finds mail addresses and phone numbers, as they stand in text, in HTML (a
// plus or an at as a reference) and in addresses (%40, %2B): numbers with a plus, and
// Chinese mobile numbers without. Other runs of digits are order numbers as often as
// not, and stay.
var contacts = regexp.MustCompile(`[\p{L}\p{N}._%+\-]+(?:@|%40|&#64;)[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)+` +
	`|(?:\+|%2[Bb]|&#43;|\\u002[Bb])[0-9](?:[ \-]?[0-9]){6,14}` +
	`|(?:86[ \-]?)?1[3-9][0-9][ \-]?[0-9]{4}[ \-]?[0-9]{4}`)

// openID finds what WeChat calls a follower by, 28 letters beginning with o, and what
// WeCom calls a customer by, 32 beginning with wm or wo.
var openID = regexp.MustCompile(`o[A-Za-z0-9_-]{27}|w[mo][A-Za-z0-9_-]{30}`)

// longNumber is what may be a phone number in a file's name.
var longNumber = regexp.MustCompile(`[0-9]{7,}`)

// Mask hides the addresses and numbers in a text: of a mail address the first letter and
// the domain stay, of a number the last two digits, of a WeChat id its first letter and
// the last two. It is the only place that does; the API and the console send whatever they
// answer to somebody Masked through it.
func Mask(s string) string {
	s = replace(s, contacts, masked)
	return replace(s, openID, maskedID) // apart: an id's letters could hide where a number begins
}

// MaskName hides them in a file's name too, where letters and digits stand close around a
// number.
func MaskName(name string) string {
	return longNumber.ReplaceAllStringFunc(Mask(name), func(n string) string { return "***" + n[len(n)-2:] })
}

func replace(s string, what *regexp.Regexp, with func(s string, from, to int) string) string {
	at := 0
	var out strings.Builder
	for _, m := range what.FindAllStringIndex(s, -1) {
		out.WriteString(s[at:m[0]])
		out.WriteString(with(s, m[0], m[1]))
		at = m[1]
	}
	out.WriteString(s[at:])
	return out.String()
}

// maskedID leaves what is part of something longer, and what has not the look of chance:
// a word is no id.
func maskedID(s string, from, to int) string {
	id := s[from:to]
	inside := func(b byte) bool { return wordy(b) || b == '-' }
	if from > 0 && inside(s[from-1]) || to < len(s) && inside(s[to]) ||
		!strings.ContainsAny(id, "0123456789") || strings.ToLower(id) == id {
		return id
	}
	return id[:1] + "***" + id[len(id)-2:]
}

func masked(s string, from, to int) string {
	found := s[from:to]
	for _, sign := range []string{"@", "%40", "&#64;"} {
		if local, domain, ok := strings.Cut(found, sign); ok {
			first := []rune(local)[0]
			return string(first) + "***" + sign + domain
		}
	}
	if from > 0 && wordy(s[from-1]) || to < len(s) && wordy(s[to]) {
		return found // in the middle of an id or a file's name
	}
	return "***" + found[len(found)-2:]
}

func wordy(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_'
}
