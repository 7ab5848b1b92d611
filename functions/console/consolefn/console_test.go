package consolefn_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	resp := w.do("GET", "/console/tickets/DH-7K3Q-9W", nil)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	require.Equal(t, "/console/login?next=%2Fconsole%2Ftickets%2FDH-7K3Q-9W", resp.Header.Get("Location"))
	require.Equal(t, http.StatusUnauthorized, w.do("GET", "/console/fragment/list", nil).StatusCode)
	require.Equal(t, http.StatusUnauthorized, w.do("POST", "/console/presence", url.Values{}, "X-Requested-With", "script").StatusCode, "a redirect would say that it was done")

	token := field(t, w.page("/console/login"), "token")
	try := func(form url.Values) *http.Response { return w.do("POST", "/console/login", form) }
	require.Equal(t, http.StatusUnauthorized, try(url.Values{"token": {token}, "agent": {"lin"}, "password": {"guess"}}).StatusCode)
	require.Equal(t, http.StatusUnauthorized, try(url.Values{"token": {token}, "agent": {"nobody"}, "password": {"open sesame"}}).StatusCode)
	require.Equal(t, http.StatusForbidden, try(url.Values{"agent": {"lin"}, "password": {"open sesame"}}).StatusCode, "no page, no sign-in")

	resp = w.do("POST", "/console/login", url.Values{"token": {token}, "agent": {"lin"}, "password": {"open sesame"}, "next": {"//evil.example"}}, "X-Forwarded-Proto", "https")
	require.Equal(t, "/console", resp.Header.Get("Location"), "the way on stays in the console")
	c := resp.Cookies()[0]
	require.True(t, c.HttpOnly && c.Secure)
	require.Equal(t, http.SameSiteLaxMode, c.SameSite)
	require.Contains(t, w.page("/console", "X-Forwarded-Proto", "https"), "Lin")

	w.s.Agents = w.s.Agents[1:]
	require.Equal(t, http.StatusSeeOther, w.do("GET", "/console", nil, "X-Forwarded-Proto", "https").StatusCode, "who has left the settings is out at once")
}

func TestSessionsEnd(t *testing.T) {
	w := newWorld(t).signIn()
	w.now = w.now.Add(13 * time.Hour)
	require.Equal(t, http.StatusSeeOther, w.do("GET", "/console", nil).StatusCode)
	w.signIn()
	w.do("POST", "/console/logout", nil)
	require.Equal(t, http.StatusSeeOther, w.do("GET", "/console", nil).StatusCode)
}

// The local sign-in must not exist where the desk isn't local, nor without a password.
func TestNoLocalSignInWhereNotLocal(t *testing.T) {
	for name, change := range map[string]func(*consolefn.Deps){
		"deployed":    func(d *consolefn.Deps) { d.Local = false },
		"no password": func(d *consolefn.Deps) { d.LocalPassword = "" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			token := field(t, w.page("/console/login"), "token")
			change(&w.deps)
			w.handler = consolefn.New(w.deps)
			for _, password := range []string{"open sesame", ""} {
				resp := w.do("POST", "/console/login", url.Values{"token": {token}, "agent": {"lin"}, "password": {password}})
				require.Contains(t, []int{http.StatusForbidden, http.StatusUnauthorized}, resp.StatusCode)
				require.Empty(t, w.cookies["deskhook"])
			}
		})
	}
	w := newWorld(t)
	w.deps.Local = false
	w.handler = consolefn.New(w.deps)
	resp := w.do("GET", "/console/login?lang=en", nil)
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
	require.Contains(t, body(t, resp), "OIDC")
}

