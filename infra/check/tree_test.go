package check

import (
	"bufio"
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func root(t *testing.T) string {
	t.Helper()
	dir, err := Root()
	require.NoError(t, err)
	return dir
}

var listed = sync.OnceValues(func() ([]Package, error) {
	dir, err := Root()
	if err != nil {
		return nil, err
	}
	return Packages(dir)
})

func packages(t *testing.T) []Package {
	t.Helper()
	all, err := listed()
	require.NoError(t, err)
	return all
}

// tracked are the files under version control, by their paths from the root.
func tracked(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "-z")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		Missing(t, "git, or a checkout made with it")
	}
	return strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
}

// Every package says once what it is for.
func TestEachPackageHasOneDoc(t *testing.T) {
	for _, p := range packages(t) {
		var with []string
		for _, name := range p.Files {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.PackageClauseOnly)
			require.NoError(t, err)
			if f.Doc != nil {
				with = append(with, name)
			}
		}
		if len(p.Files) > 0 {
			require.Len(t, with, 1, "%s: package docs in %v", p.Name, with)
		}
	}
}

// A package is called after its one idea; a drawer has none.
func TestNoPackageIsADrawer(t *testing.T) {
	for _, p := range packages(t) {
		require.NotContains(t, []string{"util", "utils", "common", "types", "helpers", "helper", "misc", "base"}, path.Base(p.Name), p.Name)
	}
}

// The four folders of the house, and the files that must be at the top.
func TestTopLevelIsTheHouse(t *testing.T) {
	folders := []string{"functions", "shared", "infra", "events"}
	files := []string{
		"template.yaml", "samconfig.toml", "go.mod", "go.sum", "Makefile",
		"README.md", "README.zh-CN.md", "CHANGELOG.md", "LICENSE",
	}
	seen := map[string]bool{}
	for _, name := range tracked(t) {
		top, _, inFolder := strings.Cut(name, "/")
		if strings.HasPrefix(top, ".") {
			continue
		}
		if inFolder {
			require.Contains(t, folders, top, name)
			seen[top] = true
			continue
		}
		require.Contains(t, files, name)
	}
	for _, f := range folders {
		require.True(t, seen[f], "the folder %s is gone", f)
	}
}

// The committed tree stands alone: nothing in it points at a place on somebody's
// machine, nor beside the checkout.
func TestNothingPointsOutOfTheTree(t *testing.T) {
	machine := regexp.MustCompile(`(^|[\s"'=(:])/(home/[a-z]+|Users|root|work)/` + `[a-z]`)
	up := regexp.MustCompile(`(\.\./)+shared\b`)
	for _, name := range tracked(t) {
		b, err := os.ReadFile(filepath.Join(root(t), name))
		if err != nil || bytes.IndexByte(b, 0) >= 0 || name == "go.sum" {
			continue // deleted but not yet committed, or not text
		}
		for n, line := range lines(b) {
			require.False(t, machine.MatchString(line), "%s:%d names a machine's folder: %s", name, n+1, line)
			for _, path := range up.FindAllString(line, -1) {
				require.LessOrEqual(t, strings.Count(path, "../"), strings.Count(name, "/"), "%s:%d points out of the tree", name, n+1)
			}
		}
	}
}

// testify stops a test at the first broken promise everywhere alike.
func TestAssertIsNotUsed(t *testing.T) {
	for _, name := range tracked(t) {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root(t), name), nil, parser.ImportsOnly)
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		for _, im := range f.Imports {
			require.NotEqual(t, `"github.com/stretchr/testify/`+`assert"`, im.Path.Value, name)
		}
	}
}

// Files are short enough to be read.
func TestFilesAreShort(t *testing.T) {
	for _, p := range packages(t) {
		for _, name := range p.Files {
			b, err := os.ReadFile(filepath.Join(p.Dir, name))
			require.NoError(t, err)
			require.Less(t, bytes.Count(b, []byte("\n")), 500, "%s/%s", p.Name, name)
		}
	}
}

// main.go is wiring: a main can't be imported, so what can fail is tested beside it.
func TestMainsAreShort(t *testing.T) {
	fatal := regexp.MustCompile(`\blog\.Fatal|\bos\.Exit`)
	for _, p := range packages(t) {
		isMain := strings.HasPrefix(p.Name, "functions/") && strings.Count(p.Name, "/") == 1
		for _, name := range p.Files {
			b, err := os.ReadFile(filepath.Join(p.Dir, name))
			require.NoError(t, err)
			if isMain {
				require.Less(t, bytes.Count(b, []byte("\n")), 70, p.Name)
			} else if !strings.HasPrefix(p.Name, "infra/") {
				require.False(t, fatal.Match(b), "%s/%s: only a main may end the process", p.Name, name)
			}
		}
	}
}

func lines(b []byte) []string {
	var out []string
	s := bufio.NewScanner(bytes.NewReader(b))
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		out = append(out, s.Text())
	}
	return out
}

func sorted(names []string) []string { return slices.Sorted(slices.Values(names)) }
