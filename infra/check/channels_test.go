package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/desk"
)

// Adding a channel is one folder and a line in builtin; whoever forgets the line is
// told which.
func TestBuiltinNamesEveryChannel(t *testing.T) {
	folders, err := os.ReadDir(filepath.Join(root(t), "shared", "channel"))
	require.NoError(t, err)
	found := 0
	for _, f := range folders {
		if !f.IsDir() || !isChannel(t, filepath.Join(root(t), "shared", "channel", f.Name())) {
			continue
		}
		found++
		require.Contains(t, builtin.Names, desk.Channel(f.Name()),
			"shared/channel/builtin/parse.go lacks the channel %[1]q: add it to Names and its Parse to parse", f.Name())
	}
	require.Len(t, builtin.Names, found, "builtin.Names holds a channel that has no folder")
}

// isChannel says whether a folder implements a channel: it has the methods by which one
// proves a call and cuts it.
func isChannel(t *testing.T, dir string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	methods := map[string]bool{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		if len(name) > 8 && name[len(name)-8:] == "_test.go" {
			continue
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil {
				methods[fn.Name.Name] = true
			}
		}
	}
	return methods["Name"] && methods["Verify"] && methods["Envelopes"] && methods["Parse"]
}
