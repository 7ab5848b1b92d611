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
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// How an answer would go is told before it goes, on the page or on one of its own with the
// text to be sent; nothing is written.
func TestPreview(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	at := "/console/tickets/" + id.Number()
	w.s.Tickets.UndoSend = config.Duration(20 * time.Second)
	ask := func(id desk.TicketID, kv ...string) string {
		resp := w.do("POST", "/console/tickets/"+id.Number()+"/preview", w.ticketForm(id, kv...))
		require.Equal(t, http.StatusOK, resp.StatusCode)
		return body(t, resp)
	}
	require.Contains(t, w.page(at), `formaction="`+at+`/preview"`)
	page := ask(id, "text", strings.Repeat("好", 71), "then", "resolved")
	for _, s := range []string{"By SMS to", "2 SMS, 71 characters", "back for 20 s"} {
		require.Contains(t, page, s)
	}
	w.checkMarkup(page)
	form := url.Values{}
	for _, name := range []string{"csrf", "nonce", "seen", "then"} {
		form.Set(name, html.UnescapeString(field(t, page, name)))
	}
	form.Set("text", html.UnescapeString(regexpFind(t, page, `(?s)<textarea id="typed"[^>]*>(.*?)</textarea>`)))
	require.Equal(t, strings.Repeat("好", 71), form.Get("text"))
	require.Empty(t, w.messages(id, desk.ToCustomer), "nothing was sent")
	part := ask(id, "text", "hi", "part", "1")
	require.NotContains(t, part, "<html")
	require.Contains(t, part, "1 SMS, 2 characters")
	require.Equal(t, http.StatusSeeOther, w.do("POST", at+"/reply", form).StatusCode)
	require.Len(t, w.messages(id, desk.ToCustomer), 1)
	require.Equal(t, desk.StatusResolved, w.ticket(id).Status)
	require.Equal(t, http.StatusUnprocessableEntity, w.do("POST", at+"/preview", w.ticketForm(id, "text", " ")).StatusCode)

	w.s.Accounts = []config.Account{smsAccount}
	got, err := w.desk.Receive(t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InMessage, ID: "w1", From: desk.Address{Channel: desk.WeChat, Account: "main", ID: "oMei"}, Text: "退款", Lang: "zh-CN",
	})
	require.NoError(t, err)
	require.Contains(t, ask(got.Ticket, "text", "hi"), "5 more until")
	w.now = w.now.Add(49 * time.Hour)
	w.signIn()
	require.Contains(t, ask(got.Ticket, "text", "hi"), "sent now it fails")
}
