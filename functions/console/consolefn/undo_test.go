package consolefn_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// An answer that waits to go out can be taken back by who wrote it, and stands in the box
// again: all its parts, and nothing of it hidden.
func TestUndoAnAnswer(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Access.MaskContacts = true
	id := w.comes("m1", "hello")
	at := "/console/tickets/" + id.Number()
	require.Equal(t, http.StatusSeeOther, w.post(id, "reply", "text", "at once").StatusCode)
	require.NotContains(t, w.page(at), "/undo")

	w.s.Tickets.UndoSend = config.Duration(20 * time.Second)
	_, err := w.desk.Reply(t.Context(), w.amy(), id, ticketing.Reply{Text: "Amy's"})
	require.NoError(t, err)
	require.NotContains(t, w.page(at), "/undo", "a colleague's")
	text := strings.Repeat("Call 13800138000 <now>. ", 100) + "End"
	require.Equal(t, http.StatusSeeOther, w.post(id, "reply", "text", text, "then", "resolved").StatusCode)
	require.Equal(t, desk.StatusResolved, w.ticket(id).Status)
	page := w.page(at + "?lang=zh-CN")
	require.Len(t, regexpAll(page, "撤回"), 1, "one for all parts")
	undo := regexpFind(t, page, `action="([^"]*/undo)"`)
	require.Contains(t, w.page(at+"/fragment?lang=en"), undo)

	resp := w.do("POST", undo, url.Values{"csrf": {field(t, page, "csrf")}})
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	require.NotEqual(t, desk.StatusResolved, w.ticket(id).Status)
	page = w.page(strings.TrimSuffix(resp.Header.Get("Location"), "#composer"))
	draft := html.UnescapeString(regexpFind(t, page, `(?s)<textarea id="reply"[^>]*>(.*?)</textarea>`))
	require.Equal(t, strings.Fields(text), strings.Fields(draft))
	require.Contains(t, page, `value="resolved" selected`, "what it made of the ticket")
	require.NotContains(t, page, undo)
	require.Contains(t, page, `<span class="badge">Taken back</span>`, "it didn't fail")
	require.NotContains(t, page, "/again\"", "it stands in the box: it would go twice")
	require.Equal(t, http.StatusConflict, w.do("POST", undo, url.Values{"csrf": {field(t, page, "csrf")}}).StatusCode)

	amys := w.messages(id, desk.ToCustomer)[1]
	require.NoError(t, w.desk.Undo(t.Context(), w.amy(), id, amys.ID))
	require.NotContains(t, regexpFind(t, w.page(at+"?undone="+string(amys.ID)), `(?s)<textarea id="reply"[^>]*>(.*?)</textarea>`), "Amy", "another's text is no draft of one's own")

	require.Equal(t, http.StatusSeeOther, w.post(id, "reply", "text", "too late").StatusCode)
	require.Contains(t, w.page(at), "/undo")
	w.now = w.now.Add(20 * time.Second)
	require.NotContains(t, w.page(at), "/undo")
}

// What is taken back of a mail is copied to the same people when it is sent again.
func TestUndoKeepsCopies(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Tickets.UndoSend = config.Duration(20 * time.Second)
	id := w.mails("ann@x.test", "a1@x")
	for _, masked := range []bool{false, true} {
		w.s.Access.MaskContacts = masked
		require.Equal(t, http.StatusSeeOther, w.post(id, "reply", "text", "hi", "cc", "new@z.test").StatusCode)
		page := w.page("/console/tickets/" + id.Number())
		resp := w.do("POST", regexpFind(t, page, `action="([^"]*/undo)"`), url.Values{"csrf": {field(t, page, "csrf")}})
		page = w.page(strings.TrimSuffix(resp.Header.Get("Location"), "#composer"))
		require.Equal(t, "new@z.test", html.UnescapeString(field(t, page, "cc")))
	}
}

// What a colleague wrote, took back and somebody else sent after all is nobody's to read
// whole by taking it back once more.
func TestUndoTellsNobodysWords(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Access.MaskContacts = true
	w.s.Tickets.UndoSend = config.Duration(20 * time.Second)
	id := w.comes("m1", "hello")
	at := "/console/tickets/" + id.Number()
	m, err := w.desk.Reply(t.Context(), w.amy(), id, ticketing.Reply{Text: "Is 13800138000 yours?", Then: desk.StatusPending})
	require.NoError(t, err)
	require.NoError(t, w.desk.Undo(t.Context(), w.amy(), id, m))
	page := w.page(at)
	require.Equal(t, http.StatusSeeOther, w.do("POST", at+"/messages/"+string(m)+"/again", url.Values{"csrf": {field(t, page, "csrf")}}).StatusCode)
	page = w.page(at)
	require.NotContains(t, page, "/undo\"")
	require.NotContains(t, page, "13800138000")
}

// The files of an answer taken back are named: nobody can choose them for the agent.
func TestUndoNamesFiles(t *testing.T) {
	w := newWorld(t).signIn()
	w.index() // with a place for files
	w.s.Tickets.UndoSend = config.Duration(20 * time.Second)
	id := w.mails("ann@x.test", "a1@x")
	m, err := w.desk.Reply(t.Context(), ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "lin"}, At: w.now}, id, ticketing.Reply{Text: "Here", Attachments: []desk.Attachment{{Name: "invoice.pdf", Type: "application/pdf", Blob: "files/x", Size: 1}}})
	require.NoError(t, err)
	page := w.page("/console/tickets/" + id.Number())
	resp := w.do("POST", regexpFind(t, page, `action="([^"]*/undo)"`), url.Values{"csrf": {field(t, page, "csrf")}})
	require.Contains(t, resp.Header.Get("Location"), string(m))
	require.Regexp(t, `choose the files again: invoice\.pdf`, w.page(strings.TrimSuffix(resp.Header.Get("Location"), "#composer")+"&lang=en"))
}
