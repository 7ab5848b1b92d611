package scale

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Call is one request to one route.
type Call struct {
	Route string // as openapi.yaml or the console's source names it, with what tells it from another of the route
	Do    func(*Bench) (status int, err error)
}

// Routes lists all routes of the API (from openapi.yaml) and of the console (from its
// source), as "GET /v1/tickets/{number}".
func Routes(root string) ([]string, error) {
	raw, err := os.ReadFile(root + "/functions/api/apifn/openapi.yaml")
	if err != nil {
		return nil, err
	}
	var spec struct {
		Paths map[string]map[string]any `yaml:"paths"`
	}
	if err := yaml.Unmarshal(raw, &spec); err != nil {
		return nil, err
	}
	var out []string
	for path, methods := range spec.Paths {
		for m := range methods {
			if slices.Contains([]string{"get", "post", "put", "patch", "delete"}, m) {
				out = append(out, strings.ToUpper(m)+" "+path)
			}
		}
	}
	files, err := os.ReadDir(root + "/functions/console/consolefn")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		src, err := os.ReadFile(root + "/functions/console/consolefn/" + f.Name())
		if err != nil {
			return nil, err
		}
		for _, m := range pattern.FindAllStringSubmatch(string(src), -1) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

var pattern = regexp.MustCompile(`"((?:GET|POST|PUT|PATCH|DELETE) /console[^"]*)"`)

// address fills a route's parameters in with what the calls are about.
func (b *Bench) address(path string) string {
	fill := map[string]string{
		"/{number}": "/" + b.ticket.Number(), "customers/{id}": "customers/" + string(b.customer), "agents/{id}": "agents/li",
		"recoveries/{id}": "recoveries/" + string(b.survey), "surveys/{id}": "surveys/" + string(b.survey), "messages/{id}": "messages/" + string(b.message),
		"macros/{id}": "macros/solved", "webhooks/{name}": "webhooks/erp", "deliveries/{name}": "deliveries/erp", "deliveries/{id}": "deliveries/" + b.event,
		"events/{id}": "events/" + b.event, "/{queue}": "/" + string(b.dead.Queue), "letters/{id}": "letters/" + b.dead.ID, "followers/{agent}": "followers/amy",
		"quarantine/{at}/{id}": "quarantine/" + b.held.At.UTC().Format("2006-01-02T15:04:05.000Z") + "/" + b.held.ID,
	}
	for name, value := range fill {
		path = strings.Replace(path, name, value, 1)
	}
	return path
}

// on is a request to a route as it stands there, with a query or a body of JSON.
func on(route, query, body string) Call {
	method, path, _ := strings.Cut(route, " ")
	name := route
	if query != "" {
		name += "?" + query
	}
	return Call{name, func(b *Bench) (int, error) {
		at := b.address(path)
		if query != "" {
			at += "?" + strings.ReplaceAll(query, "$ticket", b.ticket.Number())
		}
		kind := ""
		if body != "" {
			kind = "application/json"
		}
		if strings.HasPrefix(path, "/console") {
			return b.send(b.console, method, at, "", "").Code, nil
		}
		if strings.Contains(at, "{") {
			return 0, fmt.Errorf("scale: %s has a parameter that calls.go doesn't know", route)
		}
		return b.send(b.api, method, at, strings.ReplaceAll(body, "$ticket", b.ticket.Number()), kind).Code, nil
	}}
}

// posts is a form of the console.
func posts(route string, form url.Values) Call {
	return Call{route, func(b *Bench) (int, error) {
		if form == nil {
			form = url.Values{}
		}
		before := b.count
		form.Set("csrf", b.csrf())
		b.count = before // the page with the form has a line of its own
		return b.send(b.console, http.MethodPost, b.address(strings.TrimPrefix(route, "POST ")), form.Encode(), formType).Code, nil
	}}
}

// lists are further questions to the routes that list: each is a list of its own.
var lists = []Call{
	on("GET /v1/tickets", "team=support&status=new", ""),
	on("GET /v1/tickets", "team=support&status=closed", ""),
	on("GET /v1/tickets", "team=support&status=closed&sort=oldest&limit=70", ""),
	on("GET /v1/tickets", "status=resolved", ""),
	on("GET /v1/tickets", "view=overdue", ""),
	on("GET /v1/tickets", "view=overdue&team=sales", ""),
	on("GET /v1/tickets", "assignee=amy", ""),
	on("GET /v1/tickets", "assignee=none", ""),
	on("GET /v1/tickets", "assignee=amy&status=resolved", ""),
	on("GET /v1/tickets", "assignee=amy&team=sales&status=snoozed", ""),
	on("GET /v1/feedback", "month=2026-04", ""),
	on("GET /v1/customers", "month=2026-03", ""),
	on("GET /v1/recoveries", "team=support&state=due", ""),
	on("GET /v1/audit", "day=2026-04-10", ""),
	on("GET /v1/quarantine", "day=2026-04-30", ""),
	on("GET /v1/figures", "from=2026-03-20&to=2026-04-20", ""),
	on("GET /v1/figures", "from=2026-03-20&to=2026-04-20&cut=team%23support", ""),
	on("GET /v1/webhooks/{name}/deliveries", "day=2026-04-30", ""),
	on("GET /v1/search", "q=one@x.example", ""),
	on("GET /v1/search", "q=Person", ""),
	on("GET /console", "view=unassigned", ""),
	on("GET /console", "view=open", ""),
	on("GET /console", "view=closed", ""),
	on("GET /console", "view=overdue", ""),
	on("GET /console", "view=snoozed", ""),
	on("GET /console/figures", "from=2026-03-20&to=2026-04-20", ""),
	on("GET /console/feedback", "month=2026-04", ""),
	on("GET /console/audit", "day=2026-04-10", ""),
}

// query is what a route needs to be asked with.
var query = map[string]string{"GET /v1/search": "q=my", "GET /console/find": "number=$ticket"}

// writes are the requests that change something, in an order in which each can.
var writes = []Call{
	on("POST /v1/tickets", "", `{"channel":"email","to":"new@x.example","text":"We have it in stock again."}`),
	on("PATCH /v1/tickets/{number}", "", `{"priority":"high","tags":["late"],"status":"open"}`),
	on("PUT /v1/tickets/update_many", "", `{"numbers":["$ticket"],"ticket":{"priority":"normal"},"additional_tags":["recall"]}`),
	on("POST /v1/tickets/{number}/messages", "", `{"text":"It is on its way.","public":true,"status":"pending"}`),
	on("POST /v1/tickets/{number}/tasks", "", `{"team":"sales","text":"Please look it up."}`),
	on("PUT /v1/tickets/{number}/followers/{agent}", "", ""),
	on("DELETE /v1/tickets/{number}/followers/{agent}", "", ""),
	on("POST /v1/tickets/{number}/follow-up", "", `{"at":"2026-06-01T09:00:00Z","note":"ask once more"}`),
	on("DELETE /v1/tickets/{number}/follow-up", "", ""),
	on("POST /v1/tickets/{number}/block", "", ""),
	on("POST /v1/tickets/{number}/unblock", "", ""),
	on("POST /v1/tickets/{number}/spam", "", `{}`),
	on("POST /v1/tickets/{number}/not-spam", "", ""),
	on("POST /v1/tickets/{number}/macros/{id}", "", ""),
	on("POST /v1/tickets/{number}/surveys", "", `{"survey":"nps"}`),
	on("PUT /v1/agents/{id}/presence", "", `{"state":"online"}`),
	on("POST /v1/customers", "", `{"email":"made@x.example","name":"Made"}`),
	on("PATCH /v1/customers/{id}", "", `{"tier":"vip","time_zone":"Europe/Berlin"}`),
	on("PATCH /v1/recoveries/{id}", "", `{"state":"contacted","note":"spoke to them"}`),
	on("POST /v1/webhooks/{name}/test", "", ""),
	on("POST /v1/webhooks/{name}/disable", "", ""),
	on("POST /v1/webhooks/{name}/enable", "", ""),
	on("POST /v1/webhooks/{name}/deliveries/{id}/replay", "", ""),
	on("POST /v1/webhooks/{name}/replay", "day=2026-04-30", ""),
	on("POST /v1/quarantine/{at}/{id}/release", "", ""),
	on("POST /v1/dead-letters/{queue}/letters/{id}/drop", "", ""),
	on("POST /v1/dead-letters/{queue}/redrive", "", ""),
	on("POST /v1/keys", "", `{"name":"erp"}`),

	posts("POST /console/tickets/{number}/reply", url.Values{"text": {"It is there."}, "then": {"pending"}}),
	posts("POST /console/tickets/{number}/note", url.Values{"text": {"They are glad."}}),
	posts("POST /console/tickets/{number}/assign", url.Values{"agent": {"amy"}}),
	posts("POST /console/tickets/{number}/priority", url.Values{"priority": {"low"}}),
	posts("POST /console/tickets/{number}/tags", url.Values{"tags": {"glad"}}),
	posts("POST /console/tickets/{number}/status", url.Values{"status": {"resolved"}}),
	posts("POST /console/presence", url.Values{"state": {"busy"}}),
	posts("POST /console/notices/read", nil),
}

// leftOut are routes that aren't measured, each with the reason.
var leftOut = map[string]string{
	"GET /console/assets/{file}":                             "a file of the binary",
	"GET /console/login":                                     "reads no table",
	"POST /console/login":                                    "reads no table",
	"POST /console/logout":                                   "reads no table",
	"GET /console/signin":                                    "goes to the provider",
	"GET /console/callback":                                  "comes from the provider",
	"POST /v1/tickets/{number}/messages/preview":             "a header and an address by their keys",
	"POST /v1/tickets/{number}/messages/{id}/undo":           "one message by its key",
	"PUT /v1/customers/{id}/addresses/{address}/opt-out":     "a customer and an address by their keys",
	"GET /v1/tickets/{number}/messages/{id}/attachments/{n}": "one message by its key, then the blob store",
	"GET /console/tickets/{number}/files/{id}/{n}":           "one message by its key, then the blob store",

	"POST /v1/tickets/{number}/merge":                    "two headers by their keys; see shared/ticketing",
	"POST /v1/tickets/{number}/unmerge":                  "two headers by their keys",
	"POST /v1/tickets/{number}/split":                    "the messages named, at most 30",
	"POST /v1/tickets/{number}/messages/{id}/send-again": "one message by its key",
	"POST /v1/imports/customers":                         "grows with its file alone",
	"POST /v1/customers/{id}/merge":                      "two customers by their keys, at most 20 aliases",
	"POST /v1/customers/{id}/unmerge":                    "as the merge",
	"POST /v1/customers/{id}/suggestions/{other}/accept": "is a merge",
	"DELETE /v1/customers/{id}/suggestions/{other}":      "one customer by key",
	"POST /v1/quarantine/{at}/{id}/drop":                 "as a release",
	"POST /v1/dead-letters/{queue}/letters/{id}/redrive": "as a drop, with the lane's first",
	"DELETE /v1/feedback/{id}/topic":                     "one record and its topic by their keys",
	"PUT /v1/feedback/{id}/topic":                        "one record and its topic by their keys",
	"POST /v1/topics/{id}/done":                          "one topic by its key; jobs tell its customers page by page",
	"PUT /v1/tickets/{number}/messages/{id}/mark":        "one message and its ticket by their keys",
	"DELETE /v1/tickets/{number}/messages/{id}/mark":     "one message and its ticket by their keys",
	"GET /v1/feedback/{id}":                              "one record by its key",
	"GET /v1/topics/{id}":                                "one topic by its key",
	"GET /v1/topics/{id}/feedback":                       "a page of a topic's own list",
	"GET /console/settings/versions/{version}":           "reads no ticket", "GET /v1/settings/versions/{version}": "reads no ticket",
	"GET /v1/exports/{id}": "one row by its key", "GET /console/exports/{id}/file": "one row by its key", "GET /v1/exports/{id}/file": "one row by its key",
	"POST /v1/exports": "one row and a job", "POST /console/exports": "one row and a job", "PUT /v1/filters": "an agent's one row",
	"POST /console/filters": "an agent's one row", "POST /console/filters/remove": "an agent's one row",
	"PUT /v1/settings": "reads no ticket", "POST /v1/settings/diff": "reads no ticket", "POST /v1/settings/validate": "reads no ticket",
	"POST /v1/settings/versions/{version}/restore": "reads no ticket", "POST /console/settings": "reads no ticket",
	"POST /console/settings/check": "reads no ticket", "POST /console/settings/versions/{version}/restore": "reads no ticket",
	"POST /v1/uploads":     "signs an address of the blob store",
	"DELETE /v1/keys/{id}": "one row by key",
}

// sameAsAPI are the console's forms that do what a route of the API does, by the same
// call of shared/ticketing.
var sameAsAPI = regexp.MustCompile(`^POST /console/(new|tickets/\{number\}/(writing|spent|preview|forward|follow-up|tasks|followers|type|team|merge|unmerge|split|spam|not-spam|block|unblock|macros/\{id\}|messages/\{id\}/(again|mark|undo))|customers/.*|recoveries/.*|deliveries/.*|quarantine/.*|dead-letters/.*|feedback/.*|topics/.*)$`)

// Calls are all that is measured of these routes: each GET by itself, the further lists,
// the writes. missing are routes that are neither measured nor left out with a reason.
func Calls(routes []string) (calls []Call, missing []string) {
	known := map[string]bool{}
	for _, c := range writes {
		name, _, _ := strings.Cut(c.Route, "?")
		known[name] = true
	}
	for _, r := range routes {
		switch {
		case leftOut[r] != "", known[r], sameAsAPI.MatchString(r):
		case strings.HasPrefix(r, "GET "):
			calls = append(calls, on(r, query[r], ""))
		default:
			missing = append(missing, r)
		}
	}
	return slices.Concat(calls, lists, writes), missing
}
