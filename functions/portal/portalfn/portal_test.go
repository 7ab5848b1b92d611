package portalfn_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/deskhook/deskhook/functions/portal/portalfn"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/webform"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// world is a desk on a table in a temporary folder, with a clock that a test moves.
type world struct {
	t       *testing.T
	now     time.Time
	s       *config.Settings
	key     sign.Key
	desk    *ticketing.Desk
	handler http.Handler
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	db, err := bolt.Open(filepath.Join(t.TempDir(), "table"), func() time.Time { return w.now }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	w.key, _ = sign.NewKey("0123456789abcdef0123456789abcdef")
	w.s = config.Defaults()
	w.s.Desk.Name = config.Text{"zh-CN": "云杉商店", "en": "Spruce Store"}
	w.s.Desk.PublicURL, w.s.Desk.Team = "https://desk.example.com", "service"
	w.s.Surveys = []config.Survey{config.DefaultSurvey(desk.CSAT)}
	w.s.Forms = []config.Form{{
		ID: "contact", Title: config.Text{"zh-CN": "联系我们", "en": "Contact us"}, Honeypot: "_gotcha",
		Fields: []config.FormField{
			{Name: "name", Label: config.Text{"zh-CN": "姓名", "en": "Name"}, Type: config.FieldText, Max: 60, Role: "name"},
			{Name: "mail", Label: config.Text{"zh-CN": "邮箱", "en": "E-mail"}, Type: config.FieldMail, Required: true, Max: 254, Role: "mail"},
			{Name: "topic", Label: config.Text{"zh-CN": "主题", "en": "Topic"}, Type: config.FieldChoice, Choices: []config.Choice{{Value: "order", Label: config.Text{"zh-CN": "订单", "en": "Order"}}}},
			{Name: "text", Label: config.Text{"zh-CN": "内容", "en": "Message"}, Type: config.FieldTextarea, Required: true, Max: 5000, Role: "message"},
			{Name: "photo", Label: config.Text{"zh-CN": "照片", "en": "Photo"}, Type: config.FieldFile, Max: 1 << 20},
		},
	}}
	settings := func(context.Context) (*config.Settings, error) { return w.s, nil }
	st := store.New(db)
	w.desk = &ticketing.Desk{Store: st, Settings: settings, Key: w.key}
	w.handler = portalfn.New(portalfn.Deps{Desk: w.desk, Store: st, Settings: settings, Key: w.key, Now: func() time.Time { return w.now }})
	return w
}

var submitter = desk.Address{Channel: desk.WebForm, Account: "contact", ID: "mei@example.com"}

func (w *world) submit(text string) desk.TicketID {
	w.t.Helper()
	got, err := w.desk.Receive(w.t.Context(), channel.Envelope{At: w.now}, desk.Inbound{
		Kind: desk.InMessage, ID: "sub1", From: submitter, Name: "Mei", Form: "contact", Subject: "Order 7", Text: text, Lang: "en",
	})
	require.NoError(w.t, err)
	return got.Ticket
}

func (w *world) act() ticketing.Act {
	w.now = w.now.Add(time.Second)
	return ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "lin", Name: "Lin"}, At: w.now}
}

// asked is a survey link of a resolved ticket whose question has gone out.
func (w *world) asked() (link string, id desk.SurveyID) {
	w.t.Helper()
	t := w.submit("Where is it?")
	_, err := w.desk.Reply(w.t.Context(), w.act(), t, ticketing.Reply{Text: "On its way", Then: desk.StatusResolved})
	require.NoError(w.t, err)
	row, err := w.desk.Store.Ticket(w.t.Context(), t)
	require.NoError(w.t, err)
	survey, err := w.desk.Store.Survey(w.t.Context(), row.Value.Survey)
	require.NoError(w.t, err)
	w.now = w.now.Add(time.Minute)
	v := survey.Value // as FireSurvey leaves it; this form's customer gave no address to ask at
	v.State, v.Asked, v.Expires, v.Due = desk.SurveyAsked, w.now, w.now.Add(7*24*time.Hour), time.Time{}
	var tx store.Tx
	tx.PutSurvey(store.Row[desk.Survey]{Value: v, Version: survey.Version})
	require.NoError(w.t, w.desk.Store.Commit(w.t.Context(), &tx))
	return "/s/" + w.key.Token(links.SurveyPurpose, v.Expires, string(v.ID)), v.ID
}