// A post counts only from a page of the same session, and never from another site.
func TestPostsNeedTheirForm(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	at := "/console/tickets/" + id.Number()
	token := field(t, w.page(at), "csrf")
	for name, resp := range map[string]*http.Response{
		"no token":      w.do("POST", at+"/note", url.Values{"text": {"x"}}),
		"forged token":  w.do("POST", at+"/note", url.Values{"text": {"x"}, "csrf": {token + "A"}}),
		"login's token": w.do("POST", at+"/note", url.Values{"text": {"x"}, "csrf": {field(t, w.page("/console/login"), "token")}}),
		"another site":  w.do("POST", at+"/note", url.Values{"text": {"x"}, "csrf": {token}}, "Sec-Fetch-Site", "cross-site"),
	} {
		require.Equal(t, http.StatusForbidden, resp.StatusCode, name)
	}
	w.signIn() // another session
	require.Equal(t, http.StatusForbidden, w.do("POST", at+"/note", url.Values{"text": {"x"}, "csrf": {token}}).StatusCode)
	require.Empty(t, w.messages(id, desk.Note))
}

func TestListFillsByItself(t *testing.T) {
	w := newWorld(t).signIn()
	empty := w.page("/console?lang=en")
	require.Contains(t, empty, "No tickets here")
	require.Contains(t, empty, `href="/forms/contact"`)
	first := w.do("GET", "/console/fragment/list?view=open", nil)
	require.Equal(t, http.StatusNotModified, w.do("GET", "/console/fragment/list?view=open", nil, "If-None-Match", first.Header.Get("ETag")).StatusCode)

	id := w.comes("m1", "Where is <b>my</b> parcel?")
	news := w.do("GET", "/console/fragment/list?view=open", nil, "If-None-Match", first.Header.Get("ETag"))
	require.Equal(t, http.StatusOK, news.StatusCode)
	rows := body(t, news)
	require.NotContains(t, rows, "<html")
	require.Contains(t, rows, id.Number())
	require.Contains(t, rows, "Where is &lt;b&gt;my&lt;/b&gt; parcel?")
	require.Contains(t, rows, `class="waiting"`)
}

func TestViewsAndTeams(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "one")
	has := func(query string, want bool) {
		t.Helper()
		require.Equal(t, want, strings.Contains(w.page("/console/fragment/list?"+query), id.Number()), query)
	}
	has("view=open", true)
	has("view=open&team=service", true)
	has("view=open&team=repairs", false)
	has("view=mine", false)
	has("view=nonsense", true)
	w.post(id, "reply", "text", "On its way")
	has("view=mine", true)
	has("view=pending&order=oldest", true)
	w.post(id, "status", "status", "spam")
	has("view=open", false)
	has("view=spam", true)
	resp := w.do("GET", "/console/search?q="+strings.ToLower(id.Number()), nil)
	require.Equal(t, "/console/tickets/"+id.Number(), resp.Header.Get("Location"))
	require.Contains(t, w.page("/console/search?q=DH-0000-00&lang=en"), "Nothing found")
}

func TestReplyOnce(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	at := "/console/tickets/" + id.Number()
	page := w.page(at)
	require.Contains(t, page, "data-sms")
	form := url.Values{"csrf": {field(t, page, "csrf")}, "nonce": {field(t, page, "nonce")}, "text": {"Dear Mei,\r\nit is <b>here</b>."}, "then": {"resolved"}}
	for range 2 { // a double click
		require.Equal(t, http.StatusSeeOther, w.do("POST", at+"/reply", form).StatusCode)
	}
	out := w.messages(id, desk.ToCustomer)
	require.Len(t, out, 1)
	require.Equal(t, "Dear Mei,\nit is <b>here</b>.", out[0].Text)
	require.Equal(t, desk.Actor{Kind: desk.ByAgent, ID: "lin", Name: "Lin"}, out[0].By)
	require.Equal(t, desk.StatusResolved, w.ticket(id).Status)

	form.Set("text", "One thing more") // back to the same page, and something else written
	w.do("POST", at+"/reply", form)
	require.Len(t, w.messages(id, desk.ToCustomer), 2)
	require.Contains(t, w.page(at), "it is &lt;b&gt;here&lt;/b&gt;.")
}

