package check

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A code is what a function's folder says about what it calls.
type code struct {
	name    string
	imports []string // of its main
	text    string   // of its main and of its handler's package
}

func readCode(t *testing.T, name string) code {
	t.Helper()
	c := code{name: name}
	for _, p := range packages(t) {
		switch p.Name {
		case "functions/" + name:
			c.imports = p.Imports
			c.text += sourceOf(t, p)
		case "functions/" + name + "/" + name + "fn":
			c.text += sourceOf(t, p)
		}
	}
	require.NotEmpty(t, c.text, name)
	return c
}

// sourceOf is the text of a package's files.
func sourceOf(t *testing.T, p Package) string {
	t.Helper()
	var all strings.Builder
	for _, name := range p.Files {
		b, err := os.ReadFile(filepath.Join(p.Dir, name))
		require.NoError(t, err)
		all.Write(b)
	}
	return all.String()
}

func (c code) opens(adapter string) bool { return slices.Contains(c.imports, adapter) }

// receives says whether it enqueues as receivers do.
func (c code) receives() bool { return strings.Contains(c.text, "receive.Handler{") }

var (
	postpone = regexp.MustCompile(`\.Postpone\(ctx, queue\.(\w+),`)
	named    = regexp.MustCompile(`\bqueue\.(Inbound|Outbound|Jobs|Surveys|SESMail)\b`)
)

// postpones are the template's ids of the queues whose messages it holds back.
func (c code) postpones() []string { return distinct(postpone.FindAllStringSubmatch(c.text, -1)) }

// sends are the template's ids of the queues it sends to: all it names otherwise.
func (c code) sends() []string {
	ids := distinct(named.FindAllStringSubmatch(postpone.ReplaceAllString(c.text, ""), -1))
	if c.receives() && !slices.Contains(ids, "InboundQueue") {
		ids = append(ids, "InboundQueue")
	}
	return ids
}

func distinct(found [][]string) []string {
	ids := []string{}
	for _, m := range found {
		if id := m[1] + "Queue"; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (c code) putsFiles() bool {
	return c.receives() || strings.Contains(c.text, "Blob.Put(") || strings.Contains(c.text, "PutSnapshot(")
}

// putsFiles leaves out failed batches, which Lambda writes in the function's name.
func (r resource) putsFiles() bool {
	return slices.ContainsFunc(r.grants(), func(g grant) bool {
		return g.action == "s3:PutObject" && !strings.HasSuffix(g.resource, "/aws/lambda/*")
	})
}

// queues are the ids on which an action is allowed.
func (r resource) queues(action string) []string {
	ids := []string{}
	for _, g := range r.grants() {
		if g.action == action {
			ids = append(ids, strings.TrimSuffix(g.resource, ".Arn"))
		}
	}
	return ids
}
