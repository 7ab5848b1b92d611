package consolefn_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// mails is somebody's mail that points nowhere.
func (w *world) mails(from, id string) desk.TicketID {
	w.t.Helper()
	got, err := w.desk.Receive(w.t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InMessage, ID: id, From: desk.Address{Channel: desk.Email, Account: "support", ID: from}, Name: from,
		Subject: "Subject " + id, Text: "hello", Lang: "en", Mail: &desk.Mail{MessageID: id, Trusted: true},
	})
	require.NoError(w.t, err)
	return got.Ticket
}

// press sends one of the page's small forms, which have no number of their own.
func (w *world) press(id desk.TicketID, what string, fields ...string) *http.Response {
	w.t.Helper()
	at := "/console/tickets/" + id.Number()
	form := url.Values{"csrf": {field(w.t, w.page(at), "csrf")}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return w.do("POST", at+"/"+what, form)
}

// A merge leads to the ticket that goes on, which lists what was merged into it; the
// other says where it went and how to undo that.
func TestMerge(t *testing.T) {
	w := newWorld(t).signIn()
	one, two := w.mails("ann@x.test", "a1@x"), w.mails("ann@x.test", "a2@x")
	resp := w.press(one, "merge", "into", two.Number())
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	require.Equal(t, "/console/tickets/"+two.Number(), resp.Header.Get("Location"))
	page := w.page("/console/tickets/" + one.Number() + "?lang=zh-CN")
	require.Contains(t, page, "本工单已合并到")
	require.Contains(t, page, "撤销合并")
	require.NotContains(t, page, `id="reply"`, "answers go out from where it went")
	require.NotContains(t, page, `id="into"`)
	target := w.page("/console/tickets/" + two.Number() + "?lang=en")
	require.Contains(t, target, `Merged into this one: <a href="/console/tickets/`+one.Number())
	require.Len(t, regexpAll(target, `<div class="pre">hello</div>`), 2, "what the customer wrote there is to be answered here")
	require.Regexp(t, `from <a class="number" href="/console/tickets/`+one.Number()+`">`, target)
	require.Regexp(t, `<li><a class="number" href="/console/tickets/`+one.Number()+`">[^<]*</a> was merged into this one|<p class="line"><a class="number" href="/console/tickets/`+one.Number()+`">`, target)
	require.Equal(t, 1, len(regexpAll(w.page("/console/tickets/"+two.Number()+"?split=1"), `name="message"`)), "it is split off where it lies")

	w.page("/console?lang=zh-CN")
	require.Contains(t, body(t, w.press(one, "status", "status", "open")), "工单已合并到 "+two.Number()+"，请先撤销合并")
	require.Equal(t, http.StatusSeeOther, w.press(one, "unmerge").StatusCode)
	require.Contains(t, w.page("/console/tickets/"+one.Number()), `id="into"`)
	require.NotContains(t, w.page("/console/tickets/"+two.Number()+"?lang=en"), "Merged into this one")
	require.Empty(t, w.ticket(two).Merged)
	require.Equal(t, http.StatusConflict, w.press(one, "unmerge").StatusCode)
}

// Another customer's ticket is merged into only after a page that says whose it is.
func TestMergeAsks(t *testing.T) {
	w := newWorld(t).signIn()
	ann, kim, chat := w.mails("ann@x.test", "a@x"), w.mails("kim@x.test", "k@x"), w.comes("m1", "hi")
	w.page("/console?lang=en")
	ask := w.press(ann, "merge", "into", kim.Number())
	require.Equal(t, http.StatusOK, ask.StatusCode)
	page := body(t, ask)
	require.Contains(t, page, "kim@x.test")
	require.Empty(t, w.ticket(ann).Into)
	require.Equal(t, http.StatusSeeOther, w.press(ann, "merge", "into", field(t, page, "into"), "others", field(t, page, "others")).StatusCode)
	require.Equal(t, kim, w.ticket(ann).Into)
	w.page("/console?lang=zh-CN")
	for into, says := range map[string]string{
		"nonsense": "请填写工单号", kim.Number(): "不能合并到自己", ann.Number(): "已合并到 " + kim.Number(), chat.Number(): "另一位客户",
	} {
		require.Contains(t, body(t, w.press(kim, "merge", "into", into)), says)
	}
}

// Spam and blocked senders, there and back.
func TestSpam(t *testing.T) {
	w := newWorld(t).signIn()
	w.page("/console?lang=en")
	id := w.comes("m1", "buy")
	require.Equal(t, http.StatusSeeOther, w.press(id, "spam").StatusCode)
	page := w.page("/console/tickets/" + id.Number())
	require.Contains(t, page, "Not spam")
	require.Regexp(t, `<textarea id="reply"[^>]* disabled`, page, "it would be refused")
	require.Contains(t, page, "takes no answer")
	require.Contains(t, page, "Block the sender…")
	require.NotContains(t, page, `id="into"`)
	require.Equal(t, http.StatusSeeOther, w.press(id, "block").StatusCode)
	require.Contains(t, w.page("/console/tickets/"+id.Number()), "Unblock the sender")
	require.Equal(t, http.StatusSeeOther, w.press(id, "unblock").StatusCode)
	require.Equal(t, http.StatusSeeOther, w.press(id, "not-spam").StatusCode)
	require.Equal(t, desk.StatusNew, w.ticket(id).Status)
	require.NotRegexp(t, `<textarea id="reply"[^>]* disabled`, w.page("/console/tickets/"+id.Number()))
	require.Equal(t, http.StatusSeeOther, w.press(id, "spam", "block", "1").StatusCode)
	require.Contains(t, w.page("/console/tickets/"+id.Number()), "Unblock the sender")
}

// Messages are ticked and moved to a ticket of their own.
func TestSplit(t *testing.T) {
	w := newWorld(t).signIn()
	w.page("/console?lang=en")
	id := w.comes("m1", "hello")
	require.Equal(t, id, w.comes("m2", "and my shoes"))
	at := "/console/tickets/" + id.Number()
	require.Contains(t, w.page(at), at+"?split=1")
	require.NotContains(t, w.page(at), `name="message"`)
	page := w.page(at + "?split=1")
	require.Contains(t, page, "data-still")
	require.NotContains(t, page, `id="reply"`)
	msg := string(w.messages(id, desk.FromCustomer)[1].ID)
	require.Contains(t, page, `value="`+msg+`" form="split"`)
	form := url.Values{"csrf": {field(t, page, "csrf")}, "nonce": {field(t, page, "nonce")}, "subject": {"Shoes"}}
	require.Equal(t, http.StatusUnprocessableEntity, w.do("POST", at+"/split", form).StatusCode)
	form.Set("message", msg)
	resp := w.do("POST", at+"/split", form)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	to := resp.Header.Get("Location")
	require.Equal(t, to, w.do("POST", at+"/split", form).Header.Get("Location"), "a double click")
	made := w.page(to)
	require.Contains(t, made, "and my shoes")
	require.Contains(t, made, `Split off from <a class="number" href="`+at+`">`+id.Number())
	left := w.page(at)
	require.NotContains(t, left, "and my shoes")
	require.Contains(t, left, "Split off into")
}
