// Package check holds the tree to its rules: what may import what, which documents and
// folders there are, that template.yaml fits the code it deploys, that each function
// has events to try it with, and that the README's commands exist. The rules are
// tests; this file is what they share.
package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Module is the path of the module that is checked.
const Module = "github.com/deskhook/deskhook"

// Root is the checkout's root: the folder of go.mod above the working folder.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("check: there is no go.mod above the working folder")
		}
		dir = up
	}
}

// Missing ends a test that lacks something of the machine. It is skipped with a line
// that says what, or fails where DESKHOOK_STRICT=1 asks for everything.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("DESKHOOK_STRICT") == "1" {
		t.Fatalf("DESKHOOK_STRICT=1 and missing: %s", what)
	}
	t.Skip("missing: " + what)
}

// Functions lists the functions by the names of their folders.
func Functions(root string) ([]string, error) {
	mains, err := filepath.Glob(filepath.Join(root, "functions", "*", "main.go"))
	names := make([]string, len(mains))
	for i, m := range mains {
		names[i] = filepath.Base(filepath.Dir(m))
	}
	return names, err
}

// Package is one package of the module as `go list` sees it. Names of packages of the
// module are given without the module's path.
type Package struct {
	Name    string   // "shared/desk"
	Dir     string   // absolute
	Imports []string // of its files, not of its tests
	Deps    []string // everything it links
	Files   []string // its Go files, not its tests
}

// Packages lists the module's packages for linux/arm64, which is what is deployed.
func Packages(root string) ([]Package, error) {
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Imports,Deps,GoFiles", "./...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("check: go list: %w", err)
	}
	var all []Package
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath, Dir        string
			Imports, Deps, GoFiles []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("check: go list: %w", err)
		}
		all = append(all, Package{Name: short(p.ImportPath), Dir: p.Dir, Imports: shorts(p.Imports), Deps: shorts(p.Deps), Files: p.GoFiles})
	}
}

func short(path string) string { return strings.TrimPrefix(path, Module+"/") }

func shorts(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = short(p)
	}
	return out
}
