package email

import (
	"regexp"
	"strings"
)

// Mailbox is one address of a header: the address in lower case, the name as shown.
type Mailbox struct {
	Address string
	Name    string
}

// ParseAddresses reads an address header's value (From, To, …) as it stands in a mail
// or in SES's notice. It never fails: comments, quoted names, encoded words, groups,
// source routes and missing brackets are read for what they mean, and what names no
// address is left out.
func ParseAddresses(value string) []Mailbox {
	var out []Mailbox
	for _, one := range splitAddresses(value) {
		if m, ok := parseMailbox(one); ok {
			out = append(out, m)
		}
	}
	if len(out) == 0 && strings.Contains(value, "=?") { // the whole put into encoded words
		if plain := decodeWords(value); !strings.Contains(plain, "=?") {
			return ParseAddresses(plain)
		}
	}
	return out
}

// splitAddresses cuts at commas and semicolons outside quotes, comments and brackets,
// and drops the names of groups.
func splitAddresses(s string) []string {
	var out []string
	start, depth := 0, 0
	quoted, angle := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == ':' && !angle && !strings.Contains(s[start:i], "@"):
			start = i + 1 // a group's name
		case (c == ',' || c == ';') && !angle:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// quotedLocal is an address whose local part is quoted, standing alone.
var quotedLocal = regexp.MustCompile(`^"[^"<>]*"@[^\s<>"]+$`)

// plainLocal is a local part that needs no quotes.
var plainLocal = regexp.MustCompile(`^[^\s"(),:;<>@\[\\\]]+$`)

func parseMailbox(s string) (Mailbox, bool) {
	phrase, comment, angle := dissect(s)
	if bare := strings.TrimSpace(s); quotedLocal.MatchString(bare) {
		phrase, angle = "", bare
	}
	m := Mailbox{Name: decodeWords(phrase)}
	if angle == "" {
		m.Name = ""
		for _, f := range strings.Fields(phrase) {
			if strings.Contains(f, "@") || angle == "" && m.Name == "" {
				angle = f
			}
		}
		bare := !strings.Contains(angle, "@")
		if bare && (len(strings.Fields(phrase)) != 1 || strings.HasPrefix(angle, "=?")) {
			return m, false
		}
	}
	if m.Name == "" {
		m.Name = decodeWords(comment)
	}
	m.Address = address(angle)
	if strings.EqualFold(m.Name, m.Address) {
		m.Name = ""
	}
	return m, m.Address != ""
}

// dissect parts a mailbox into its phrase with quotes removed, its first comment and
// what stands in the last brackets.
func dissect(s string) (phrase, comment, angle string) {
	var p, c strings.Builder
	depth := 0
	quoted := false
	for i := 0; i < len(s); i++ {
		ch := s[i]
		switch {
		case ch == '\\' && (quoted || depth > 0) && i+1 < len(s):
			i++
			pick(depth, &p, &c).WriteByte(s[i])
		case ch == '"' && depth == 0:
			quoted = !quoted
		case quoted:
			p.WriteByte(ch)
		case ch == '(':
			depth++
		case ch == ')' && depth > 0:
			depth--
		case depth > 0:
			c.WriteByte(ch)
		case ch == '<':
			end := strings.IndexByte(s[i:], '>')
			if end < 0 {
				end = len(s) - i
			}
			angle = s[i+1 : i+end]
			i += end
		default:
			p.WriteByte(ch)
		}
	}
	return strings.TrimSpace(p.String()), strings.TrimSpace(c.String()), angle
}

func pick(depth int, phrase, comment *strings.Builder) *strings.Builder {
	if depth > 0 {
		return comment
	}
	return phrase
}

// address brings an address into the one form the desk compares: lower case, without
// source route, blanks, control characters and brackets.
func address(s string) string {
	s = toUTF8("", []byte(s))
	if strings.HasPrefix(s, "@") { // <@relay1,@relay2:user@example.com>
		if _, after, ok := strings.Cut(s, ":"); ok {
			s = after
		}
	}
	s = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "mailto:")
	if at := strings.LastIndex(s, `"@`); strings.HasPrefix(s, `"`) && at > 0 && !plainLocal.MatchString(s[1:at]) {
		return oneLine(s) // the quotes belong to it
	}
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 127 || strings.ContainsRune("<>,;()\"\ufffd", r) {
			return -1
		}
		return r
	}, s)
}

// PlusTag gives the tag of an address such as help+tag@example.com, with its case
// kept: everything after the first + of the local part. It is false without one.
func PlusTag(addr string) (tag string, ok bool) {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return "", false
	}
	_, tag, ok = strings.Cut(addr[:at], "+")
	return tag, ok && tag != ""
}

// Untagged gives an address in lower case without its plus tag: the mailbox it
// belongs to.
func Untagged(addr string) string {
	addr = strings.ToLower(strings.TrimSpace(addr))
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return addr
	}
	local, _, _ := strings.Cut(addr[:at], "+")
	return local + addr[at:]
}

// domainOf gives what stands after the last @.
func domainOf(addr string) string {
	return addr[strings.LastIndexByte(addr, '@')+1:]
}

func addressesOf(values []string) []string {
	out := []string{}
	for _, v := range values {
		for _, m := range ParseAddresses(v) {
			out = append(out, m.Address)
		}
	}
	return out
}
