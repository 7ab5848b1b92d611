package consolefn_test

import (
	"html"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
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
