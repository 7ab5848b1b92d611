package quote_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel/email/quote"
)

// The promise: history that its markup names is cut, in each program's markup.
func TestHTMLCuts(t *testing.T) {
	for name, doc := range map[string]string{
		"gmail":           `<div>mine</div><br><div class="gmail_quote"><div class="gmail_attr">On Tue, Desk wrote:</div><blockquote class="gmail_quote">theirs</blockquote></div>`,
		"apple":           `<div>mine</div><blockquote type="cite"><div>On 5 Mar, Desk wrote:</div><div>theirs</div></blockquote>`,
		"thunderbird":     `<p>mine</p><div class="moz-cite-prefix">Am 5. schrieb Desk:</div><blockquote type="cite">theirs</blockquote>`,
		"outlook web":     `<div>mine</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Desk</div><div>theirs</div>`,
		"outlook desktop": `<div class="WordSection1"><p>mine</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>From:</b> Desk</p></div></div><p>theirs</p></div>`,
		"outlook app":     `<div>mine</div><div id="mail-editor-reference-message-container"><p>theirs</p></div>`,
		"yahoo":           `<div>mine</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>theirs</div></div>`,
		"qq":              `<div>mine</div><div><includetail><div>------------------ 原始邮件 ------------------</div><div>theirs</div></includetail></div>`,
		"163":             `<div>mine</div><blockquote id="isReplyContent">theirs</blockquote>`,
		"proton":          `<div>mine</div><div class="protonmail_quote">theirs</div>`,
	} {
		t.Run(name, func(t *testing.T) {
			got, cut := quote.HTML(doc, "Re: x")
			require.True(t, cut)
			require.Contains(t, got, "mine")
			require.NotContains(t, got, "theirs")
		})
	}
}

// The promise: forwarded mail, answers between quotations, and a document that is
// nothing but a quotation come back unchanged.
func TestHTMLKeeps(t *testing.T) {
	for name, c := range map[string]struct{ subject, doc string }{
		"forward, gmail":    {"", `<div>mine</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Shop</div>theirs</div>`},
		"forward, outlook":  {"FW: x", `<div>mine</div><div id="divRplyFwdMsg"><b>From:</b> Shop</div>theirs`},
		"forward, qq":       {"转发：x", `<div>mine</div><includetail>theirs</includetail>`},
		"inline, cite":      {"Re: x", `<blockquote type="cite">one?</blockquote><p>mine</p><blockquote type="cite">two?</blockquote><p>more</p>`},
		"inline, gmail":     {"Re: x", `<div class="gmail_quote"><div>On Tue, Desk wrote:</div><blockquote>one?</blockquote><div>mine</div><blockquote>two?</blockquote></div>`},
		"only a quotation":  {"Re: x", `<div class="gmail_quote">theirs</div>`},
		"poetry":            {"Re: x", `<p>mine</p><blockquote>a poem</blockquote>`},
		"boxes of a letter": {"Re: x", `<p>mine</p><div style="border-top:solid #E1E1E1 1.0pt">Totals</div><p>more</p>`},
	} {
		t.Run(name, func(t *testing.T) {
			got, cut := quote.HTML(c.doc, c.subject)
			require.False(t, cut)
			require.Equal(t, c.doc, got)
		})
	}
}

// The promise: depth and number of quotations cost no more than time in proportion.
func TestHTMLBounded(t *testing.T) {
	quote.HTML(strings.Repeat(`<div class="gmail_quote">`, 100_000), "")
	quote.HTML("x"+strings.Repeat(`<blockquote type=cite>a</blockquote><br>`, 50_000), "")
	quote.Text("x\n"+strings.Repeat("> a\n", 300_000)+"b", "")
	quote.Text("x\n"+strings.Repeat("On 10:00 a@b.c\nwrote:\n> a\nb\n", 50_000), "")
}

func FuzzHTML(f *testing.F) {
	f.Add(`<div>mine</div><div class="gmail_quote">theirs</div>`, "Re: x")
	f.Add(`<div>mine<hr><div id="divRplyFwdMsg">From: a</div>theirs</div>`, "")
	f.Fuzz(func(t *testing.T, doc, subject string) {
		got, cut := quote.HTML(doc, subject)
		if !cut {
			require.Equal(t, doc, got)
		}
	})
}
