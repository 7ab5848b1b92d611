// Package apifn is the desk's REST API: tickets, their messages, customers, feedback,
// what lies in quarantine, and the figures, as JSON under /v1. openapi.yaml beside this
// file describes it, is served at /v1/openapi.json, and is held to the code by tests.
//
// Names are those users of other desks know (assignee_id, created_at, via.channel).
// Errors are problem+json (RFC 9457) that name the field at fault and tell nothing of
// anybody's data. Every list is a page with an opaque cursor that belongs to its query.
package apifn

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/find"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// Deps is what the API needs. All fields but Log are required.
type Deps struct {
	Desk     *ticketing.Desk
	Store    *store.Store
	Settings func(context.Context) (*config.Settings, error)
	// Tokens says whom a bearer token stands for; access.ErrUnknown where it is nobody's.
	// See access.Door and access.Keyring.
	Tokens func(ctx context.Context, token string) (allow.Principal, error)
	Blob   blob.Store // files of messages
	// Found is where the segments of words lie; nil: words are not looked for.
	Found find.Blob
	Now   func() time.Time
	Log   *slog.Logger // of faults that answer 500; nil: none
	// Window tells for how long an address takes answers; nil: all do always.
	Window ticketing.HoursOf
	// NoQuota holds no caller to a number of requests: on one machine a demo, a storm of
	// tests and the person who looks share one token.
	NoQuota bool
}

// api serves the routes.
type api struct {
	Deps
	find  *find.Finder
	meter meter
}

// route is one operation. Routes without a role are open to everybody.
type route struct {
	method, path string
	roles        []allow.Role
	serve        func(*call) error
}

var (
	agents = allow.Roles
	leads  = []allow.Role{allow.Lead, allow.Admin}
	admins = []allow.Role{allow.Admin}
)

