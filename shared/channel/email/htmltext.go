package email

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_.:-]{1,40})`)

// textFromHTML renders HTML as plain text: blocks as lines, quotations with >, list
// items with -, links with their address where it differs from their words. It reads
// tokens, not a tree, so neither depth nor broken nesting matters to it.
func textFromHTML(doc string) string {
	z := html.NewTokenizer(strings.NewReader(doc))
	z.SetMaxBuf(0)
	var t textWriter
	for {
		switch z.Next() {
		case html.ErrorToken:
			return t.finish()
		case html.TextToken:
			t.words(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			t.open(z.Token())
		case html.EndTagToken:
			t.close(z.Token())
		}
	}
}

// textWriter gathers lines. A gap is how many line ends are owed before the next word.
type textWriter struct {
	out    strings.Builder
	line   strings.Builder
	gap    int
	quotes int
	pre    int
	hidden int // inside style, script, …
	link   string
	linkAt int
}

func (t *textWriter) words(s string) {
	if t.hidden > 0 {
		return
	}
	s = html.UnescapeString(s)
	if t.pre > 0 {
		for i, l := range strings.Split(s, "\n") {
			if i > 0 {
				t.end()
			}
			t.line.WriteString(l)
		}
		return
	}
	lead := strings.HasPrefix(s, " ") || strings.HasPrefix(s, "\n") || strings.HasPrefix(s, "\t")
	fields := strings.Fields(s)
	cur := t.line.Len() > 0 && !strings.HasSuffix(t.line.String(), " ")
	if cur && (lead || len(fields) == 0 && s != "") {
		t.line.WriteByte(' ')
	}
	t.line.WriteString(strings.Join(fields, " "))
	if len(fields) > 0 && strings.TrimRight(s, " \n\t\r") != s {
		t.line.WriteByte(' ')
	}
}

// end ends the line, if there is one.
func (t *textWriter) end() {
	s := strings.TrimRight(t.line.String(), " \t\u00a0")
	t.line.Reset()
	t.linkAt = 0
	if s == "" {
		t.gap = min(t.gap+1, 2)
		return
	}
	prefix := strings.Repeat("> ", min(t.quotes, 10))
	if t.out.Len() > 0 {
		t.out.WriteString("\n")
		if t.gap > 0 {
			t.out.WriteString(strings.TrimRight(prefix, " ") + "\n")
		}
	}
	t.out.WriteString(prefix + s)
	t.gap = 0
}

// block begins a new line without an empty one.
func (t *textWriter) block() {
	if strings.TrimSpace(t.line.String()) != "" {
		t.end()
	}
	t.line.Reset()
}

func (t *textWriter) paragraph() {
	t.block()
	t.gap = max(t.gap, 1)
}

func (t *textWriter) finish() string {
	t.block()
	return t.out.String()
}

func (t *textWriter) open(tok html.Token) {
	switch tok.DataAtom {
	case atom.Style, atom.Script, atom.Title, atom.Template:
		if tok.Type == html.StartTagToken {
			t.hidden++
		}
	case atom.Br:
		t.end()
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Table:
		t.paragraph()
	case atom.Div, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dt, atom.Dd, atom.Center:
		t.block()
	case atom.Blockquote:
		t.paragraph()
		t.quotes++
	case atom.Pre:
		t.paragraph()
		t.pre++
	case atom.Li:
		t.block()
		t.line.WriteString("- ")
	case atom.Hr:
		t.block()
		t.line.WriteString("----------")
		t.end()
	case atom.Td, atom.Th:
		if t.line.Len() > 0 {
			t.line.WriteString(" ")
		}
	case atom.Img:
		if alt := tokenAttr(tok, "alt"); alt != "" && t.hidden == 0 {
			t.line.WriteString("[" + strings.Join(strings.Fields(alt), " ") + "]")
		}
	case atom.A:
		t.link, t.linkAt = tokenAttr(tok, "href"), t.line.Len()
	}
}

func (t *textWriter) close(tok html.Token) {
	switch tok.DataAtom {
	case atom.Style, atom.Script, atom.Title, atom.Template:
		t.hidden = max(t.hidden-1, 0)
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Table:
		t.paragraph()
	case atom.Div, atom.Tr, atom.Li, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dt, atom.Dd, atom.Center:
		t.block()
	case atom.Blockquote:
		t.paragraph()
		t.quotes = max(t.quotes-1, 0)
	case atom.Pre:
		t.paragraph()
		t.pre = max(t.pre-1, 0)
	case atom.A:
		t.endLink()
	}
}

// endLink shows where a link goes, unless its words say so.
func (t *textWriter) endLink() {
	link := t.link
	t.link = ""
	web := strings.HasPrefix(link, "http://") || strings.HasPrefix(link, "https://")
	if !web || len(link) > 500 || t.hidden > 0 || t.linkAt > t.line.Len() {
		return
	}
	words := strings.TrimSpace(t.line.String()[t.linkAt:])
	if words == "" || strings.Contains(link, strings.TrimSuffix(words, "/")) {
		return
	}
	t.line.WriteString(" <" + link + ">")
}

func tokenAttr(tok html.Token, key string) string {
	for _, a := range tok.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
