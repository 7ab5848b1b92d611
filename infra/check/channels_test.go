package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel/builtin"
	"github.com/deskhook/deskhook/shared/config"
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

// A key that a channel reads and the settings' check doesn't know would be refused as
// misspelt wherever somebody writes it.
func TestAccountKeysAreThoseThatChannelsRead(t *testing.T) {
	for _, ch := range builtin.Names {
		if ch == desk.WebForm {
			continue // its settings stand under forms
		}
		read := settingsOf(t, filepath.Join(root(t), "shared", "channel", string(ch)))
		require.NotEmpty(t, read, ch)
		require.ElementsMatch(t, read, config.AccountKeys(ch), "shared/config/account_keys.go has not the keys that the channel %q reads", ch)
	}
}

// settingsOf lists the JSON names in a channel's settings, with those it embeds.
func settingsOf(t *testing.T, dir string) []string {
	t.Helper()
	structs := map[string]*ast.StructType{}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && !strings.HasSuffix(name, "_test.go") {
				if st, ok := spec.Type.(*ast.StructType); ok {
					structs[strings.ToLower(spec.Name.Name)] = st
				}
			}
			return true
		})
	}
	return jsonNames(structs, "settings")
}

func jsonNames(structs map[string]*ast.StructType, name string) (out []string) {
	st := structs[name]
	if st == nil {
		return nil
	}
	for _, f := range st.Fields.List {
		if embedded, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 {
			out = append(out, jsonNames(structs, strings.ToLower(embedded.Name))...)
		} else if f.Tag != nil {
			tag, _ := strconv.Unquote(f.Tag.Value)
			out = append(out, reflect.StructTag(tag).Get("json"))
		}
	}
	return out
}
