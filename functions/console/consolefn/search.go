package consolefn

import (
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/find"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/search"
	"github.com/deskhook/deskhook/shared/store"
)

// found is how many tickets a page of results has: one unit for the row of each message
// looked at and of its ticket, 200 messages at most; see package find.
const found = 25

// longest is how many characters of what was typed count.
const longest = 200

type searchPage struct {
	frame
	From, To  string
	Looked    bool // for something
	Number    *listRow
	Customers []foundPerson
	Tickets   []listRow
	Hits      []hitRow
	Older     string    // where older results are
	Back      time.Time // how far back this page has looked
	Later     bool      // it is a page after the first
	Partial   bool
}

type foundPerson struct {
	Name, URL string
	ByAddress bool
}

type hitRow struct {
	listRow
	At      time.Time
	Side    string // in words: who wrote
	Snippet []search.Part
}

// Nothing says that the page has nothing to show.
func (p searchPage) Nothing() bool {
	return p.Number == nil && len(p.Customers)+len(p.Tickets)+len(p.Hits) == 0
}

// search finds what was typed into the box on every page. A number leads to its ticket.
func (v *visit) search() error {
	q := v.r.URL.Query()
	p := searchPage{frame: v.frame("search", "搜索", "Search", "q", "from", "to"), From: q.Get("from"), To: q.Get("to"), Later: q.Get("older") != ""}
	typed := []rune(strings.TrimSpace(q.Get("q")))
	p.Q = string(typed[:min(len(typed), longest)])
	if p.Looked = p.Q != ""; !p.Looked {
		return v.write("search", p)
	}
	ask := find.Ask{Q: p.Q, Cursor: q.Get("older"), Limit: found, Settings: v.s, Shows: v.shows}
	ask.From, ask.To = v.day(p.From), v.day(p.To)
	if !ask.To.IsZero() {
		ask.To = ask.To.AddDate(0, 0, 1)
	}
	if v.masked() {
		ask.Mask = allow.Mask
	}
	f, err := v.finder.Find(v.r.Context(), ask)
	if err != nil {
		return err
	}
	if f.Number != nil && plainNumber(p.Q) {
		v.redirect("/console/tickets/" + f.Number.Value.ID.Number())
		return nil
	}
	v.results(&p, f)
	return v.write("search", p)
}

// plainNumber says that a ticket's number is meant and not a word that looks like one.
func plainNumber(q string) bool {
	return strings.ContainsAny(q, "-#") || strings.ContainsFunc(q, unicode.IsDigit)
}

func (v *visit) results(p *searchPage, f find.Found) {
	if f.Number != nil {
		row := v.listRow(f.Number.Value)
		p.Number = &row
	}
	for _, c := range f.Customers {
		name := c.Name
		if name == "" {
			name = p.L("客户", "Customer")
		}
		p.Customers = append(p.Customers, foundPerson{name, "/console/customers/" + url.PathEscape(string(c.ID)), c.By == find.ByAddress})
	}
	p.Tickets = v.listRows(f.Tickets)
	for _, h := range f.Hits {
		row := hitRow{listRow: v.listRow(h.Ticket.Value), At: h.Message.ShownAt(), Side: v.who(h.Message.By), Snippet: h.Snippet}
		row.URL = messageURL(h.Ticket.Value.ID, h.Message.ID)
		if h.Message.Kind == desk.Note {
			row.Side += p.L("（内部备注）", " (note)")
		}
		p.Hits = append(p.Hits, row)
	}
	p.Back, p.Partial = f.Back, f.Partial
	if f.Next != "" {
		p.Older = v.typedURL("/console/search?" + url.Values{"q": {p.Q}, "from": {p.From}, "to": {p.To}, "older": {f.Next}}.Encode())
	}
}

func (v *visit) listRows(rows []store.Row[desk.Ticket]) (out []listRow) {
	for _, r := range rows {
		out = append(out, v.listRow(r.Value))
	}
	return out
}

// day reads a date in the desk's zone; what is none is no bound.
func (v *visit) day(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, v.s.Desk.Location())
	if err != nil {
		return time.Time{}
	}
	return t
}
