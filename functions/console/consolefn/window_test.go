package consolefn_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// The reply box says how long WeChat takes answers, and when it takes none.
func TestReplyWindow(t *testing.T) {
	w := newWorld(t).signIn()
	got, err := w.desk.Receive(t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InMessage, ID: "1", From: desk.Address{Channel: desk.WeChat, Account: "main", ID: "oMei"}, Text: "退款", Lang: "zh-CN",
	})
	require.NoError(t, err)
	at := "/console/tickets/" + got.Ticket.Number()
	require.Contains(t, w.page(at+"?lang=zh-CN"), "还可回复 5 条，截止")
	w.now = w.now.Add(48 * time.Hour)
	w.signIn()
	page := w.page(at + "?lang=en")
	require.Contains(t, page, "WeChat takes no answer now")
	require.NotContains(t, page, "more until")
	require.Contains(t, page, "There is no other way to them: sent now it fails")

	w.s.Accounts = append(w.s.Accounts, config.Account{Channel: desk.WeChat, Name: "main", Settings: json.RawMessage(`{"template":{"id":"T","data":{"thing1":"{{answer}}"}}}`)})
	for _, told := range []string{w.page(at + "?lang=en"), body(t, w.do("POST", at+"/preview?lang=en", w.ticketForm(got.Ticket, "text", "hi")))} {
		require.Contains(t, told, "the customer is told by a template message")
		require.NotContains(t, told, "sent now it fails")
	}
	w.s.Accounts[len(w.s.Accounts)-1].Settings = nil

	w.s.Tickets.Fallback = true
	w.s.Accounts = append(w.s.Accounts, config.Account{Channel: desk.Email, Name: "help"})
	c, err := w.desk.Store.Customer(t.Context(), w.ticket(got.Ticket).Customer)
	require.NoError(t, err)
	c.Value.Contact.Mail = "mei@x.test"
	var tx store.Tx
	tx.PutCustomer(c)
	require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
	require.Contains(t, w.page(at+"?lang=en"), "It goes by E-mail to mei@x.test instead.")

	_, err = w.desk.Receive(t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InEvent, Type: "unsubscribe", ID: "2", From: desk.Address{Channel: desk.WeChat, Account: "main", ID: "oMei"},
	})
	require.NoError(t, err)
	page = w.page(at + "?lang=en")
	require.Contains(t, page, "Sent now it fails: the customer no longer follows the account.")
	require.NotContains(t, page, "48 hours")

	sms := w.comes("a", "hello")
	require.NotContains(t, w.page("/console/tickets/"+sms.Number()), "more until")
}