func TestWorkOnATicket(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	w.post(id, "note", "text", "call back")
	require.Equal(t, "call back", w.messages(id, desk.Note)[0].Text)
	w.post(id, "assign", "assignee", "amy")
	require.Equal(t, "amy", w.ticket(id).Assignee)
	w.post(id, "priority", "priority", "urgent")
	require.Equal(t, desk.Urgent, w.ticket(id).Priority)
	w.post(id, "status", "status", "snoozed", "until", "2026-11-23T09:00")
	require.Equal(t, time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), w.ticket(id).SnoozedUntil.UTC(), "in the desk's zone")

	w.post(id, "follow-up", "at", "2026-11-24T09:00", "note", "ask the depot")
	require.Equal(t, time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC), w.ticket(id).Follow.At)
	require.Contains(t, w.page("/console/tickets/"+id.Number()), "ask the depot")
	require.Equal(t, 422, w.post(id, "follow-up", "at", "2020-11-24T09:00", "note", "x").StatusCode)
	w.post(id, "follow-up", "drop", "1")
	require.Nil(t, w.ticket(id).Follow)

	page := w.page("/console/tickets/" + id.Number() + "?lang=zh-CN")
	for _, words := range []string{"call back", "分配给Amy", "优先级由“普通”改为“紧急”", "状态由“新工单”改为“已推迟”", "分到客服组", "新建工单"} {
		require.Contains(t, page, words)
	}
}

// An error says what to mend, and keeps what was written.
func TestErrorsForPeople(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	for name, c := range map[string]struct {
		resp   *http.Response
		status int
		says   string
	}{
		"empty reply":      {w.post(id, "reply", "text", " "), 422, "is empty"},
		"unknown agent":    {w.post(id, "assign", "assignee", "x"), 422, "Assignee"},
		"past snooze":      {w.post(id, "status", "status", "snoozed", "until", "2020-01-01T09:00"), 422, "Snooze"},
		"bad time":         {w.post(id, "status", "status", "snoozed", "until", "soon"), 422, "Until"},
		"unknown priority": {w.post(id, "priority", "priority", "x"), 422, "Priority"},
		"reply then spam":  {w.post(id, "reply", "text", "x", "then", "spam"), 422, "Status"},
		"no ticket":        {w.do("GET", "/console/tickets/DH-0000-00", nil), 404, "Not found"},
		"no number":        {w.do("GET", "/console/tickets/x", nil), 404, "Not found"},
		"no page":          {w.do("GET", "/console/nowhere", nil), 404, "Not found"},
		"no customer":      {w.do("GET", "/console/customers/x", nil), 404, "Not found"},
	} {
		page := body(t, c.resp)
		require.Equal(t, c.status, c.resp.StatusCode, name)
		require.Contains(t, strings.ToLower(page), strings.ToLower(c.says), name)
	}
	w.post(id, "status", "status", "spam")
	resp := w.post(id, "reply", "text", "a long answer")
	require.Equal(t, http.StatusConflict, resp.StatusCode)
	require.Contains(t, body(t, resp), "a long answer")
	require.Contains(t, body(t, w.do("GET", "/console/nowhere?lang=zh-CN", nil)), "没有找到")
}

// An uncertain message has a button, which sends it once more and no oftener.
func TestSendAgain(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	w.post(id, "reply", "text", "answer")
	m := w.messages(id, desk.ToCustomer)[0]
	row, err := w.desk.Store.Message(t.Context(), id, m.ID)
	require.NoError(t, err)
	row.Value.State, row.Value.Why = desk.Uncertain, "send.interrupted"
	var tx store.Tx
	tx.PutMessage(row)
	require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))

	page := w.page("/console/tickets/" + id.Number() + "?lang=en")
	require.Contains(t, page, "sending was interrupted")
	require.Contains(t, page, "Send again")
	for range 2 {
		require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/tickets/"+id.Number()+"/messages/"+string(m.ID)+"/again",
			url.Values{"csrf": {field(t, page, "csrf")}}).StatusCode)
	}
	require.Len(t, w.messages(id, desk.ToCustomer), 2)
	require.NotContains(t, w.page("/console/tickets/"+id.Number()+"?lang=en"), "Send again")
}

func TestTimelineFragmentIsStable(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	at := "/console/tickets/" + id.Number() + "/fragment"
	first := w.do("GET", at, nil)
	require.Equal(t, http.StatusNotModified, w.do("GET", at, nil, "If-None-Match", first.Header.Get("ETag")).StatusCode)
	w.comes("m2", "are you there?")
	second := w.do("GET", at, nil, "If-None-Match", first.Header.Get("ETag"))
	require.Contains(t, body(t, second), "are you there?")
}

