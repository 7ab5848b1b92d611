package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/check"
	"github.com/deskhook/deskhook/infra/local/browser"
	"github.com/deskhook/deskhook/infra/local/browser/browsertest"
	"github.com/deskhook/deskhook/shared/links"
)

// axe is the source of axe-core, which `make tools` fetches.
func axe(t *testing.T) string {
	root, err := check.Root()
	require.NoError(t, err)
	source, err := os.ReadFile(filepath.Join(root, ".cache", "axe.min.js"))
	if err != nil {
		check.Missing(t, "axe-core (make tools)")
	}
	return string(source)
}

// finding is a rule of axe-core that a page breaks, and where.
type finding struct {
	ID, Impact, Help string
	Nodes            []string
}

// audit lets axe-core judge the page shown, by some rules or by all (""), and gives what
// is serious or critical.
func audit(t *testing.T, b *browsertest.Tab, rule string) []finding {
	options := `{resultTypes: ["violations"]`
	if rule != "" {
		options += `, runOnly: ["` + rule + `"]`
	}
	text := browsertest.Run(b, chromedp.Evaluate[string](`axe.run(document, `+options+`}).then((r) => JSON.stringify(r.violations
		.filter((v) => v.impact === "serious" || v.impact === "critical")
		.map((v) => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map((n) => n.target.join(" ") + " " + n.html.slice(0, 160) + " " + n.any.map((a) => a.message).join("; "))}))))`,
		chromedp.EvalAwaitPromise))
	var found []finding
	require.NoError(t, json.Unmarshal([]byte(text), &found))
	return found
}

// Nor on the pages of those who run the desk.
func TestOperationsAreAccessible(t *testing.T) {
	source := axe(t)
	c, b := operating(t)
	for lang, screen := range map[string]browser.Screen{"zh-CN": browser.Wide, "en": browser.Phone} {
		b.Show(screen)
		for _, page := range []string{"/console/dead-letters?queue=inbound.fifo", "/console/settings", "/console/settings/versions", "/console/settings/versions/1"} {
			b.Open(browser.In(c.base+page, lang))
			b.Do(chromedp.Evaluate[chromedp.Void](source + "; void 0"))
			require.Empty(t, audit(t, b, ""), page)
		}
	}
}

// Nothing that keeps somebody from using a page: axe-core finds nothing serious on any
// page of the console or of the customers, in both languages, wide and on a phone, light
// and dark.
func TestPagesAreAccessible(t *testing.T) {
	source := axe(t)
	b := browsertest.Open(t, browser.Wide)
	c := newScene(t)
	pages := append(c.fill(),
		"/console/tickets/"+c.first.Number()+"?split=1", "/console/board", "/console/new", "/console/notices", "/console/recoveries",
		"/console/deliveries", "/console/audit", "/console/dead-letters", "/console/settings", "/console/settings/versions",
		"/console/search?q=20391", "/console/search?q=nothing", "/console/exports", "/help", "/help?q=nothing", "/help/returns", "/console/figures/surveys", "/console?view=overdue", "/console?view=unassigned",
		c.path(links.Unsubscribe(c.s.Desk.PublicURL, c.key, mail, c.first)))
	require.NoError(t, b.SignIn(c.base, "lin", "local"))
	var broken []string
	for lang, screen := range map[string]browser.Screen{"zh-CN": browser.Wide, "en": browser.Phone} {
		b.Show(screen)
		for _, page := range pages {
			require.NoError(t, b.Scheme(false))
			b.Open(browser.In(c.base+page, lang))
			b.Do(chromedp.Evaluate[chromedp.Void](source + "; void 0"))
			found := audit(t, b, "")
			b.Say(`document.querySelectorAll("main details").forEach((d) => (d.open = true))`)
			b.Fits(screen, page+" folded out")
			require.NoError(t, b.Scheme(true))
			for _, f := range append(found, audit(t, b, "color-contrast")...) {
				broken = append(broken, page+" "+lang+": "+f.Impact+" "+f.ID+": "+f.Help+"\n\t"+strings.Join(f.Nodes, "\n\t"))
			}
		}
	}
	require.Empty(t, strings.Join(broken, "\n"))
}
