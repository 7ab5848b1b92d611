package consolefn_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/find"
	"github.com/deskhook/deskhook/shared/store"
)

// index makes the words of tickets findable.
func (w *world) index(ids ...desk.TicketID) {
	w.t.Helper()
	files, err := folder.Open(w.t.TempDir(), "http://files.test", []byte("a secret of sixteen"), time.Now)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, files.Close()) })
	w.deps.Blob = files
	w.handler = consolefn.New(w.deps)
	var tx store.Tx
	for i, id := range ids {
		row := store.TouchedRow{At: w.now}
		for _, kind := range []desk.MessageKind{desk.FromCustomer, desk.ToCustomer, desk.Note} {
			for _, m := range w.messages(id, kind) {
				row.Messages = append(row.Messages, store.Touched{Ticket: id, Message: m.ID})
			}
		}
		tx.PutTouched(fmt.Sprint(i), row)
	}
	require.NoError(w.t, w.deps.Store.Commit(w.t.Context(), &tx))
	_, err = (&find.Indexer{Store: w.deps.Store, Blob: files}).Run(w.t.Context())
	require.NoError(w.t, err)
}

func looked(q string) string { return "/console/search?lang=en&q=" + url.QueryEscape(q) }

// The box stands on every page. A number leads to its ticket, an address and a name to the
// customer, words to the messages that have them, marked and escaped.
func TestSearch(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Accounts = append(w.s.Accounts, smsAccount)
	id := w.comes("m1", "Where is my <b>parcel</b>? 我的包裹还没到")
	w.post(id, "note", "text", "asked the courier about the parcel")
	w.index(id)
	require.Contains(t, w.page("/console"), `<input id="search" name="q" type="search"`)
	require.Contains(t, w.page("/console/search?lang=en"), "What are you looking for?")

	require.Equal(t, http.StatusSeeOther, w.do("GET", looked(id.Number()), nil).StatusCode)
	page := w.page(looked("138 0000 0000"))
	require.Contains(t, page, "by address")
	require.Contains(t, page, id.Number())
	require.Contains(t, w.page(looked("me")), ">Mei</a>")

	page = w.page(looked("courier"))
	require.Contains(t, page, `asked the <mark>courier</mark> about`)
	require.Contains(t, page, "(note)")
	page = w.page(looked("包裹 where"))
	require.Contains(t, page, `<mark>Where</mark> is my &lt;b&gt;parcel`)
	require.Contains(t, page, `我的<mark>包裹</mark>`)
	require.Contains(t, page, "/console/tickets/"+id.Number()+"?at=")
	require.Contains(t, w.page(looked("nowhere")), "Nothing found")
	require.Contains(t, w.page(looked("courier")+"&to=2020-01-01"), "Nothing found")
	w.checkMarkup(page)

	w.post(id, "status", "status", "spam")
	require.Contains(t, w.page(looked("courier")), "Nothing found")
}

// A hit leads to the page that has its message: the newest, as ever, or an older one.
func TestSearchLeadsToOldMessages(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m0", "the umbrella of old")
	for i := range 120 {
		_, err := w.desk.Note(t.Context(), w.amy(), id, fmt.Sprintf("note %d", i))
		require.NoError(t, err)
	}
	old := w.messages(id, desk.FromCustomer)[0].ID
	require.NotContains(t, w.page("/console/tickets/"+id.Number()), `id="`+string(old)+`"`)
	w.index(id)
	link := html.UnescapeString(regexpFind(t, w.page(looked("umbrella")), `class="plain rows hits"><li><p><a href="([^"]*)"`))
	page := w.page(link)
	require.Contains(t, page, `id="`+string(old)+`"`)
	require.Contains(t, page, " data-still")
	require.NotContains(t, page, "note 119")
	notes := w.messages(id, desk.Note)
	page = w.page("/console/tickets/" + id.Number() + "?at=" + string(notes[len(notes)-5].ID))
	require.Contains(t, page, `id="composer"`)
	for _, junk := range []string{"x", "%00", "~~~~"} {
		require.NotEqual(t, http.StatusInternalServerError, w.do("GET", "/console/tickets/"+id.Number()+"?at="+junk, nil).StatusCode)
	}
}

// A number that a hit would cut in two is masked before it is, and another team's ticket
// is not found at all.
func TestSearchHides(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "please call 13800138000 about it")
	w.index(id)
	w.s.Access.MaskContacts = true
	for _, q := range []string{"call", "13800138000"} {
		page := w.page(looked(q))
		require.Contains(t, page, "***00", q)
		require.NotContains(t, page, "138001", q)
	}
	w.s.Agents[0].Teams = []string{"repairs"}
	require.Contains(t, w.page(looked("call")), "Nothing found")
	require.NotContains(t, w.page(looked("call")), id.Number())
}

// What a masked agent has typed is theirs: searching on, in other days, in the other
// language, or by a saved filter looks for the same.
func TestSearchKeepsWhatWasTyped(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Access.MaskContacts = true
	w.index(w.comes("m1", "please call 13800138000 or ann+b@x.test about it"))
	for _, q := range []string{"13800138000", "ann+b@x.test", "+86 138 0013 8000", "oLVPpjqs9BhvzwPj5A-vTYAX3GLc 退款"} {
		page := w.page(looked(q))
		require.Equal(t, q, html.UnescapeString(regexpFind(t, page, `id="search"[^>]* value="([^"]*)"`)))
		fields := regexp.MustCompile(`type="hidden" name="q" value="([^"]*)"`).FindAllStringSubmatch(page, -1)
		require.NotEmpty(t, fields)
		for _, f := range fields {
			require.Equal(t, q, html.UnescapeString(f[1]))
		}
		form := url.Values{"csrf": {field(t, page, "csrf")}, "name": {"of " + q}, "q": {q}}
		require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/filters", form).StatusCode)
		page = w.page(looked(q))
		links := regexp.MustCompile(`(?:href|name="here" value)="(/console/search[^"]*q=[^"]*)"`).FindAllStringSubmatch(page, -1)
		require.GreaterOrEqual(t, len(links), 3, "the other language, where presence goes back to, the filter")
		mine := 0
		for _, l := range links {
			u, err := url.Parse(html.UnescapeString(l[1]))
			require.NoError(t, err)
			if u.Query().Get("q") == q {
				mine++
			}
		}
		require.GreaterOrEqual(t, mine, 3, q)
		require.Contains(t, html.UnescapeString(page), `aria-current="true">of `+q+"<")
		require.NotContains(t, page, "call 138")
	}
}

var smsAccount = config.Account{Channel: desk.SMS, Name: "main"}
