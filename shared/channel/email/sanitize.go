package email

import (
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// policy is what of a mail's HTML is shown. Scripts, forms, frames, styles that lay
// out or load, and images from the net are taken out: an image fetched when an agent
// opens a ticket would tell its sender so. Images that came with the mail (cid:) stay,
// links stay and open without referrer.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid")
	p.RequireParseableURLs(true)
	p.AllowElements("p", "div", "span", "br", "hr", "b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup",
		"small", "big", "code", "pre", "tt", "kbd", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "center", "abbr", "cite", "q")
	p.AllowLists()
	p.AllowTables()
	p.AllowAttrs("dir").Matching(bluemonday.Direction).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[a-zA-Z0-9-]{1,20}$`)).Globally()
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^cite$`)).OnElements("blockquote")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^cid:[^\s"'<>]+$`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(bluemonday.NumberOrPercent).OnElements("img", "table", "td", "th")
	p.AllowStyles("color", "background-color", "font-weight", "font-style", "text-decoration", "text-align").Globally()
	p.SkipElementsContent("title", "template")
	p.RequireNoReferrerOnLinks(true)
	p.RequireNoFollowOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
})

func sanitize(doc string) string {
	if strings.TrimSpace(doc) == "" {
		return ""
	}
	return strings.TrimSpace(clean(policy().Sanitize(doc)))
}
