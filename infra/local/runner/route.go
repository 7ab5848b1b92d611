package runner

import (
	"net/url"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/infra/local/template"
)

// route is one route of the HTTP API.
type route struct {
	fn     *function
	key    string // as AWS writes it: "POST /hooks/{account}", "$default"
	method string
	parts  []string // nil for $default
	greedy bool
}

func newRoute(f *function, r template.Route) route {
	if r.Path == "$default" {
		return route{fn: f, key: "$default", method: "ANY"}
	}
	rt := route{fn: f, key: r.Method + " " + r.Path, method: r.Method, parts: strings.Split(r.Path[1:], "/")}
	rt.greedy = strings.HasSuffix(r.Path, "+}")
	return rt
}

// sortRoutes puts the most specific first (AWS: "Working with routes for HTTP APIs"):
// a full match, then a greedy one, $default last; a literal part before a {part}; a
// method before ANY.
func sortRoutes(routes []route) {
	slices.SortStableFunc(routes, func(a, b route) int { return strings.Compare(a.rank(), b.rank()) })
}

func (r route) rank() string {
	if r.parts == nil {
		return "z"
	}
	var b strings.Builder
	b.WriteByte("ab"[bit(r.greedy)])
	for _, p := range r.parts {
		switch {
		case strings.HasSuffix(p, "+}"):
			b.WriteByte('3')
		case strings.HasPrefix(p, "{"):
			b.WriteByte('2')
		default:
			b.WriteByte('1')
		}
	}
	b.WriteByte("45"[bit(r.method == "ANY")])
	return b.String()
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// match says whether the route takes a call, and its path parameters, decoded.
func (r route) match(method, escapedPath string) (map[string]string, bool) {
	if r.method != "ANY" && r.method != method {
		return nil, false
	}
	if r.parts == nil {
		return nil, true
	}
	segments := strings.Split(strings.TrimPrefix(escapedPath, "/"), "/")
	if len(segments) < len(r.parts) || len(segments) > len(r.parts) && !r.greedy {
		return nil, false
	}
	params := map[string]string{}
	for i, part := range r.parts {
		name, variable := strings.CutPrefix(part, "{")
		switch {
		case !variable && decoded(segments[i]) != part:
			return nil, false
		case strings.HasSuffix(name, "+}"):
			rest := strings.Join(segments[i:], "/")
			params[strings.TrimSuffix(name, "+}")] = decoded(rest)
			return params, rest != ""
		case variable && segments[i] == "":
			return nil, false
		case variable:
			params[strings.TrimSuffix(name, "}")] = decoded(segments[i])
		}
	}
	return params, true
}

func decoded(s string) string {
	if d, err := url.PathUnescape(s); err == nil {
		return d
	}
	return s
}

// find gives the route that takes a call.
func (r *Runner) find(method, escapedPath string) (route, map[string]string, bool) {
	for _, rt := range r.routes {
		if params, ok := rt.match(method, escapedPath); ok {
			return rt, params, true
		}
	}
	return route{}, nil, false
}