func (w *world) do(method, target string, form url.Values, header ...string) *http.Response {
	w.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(b)
}

func (w *world) score(id desk.SurveyID) *desk.Score {
	w.t.Helper()
	row, err := w.desk.Store.Survey(w.t.Context(), id)
	require.NoError(w.t, err)
	return row.Value.Score
}

var confirmField = regexp.MustCompile(`name="confirm" value="([^"]+)"`)

func confirmOf(t *testing.T, page string) string {
	t.Helper()
	m := confirmField.FindStringSubmatch(page)
	require.Len(t, m, 2, "the page has no form")
	return m[1]
}

// Every page keeps the strict policy: headers, and nothing inline that it would block.
func TestPagesAreSafeByDefault(t *testing.T) {
	w := newWorld(t)
	link, _ := w.asked()
	status := strings.TrimPrefix(portalfn.StatusURL(w.s, w.key, submitter, "sub1"), w.s.Desk.PublicURL)
	for _, target := range []string{"/forms/contact", link, status, "/nowhere", "/s/forged"} {
		resp := w.do("GET", target, nil)
		page := body(t, resp)
		h := resp.Header
		require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'", target)
		require.NotContains(t, h.Get("Content-Security-Policy"), "unsafe", target)
		require.Equal(t, "no-store", h.Get("Cache-Control"), target)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), target)
		require.Equal(t, "text/html; charset=utf-8", h.Get("Content-Type"), target)
		nothingInline(t, page)
		head := w.do("HEAD", target, nil)
		require.Equal(t, resp.StatusCode, head.StatusCode, target)
	}
}

func nothingInline(t *testing.T, page string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			require.NotEqual(t, "style", tok.Data)
			for _, a := range tok.Attr {
				require.NotEqual(t, "style", a.Key, "%v", tok)
				require.False(t, strings.HasPrefix(a.Key, "on"), "%v", tok)
			}
			if tok.Data == "script" {
				require.Contains(t, tok.String(), `src="/assets/`)
			}
		}
	}
}

func TestAssetsOfAPageAreServed(t *testing.T) {
	w := newWorld(t)
	page := body(t, w.do("GET", "/forms/contact", nil))
	found := regexp.MustCompile(`/assets/[a-z.0-9]+`).FindAllString(page, -1)
	require.GreaterOrEqual(t, len(found), 4)
	for _, a := range found {
		resp := w.do("GET", a, nil)
		require.Equal(t, http.StatusOK, resp.StatusCode, a)
		require.Contains(t, resp.Header.Get("Cache-Control"), "immutable")
	}
	require.Equal(t, http.StatusNotFound, w.do("GET", "/assets/portal.css", nil).StatusCode)
}

func TestFormPage(t *testing.T) {
	w := newWorld(t)
	en := body(t, w.do("GET", "/forms/contact?lang=en", nil))
	require.Contains(t, en, "Contact us")
	require.Contains(t, en, `enctype="multipart/form-data"`)
	require.Contains(t, en, `<label for="f-mail">E-mail`)
	require.Regexp(t, `type="email" name="mail" maxlength="254" autocomplete="email" required`, en)
	require.Regexp(t, `aria-hidden="true"><label>[^<]+<input type="text" name="_gotcha" tabindex="-1"`, en)
	require.Contains(t, en, `<option value="order">Order</option>`)
	zh := body(t, w.do("GET", "/forms/contact", nil, "Accept-Language", "zh-CN,zh;q=0.9"))
	require.Contains(t, zh, "联系我们")
	nonce := regexp.MustCompile(`name="_id" value="([A-Z2-7]+)"`)
	require.NotEqual(t, nonce.FindStringSubmatch(en)[1], nonce.FindStringSubmatch(zh)[1], "each page has a number of its own")
	require.Equal(t, http.StatusNotFound, w.do("GET", "/forms/other", nil).StatusCode)
}

