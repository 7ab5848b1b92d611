package consolefn_test

import (
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
	form.Set("to", "nobody")
	require.Equal(t, http.StatusUnprocessableEntity, w.do("POST", "/console/new", form).StatusCode)
}
