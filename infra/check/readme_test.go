package check

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the documents tell people to type exists: `make X` is a target, `deskhook X` is
// a command, and a path that is run or linked to is there.
func TestDocumentedCommandsExist(t *testing.T) {
	targets, commands := makeTargets(t), cliCommands(t)
	for _, name := range tracked(t) {
		if !strings.HasSuffix(name, ".md") || name == "CHANGELOG.md" {
			continue
		}
		b, err := os.ReadFile(filepath.Join(root(t), name))
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		for _, line := range shellLines(string(b)) {
			for _, m := range regexp.MustCompile(`\bmake ([a-z][a-z-]*)`).FindAllStringSubmatch(line, -1) {
				require.Contains(t, targets, m[1], "%s: %s", name, line)
			}
			for _, m := range regexp.MustCompile(`\bdeskhook ([a-z][a-z-]*)`).FindAllStringSubmatch(line, -1) {
				require.Contains(t, commands, m[1], "%s: %s", name, line)
			}
			for _, m := range regexp.MustCompile(`(^|\s)(events/\S+\.json|\./infra/[a-z/]+[a-z])`).FindAllStringSubmatch(line, -1) {
				_, err := os.Stat(filepath.Join(root(t), m[2]))
				require.NoError(t, err, "%s: %s", name, line)
			}
		}
	}
}

// Links between the documents lead somewhere.
func TestDocumentsLinkToWhatIsThere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:\s]+)(#[^)]*)?\)`)
	for _, name := range tracked(t) {
		b, err := os.ReadFile(filepath.Join(root(t), name))
		if !strings.HasSuffix(name, ".md") || err != nil {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(string(b), -1) {
			_, err := os.Stat(filepath.Join(root(t), filepath.Dir(name), m[1]))
			require.NoError(t, err, "%s links to %s", name, m[1])
		}
	}
}

// shellLines are the lines of the fenced sh blocks.
func shellLines(doc string) []string {
	var all []string
	for _, m := range regexp.MustCompile("(?ms)^```(?:sh|bash|console|shell)\n(.*?)^```").FindAllStringSubmatch(doc, -1) {
		for _, line := range strings.Split(m[1], "\n") {
			line, _, _ = strings.Cut(line, " #")
			all = append(all, line)
		}
	}
	return all
}

func makeTargets(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	require.NoError(t, err)
	var all []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z][a-z-]*):.*## \S`).FindAllStringSubmatch(string(b), -1) {
		all = append(all, m[1])
	}
	require.NotEmpty(t, all)
	return all
}

// cliCommands reads the fields of the command line's struct.
func cliCommands(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root(t), "infra", "deskhook", "main.go"))
	require.NoError(t, err)
	var all []string
	for _, m := range regexp.MustCompile("(?m)^\t([A-Z]\\w*)\\s+\\w+Cmd\\s+`cmd").FindAllStringSubmatch(string(b), -1) {
		all = append(all, strings.ToLower(m[1]))
	}
	require.NotEmpty(t, all)
	return all
}

// Every target of the Makefile calls what exists, and explains itself.
func TestEveryTargetIsExplained(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	require.NoError(t, err)
	explained := makeTargets(t)
	for _, m := range regexp.MustCompile(`(?m)^([a-z][a-z-]*):`).FindAllStringSubmatch(string(b), -1) {
		require.Contains(t, explained, m[1])
	}
	commands := cliCommands(t)
	for _, m := range regexp.MustCompile(`\./infra/deskhook ([a-z]+)`).FindAllStringSubmatch(string(b), -1) {
		require.Contains(t, commands, m[1])
	}
}
