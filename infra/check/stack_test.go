package check

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// A stack is template.yaml with its intrinsics as plain maps: !Ref X is {"Ref": "X"}.
type stack struct {
	globals   map[string]any
	resources map[string]resource
}

type resource struct {
	kind  string
	props map[string]any
	meta  map[string]any
}

func readStack(t *testing.T) stack {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(t), "template.yaml"))
	require.NoError(t, err)
	var n yaml.Node
	require.NoError(t, yaml.Unmarshal(b, &n))
	doc := plain(n.Content[0]).(map[string]any)
	s := stack{globals: at[map[string]any](doc, "Globals", "Function"), resources: map[string]resource{}}
	for id, r := range doc["Resources"].(map[string]any) {
		m := r.(map[string]any)
		s.resources[id] = resource{at[string](m, "Type"), at[map[string]any](m, "Properties"), at[map[string]any](m, "Metadata")}
	}
	return s
}

// plain turns a node into maps, slices and strings.
func plain(n *yaml.Node) any {
	var v any
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		v = m
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, plain(c))
		}
		v = list
	default:
		v = n.Value
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return map[string]any{n.Tag[1:]: v}
	}
	return v
}

// at follows names down; the zero value where something isn't there.
func at[T any](m map[string]any, names ...string) T {
	var v any = m
	for _, name := range names {
		next, _ := v.(map[string]any)
		v = next[name]
	}
	out, _ := v.(T)
	return out
}

// of lists the resources of one type, by id, in order.
func (s stack) of(kind string) []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(s.resources)) {
		if s.resources[id].kind == kind {
			ids = append(ids, id)
		}
	}
	return ids
}

// folder is the name of a function's folder.
func (r resource) folder() string {
	return strings.TrimSuffix(strings.TrimPrefix(at[string](r.props, "CodeUri"), "functions/"), "/")
}

// functions by the names of their folders.
func (s stack) functions() map[string]resource {
	all := map[string]resource{}
	for _, id := range s.of("AWS::Serverless::Function") {
		all[s.resources[id].folder()] = s.resources[id]
	}
	return all
}

// An event source of a function.
type source struct {
	kind  string
	props map[string]any
}

func (r resource) sources() []source {
	var all []source
	events := at[map[string]any](r.props, "Events")
	for _, name := range slices.Sorted(maps.Keys(events)) {
		e := events[name].(map[string]any)
		all = append(all, source{at[string](e, "Type"), at[map[string]any](e, "Properties")})
	}
	return all
}

// A grant is one action on one resource that a function may use.
type grant struct{ action, resource string }

// grants are those of the function's own policies; a resource is its template text,
// such as "Bucket.Arn" or "${Bucket.Arn}/settings/*".
func (r resource) grants() []grant {
	var all []grant
	for _, p := range at[[]any](r.props, "Policies") {
		for _, st := range at[[]any](p.(map[string]any), "Statement") {
			m := st.(map[string]any)
			for _, a := range texts(m["Action"]) {
				for _, res := range texts(m["Resource"]) {
					all = append(all, grant{a, res})
				}
			}
		}
	}
	return all
}

// texts are the strings in a value, of intrinsics their arguments.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, texts(e)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			all = append(all, texts(v[name])...)
		}
		return all
	}
	return nil
}

func (r resource) allows(action, on string) bool {
	return slices.ContainsFunc(r.grants(), func(g grant) bool { return g.action == action && strings.Contains(g.resource, on) })
}

func (r resource) allowsAny(service string) bool {
	return slices.ContainsFunc(r.grants(), func(g grant) bool { return strings.HasPrefix(g.action, service+":") })
}
