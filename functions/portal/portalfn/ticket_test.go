package portalfn_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// The page that a notice leads to shows one ticket's public messages, for a while and to
// nobody without the link; what went another way is there once.
func TestTicketPage(t *testing.T) {
	w := newWorld(t)
	from := desk.Address{Channel: desk.WeChat, Account: "main", ID: "oCustomer"}
	got, err := w.desk.Receive(t.Context(), channel.Envelope{At: w.now}, desk.Inbound{Kind: desk.InMessage, ID: "w1", From: from, Text: "退款到账了吗"})
	require.NoError(t, err)
	w.now = w.now.Add(time.Minute)
	_, err = w.desk.Reply(t.Context(), w.act(), got.Ticket, ticketing.Reply{Text: "已经退回 <原账户>"})
	require.NoError(t, err)
	_, err = w.desk.Note(t.Context(), w.act(), got.Ticket, "内部备注")
	require.NoError(t, err)
	w.now = w.now.Add(time.Minute)
	gone, err := w.desk.Reply(t.Context(), w.act(), got.Ticket, ticketing.Reply{Text: "改走邮件的那一份"})
	require.NoError(t, err)
	row, err := w.desk.Store.Message(t.Context(), got.Ticket, gone)
	require.NoError(t, err)
	row.Value.State, row.Value.Why = desk.Failed, "send.fell_back"
	var tx store.Tx
	tx.PutMessage(row)
	require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))

	link := links.Ticket("", w.key, got.Ticket, w.now.Add(links.NoticeLife))
	resp := w.do(http.MethodGet, link, nil)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	page := body(t, resp)
	require.Contains(t, page, "退款到账了吗")
	require.Contains(t, page, "已经退回 &lt;原账户&gt;")
	require.NotContains(t, page, "内部备注")
	require.NotContains(t, page, "改走邮件的那一份")
	require.NotContains(t, page, "<textarea", "a form's alone")
	require.NotContains(t, page, "oCustomer")

	require.Equal(t, http.StatusNotFound, w.do(http.MethodGet, link+"x", nil).StatusCode)
	require.Equal(t, http.StatusNotFound, w.do(http.MethodGet, links.Survey("", w.key, desk.SurveyID(got.Ticket), w.now.Add(time.Hour)), nil).StatusCode)
	w.now = w.now.Add(links.NoticeLife + time.Hour)
	require.Equal(t, http.StatusNotFound, w.do(http.MethodGet, link, nil).StatusCode)
}
