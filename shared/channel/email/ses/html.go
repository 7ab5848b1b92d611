package ses

import (
	"html"
	"regexp"
	"strings"
)

// link is an address in a text. It ends where the letters of addresses do, so that
// Chinese written right behind it is no part of it.
var link = regexp.MustCompile(`https?://[!#-&(-;=?-_a-z~]+`)

// htmlOf is a text as HTML for programs that show nothing else well: paragraphs, lines
// and links, and nothing of its own.
func htmlOf(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n")
	var b strings.Builder
	for _, paragraph := range strings.Split(text, "\n\n") {
		if paragraph = strings.Trim(paragraph, "\n"); paragraph == "" {
			continue
		}
		lines := strings.Split(paragraph, "\n")
		for i, l := range lines {
			lines[i] = lineOf(l)
		}
		b.WriteString("<p>" + strings.Join(lines, "<br>\n") + "</p>\n")
	}
	return b.String()
}

// lineOf escapes a line and makes links of the addresses in it.
func lineOf(s string) string {
	var b strings.Builder
	at := 0
	for _, found := range link.FindAllStringIndex(s, -1) {
		begin, end := found[0], found[0]+len(trimmed(s[found[0]:found[1]]))
		url := html.EscapeString(s[begin:end])
		b.WriteString(spaced(s[at:begin]) + `<a href="` + url + `">` + url + `</a>`)
		at = end
	}
	return b.String() + spaced(s[at:])
}

// trimmed leaves out what ends a sentence behind an address, and a bracket that was
// opened before it.
func trimmed(url string) string {
	for {
		short := strings.TrimRight(url, ".,;:!?*")
		if strings.HasSuffix(short, ")") && strings.Count(short, "(") < strings.Count(short, ")") {
			short = short[:len(short)-1]
		}
		if short == url {
			return url
		}
		url = short
	}
}

// spaced escapes a text and keeps its runs of blanks: columns and indented code.
func spaced(s string) string {
	return strings.ReplaceAll(html.EscapeString(s), "  ", " &nbsp;")
}
