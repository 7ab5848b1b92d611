package consolefn_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// A WeChat customer is shown by a short label and never by the OpenID, until an agent
// gives a name; saving it from a ticket leads back there.
func TestLabelAndRemark(t *testing.T) {
	w := newWorld(t).signIn()
	from := desk.Address{Channel: desk.WeChat, Account: "main", ID: "o6_bmjrPTlm6"}
	got, err := w.desk.Receive(t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{Kind: desk.InMessage, ID: "1", From: from, Text: "hello", Lang: "en"})
	require.NoError(t, err)
	list := w.page("/console?lang=en")
	require.Contains(t, list, from.Label("en"))
	require.NotContains(t, list, from.ID)
	at := "/console/tickets/" + got.Ticket.Number()
	page := w.page(at + "?lang=en")
	require.Contains(t, page, from.Label("en"))

	save := func(name string) *http.Response {
		return w.do("POST", "/console/customers/"+string(w.ticket(got.Ticket).Customer)+"/remark",
			url.Values{"csrf": {field(t, page, "csrf")}, "remark": {name}, "back": {field(t, page, "back")}})
	}
	resp := save("Mrs <Wang>")
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	require.Equal(t, at, resp.Header.Get("Location"))
	require.Contains(t, w.page("/console?lang=en"), "Mrs &lt;Wang&gt;")
	require.Contains(t, w.page("/console/customers/"+string(w.ticket(got.Ticket).Customer)), "Mrs &lt;Wang&gt;")
	require.Equal(t, http.StatusUnprocessableEntity, save("two\nlines").StatusCode)
}
