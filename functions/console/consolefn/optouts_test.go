package consolefn_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// person opens a customer's page and posts its forms.
type person struct {
	*world
	at string
	id desk.CustomerID
}

func (w *world) person(t desk.TicketID) *person {
	id := w.ticket(t).Customer
	return &person{w, "/console/customers/" + string(id), id}
}

func (p *person) send(what string, kv ...string) *http.Response {
	p.t.Helper()
	form := url.Values{"csrf": {field(p.t, p.page(p.at), "csrf")}}
	for i := 0; i+1 < len(kv); i += 2 {
		form.Set(kv[i], kv[i+1])
	}
	return p.do("POST", p.at+"/"+what, form)
}

func (p *person) now() desk.Customer {
	p.t.Helper()
	row, err := p.desk.Store.Customer(p.t.Context(), p.id)
	require.NoError(p.t, err)
	return row.Value
}

// Names, language, zone and consents are edited on the page; what a form doesn't name
// stays, and a fault names its field in both languages.
func TestProfileIsEdited(t *testing.T) {
	w := newWorld(t).signIn()
	p := w.person(w.comes("1", "hello"))
	require.Equal(t, http.StatusSeeOther, p.send("profile", "name", " 王芳 ", "language", "zh-CN", "time_zone", "Asia/Tokyo", "purpose", "News", "purpose-given", "given").StatusCode)
	c := p.now()
	require.Equal(t, []string{"王芳", "zh-CN", "Asia/Tokyo"}, []string{c.Name, c.Lang, c.TimeZone})
	require.Equal(t, "news", c.Consents[0].Purpose)
	require.True(t, c.Consents[0].Given)
	require.Equal(t, "lin", c.Consents[0].By.ID)
	page := w.page(p.at + "?lang=zh-CN")
	require.Contains(t, page, `name="consent-news"`)
	require.Contains(t, page, "Lin")
	require.Equal(t, http.StatusSeeOther, p.send("profile", "time_zone", "Asia/Tokyo", "consent-news", "no").StatusCode)
	require.Equal(t, "王芳", p.now().Name)
	require.False(t, p.now().Consents[0].Given)

	for lang, words := range map[string][]string{"zh-CN": {"语言", "请选择列表中的语言"}, "en": {"Language", "must be one of"}} {
		w.page(p.at + "?lang=" + lang)
		resp := p.send("profile", "language", "xx")
		require.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode)
		text := body(t, resp)
		for _, word := range words {
			require.Contains(t, text, word)
		}
	}
}

// An opt-out shows since when and by whose word; what an agent noted an agent lifts, a
// STOP by SMS nobody here, a customer's own wish for no surveys only a lead.
func TestOptOutsOnThePage(t *testing.T) {
	w := newWorld(t).signIn()
	p := w.person(w.comes("1", "hello"))
	sms := desk.Address{Channel: desk.SMS, Account: "main", ID: "+8613800000000"}
	require.NotContains(t, w.page(p.at+"?lang=en"), "Opted out")
	opt := func(kind, out, why string) *http.Response {
		return p.send("opt-out", "address", sms.Handle(), "kind", kind, "out", out, "why", why)
	}
	require.Equal(t, http.StatusUnprocessableEntity, opt("messages", "1", "").StatusCode)
	require.Equal(t, http.StatusNotFound, p.send("opt-out", "address", "none", "kind", "messages", "out", "1", "why", "x").StatusCode)
	require.Equal(t, http.StatusSeeOther, opt("messages", "1", "said so <on the phone>").StatusCode)
	page := w.page(p.at + "?lang=en")
	require.Contains(t, page, "Opted out: messages")
	require.Contains(t, page, "said so &lt;on the phone&gt;")
	require.Contains(t, w.page(p.at+"?lang=zh-CN"), "已退订消息")
	require.Equal(t, http.StatusSeeOther, opt("messages", "", "asked for it").StatusCode)
	require.NotContains(t, w.page(p.at+"?lang=en"), "Opted out")

	_, err := w.desk.Receive(t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{Kind: desk.InOptOut, ID: "stop", From: sms, Text: "STOP"})
	require.NoError(t, err)
	require.Contains(t, w.page(p.at+"?lang=en"), "only their START lifts it")
	resp := opt("messages", "", "x")
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
	require.Contains(t, body(t, resp), "START")
	require.NoError(t, w.desk.StopSurveys(t.Context(), sms, "", w.tick()))
	require.Contains(t, w.page(p.at+"?lang=en"), "only a lead may lift it")
	require.Equal(t, http.StatusForbidden, opt("surveys", "", "x").StatusCode)
	w.s.Agents[0].Role = "lead"
	require.Equal(t, http.StatusSeeOther, opt("surveys", "", "wants them again").StatusCode)
	id, err := w.desk.Store.Identity(t.Context(), sms)
	require.NoError(t, err)
	require.False(t, id.Value.NoSurvey)
	require.True(t, id.Value.Out)
}

// The last scores stand on the page with their tickets, each on its own scale; open
// tickets do, too.
func TestScoresAndOpenTickets(t *testing.T) {
	w := newWorld(t).signIn()
	ticket := w.comes("1", "hello")
	p := w.person(ticket)
	row, err := w.desk.Store.Customer(t.Context(), p.id)
	require.NoError(t, err)
	for n := range 7 {
		row.Value.Scored(desk.Score{Kind: desk.CSAT, Value: 1 + n%5, At: w.now.Add(time.Duration(n) * time.Minute), Ticket: desk.TicketID("AAAAA" + string(rune('A'+n)))})
	}
	row.Value.Scored(desk.Score{Kind: desk.NPS, Value: 9, At: w.now, Ticket: ticket, Comment: "great"})
	row.Value.Scored(desk.Score{Kind: desk.NPS, Value: 10, At: w.now, Ticket: ticket, Comment: "even better"}) // changed
	require.Len(t, row.Value.Scores, 5)
	var tx store.Tx
	tx.PutCustomer(row)
	require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
	page := w.page(p.at + "?lang=en")
	require.Contains(t, page, "10 / 10")
	require.Contains(t, page, "even better")
	require.NotContains(t, page, "9 / 10")
	require.Contains(t, page, "2 / 5")
	require.Contains(t, page, "Open tickets")
	require.Contains(t, page, ticket.Number())
}
