package quote

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HTML cuts the history out of a mail's HTML where its markup says what it is, and
// says whether it cut anything. What the markup doesn't tell is left to Text. A
// document that can't be read, a forwarded mail, and one that would become empty come
// back unchanged.
func HTML(doc, subject string) (string, bool) {
	if IsForward(subject) {
		return doc, false
	}
	root, err := html.Parse(strings.NewReader(doc))
	if err != nil || !cutTree(root) || !said(root) {
		return doc, false
	}
	var b strings.Builder
	if err := html.Render(&b, root); err != nil {
		return doc, false
	}
	return b.String(), true
}

// maxQuotes bounds the work on a document made of quotations.
const maxQuotes = 200

// cutTree removes the quotations after which the author says nothing more.
func cutTree(root *html.Node) bool {
	var found []*html.Node
	collect(root, &found)
	cut := false
	for _, n := range slices.Backward(found[max(0, len(found)-maxQuotes):]) {
		if saidAfter(n) {
			break // answers between the quotations: all of the earlier ones stay
		}
		if forwarded(n) || !openEnded(n) && answeredInside(n) {
			break
		}
		if openEnded(n) {
			removeAfter(n)
		}
		n.Parent.RemoveChild(n)
		cut = true
	}
	return cut
}

// collect lists the outermost quotations in the document's order.
func collect(n *html.Node, out *[]*html.Node) {
	if contains(n) || openEnded(n) {
		*out = append(*out, n)
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		collect(c, out)
	}
}

var quoteClasses = []string{
	"gmail_quote", "gmail_quote_container", "yahoo_quoted", "protonmail_quote", "moz-cite-prefix",
	"zmail_extra", "tutanota_quote", "ntes_quote", "OutlookMessageHeader",
}

var quoteIDs = []string{
	"mail-editor-reference-message-container", "isReplyContent", "OLK_SRC_BODY_SECTION", "yahoo_quoted",
	"replySplit", "ms-outlook-mobile-reference-message",
}

// contains says whether a node is one that holds a quotation and nothing else.
func contains(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	switch {
	case n.DataAtom == atom.Blockquote && strings.EqualFold(attr(n, "type"), "cite"):
		return true
	case n.Data == "includetail": // QQ Mail
		return true
	case slices.Contains(quoteIDs, attr(n, "id")):
		return true
	}
	for _, c := range strings.Fields(attr(n, "class")) {
		if slices.Contains(quoteClasses, c) {
			return true
		}
	}
	return false
}

// openEnded says whether a node is the head of a quotation that fills the rest of its
// surroundings: Outlook's.
func openEnded(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	if id := attr(n, "id"); id == "divRplyFwdMsg" || id == "appendonsend" {
		return true
	}
	style := strings.ToLower(strings.ReplaceAll(attr(n, "style"), " ", ""))
	ruled := strings.Contains(style, "border-top:solid#e1e1e1") || strings.Contains(style, "border-top:solid#b5c4df")
	return n.DataAtom == atom.Div && ruled && labelled(n)
}

// labelled says whether a ruled box really is the head of a quoted mail.
func labelled(n *html.Node) bool {
	return label(normal(textOf(n))) == "from"
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// saidAfter says whether the author's words follow a quotation. After the head of an
// open-ended one everything is quoted.
func saidAfter(n *html.Node) bool {
	if openEnded(n) {
		return false
	}
	for ; n != nil; n = n.Parent {
		for s := n.NextSibling; s != nil; s = s.NextSibling {
			if said(s) {
				return true
			}
		}
	}
	return false
}

// removeAfter removes what follows a node in the document.
func removeAfter(n *html.Node) {
	for ; n.Parent != nil; n = n.Parent {
		for n.NextSibling != nil {
			n.Parent.RemoveChild(n.NextSibling)
		}
	}
}

// said says whether a subtree shows anything: words, or an image.
func said(n *html.Node) bool {
	switch {
	case n.Type == html.TextNode:
		return normal(n.Data) != ""
	case hidden(n):
		return false
	case n.DataAtom == atom.Img:
		return true
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if said(c) {
			return true
		}
	}
	return false
}

func hidden(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Head, atom.Style, atom.Script, atom.Title, atom.Template:
		return true
	}
	return false
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	if hidden(n) {
		return ""
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
		if c.DataAtom == atom.Div || c.DataAtom == atom.P || c.DataAtom == atom.Br {
			b.WriteString("\n")
		}
	}
	return b.String()
}

// forwarded says whether a quotation is a mail passed on.
func forwarded(n *html.Node) bool {
	for _, line := range strings.SplitN(strings.TrimSpace(textOf(n)), "\n", 4) {
		if forward.MatchString(normal(line)) {
			return true
		}
	}
	return false
}

// answeredInside says whether the author wrote between the quoted parts inside a
// container: words outside the inner quotations after the first of them.
func answeredInside(n *html.Node) bool {
	if n.DataAtom == atom.Blockquote {
		return false
	}
	seen := false
	return answersIn(n, &seen)
}

func answersIn(n *html.Node, seen *bool) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.DataAtom == atom.Blockquote:
			*seen = true
		case c.Type == html.TextNode:
			if *seen && normal(c.Data) != "" {
				return true
			}
		case answersIn(c, seen):
			return true
		}
	}
	return false
}
