package consolefn_test

import (
	"context"
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

	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// world is a desk on a table in a temporary folder, and a browser that has signed in.
type world struct {
	t       *testing.T
	now     time.Time
	s       *config.Settings
	deps    consolefn.Deps
	desk    *ticketing.Desk
	handler http.Handler
	cookies map[string]string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), cookies: map[string]string{}}
	db, err := bolt.Open(filepath.Join(t.TempDir(), "table"), func() time.Time { return w.now }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	key, _ := sign.NewKey("0123456789abcdef0123456789abcdef")
	w.s = config.Defaults()
	w.s.Desk = config.Desk{Name: config.Text{"zh-CN": "云杉商店", "en": "Spruce Store"}, Language: "en", TimeZone: "Asia/Shanghai", PublicURL: "https://desk.example.com", Team: "service"}
	w.s.Teams = []config.Team{{ID: "service", Name: config.Text{"zh-CN": "客服组", "en": "Service"}}, {ID: "repairs", Name: config.Text{"zh-CN": "维修组", "en": "Repairs"}}}
	w.s.Agents = []config.Agent{{ID: "lin", Name: "Lin", Role: "agent"}, {ID: "amy", Name: "Amy", Role: "lead"}}
	w.s.Forms = []config.Form{{ID: "contact", Title: config.Text{"zh-CN": "联系我们", "en": "Contact us"}}}
	w.s.Surveys = []config.Survey{config.DefaultSurvey(desk.CSAT)}
	settings := func(context.Context) (*config.Settings, error) { return w.s, nil }
	st := store.New(db)
	w.desk = &ticketing.Desk{Store: st, Settings: settings, Key: key}
	w.deps = consolefn.Deps{
		Desk: w.desk, Store: st, Settings: settings, Key: key, Now: func() time.Time { return w.now }, Local: true, LocalPassword: "open sesame",
	}
	w.handler = consolefn.New(w.deps)
	return w
}

// reads counts how often each row is read by key.
type reads struct {
	table.Table
	of map[table.Key]int
}

func (r *reads) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	for _, k := range keys {
		r.of[k]++
	}
	return r.Table.Get(ctx, keys...)
}

// counted has the console's reads counted from here on.
func (w *world) counted() *reads {
	r := &reads{w.deps.Store.T, map[table.Key]int{}}
	w.deps.Store = store.New(r)
	w.handler = consolefn.New(w.deps)
	return r
}

func (w *world) tick() time.Time {
	w.now = w.now.Add(time.Second)
	return w.now
}

// comes is a customer's message by SMS.
func (w *world) comes(id, text string) desk.TicketID {
	w.t.Helper()
	got, err := w.desk.Receive(w.t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InMessage, ID: id, From: desk.Address{Channel: desk.SMS, Account: "main", ID: "+8613800000000"}, Name: "Mei", Text: text, Lang: "en",
	})
	require.NoError(w.t, err)
	return got.Ticket
}

func (w *world) do(method, target string, form url.Values, header ...string) *http.Response {
	w.t.Helper()
	w.tick()
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for name, value := range w.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	resp := rec.Result()
	for _, c := range resp.Cookies() {
		w.cookies[c.Name] = c.Value
	}
	return resp
}

func (w *world) page(target string, header ...string) string {
	w.t.Helper()
	resp := w.do("GET", target, nil, header...)
	require.Equal(w.t, http.StatusOK, resp.StatusCode, target)
	return body(w.t, resp)
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(b)
}

func field(t *testing.T, page, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	require.Len(t, m, 2, "no field %s", name)
	return m[1]
}

func (w *world) signIn() *world {
	w.t.Helper()
	resp := w.do("POST", "/console/login", url.Values{
		"token": {field(w.t, w.page("/console/login"), "token")}, "agent": {"lin"}, "password": {"open sesame"},
	})
	require.Equal(w.t, http.StatusSeeOther, resp.StatusCode)
	return w
}

// post sends a form of a ticket's page as that page has it.
func (w *world) post(id desk.TicketID, what string, fields ...string) *http.Response {
	w.t.Helper()
	at := "/console/tickets/" + id.Number()
	page := w.page(at)
	form := url.Values{"csrf": {field(w.t, page, "csrf")}, "nonce": {field(w.t, page, "nonce")}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return w.do("POST", at+"/"+what, form)
}

func (w *world) ticket(id desk.TicketID) desk.Ticket {
	w.t.Helper()
	row, err := w.desk.Store.Ticket(w.t.Context(), id)
	require.NoError(w.t, err)
	return row.Value
}

func (w *world) messages(id desk.TicketID, kind desk.MessageKind) []desk.Message {
	w.t.Helper()
	rows, _, err := w.desk.Store.Messages(w.t.Context(), id, "", 100, false)
	require.NoError(w.t, err)
	var out []desk.Message
	for _, r := range rows {
		if r.Value.Kind == kind {
			out = append(out, r.Value)
		}
	}
	return out
}

func regexpFind(t *testing.T, page, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(page)
	require.Len(t, m, 2, pattern)
	return m[1]
}

func regexpAll(page, text string) []string {
	return regexp.MustCompile(regexp.QuoteMeta(text)).FindAllString(page, -1)
}