func TestOlderMessagesArePaged(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m0", "the first")
	for i := range 101 {
		w.comes("m"+string(rune('A'+i%26))+strings.Repeat("x", i/26), "more")
	}
	page := w.page("/console/tickets/" + id.Number())
	require.NotContains(t, page, `<div class="pre">the first`)
	older := regexpFind(t, page, `href="(/console/tickets/[^"]*\?older=[^"]+)"`)
	require.Contains(t, w.page(strings.ReplaceAll(older, "&amp;", "&")), `<div class="pre">the first`)
}

// signer stands in for the blob store's links.
type signer struct {
	blob.Store
	key string
	opt blob.Options
}

func (s *signer) SignGet(_ context.Context, key string, _ time.Duration, opt blob.Options) (string, error) {
	s.key, s.opt = key, opt
	return "https://files.example.com/x", nil
}

func TestMailsAreShownSafely(t *testing.T) {
	w := newWorld(t)
	files := &signer{}
	w.deps.Blob = files
	w.handler = consolefn.New(w.deps)
	w.signIn()
	got, err := w.desk.Receive(t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InMessage, ID: "a@b", From: desk.Address{Channel: desk.Email, Account: "help", ID: "mei@example.com"},
		Subject: "Broken", Text: "It is broken", Full: "It is broken\n> yes", HTML: "<p>It is <em>broken</em></p>", Mail: &desk.Mail{MessageID: "a@b"},
		Attachments: []desk.Attachment{{Name: "photo.html", Type: "text/html", Blob: "files/1"}, {Name: "later.png", Type: "image/png"}},
	})
	require.NoError(t, err)
	at := "/console/tickets/" + got.Ticket.Number()
	page := w.page(at + "?lang=en")
	require.NotContains(t, page, "<em>")
	require.Contains(t, page, "&gt; yes")
	require.Contains(t, page, "being fetched")

	resp := w.do("GET", at+"/messages/"+string(got.Message)+"/html", nil)
	require.Contains(t, body(t, resp), "<em>broken</em>")
	policy := resp.Header.Get("Content-Security-Policy")
	require.True(t, strings.HasPrefix(policy, "sandbox; default-src 'none'"), policy)
	require.NotContains(t, policy, "allow-scripts")

	resp = w.do("GET", at+"/files/"+string(got.Message)+"/0", nil)
	require.Equal(t, "https://files.example.com/x", resp.Header.Get("Location"))
	require.Equal(t, "files/1", files.key)
	require.Equal(t, blob.Options{ContentType: "application/octet-stream", FileName: "photo.html"}, files.opt, "a download, never a page")
	for _, n := range []string{"1", "2", "-1", "x"} {
		require.Equal(t, http.StatusNotFound, w.do("GET", at+"/files/"+string(got.Message)+"/"+n, nil).StatusCode, n)
	}
}