// What the hosted form posts is what the webform receiver takes: the names of its
// fields, the page's number, the language, and a honeypot left empty.
func TestFormPostsWhatWebformTakes(t *testing.T) {
	w := newWorld(t)
	page := body(t, w.do("GET", "/forms/contact?lang=zh-CN", nil))
	values := url.Values{"mail": {"mei@example.com"}, "text": {"hello"}}
	for _, m := range regexp.MustCompile(`name="([^"]+)"(?: value="([^"]*)")?`).FindAllStringSubmatch(page, -1) {
		if name := m[1]; name != "viewport" && name != "photo" && values[name] == nil {
			values.Set(name, m[2])
		}
	}
	c, err := webform.New(w.s.Forms[0], channel.Account{})
	require.NoError(t, err)
	post := channel.Request{
		Method: "POST", Path: "/forms/contact", At: w.now, Body: []byte(values.Encode()),
		Header: map[string][]string{"content-type": {"application/x-www-form-urlencoded"}, "accept": {"text/html"}},
	}
	v, err := c.Verify(t.Context(), post)
	require.NoError(t, err)
	es, err := c.Envelopes(v)
	require.NoError(t, err)
	got, err := c.Parse(es[0])
	require.NoError(t, err)
	require.Empty(t, got[0].Spam)
	require.Equal(t, "zh-CN", got[0].Lang)
	require.Equal(t, submitter, got[0].From, "the status link finds it by this")
}

// The status page says what the customer may know, never notes or the journal.
func TestStatusPage(t *testing.T) {
	w := newWorld(t)
	link := strings.TrimPrefix(portalfn.StatusURL(w.s, w.key, submitter, "sub1"), w.s.Desk.PublicURL) + "?lang=en"

	before := body(t, w.do("GET", link, nil))
	require.Contains(t, before, "We&#39;ve received your message")
	require.Contains(t, before, `http-equiv="refresh"`, "it works without a script too")

	id := w.submit("Where is <b>it</b>?")
	_, err := w.desk.Reply(t.Context(), w.act(), id, ticketing.Reply{Text: "On its way"})
	require.NoError(t, err)
	_, err = w.desk.Note(t.Context(), w.act(), id, "SECRET NOTE")
	require.NoError(t, err)
	page := body(t, w.do("GET", link, nil))
	require.Contains(t, page, id.Number())
	require.Contains(t, page, "Where is &lt;b&gt;it&lt;/b&gt;?")
	require.Contains(t, page, "On its way")
	require.Contains(t, page, "waiting for your reply")
	require.NotContains(t, page, "SECRET NOTE")
	require.NotContains(t, page, "Status changed")

	part := w.do("GET", link+"&part=1", nil)
	require.NotContains(t, body(t, part), "<html")
	again := w.do("GET", link+"&part=1", nil, "If-None-Match", part.Header.Get("ETag"))
	require.Equal(t, http.StatusNotModified, again.StatusCode)

	require.Equal(t, http.StatusNotFound, w.do("GET", "/t/"+w.key.Token("survey", time.Time{}, "webform", "contact", "x", "y"), nil).StatusCode,
		"a token made for something else opens nothing")
}

// A reply that may still be taken back isn't shown.
func TestStatusPageWaitsForUndo(t *testing.T) {
	w := newWorld(t)
	w.s.Tickets.UndoSend = config.Duration(10 * time.Second)
	w.s.Accounts = []config.Account{{Channel: desk.Email, Name: "help"}}
	got, err := w.desk.Receive(t.Context(), channel.Envelope{At: w.now}, desk.Inbound{
		Kind: desk.InMessage, ID: "sub1", From: submitter, Form: "contact", Text: "hi", Contact: desk.Contact{Mail: "mei@example.com"},
	})
	require.NoError(t, err)
	_, err = w.desk.Reply(t.Context(), w.act(), got.Ticket, ticketing.Reply{Text: "HASTY"})
	require.NoError(t, err)
	link := strings.TrimPrefix(portalfn.StatusURL(w.s, w.key, submitter, "sub1"), w.s.Desk.PublicURL)
	require.NotContains(t, body(t, w.do("GET", link, nil)), "HASTY")
	w.now = w.now.Add(10 * time.Second)
	require.Contains(t, body(t, w.do("GET", link, nil)), "HASTY")
}

