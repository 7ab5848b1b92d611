// Package consolefn serves the agents' desk: lists that fill by themselves, a ticket's
// timeline with the reasons for every decision in words, replies, notes and the rest of
// an agent's work, customers, feedback, figures. Pages are rendered here; a small
// script only looks for news and saves key strokes, and all works without it. A page
// holds nothing inline, so the content policy is the strictest.
package consolefn

import (
	"cmp"
	"context"
	"embed"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/find"
	"github.com/deskhook/deskhook/shared/look"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

//go:embed *.html *.css *.js
var files embed.FS

// Deps is what the console works with. Desk, Store, Settings, Key and Now are required.
type Deps struct {
	Desk     *ticketing.Desk
	Store    *store.Store
	Blob     blob.Store // of attachments; nil: they can't be downloaded
	Settings func(context.Context) (*config.Settings, error)
	Key      sign.Key // of sessions and forms
	Now      func() time.Time
	// OIDC is where agents sign in; nil: nowhere. Secrets may hold oidc/client_secret, for
	// a provider that asks for one beside PKCE; nil: none.
	OIDC    *access.OIDC
	Secrets config.Lookup
	// Local lets agents sign in by choosing their name and giving LocalPassword: for a
	// desk on one machine. There the provider isn't asked. An empty LocalPassword
	// lets nobody in either.
	Local         bool
	LocalPassword string
}

type console struct {
	Deps
	kit    *look.Kit
	finder *find.Finder
	pulses kept[pulse]                    // by team
	own    kept[int]                      // by agent: their active tickets
	heads  kept[desk.Ticket]              // the oldest that nobody has, by team
	atWork kept[map[string]desk.Presence] // under ""
}

// New makes the console, all of it under /console. It panics only where the embedded
// pages are broken, which any test shows.
func New(d Deps) http.Handler {
	kit, err := look.NewKit("/console/assets", files)
	if err != nil {
		panic(err)
	}
	c := &console{Deps: d, kit: kit, finder: &find.Finder{Store: d.Store}}
	if d.Blob != nil {
		c.finder.Blob = d.Blob
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /console/assets/{file}", c.asset)
	mux.HandleFunc("GET /console/login", c.loginPage)
	mux.HandleFunc("POST /console/login", c.login)
	mux.HandleFunc("POST /console/logout", c.logout)
	mux.HandleFunc("GET /console/signin", c.signIn)
	mux.HandleFunc("GET /console/callback", c.callback)
	pages := maps.Clone(routes)
	maps.Copy(pages, operations)
	for pattern, h := range pages {
		mux.HandleFunc(pattern, c.signedIn(h))
	}
	// Besides the token in each form: a browser says itself when a post comes from
	// another site.
	return served{http.NewCrossOriginProtection().Handler(mux), slices.Sorted(maps.Keys(pages))}
}

// served is the console with the patterns of the pages behind its sign-in.
type served struct {
	http.Handler
	pages []string
}

func (c *console) asset(w http.ResponseWriter, r *http.Request) {
	if !c.kit.ServeAsset(w, r) {
		http.NotFound(w, r)
	}
}

// visit is one request of an agent who has signed in.
type visit struct {
	*console
	w http.ResponseWriter
	r *http.Request
	s *config.Settings

	session session
	agent   config.Agent
	by      allow.Principal        // the agent
	read    store.Row[desk.Ticket] // what admit has read
	upTo    *store.Row[desk.NoticesRead]
	lang    string
	now     time.Time
	noted   bool   // in the audit, before the answer was given
	worded  *frame // see words
}

// frame is what every page's data begins with.
type frame struct {
	look.Page
	Agent config.Agent
	CSRF  string
	Tab   string
	Now   time.Time
	Q     string // what the search box has
	visit *visit
}

// Presence is the agent's switch; it is read where a page shows it.
func (f frame) Presence() ([]choice, error) { return f.visit.presence() }

// Here is this page's address; what answers a form has none, and names where that was.
func (f frame) Here() string {
	if f.visit.r.Method == http.MethodPost {
		return f.visit.back().URL
	}
	return f.visit.typedURL(f.visit.r.URL.RequestURI())
}

func (v *visit) frame(tab, zh, en string, query ...string) frame {
	p := look.NewPage(v.r, v.lang, v.s.Desk.Name.In(v.lang), v.s.Desk.Location(), query...)
	p.Title, p.Other = p.L(zh, en), v.typedURL(p.Other)
	if v.r.Method == http.MethodPost {
		p.Other = v.back().URL + "?lang=" + p.L(look.English, look.Chinese)
	}
	return frame{Page: p, Agent: v.agent, CSRF: v.csrf(), Tab: tab, Now: v.now, visit: v}
}

// words is the frame of what is part of a page, for its words and times: made once, since a
// timeline asks for it many times.
func (v *visit) words() frame {
	if v.worded == nil {
		f := v.frame("", "", "")
		v.worded = &f
	}
	return *v.worded
}

// ZoneName is the zone that times are in, and that those typed are meant in.
func (f frame) ZoneName() string { return f.Zone.String() }

// Field is a time as a form's field has it.
func (f frame) Field(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(f.Zone).Format("2006-01-02T15:04")
}

// Short shows a time as lists do: the hour of today, else the day.
func (f frame) Short(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now := t.In(f.Zone), f.Now.In(f.Zone)
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format(f.L("1月2日 15:04", "2 Jan 15:04"))
	}
	return t.Format(f.L("2006年1月2日", "2 Jan 2006"))
}

func (v *visit) write(name string, data any) error {
	page, err := v.kit.Execute(name, data)
	if err != nil {
		return err
	}
	look.Write(v.w, v.r, http.StatusOK, v.hide(page))
	return nil
}

// silent answers the page's script, which asks for nothing.
func (v *visit) silent() {
	look.SetHeaders(v.w.Header())
	v.w.WriteHeader(http.StatusNoContent)
}

func (v *visit) nothing() error { return desk.Errorf(desk.NotFound, "no such page") }

func (v *visit) teamName(id string) string { return cmp.Or(v.s.TeamName(id, v.lang), id) }

func (v *visit) agentName(id string) string {
	if a, ok := v.s.Agent(id); ok {
		return a.Name
	}
	return id
}