func (a *api) routes() []route {
	return []route{
		{"GET", "/v1/health", nil, a.health},
		{"GET", "/v1/openapi.json", nil, a.openapi},
		{"GET", "/v1/search", agents, a.search},
		{"GET", "/v1/tickets", agents, a.listTickets},
		{"POST", "/v1/tickets", agents, a.startTicket},
		{"PUT", "/v1/tickets/update_many", agents, a.updateMany},
		{"GET", "/v1/tickets/{number}", agents, a.getTicket},
		{"PATCH", "/v1/tickets/{number}", agents, a.patchTicket},
		{"POST", "/v1/tickets/{number}/merge", agents, a.mergeTicket},
		{"POST", "/v1/tickets/{number}/unmerge", agents, a.unmergeTicket},
		{"POST", "/v1/tickets/{number}/split", agents, a.splitTicket},
		{"POST", "/v1/tickets/{number}/spam", agents, a.markSpam},
		{"POST", "/v1/tickets/{number}/not-spam", agents, a.notSpam},
		{"POST", "/v1/tickets/{number}/block", agents, a.blockSender},
		{"POST", "/v1/tickets/{number}/unblock", agents, a.unblockSender},
		{"POST", "/v1/tickets/{number}/follow-up", agents, a.setFollowUp},
		{"DELETE", "/v1/tickets/{number}/follow-up", agents, a.dropFollowUp},
		{"POST", "/v1/tickets/{number}/tasks", agents, a.openTask},
		{"PUT", "/v1/tickets/{number}/followers/{agent}", agents, a.addFollower},
		{"DELETE", "/v1/tickets/{number}/followers/{agent}", agents, a.removeFollower},
		{"GET", "/v1/tickets/{number}/messages", agents, a.listMessages},
		{"POST", "/v1/tickets/{number}/messages", agents, a.postMessage},
		{"POST", "/v1/tickets/{number}/messages/{id}/send-again", agents, a.sendAgain},
		{"PUT", "/v1/tickets/{number}/messages/{id}/mark", agents, a.putMark},
		{"DELETE", "/v1/tickets/{number}/messages/{id}/mark", agents, a.deleteMark},
		{"POST", "/v1/tickets/{number}/surveys", agents, a.postSurvey},
		{"GET", "/v1/tickets/{number}/canned-replies", agents, a.listFilled},
		{"POST", "/v1/tickets/{number}/macros/{id}", agents, a.applyMacro},
		{"POST", "/v1/tickets/{number}/messages/preview", agents, a.preview},
		{"POST", "/v1/tickets/{number}/messages/{id}/undo", agents, a.undo},
		{"GET", "/v1/tickets/{number}/messages/{id}/attachments/{n}", agents, a.getAttachment},
		{"POST", "/v1/uploads", agents, a.postUpload},
		{"GET", "/v1/canned-replies", agents, a.listCanned},
		{"GET", "/v1/macros", agents, a.listMacros},
		{"GET", "/v1/sla/policies", agents, a.listSLAPolicies},
		{"GET", "/v1/teams", agents, a.listTeams},
		{"GET", "/v1/agents", agents, a.listAgents},
		{"GET", "/v1/agents/{id}", agents, a.getAgent},
		{"PUT", "/v1/agents/{id}/presence", agents, a.putPresence},
		{"GET", "/v1/customers", agents, a.listCustomers},
		{"POST", "/v1/customers", agents, a.createCustomer},
		{"POST", "/v1/imports/customers", leads, a.importCustomers},
		{"GET", "/v1/filters", agents, a.listFilters},
		{"PUT", "/v1/filters", agents, a.putFilters},
		{"GET", "/v1/exports", agents, a.listExports},
		{"POST", "/v1/exports", agents, a.postExport},
		{"GET", "/v1/exports/{id}", agents, a.getExport},
		{"GET", "/v1/customers/{id}", agents, a.getCustomer},
		{"PATCH", "/v1/customers/{id}", agents, a.patchCustomer},
		{"GET", "/v1/customers/{id}/lifecycle", agents, a.getLifecycle},
		{"GET", "/v1/customers/{id}/addresses", agents, a.listAddresses},
		{"PUT", "/v1/customers/{id}/addresses/{address}/opt-out", agents, a.putOptOut},
		{"GET", "/v1/customers/{id}/timeline", agents, a.customerTimeline},
		{"POST", "/v1/customers/{id}/suggestions/{other}/accept", agents, a.acceptSuggestion},
		{"DELETE", "/v1/customers/{id}/suggestions/{other}", agents, a.dismissSuggestion},
		{"POST", "/v1/customers/{id}/merge", agents, a.mergeCustomer},
		{"POST", "/v1/customers/{id}/unmerge", agents, a.unmergeCustomer},
		{"GET", "/v1/customers/{id}/tickets", agents, a.listCustomersTickets},
		{"GET", "/v1/customers/{id}/feedback", agents, a.listCustomersFeedback},
		{"GET", "/v1/feedback", agents, a.listFeedback},
		{"GET", "/v1/feedback/{id}", agents, a.getFeedback},
		{"PUT", "/v1/feedback/{id}/topic", agents, a.putTopic},
		{"DELETE", "/v1/feedback/{id}/topic", agents, a.deleteTopic},
		{"GET", "/v1/topics", agents, a.listTopics},
		{"GET", "/v1/topics/{id}", agents, a.getTopic},
		{"GET", "/v1/topics/{id}/feedback", agents, a.listTopicFeedback},
		{"POST", "/v1/topics/{id}/done", agents, a.finishTopic},
		{"GET", "/v1/recoveries", agents, a.listRecoveries},
		{"GET", "/v1/recovered", agents, a.listRecovered},
		{"GET", "/v1/recoveries/{id}", agents, a.getRecovery},
		{"PATCH", "/v1/recoveries/{id}", agents, a.patchRecovery},
		{"GET", "/v1/surveys", agents, a.listSurveys},
		{"GET", "/v1/surveys/{id}", agents, a.getSurvey},
		{"GET", "/v1/webhooks", leads, a.listWebhooks},
		{"GET", "/v1/webhooks/{name}/deliveries", leads, a.listHookDeliveries},
		{"POST", "/v1/webhooks/{name}/deliveries/{id}/replay", leads, a.replayDelivery},
		{"POST", "/v1/webhooks/{name}/replay", leads, a.replayDay},
		{"POST", "/v1/webhooks/{name}/test", leads, a.testWebhook},
		{"POST", "/v1/webhooks/{name}/enable", leads, a.enableWebhook},
		{"POST", "/v1/webhooks/{name}/disable", leads, a.disableWebhook},
		{"GET", "/v1/quarantine", leads, a.listQuarantine},
		{"POST", "/v1/quarantine/{at}/{id}/release", leads, a.release},
		{"POST", "/v1/quarantine/{at}/{id}/drop", leads, a.drop},
		{"GET", "/v1/settings", admins, a.getSettings},
		{"PUT", "/v1/settings", admins, a.putSettings},
		{"POST", "/v1/settings/validate", admins, a.validateSettings},
		{"POST", "/v1/settings/diff", admins, a.diffSettings},
		{"GET", "/v1/settings/versions", admins, a.listSettings},
		{"GET", "/v1/settings/versions/{version}", admins, a.getSettingsVersion},
		{"POST", "/v1/settings/versions/{version}/restore", admins, a.restoreSettings},
		{"GET", "/v1/dead-letters", admins, a.listDeadQueues},
		{"GET", "/v1/dead-letters/{queue}", admins, a.listDead},
		{"POST", "/v1/dead-letters/{queue}/redrive", admins, a.redriveQueue},
		{"GET", "/v1/dead-letters/{queue}/letters/{id}", admins, a.getDead},
		{"POST", "/v1/dead-letters/{queue}/letters/{id}/redrive", admins, a.redriveDead},
		{"POST", "/v1/dead-letters/{queue}/letters/{id}/drop", admins, a.dropDead},
		{"GET", "/v1/figures", agents, a.getFigures},
		{"GET", "/v1/audit", leads, a.listAudit},
		{"GET", "/v1/keys", admins, a.listKeys},
		{"POST", "/v1/keys", admins, a.postKey},
		{"DELETE", "/v1/keys/{id}", admins, a.deleteKey},
	}
}

