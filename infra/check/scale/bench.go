// Package scale measures what every route of the API and every page of the console reads
// and writes, and how long it takes, on a table with few tickets and on one with many:
// neither may grow. The routes are those of openapi.yaml and of the console's own source,
// so that a new one is measured too, or named with the reason why not.
//
// The tickets are written by the desk's own ticketing, on the table in memory; nothing of
// them is made up but who writes when. Beside them lie, in proportion, customers, answers,
// follow-ups, notices, the audit, the quarantine, deliveries of events and dead letters.
package scale

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/deskhook/deskhook/functions/api/apifn"
	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/infra/deskhook/cost"
	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/memory"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// Bench is a desk with so many tickets, and a table that counts.
type Bench struct {
	Tickets int

	db       *memory.DB
	store    *store.Store // not counted
	desk     *ticketing.Desk
	settings *config.Settings
	api      http.Handler
	console  http.Handler
	cookies  map[string]string
	count    cost.Count
	now      time.Time
	n        int
	seen     string // of the feed
	sums     map[[2]string]map[string]int64

	// What the calls are about: the same in every table.
	ticket   desk.TicketID
	customer desk.CustomerID
	survey   desk.SurveyID
	message  desk.MessageID
	dead     store.DeadLetter
	event    string
	held     store.Quarantined
}

// begin is when the first ticket comes; the last comes span later, however many there are.
var begin = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

const (
	span  = 60 * 24 * time.Hour
	token = "a token of this measurement alone"
)

// New fills a table.
func New(ctx context.Context, tickets int) (*Bench, error) {
	s, _, err := config.LoadFile("../../desk.yaml")
	if err != nil {
		return nil, err
	}
	s.Version, s.Desk.PublicURL = 1, "https://desk.example"
	s.Agents[0].Role = "admin"
	s.Webhooks = []config.Webhook{{Name: "erp", URL: "https://erp.example/in", Events: []string{"*"}}}
	s.Tickets.Acknowledge = nil // two messages a ticket less
	b := &Bench{Tickets: tickets, settings: s, now: begin, cookies: map[string]string{}, sums: map[[2]string]map[string]int64{}}
	b.db = memory.New(b.clock)
	b.store = store.New(b.db)
	key, _ := sign.NewKey("a key of this measurement alone")
	b.desk = &ticketing.Desk{Store: b.store, Key: key, Settings: b.current}
	if err := b.fill(ctx); err != nil {
		return nil, err
	}
	b.serve(key)
	return b, b.signIn()
}

func (b *Bench) clock() time.Time                                  { return b.now }
func (b *Bench) current(context.Context) (*config.Settings, error) { return b.settings, nil }

// serve opens API and console over the table that counts.
func (b *Bench) serve(key sign.Key) {
	counted := store.New(cost.Counting(b.db, &b.count))
	d := &ticketing.Desk{Store: counted, Key: key, Settings: b.current}
	admin := allow.Principal{Actor: desk.Actor{Kind: desk.ByAgent, ID: "li", Name: "Li"}, Role: allow.Admin}
	b.api = apifn.New(apifn.Deps{
		Desk: d, Store: counted, Settings: b.current, Now: b.clock,
		Tokens: access.Keyring(access.ServiceToken{Token: token, Who: admin}),
	})
	b.console = consolefn.New(consolefn.Deps{
		Desk: d, Store: counted, Settings: b.current, Key: key, Now: b.clock, Local: true, LocalPassword: token,
	})
}

var hidden = regexp.MustCompile(`name="(csrf|token)" value="([^"]+)"`)

// signIn opens a session of the console.
func (b *Bench) signIn() error {
	page := b.send(b.console, "GET", "/console/login", "", "")
	m := hidden.FindStringSubmatch(page.Body.String())
	if m == nil {
		return fmt.Errorf("scale: no way to sign in: %d", page.Code)
	}
	form := url.Values{"token": {m[2]}, "agent": {"li"}, "password": {token}}
	if w := b.send(b.console, "POST", "/console/login", form.Encode(), formType); w.Code != http.StatusSeeOther {
		return fmt.Errorf("scale: signing in answered %d", w.Code)
	}
	return nil
}

const formType = "application/x-www-form-urlencoded"

// csrf is the token that a form of the console carries.
func (b *Bench) csrf() string {
	page := b.send(b.console, "GET", "/console/tickets/"+b.ticket.Number(), "", "").Body.String()
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		if m[1] == "csrf" {
			return m[2]
		}
	}
	return ""
}

func (b *Bench) send(h http.Handler, method, path, body, kind string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if strings.HasPrefix(path, "/v1/") {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	b.n++
	r.Header.Set("Idempotency-Key", fmt.Sprint("key-", b.n))
	for name, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: v})
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c.Value
	}
	return w
}
