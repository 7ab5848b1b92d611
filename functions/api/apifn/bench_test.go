package apifn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/api/apifn"
	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/builtin/windows"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/ticketing"
)

var t0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const (
	agentToken = "token-of-amy"
	leadToken  = "token-of-li"
)

// bench is the API over the embedded engine. Every answer it gives is held to the spec.
type bench struct {
	t       testing.TB
	now     time.Time
	s       *config.Settings
	desk    *ticketing.Desk
	rows    *store.Store
	files   *folder.Store
	handler http.Handler
	router  routers.Router
	before  func() // runs once before the next write: somebody else is quicker
	lost    bool   // the next write is done, and nobody hears of it
	mute    bool   // the audit takes nothing
	n       int
}

// rushed is the table as the API sees it.
type rushed struct {
	table.Table
	b *bench
}

func (r rushed) Write(ctx context.Context, ops ...table.Op) error {
	if f := r.b.before; f != nil {
		r.b.before = nil
		f()
	}
	if r.b.mute && strings.HasPrefix(ops[0].Item.PK, "A#") {
		return errors.New("the audit takes nothing")
	}
	err := r.Table.Write(ctx, ops...)
	if r.b.lost {
		r.b.lost = false
		return errors.New("the connection broke")
	}
	return err
}

func newBench(t testing.TB) *bench {
	b := &bench{t: t, now: t0}
	db, err := bolt.Open(filepath.Join(t.TempDir(), "table.db"), func() time.Time { return b.now }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	key, ok := sign.NewKey("a key for tests only")
	require.True(t, ok)
	s := &config.Settings{
		Desk:     config.Desk{Language: "en", TimeZone: "Asia/Shanghai", PublicURL: "https://desk.test", Team: "support"},
		Access:   config.Access{RequestsPerMinute: 1_000_000},
		Teams:    []config.Team{{ID: "support"}, {ID: "sales"}},
		Agents:   []config.Agent{{ID: "amy", Name: "Amy"}, {ID: "li", Name: "李明"}},
		Accounts: []config.Account{{Channel: desk.WeChat, Name: "main"}, {Channel: desk.SMS, Name: "main", Team: "sales"}},
		Webhooks: []config.Webhook{{Name: "erp", URL: "https://erp.test/in?key=1", Events: []string{"*"}}},
		Notify:   config.Notify{Robots: []config.Robot{{Name: "ops", Kind: config.Slack}}},
		Tickets:  config.Tickets{ReopenWithin: config.Duration(168 * time.Hour), CloseAfter: config.Duration(168 * time.Hour)},
		Canned:   []config.Canned{{ID: "hello", Name: config.Text{"en": "Hello"}, Text: config.Text{"en": "Hello {{customer.name}}, I am {{agent.name}}"}}},
		Macros:   []config.Macro{{ID: "solved", Name: config.Text{"en": "Solved"}, Reply: config.Text{"en": "Glad to help"}, Status: desk.StatusResolved, Assignee: config.MacroMe}},
		Surveys:  []config.Survey{config.DefaultSurvey(desk.CSAT)},
	}
	b.s = s
	settings := func(context.Context) (*config.Settings, error) { return s, nil }
	st := store.New(rushed{db, b})
	b.rows = st
	b.desk = &ticketing.Desk{Store: st, Key: key, Settings: settings}
	b.files, err = folder.Open(filepath.Join(t.TempDir(), "files"), "https://desk.test/blobs", []byte("a secret for links 123"), func() time.Time { return b.now })
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.files.Close()) })
	b.handler = apifn.New(apifn.Deps{
		Blob: b.files, Found: b.files, Window: windows.Hours, Desk: b.desk, Store: st, Settings: settings, Now: func() time.Time { return b.now },
		Tokens: access.Keyring(
			access.ServiceToken{Token: agentToken, Who: allow.Principal{Actor: desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}, Role: "agent"}},
			access.ServiceToken{Token: leadToken, Who: allow.Principal{Actor: desk.Actor{Kind: desk.ByAgent, ID: "li", Name: "李明"}, Role: "lead"}},
		),
	})
	b.router, err = router()
	require.NoError(t, err)
	return b
}

func spec(t testing.TB) *openapi3.T {
	doc, err := document()
	require.NoError(t, err)
	require.True(t, doc.IsOpenAPI31OrLater())
	return doc
}

// document is read once for all tests: none changes it.
var document = sync.OnceValues(func() (*openapi3.T, error) {
	raw, err := apifn.Spec()
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(context.Background(), openapi3.DisableExamplesValidation()) // TestExamples does
})

var router = sync.OnceValues(func() (routers.Router, error) {
	doc, err := document()
	if err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(doc)
})

// receive lets a customer write; it gives the ticket's number.
func (b *bench) receive(c desk.Channel, who, text string) string {
	b.t.Helper()
	b.n++
	b.now = b.now.Add(time.Minute)
	got, err := b.desk.Receive(context.Background(), channel.Envelope{At: b.now}, desk.Inbound{
		Kind: desk.InMessage, ID: fmt.Sprint("m", b.n), Name: "王芳", Text: text,
		From: desk.Address{Channel: c, Account: "main", ID: who},
	})
	require.NoError(b.t, err)
	return got.Ticket.Number()
}

// answer is a response that kept the spec.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

func (b *bench) do(method, path, body string, header ...string) answer {
	b.t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader([]byte(body)))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+agentToken)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	a := answer{b.t, w.Code, w.Header(), w.Body.Bytes()}
	b.held(r, a)
	return a
}

// held validates an answer against the spec, and that nobody may cache it.
func (b *bench) held(r *http.Request, a answer) {
	b.t.Helper()
	route, vars, err := b.router.FindRoute(r)
	if err != nil {
		require.Contains(b.t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, a.status)
		return
	}
	require.Equal(b.t, "no-store", a.header.Get("Cache-Control"))
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: vars, Route: route},
		Status:                 a.status, Header: a.header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	in.SetBodyBytes(a.body)
	require.NoError(b.t, openapi3filter.ValidateResponse(context.Background(), in), "%s %s: %s", r.Method, r.URL, a.body)
}

func (a answer) is(status int) answer {
	a.t.Helper()
	require.Equal(a.t, status, a.status, "%s", a.body)
	return a
}

func (a answer) json() map[string]any {
	a.t.Helper()
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	require.NoError(a.t, d.Decode(&v))
	_, err := d.Token()
	require.ErrorIs(a.t, err, io.EOF)
	return v
}

func (a answer) items() []any { a.t.Helper(); return a.json()["items"].([]any) }

// names expects a problem that names one field.
func (a answer) names(status int, field string) {
	a.t.Helper()
	a.is(status)
	require.Equal(a.t, "application/problem+json", a.header.Get("Content-Type"))
	faults, _ := a.json()["errors"].([]any)
	require.Len(a.t, faults, 1, "%s", a.body)
	require.Equal(a.t, field, faults[0].(map[string]any)["field"])
}

func numbers(items []any) []string {
	var out []string
	for _, it := range items {
		out = append(out, it.(map[string]any)["number"].(string))
	}
	return out
}