func TestCustomerFeedbackQuarantineFigures(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	w.post(id, "reply", "text", "answer", "then", "resolved")
	require.Contains(t, w.page("/console/customers/"+string(w.ticket(id).Customer)), "8613800000000")

	require.Contains(t, w.page("/console/feedback?lang=en"), "No feedback in these days")
	survey, err := w.desk.Store.Survey(t.Context(), w.ticket(id).Survey)
	require.NoError(t, err)
	survey.Value.State, survey.Value.Asked, survey.Value.Expires = desk.SurveyAsked, w.now, w.now.Add(time.Hour)
	var tx store.Tx
	tx.PutSurvey(survey)
	tx.PutQuarantine(store.Quarantined{ID: "q1", At: w.now, Channel: desk.Email, Account: "help", Reason: "channel: unreadable: not a notice of SES"})
	tx.Add(store.FigureKey("all", "2026-11-22"), map[string]int64{"opened": 7, "csat_5": 3, "csat_1": 1, "answered": 4})
	require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
	_, err = w.desk.Answer(t.Context(), survey.Value.ID, desk.Score{Value: 1, Comment: "too <slow>", At: w.tick(), By: "page"})
	require.NoError(t, err)

	page := w.page("/console/feedback?month=2026-11&lang=en")
	require.Contains(t, page, "too &lt;slow&gt;")
	require.Contains(t, page, "badge failed")
	require.Contains(t, page, "Mei")
	require.Contains(t, w.page("/console/feedback?month=nonsense"), "2026-11")
	require.Contains(t, w.page("/console/feedback?lang=en&score_min=4&score_max=5"), "Nothing fits")
	require.Contains(t, w.page("/console/feedback?lang=en&source=survey&channel=sms&kind=csat&score_max=1&team=service"), "too &lt;slow&gt;")
	require.Equal(t, http.StatusForbidden, w.do("GET", "/console/quarantine", nil).StatusCode, "it is for leads")
	w.s.Agents[0].Role = "lead"
	require.Contains(t, w.page("/console/quarantine?lang=en"), "<br>not a notice of SES")
	require.Contains(t, w.page("/console/quarantine?lang=zh-CN"), "<br>不是 SES 的通知")
	page = w.page("/console/quarantine?lang=en")
	release := regexp.MustCompile(`action="([^"]*/release)"`).FindStringSubmatch(page)[1]
	require.Equal(t, http.StatusSeeOther, w.do("POST", release, url.Values{"csrf": {field(t, page, "csrf")}}).StatusCode)
	require.Contains(t, w.page("/console/quarantine?lang=en"), "released")
	w.s.Agents[0].Role = "agent"
	require.Contains(t, w.page("/console/figures?lang=en"), "<strong>75%</strong>")
	require.Contains(t, w.page("/console/tickets/"+id.Number()), "1 / 5", "the card shows the last score")
}

// Every page keeps the strict policy, has its assets, and stands in both languages.
func TestPagesAreSafeByDefault(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	w.comes("m2", "<script>alert(1)</script>")
	for _, at := range []string{
		"/console", "/console?view=mine", "/console?view=unassigned", "/console?view=overdue", "/console?view=at_risk", "/console?view=snoozed", "/console/board", "/console/tickets/" + id.Number(), "/console/customers/" + string(w.ticket(id).Customer),
		"/console/feedback", "/console/search", "/console/search?q=hello", "/console/search?q=Mei", "/console/exports", "/console/quarantine", "/console/figures", "/console/login", "/console/nowhere",
	} {
		texts := map[string]string{}
		for _, lang := range []string{"zh-CN", "en"} {
			u, err := url.Parse(at)
			require.NoError(t, err)
			q := u.Query()
			q.Set("lang", lang)
			u.RawQuery = q.Encode()
			resp := w.do("GET", u.String(), nil)
			require.NotContains(t, resp.Header.Get("Content-Security-Policy"), "unsafe", at)
			require.Contains(t, resp.Header.Get("Content-Security-Policy"), "default-src 'none'", at)
			require.Equal(t, "no-store", resp.Header.Get("Cache-Control"), at)
			texts[lang] = body(t, resp)
			require.Contains(t, texts[lang], `<html lang="`+lang+`">`)
			w.checkMarkup(texts[lang])
		}
		require.NotEqual(t, texts["zh-CN"], texts["en"])
	}
}

func (w *world) checkMarkup(page string) {
	w.t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		tok := z.Token()
		require.NotEqual(w.t, "style", tok.Data)
		for _, a := range tok.Attr {
			require.NotEqual(w.t, "style", a.Key, "%v", tok)
			require.False(w.t, strings.HasPrefix(a.Key, "on"), "%v", tok)
			if (a.Key == "src" || a.Key == "href") && strings.HasPrefix(a.Val, "/console/assets/") {
				rec := httptest.NewRecorder()
				w.handler.ServeHTTP(rec, httptest.NewRequest("GET", a.Val, nil))
				require.Equal(w.t, http.StatusOK, rec.Code, a.Val)
			}
		}
		require.False(w.t, tok.Data == "script" && !strings.Contains(tok.String(), `src="/console/assets/`), "%v", tok)
	}
}