// Promise 7: no GET records an answer, and a post without the page's own form doesn't.
func TestScannersDoNotVote(t *testing.T) {
	w := newWorld(t)
	link, id := w.asked()
	other := w.key.Token("survey-page", w.now.Add(time.Hour), "another survey", "score", "")
	old := w.key.Token("survey-page", w.now.Add(-time.Hour), string(id), "score", "")
	for name, do := range map[string]func() *http.Response{
		"following the link": func() *http.Response { return w.do("GET", link+"?score=1", nil) },
		"HEAD":               func() *http.Response { return w.do("HEAD", link+"?score=1", nil) },
		"posting the link":   func() *http.Response { return w.do("POST", link+"?score=1", url.Values{}) },
		"posting a score":    func() *http.Response { return w.do("POST", link, url.Values{"score": {"1"}}) },
		"another survey's form": func() *http.Response {
			return w.do("POST", link, url.Values{"score": {"1"}, "seen": {"1"}, "confirm": {other}})
		},
		"a form open for too long": func() *http.Response {
			return w.do("POST", link, url.Values{"score": {"1"}, "seen": {"1"}, "confirm": {old}})
		},
		"confirmation in the URL": func() *http.Response {
			good := w.key.Token("survey-page", w.now.Add(time.Hour), string(id), "score", "")
			return w.do("POST", link+"?score=1&seen=1&confirm="+good, url.Values{})
		},
		"PUT": func() *http.Response { return w.do("PUT", link, url.Values{"score": {"1"}}) },
	} {
		do()
		require.Nil(t, w.score(id), name)
	}
	page := body(t, w.do("GET", link+"?score=4", nil))
	require.Regexp(t, `value="4" required checked`, page)
}

func TestAnswerAndChange(t *testing.T) {
	w := newWorld(t)
	link, id := w.asked()
	confirm := confirmOf(t, body(t, w.do("GET", link, nil)))

	none := w.do("POST", link, url.Values{"seen": {"1"}, "confirm": {confirm}})
	require.Equal(t, http.StatusUnprocessableEntity, none.StatusCode)
	long := w.do("POST", link, url.Values{"seen": {"1"}, "confirm": {confirm}, "score": {"5"}, "comment": {strings.Repeat("好", 2001)}})
	require.Equal(t, http.StatusUnprocessableEntity, long.StatusCode)
	huge := w.do("POST", link, url.Values{"seen": {"1"}, "confirm": {confirm}, "score": {"5"}, "comment": {strings.Repeat("x", 512*1024)}})
	require.Equal(t, http.StatusBadRequest, huge.StatusCode)
	require.Nil(t, w.score(id))

	done := w.do("POST", link, url.Values{"seen": {"1"}, "confirm": {confirm}, "score": {"2"}, "comment": {"slow\r\n<i>very</i>"}})
	require.Equal(t, http.StatusSeeOther, done.StatusCode)
	require.Equal(t, 2, w.score(id).Value)
	require.Equal(t, "slow\n<i>very</i>", w.score(id).Comment)
	require.Equal(t, portalfn.OnPage, w.score(id).By)

	thanks := body(t, w.do("GET", link+"?lang=en", nil))
	require.Contains(t, thanks, "2 / 5")
	require.Contains(t, thanks, "&lt;i&gt;very&lt;/i&gt;")
	change := body(t, w.do("GET", link+"?change=1", nil))
	require.Regexp(t, `value="2" required checked`, change)
	w.do("POST", link, url.Values{"seen": {"1"}, "confirm": {confirmOf(t, change)}, "score": {"5"}})
	require.Equal(t, 5, w.score(id).Value)
}

func TestLinksThatLeadNowhere(t *testing.T) {
	w := newWorld(t)
	link, id := w.asked()
	confirm := confirmOf(t, body(t, w.do("GET", link, nil)))
	unknown := "/s/" + w.key.Token(links.SurveyPurpose, time.Time{}, "0123")
	planned := "/s/" + w.key.Token("status", time.Time{}, string(id))
	for _, c := range []struct {
		target string
		status int
	}{{unknown, 404}, {planned, 404}, {link + "x", 404}, {"/s/!!", 404}, {"/t/!!", 404}} {
		require.Equal(t, c.status, w.do("GET", c.target, nil).StatusCode, c.target)
		require.Equal(t, c.status, w.do("POST", c.target, url.Values{"score": {"1"}}).StatusCode, c.target)
	}
	w.now = w.now.Add(8 * 24 * time.Hour)
	require.Equal(t, http.StatusGone, w.do("GET", link, nil).StatusCode)
	require.Equal(t, http.StatusGone, w.do("POST", link, url.Values{"score": {"1"}, "seen": {"1"}, "confirm": {confirm}}).StatusCode)
	require.Nil(t, w.score(id))
}

func TestSettingsOutOfReach(t *testing.T) {
	w := newWorld(t)
	broken := portalfn.New(portalfn.Deps{Desk: w.desk, Store: w.desk.Store, Key: w.key, Now: func() time.Time { return w.now },
		Settings: func(context.Context) (*config.Settings, error) { return nil, context.DeadlineExceeded }})
	rec := httptest.NewRecorder()
	broken.ServeHTTP(rec, httptest.NewRequest("GET", "/forms/contact", nil))
	require.Equal(t, http.StatusServiceUnavailable, rec.Code)
	require.NotEmpty(t, rec.Header().Get("Retry-After"))
}