// methods are those that a path is asked for, to say which of them it takes.
var methods = []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"}

// New makes the API's handler. Paths it doesn't know and methods a path doesn't take
// are answered with a problem, too.
func New(d Deps) http.Handler {
	a := &api{Deps: d, find: &find.Finder{Store: d.Store, Blob: d.Found}}
	mux := http.NewServeMux()
	for _, r := range a.routes() {
		mux.Handle(r.method+" "+r.path, a.handler(r))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if allow := allowed(mux, r); len(allow) > 0 {
			w.Header().Set("Allow", strings.Join(allow, ", "))
			problem{Status: http.StatusMethodNotAllowed}.write(w)
			return
		}
		problem{Status: http.StatusNotFound, Detail: "There is nothing at this address."}.write(w)
	})
	return mux
}

// allowed are the methods that the path of a request is there for: those of the path that
// names it most exactly, for /v1/tickets/update_many is no ticket.
func allowed(mux *http.ServeMux, r *http.Request) (out []string) {
	least := 0
	for _, m := range methods {
		try := r.Clone(r.Context())
		try.Method = m
		_, pattern := mux.Handler(try)
		if pattern == "" || pattern == "/" {
			continue
		}
		switch open := strings.Count(pattern, "{"); {
		case len(out) == 0 || open < least:
			out, least = []string{m}, open
		case open == least:
			out = append(out, m)
		}
	}
	return out
}

// call is one request on its way through a route.
type call struct {
	w   http.ResponseWriter
	r   *http.Request
	ctx context.Context
	who allow.Principal
	by  desk.Actor // who.Actor
	at  time.Time  // when the request came: all that it writes is dated so

	watch    *access.Watch // is w
	raw      []byte        // the body, once read
	tagNow   func() string // of what If-Match was about
	noted    bool          // the audit has it
	masked   bool          // addresses and numbers are shown in part
	admitted desk.TicketID // may has been asked about it: what follows may have moved it
}

func (a *api) handler(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watch := &access.Watch{ResponseWriter: w}
		c := &call{w: watch, watch: watch, r: r, ctx: r.Context(), at: a.Now().UTC().Truncate(time.Millisecond)}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		err := a.admit(c, route.roles)
		if err == nil {
			err = route.serve(c)
		}
		if err != nil {
			a.fail(c, err)
		}
		a.note(c, route.path)
	})
}

func (a *api) health(c *call) error {
	if _, err := a.Settings(c.ctx); err != nil {
		return problem{Status: http.StatusServiceUnavailable, Detail: "The settings can't be read."}
	}
	return c.json(http.StatusOK, map[string]string{"status": "ok"})
}

// lang is the language for words: zh-CN where the client asks for Chinese first, else
// en.
func (c *call) lang() string {
	c.w.Header().Set("Vary", "Accept-Language")
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(c.r.Header.Get("Accept-Language"))), "zh") {
		return "zh-CN"
	}
	return "en"
}
