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

// Mask hides the addresses and numbers in a text: of a mail address the first letter and
// the domain stay, of a number the last two digits. It is the only place that does;
// the API and the console send whatever they answer to somebody Masked through it.
func Mask(s string) string {
	at := 0
	var out strings.Builder
	for _, m := range contacts.FindAllStringIndex(s, -1) {
		out.WriteString(s[at:m[0]])
		out.WriteString(masked(s, m[0], m[1]))
		at = m[1]
	}
	out.WriteString(s[at:])
	return out.String()
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