// A form with a captcha shows it, and its page lets in that provider and no other.
func TestCaptchaOnTheForm(t *testing.T) {
	w := newWorld(t)
	policy := func() string { return w.do("GET", "/forms/contact", nil).Header.Get("Content-Security-Policy") }
	require.NotContains(t, policy(), "challenges.cloudflare.com")
	w.s.Forms[0].Captcha = config.Captcha{Kind: config.Turnstile, SiteKey: "1x00000000000000000000AA"}
	resp := w.do("GET", "/forms/contact?lang=zh-CN", nil)
	page := body(t, resp)
	require.Contains(t, page, `<div class="cf-turnstile" data-sitekey="1x00000000000000000000AA" data-action="contact" data-language="zh-cn"></div>`)
	require.Contains(t, page, `<script src="https://challenges.cloudflare.com/turnstile/v0/api.js" async defer></script>`)
	require.Contains(t, policy(), "script-src https://challenges.cloudflare.com 'self'")
	require.Contains(t, policy(), "frame-src https://challenges.cloudflare.com 'self'")
	require.NotContains(t, policy(), "hcaptcha")

	w.s.Forms[0].Captcha.Kind = config.ReCaptchaV3
	page = body(t, w.do("GET", "/forms/contact?lang=en", nil))
	require.Contains(t, page, `name="g-recaptcha-response" data-captcha="1x00000000000000000000AA" data-action="contact"`)
	require.Contains(t, page, `src="https://www.recaptcha.net/recaptcha/api.js?hl=en&amp;render=1x00000000000000000000AA"`)
}

// Scripts whose addresses others write down keep their names, and are asked for anew.
func TestStableScripts(t *testing.T) {
	w := newWorld(t)
	resp := w.do("GET", "/assets/captcha.js", nil)
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, "text/javascript; charset=utf-8", resp.Header.Get("Content-Type"))
	require.Equal(t, "*", resp.Header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "public, max-age=300", resp.Header.Get("Cache-Control"))
	require.Equal(t, 304, w.do("GET", "/assets/captcha.js", nil, "If-None-Match", resp.Header.Get("ETag")).StatusCode)
	require.Equal(t, 404, w.do("GET", "/assets/form.js", nil).StatusCode)
}

// What embed.js needs of a form, for the pages that the form lists and no others.
func TestFormForScripts(t *testing.T) {
	w := newWorld(t)
	w.s.Forms[0].Origins = []string{"https://shop.example"}
	resp := w.do("GET", "/forms/contact?lang=zh-CN", nil, "Accept", "application/json", "Origin", "https://shop.example")
	require.Equal(t, "application/json", resp.Header.Get("Content-Type"))
	require.Equal(t, "https://shop.example", resp.Header.Get("Access-Control-Allow-Origin"))
	require.Contains(t, strings.Join(resp.Header.Values("Vary"), ","), "Origin")
	doc := body(t, resp)
	require.Contains(t, doc, `{"name":"mail","label":"邮箱","type":"email","required":true,"max":254,"autocomplete":"email"}`)
	require.Contains(t, doc, `"options":[{"value":"order","label":"订单"}]`)
	require.NotContains(t, doc, "captcha")
	for _, origin := range []string{"https://evil.example", "null", ""} {
		resp = w.do("GET", "/forms/contact", nil, "Accept", "application/json", "Origin", origin)
		require.Empty(t, resp.Header.Get("Access-Control-Allow-Origin"), origin)
	}
	w.s.Forms[0].Captcha = config.Captcha{Kind: config.HCaptcha, SiteKey: "site"}
	doc = body(t, w.do("GET", "/forms/contact?lang=en", nil, "Accept", "application/json"))
	require.Contains(t, doc, `"captcha":{"kind":"hcaptcha","site_key":"site","script":"https://js.hcaptcha.com/1/api.js?hl=en","field":"h-captcha-response","class":"h-captcha","lang":"en"}`)
}

