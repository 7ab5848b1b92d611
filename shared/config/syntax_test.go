package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
)

// What people get wrong in YAML is told with the line it stands in, however long the file,
// and with what to do. Each case puts something in place of a line of the shipped file.
func TestSlipsInYAML(t *testing.T) {
	src, err := os.ReadFile("../../infra/desk.yaml")
	require.NoError(t, err)
	for name, c := range map[string]struct{ line, now, want string }{
		"no space behind a colon":     {"  close_after: 7d", "  close_after:7d", "needs a space behind the colon: close_after: …"},
		"no space, first of a block":  {"  reopen_within: 7d", "  reopen_within:7d", "needs a space behind the colon"},
		"one space too many":          {"  close_after: 7d", "   close_after: 7d", "is indented by 3, what stands above it by 2"},
		"one space too few":           {"    first_response: 30m", "   first_response: 30m", "is indented by 3, what stands above it by 4"},
		"a full-width space in front": {"  close_after: 7d", "\u3000close_after: 7d", "has a full-width or no-break space"},
		"a no-break space in front":   {"  close_after: 7d", " \u00a0close_after: 7d", "has a full-width or no-break space"},
		"a no-break space in between": {"  close_after: 7d", "  close_after:\u00a07d", "has a full-width or no-break space"},
		"a tab":                       {"  undo_send: 5s", "\tundo_send: 5s", "is indented with a tab"},
		"a tab within a list":         {"        max: 80", "\t\tmax: 80", "is indented with a tab"},
		"a full-width colon":          {"  undo_send: 5s", "  undo_send：5s", "has a full-width colon"},
		"a question in braces":        {`        text: { zh-CN: "哪里让您不满意？", en: "What went wrong?" }`, "        text: { zh-CN: 哪里让您不满意？, en: What went wrong? }", "has a question mark before"},
		"curly quotes around a colon": {"      from_name: 示例客服 Example Desk", "      from_name: “Desk: help”", "has curly quotes"},
		"a brace that isn't closed":   {"        show_if: { question: score, to: 2 }", "        show_if: { question: score, to: 2", "is not YAML: is every bracket closed"},
		"GBK":                         {"  undo_send: 5s", "  undo_send: 5s # \xc4\xe3", "is not UTF-8: save the file as UTF-8"},
		"something else":              {"  undo_send: 5s", "  undo_send: a: b", "is not YAML: mapping values are not allowed"},
	} {
		at := 1 + strings.Count(string(src[:strings.Index(string(src), "\n"+c.line)+1]), "\n")
		bad := strings.Replace(string(src), "\n"+c.line, "\n"+c.now, 1)
		require.NotEqual(t, bad, string(src), name)
		_, _, err := config.Load([]byte(bad), "desk.yaml")
		require.ErrorContains(t, err, fmt.Sprintf("desk.yaml:%d: %s", at, c.want), name)
	}
}
