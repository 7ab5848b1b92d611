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

func (w *world) amy() ticketing.Act {
	return ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}, At: w.tick()}
}

// ticketForm is the answer's form as a ticket's page has it.
func (w *world) ticketForm(id desk.TicketID, fields ...string) url.Values {
	w.t.Helper()
	page := w.page("/console/tickets/" + id.Number())
	form := url.Values{}
	for _, name := range []string{"csrf", "nonce", "seen"} {
		form.Set(name, html.UnescapeString(field(w.t, page, name)))
	}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return form
}

// An answer that a colleague's has come before is asked about, with both texts shown; what
// is sent then is sent once.
func TestTwoAnswersAtOnce(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("a", "Where is it?")
	at := "/console/tickets/" + id.Number()
	form := w.ticketForm(id, "text", "It left <today>.", "then", "resolved")

	_, err := w.desk.Note(t.Context(), w.amy(), id, "only a note")
	require.NoError(t, err)
	_, err = w.desk.Reply(t.Context(), w.amy(), id, ticketing.Reply{Text: "It is on its way."})
	require.NoError(t, err)
	resp := w.do("POST", at+"/reply", form)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	page := body(t, resp)
	require.Contains(t, page, "It is on its way.")
	require.NotContains(t, page, "only a note")
	require.Contains(t, page, "It left &#x3C;today&#x3E;.")
	require.Len(t, w.messages(id, desk.ToCustomer), 1, "nothing was sent")

	for _, name := range []string{"csrf", "nonce", "seen", "then"} {
		form.Set(name, html.UnescapeString(field(t, page, name)))
	}
	for range 2 {
		require.Equal(t, http.StatusSeeOther, w.do("POST", at+"/reply", form).StatusCode)
	}
	out := w.messages(id, desk.ToCustomer)
	require.Len(t, out, 2)
	require.Equal(t, "It left <today>.", out[1].Text)
	require.Equal(t, desk.StatusResolved, w.ticket(id).Status)
}

// An agent from whom addresses are hidden still sends what they wrote, not what was hidden.
func TestOnesOwnTextIsNotHidden(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Access.MaskContacts = true
	id := w.comes("a", "Where is it?")
	const text = "Call +8613912345678 or 010-62345678, <help> & ann@shop.example %40 👍"
	form := w.ticketForm(id, "text", text, "cc", "ann@shop.example")
	_, err := w.desk.Reply(t.Context(), w.amy(), id, ticketing.Reply{Text: "Write to bo@shop.example"})
	require.NoError(t, err)
	page := body(t, w.do("POST", "/console/tickets/"+id.Number()+"/reply", form))
	require.NotContains(t, page, "bo@shop")
	require.NotContains(t, page, "<help>")
	require.Equal(t, "ann@shop.example", html.UnescapeString(field(t, page, "cc")))
	require.Equal(t, text, html.UnescapeString(regexpFind(t, page, `(?s)<textarea id="typed"[^>]*>(.*?)</textarea>`)))
}

// What was written is not lost with a fault, whatever the field.
func TestFaultKeepsAllThatWasWritten(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.CustomerFields = []config.CustomerField{{ID: "home", Type: config.CustomerText, Label: config.Text{"en": "At home"}}}
	w.s.Access.MaskContacts = true
	id := w.comes("a", "Where is it?")
	task := body(t, w.post(id, "tasks", "team", "nobody", "subject", "Look <here> 13800138000", "text", "one\r\ntwo"))
	for _, s := range []string{"Look <here> 13800138000", "one\ntwo", ">Subject<", ">Text<"} {
		require.Contains(t, html.UnescapeString(task), s)
	}
	csrf := field(t, task+w.page("/console"), "csrf")
	post := func(path string, kv ...string) string {
		form := url.Values{"csrf": {csrf}}
		for i := 0; i < len(kv); i += 2 {
			form.Set(kv[i], kv[i+1])
		}
		resp := w.do("POST", path, form)
		require.GreaterOrEqual(t, resp.StatusCode, 400)
		return html.UnescapeString(body(t, resp))
	}
	done := post("/console/topics/none/done", "text-zh-CN", "修好了", "text-en", "It works")
	require.Contains(t, done, "修好了")
	require.Contains(t, done, "It works")
	profile := post("/console/customers/"+string(w.ticket(id).Customer)+"/profile", "tier", "best", "name", "Mei", "tags", "vip", "field-home", "13900139000")
	for _, s := range []string{">Mei<", ">vip<", ">At home<", ">13900139000<"} {
		require.Contains(t, profile, s)
	}
	require.Contains(t, post("/console/feedback/none/topic", "title", "A quieter fan"), "A quieter fan")
	require.NotContains(t, profile, ">"+csrf)
}

// What came from the customer, one's own answers and a page of before the question ask
// nothing.
func TestOneAnswerAsksNothing(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("a", "Where is it?")
	form := w.ticketForm(id, "text", "One")
	at := "/console/tickets/" + id.Number()
	w.comes("b", "Hello?")
	resp := w.do("POST", at+"/reply", form)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	to := resp.Header.Get("Location")
	_, sent, _ := strings.Cut(to, "#")
	require.Equal(t, string(w.messages(id, desk.ToCustomer)[0].ID), sent, "the address names what was sent")
	require.Contains(t, w.page(at), `id="`+sent+`" data-sent="reply"`)

	form.Set("text", "Two")
	require.Equal(t, http.StatusSeeOther, w.do("POST", at+"/reply", form).StatusCode)
	_, err := w.desk.Reply(t.Context(), w.amy(), id, ticketing.Reply{Text: "Three"})
	require.NoError(t, err)
	form.Del("seen")
	form.Set("text", "Four")
	require.Equal(t, http.StatusSeeOther, w.do("POST", at+"/reply", form).StatusCode)
}

// A colleague who writes is named on the next look, and no longer than they write; to
// oneself one isn't.
func TestWhoIsWriting(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("a", "Where is it?")
	part := "/console/tickets/" + id.Number() + "/fragment?lang=zh-CN"
	require.Equal(t, http.StatusNoContent, w.post(id, "writing").StatusCode)
	require.NotContains(t, w.page(part), "正在写")
	require.NoError(t, w.desk.Writing(t.Context(), w.amy(), id))
	require.Contains(t, w.page(part), "Amy 正在写")
	w.now = w.now.Add(ticketing.StillWriting)
	require.NotContains(t, w.page(part), "正在写")
}

// The time that the page tells is shown beside the ticket, counted once.
func TestTimeSpent(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("a", "Where is it?")
	at := "/console/tickets/" + id.Number()
	form := w.ticketForm(id, "seconds", "150", "n", "1")
	for range 2 {
		require.Equal(t, http.StatusNoContent, w.do("POST", at+"/spent", form).StatusCode)
	}
	require.NoError(t, w.desk.Spent(t.Context(), ticketing.Act{By: w.amy().By, At: w.now, Key: "k"}, id, 40*time.Second))
	page := w.page(at)
	require.Contains(t, page, "<dt>Lin</dt><dd>2 min</dd>")
	require.Contains(t, page, "<dt>Amy</dt><dd>40 s</dd>")
	for _, bad := range []string{"0", "-5", "901", "many"} {
		form.Set("seconds", bad)
		require.Equal(t, http.StatusUnprocessableEntity, w.do("POST", at+"/spent", form).StatusCode, bad)
	}
}