// The conversation for embed.js: what the status page shows, and nothing when there is
// no news.
func TestConversationForScripts(t *testing.T) {
	w := newWorld(t)
	w.s.Forms[0].Origins = []string{"https://shop.example"}
	path := strings.TrimPrefix(portalfn.StatusURL(w.s, w.key, submitter, "sub1"), w.s.Desk.PublicURL) + "/conversation"
	type conversation struct {
		Tag, Number, Subject, Status string
		Filed                        bool
		Messages                     []struct {
			ID, Who, Text string
			Own           bool
		}
	}
	look := func(query string) (c conversation, status int) {
		resp := w.do("GET", path+query, nil, "Accept", "application/json", "Origin", "https://shop.example")
		require.Equal(t, "https://shop.example", resp.Header.Get("Access-Control-Allow-Origin"))
		if resp.StatusCode == http.StatusOK {
			require.NoError(t, json.Unmarshal([]byte(body(t, resp)), &c))
		}
		return c, resp.StatusCode
	}
	c, _ := look("?lang=en")
	require.False(t, c.Filed)
	id := w.submit("Where is it?")
	c, _ = look("?lang=en&tag=" + c.Tag)
	require.Equal(t, id.Number(), c.Number)
	require.Equal(t, "Where is it?", c.Messages[0].Text)
	require.Equal(t, "sub1", c.Messages[0].ID)
	_, status := look("?lang=en&tag=" + c.Tag)
	require.Equal(t, http.StatusNoContent, status)
	_, err := w.desk.Note(t.Context(), w.act(), id, "he is angry")
	require.NoError(t, err)
	_, status = look("?lang=en&tag=" + c.Tag)
	require.Equal(t, http.StatusNoContent, status, "a note is the desk's own affair")
	_, err = w.desk.Reply(t.Context(), w.act(), id, ticketing.Reply{Text: "On its way"})
	require.NoError(t, err)
	c, _ = look("?lang=en&tag=" + c.Tag)
	require.Equal(t, "On its way", c.Messages[1].Text)
	require.False(t, c.Messages[1].Own)
	require.Empty(t, c.Messages[1].ID)
	require.Equal(t, 404, w.do("GET", "/t/forged/conversation", nil).StatusCode)
}

// The page takes more words, by a plain form, and says so until they are filed; after
// the ticket's end the conversation goes on in another, on the same page.
func TestWriteOnFromTheStatusPage(t *testing.T) {
	w := newWorld(t)
	id := w.submit("Where is it?")
	path := strings.TrimPrefix(portalfn.StatusURL(w.s, w.key, submitter, "sub1"), w.s.Desk.PublicURL)
	resp := w.do("GET", path+"?lang=en", nil)
	require.Contains(t, resp.Header.Get("Content-Security-Policy"), "form-action 'self' https://desk.example.com")
	page := body(t, resp)
	require.Contains(t, page, `method="post" action="`+path+`/messages"`)
	require.Contains(t, page, `maxlength="5000"`)
	require.NotContains(t, page, "http-equiv", "a page that reloads by itself would lose what is being written")
	require.Contains(t, body(t, w.do("GET", path+"?lang=en&sent=f1", nil)), "just logging it")

	_, err := w.desk.Reply(t.Context(), w.act(), id, ticketing.Reply{Text: "Sent", Then: desk.StatusResolved})
	require.NoError(t, err)
	w.now = w.now.Add(60 * 24 * time.Hour)
	got, err := w.desk.Receive(t.Context(), channel.Envelope{At: w.now}, desk.Inbound{
		Kind: desk.InMessage, ID: "f1", From: submitter, Form: "contact", Text: "It is broken", Lang: "en", Follows: "sub1",
	})
	require.NoError(t, err)
	require.NotEqual(t, id, got.Ticket)
	page = body(t, w.do("GET", path+"?lang=en&sent=f1", nil))
	for _, want := range []string{"Where is it?", "Sent", "It is broken", got.Ticket.Number()} {
		require.Contains(t, page, want)
	}
	require.NotContains(t, page, "It is being filed")
	w.s.Forms = nil
	require.NotContains(t, body(t, w.do("GET", path, nil)), "<form", "nobody would take it")
}

func TestEmbedScript(t *testing.T) {
	w := newWorld(t)
	resp := w.do("GET", "/assets/embed.js", nil)
	require.Equal(t, 200, resp.StatusCode)
	script := body(t, resp)
	require.Less(t, len(script), 12_000, "other sites' visitors wait for it")
	require.NotContains(t, script, "innerHTML", "what customers and agents wrote is text")
	require.NotContains(t, script, "eval(")
}
