package portalfn_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
)

// Articles are listed, found and shown in the reader's language; what an article's author
// writes as HTML or as a script's address never becomes one.
func TestHelp(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, http.StatusNotFound, w.do("GET", "/help", nil).StatusCode, "a desk without articles has no such page")
	w.s.Help = []config.Article{
		{ID: "returns", Title: config.Text{"zh-CN": "怎样退货", "en": "Returns"}, Text: config.Text{
			"en": "Within **seven** days.\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", "zh-CN": "**七天**内可以退货。"}},
		{ID: "hours", Title: config.Text{"zh-CN": "工作时间", "en": "Hours"}, Text: config.Text{"en": "Nine to six."}},
	}
	list := w.do("GET", "/help?lang=zh-CN", nil)
	require.Equal(t, "all", list.Header.Get("X-Robots-Tag"))
	page := body(t, list)
	require.Contains(t, page, `<a href="/help/returns">怎样退货</a>`)
	require.Contains(t, page, "联系我们")
	found := body(t, w.do("GET", "/help?q=seven&lang=en", nil))
	require.Contains(t, found, "Returns")
	require.NotContains(t, found, "/help/hours")
	require.Contains(t, body(t, w.do("GET", "/help?q=%3Cb%3E&lang=en", nil)), "Nothing found")

	shown := body(t, w.do("GET", "/help/returns?lang=en", nil))
	require.Contains(t, shown, "<strong>seven</strong>")
	require.Contains(t, shown, "<td>1</td>")
	require.NotContains(t, shown, "<script>alert")
	require.NotContains(t, shown, "javascript:")
	require.Contains(t, body(t, w.do("GET", "/help/returns?lang=zh-CN", nil)), "<strong>七天</strong>")
	require.Equal(t, http.StatusNotFound, w.do("GET", "/help/nothing", nil).StatusCode)
}
