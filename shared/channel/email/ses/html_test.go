package ses

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/deskhook/deskhook/shared/channel"
)

// The HTML form says what the text says, with links to tap and nothing that runs.
func TestHTMLOf(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"您好\n再见":                        "<p>您好<br>\n再见</p>\n",
		"one\n\n\n\ntwo":                "<p>one</p>\n<p>two</p>\n",
		"<script>a & b":                 "<p>&lt;script&gt;a &amp; b</p>\n",
		"a   b":                         "<p>a &nbsp; b</p>\n",
		"see https://x.test/a?b=1&c=2.": `<p>see <a href="https://x.test/a?b=1&amp;c=2">https://x.test/a?b=1&amp;c=2</a>.</p>` + "\n",
		"请看https://x.test/订单":           `<p>请看<a href="https://x.test/">https://x.test/</a>订单</p>` + "\n",
		"(https://x.test/a_(b))":        `<p>(<a href="https://x.test/a_(b)">https://x.test/a_(b)</a>)</p>` + "\n",
		`https://x.test/"onclick=y`:     `<p><a href="https://x.test/">https://x.test/</a>&#34;onclick=y</p>` + "\n",
		"javascript:alert(1)":           "<p>javascript:alert(1)</p>\n",
	} {
		require.Equal(t, want, htmlOf(text), text)
	}
}

func FuzzHTMLOf(f *testing.F) {
	f.Add(`see https://x.test/<a> "b" 'c' & so on`)
	f.Add("a\r\n\r\nhttp://\x00")
	f.Fuzz(func(t *testing.T, text string) {
		z := html.NewTokenizer(strings.NewReader(htmlOf(text)))
		for z.Next() != html.ErrorToken {
			tag := z.Token()
			if tag.Type != html.StartTagToken {
				continue
			}
			require.Contains(t, []string{"p", "br", "a"}, tag.Data)
			for _, a := range tag.Attr {
				require.Equal(t, "href", a.Key)
				require.Regexp(t, `^https?://`, a.Val)
			}
		}
	})
}

// A survey's mail has a row of scores, each a link to the page with it chosen.
func TestRowOf(t *testing.T) {
	row := rowOf([]channel.Choice{{ID: "s-1-0", Text: "0", URL: "https://desk.test/s/x?score=0"}, {ID: "s-1-1", Text: "<1>", URL: "https://desk.test/s/x?score=1"}})
	require.Equal(t, 2, strings.Count(row, `<a href="https://desk.test/s/x?score=`))
	require.Contains(t, row, "&lt;1&gt;")
	require.Empty(t, rowOf(nil))
	require.Empty(t, rowOf([]channel.Choice{{ID: "1", Text: "1"}}))
}
