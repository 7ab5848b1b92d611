package check

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// One thing has one name in Chinese, on every page, in the settings and in the README.
func TestChineseNamesAgree(t *testing.T) {
	given := map[string]string{"坐席": "客服", "死信": "处理失败的事项", "诉求": "需求"}
	for _, name := range tracked(t) {
		if strings.HasPrefix(name, "infra/check/") || name == "CHANGELOG.md" {
			continue
		}
		switch filepath.Ext(name) {
		case ".go", ".html", ".js", ".md", ".yaml":
		default:
			continue
		}
		b, err := os.ReadFile(filepath.Join(root(t), name))
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		for old, now := range given {
			require.NotContains(t, string(b), old, "%s: say %s", name, now)
		}
	}
}
