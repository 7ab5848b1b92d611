package ses

import (
	"html"
	"regexp"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
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

// rowOf is a row of choices, each a link to a page where it stands chosen: a mail counts
// nothing itself. A table, for programs that know nothing newer.
func rowOf(cs []channel.Choice) string {
	var b strings.Builder
	for _, c := range cs {
		if c.URL != "" {
			b.WriteString(`<td style="padding:2px"><a href="` + html.EscapeString(c.URL) +
				`" style="display:block;min-width:22px;padding:9px 3px;border:1px solid #8a94a6;border-radius:6px;text-align:center;text-decoration:none">` +
				html.EscapeString(c.Text) + `</a></td>` + "\n")
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return `<table role="presentation" cellspacing="0" cellpadding="0"><tr>` + "\n" + b.String() + "</tr></table>\n"
}
