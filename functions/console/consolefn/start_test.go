package consolefn_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

func TestStartATicket(t *testing.T) {
	w := newWorld(t).signIn()
	page := w.page("/console/new")
	form := url.Values{"csrf": {field(t, page, "csrf")}, "nonce": {field(t, page, "nonce")}, "channel": {"call"},
		"to": {"+8613900000000"}, "text": {"She wants it sent again."}, "outcome": {"reached"}}
	resp := w.do("POST", "/console/new", form)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	to := resp.Header.Get("Location")
	require.Equal(t, to, w.do("POST", "/console/new", form).Header.Get("Location"), "a double click")
	require.Contains(t, w.page(to), "She wants it sent again.")
	require.Contains(t, w.page(to+"?lang=en"), "</svg> Phone call · ")
	list := w.page("/console?lang=en")
	require.Contains(t, list, `<span title="Phone call">`)
	require.NotContains(t, list, `<span title="SMS">`)
	form.Set("to", "nobody@")
	form.Set("name", "Mei <x>")
	resp = w.do("POST", "/console/new", form)
	require.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode)
	page = html.UnescapeString(body(t, resp))
	require.Contains(t, page, `class="notice bad"`)
	require.Contains(t, page, `<nav aria-label`)
	for _, kept := range []string{`value="nobody@"`, `value="Mei <x>"`, `>She wants it sent again.</textarea>`, `<option value="call" selected>`} {
		require.Contains(t, page, kept)
	}
}

// A form that is refused leaves the way open: the header, and a link to where it was.
func TestRefusedForms(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	at := "/console/tickets/" + id.Number()
	for _, form := range [][]string{{"status", "status", "snoozed"}, {"merge", "into", "DH-0000"}, {"split"}, {"follow-up", "at", "2020-01-01T10:00", "note", "x"}} {
		resp := w.post(id, form[0], form[1:]...)
		require.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode, form)
		page := body(t, resp)
		require.Contains(t, page, `class="top"`, form)
		require.Contains(t, page, `<a class="button quiet" href="`+at+`">`, form)
		require.Contains(t, page, `name="here" value="`+at+`"`, form)
		require.Contains(t, page, `class="other" href="`+at+`?lang=`, form)
	}
	customer := "/console/customers/" + string(w.ticket(id).Customer)
	resp := w.do("POST", customer+"/merge", url.Values{"csrf": {field(t, w.page(customer), "csrf")}, "from": {"nobody"}, "why": {"said so"}})
	page := body(t, resp)
	require.Contains(t, page, `<a class="button quiet" href="`+customer+`">`)
	require.Contains(t, page, "said so")
}

// A ticket is snoozed by one press, in the desk's zone; the field has until when.
func TestSnoozePresets(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	at := "/console/tickets/" + id.Number()
	for _, press := range []struct{ now, preset, until string }{
		{"2026-11-22T16:30:00+08:00", "2h", "2026-11-22T18:30"}, // a Sunday
		{"2026-11-22T16:30:00+08:00", "monday", "2026-11-23T09:00"},
		{"2026-11-23T08:00:00+08:00", "monday", "2026-11-30T09:00"},
		{"2026-11-24T00:30:00+08:00", "tomorrow", "2026-11-25T09:00"},
	} {
		w.now, _ = time.Parse(time.RFC3339, press.now)
		w.now = w.now.UTC()
		w.signIn()
		require.Equal(t, http.StatusSeeOther, w.post(id, "status", "status", "snoozed", "until", "", "snooze", press.preset).StatusCode)
		require.Equal(t, desk.StatusSnoozed, w.ticket(id).Status)
		page := w.page(at + "?lang=en")
		require.Contains(t, page, `name="until" type="datetime-local" value="`+press.until+`"`)
		require.Contains(t, page, "In the zone Asia/Shanghai")
	}
	require.Equal(t, http.StatusSeeOther, w.post(id, "status", "status", "open", "until", "2026-11-25T09:00").StatusCode)
	require.Equal(t, desk.StatusOpen, w.ticket(id).Status)
	require.Contains(t, w.page(at), `name="until" type="datetime-local" value=""`)
}

// A list has words for who left neither name nor address.
func TestNamelessSender(t *testing.T) {
	w := newWorld(t).signIn()
	var tx store.Tx
	tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: "7K3Q9W", Status: desk.StatusOpen, Team: "service", From: desk.Address{Channel: desk.WebForm, Account: "contact"}}})
	require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
	require.Contains(t, w.page("/console?lang=en"), "</span></span> No address left</td>")
}

// A customer's page leads to a form that has them in it already, hidden from who sees their
// address in part, and sent to the whole of it.
func TestStartFromACustomer(t *testing.T) {
	w := newWorld(t).signIn()
	at := "/console/customers/" + string(w.ticket(w.comes("m1", "hello")).Customer)
	to := html.UnescapeString(regexpFind(t, w.page(at), `href="(/console/new\?customer=[^"]*)"`))
	page := html.UnescapeString(w.page(to))
	require.Contains(t, page, `value="+8613800000000"`)
	require.Contains(t, page, `value="Mei"`)
	require.Contains(t, page, `<option value="sms" selected>`)

	w.s.Access.MaskContacts = true
	page = w.page(to)
	require.NotContains(t, page, "8613800000000")
	form := url.Values{"channel": {"call"}, "outcome": {"reached"}, "text": {"She is happy."}}
	for _, name := range []string{"csrf", "nonce", "customer", "to", "name"} {
		form.Set(name, html.UnescapeString(field(t, page, name)))
	}
	require.Contains(t, form.Get("to"), "***")
	resp := w.do("POST", "/console/new", form)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	id, _ := desk.ParseNumber(strings.TrimPrefix(resp.Header.Get("Location"), "/console/tickets/"))
	require.Equal(t, "+8613800000000", w.ticket(id).From.ID)
}

// A label that the desk shows for want of a name is nobody's name.
func TestStartHasNoMadeUpName(t *testing.T) {
	w := newWorld(t).signIn()
	got, err := w.desk.Receive(t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InMessage, ID: "1", From: desk.Address{Channel: desk.WeChat, Account: "main", ID: "oNobody"}, Text: "hello", Lang: "en",
	})
	require.NoError(t, err)
	page := w.page("/console/new?lang=en&customer=" + string(w.ticket(got.Ticket).Customer))
	require.Contains(t, page, `name="name"`)
	require.NotContains(t, page, `value="WeChat user`)
}
