// Package browsertest gives tests a browser. Where none is installed the test is skipped,
// or fails when DESKHOOK_STRICT=1 says that everything must be there.
package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/check"
	"github.com/deskhook/deskhook/infra/local/browser"
)

// patience is how long a browser may take for one test, and for one thing to appear.
const (
	patience = 5 * time.Minute
	moment   = 20 * time.Second
)

// Tab is a test's browser. What goes wrong in it ends the test.
type Tab struct {
	*browser.Tab
	t *testing.T
}

// Need ends a test that has no browser.
func Need(t *testing.T) {
	t.Helper()
	if _, err := browser.Find(); err != nil {
		check.Missing(t, "Chromium or Chrome")
	}
}

// Open starts a browser that ends with the test. DESKHOOK_DARK=1 makes it a dark one.
func Open(t *testing.T, s browser.Screen) *Tab {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	t.Cleanup(stop)
	Need(t)
	b, stop, err := browser.Open(ctx, s)
	require.NoError(t, err)
	t.Cleanup(stop)
	require.NoError(t, b.Scheme(os.Getenv("DESKHOOK_DARK") == "1"))
	return &Tab{Tab: b, t: t}
}

// In is the same tab for a part of the test.
func (b *Tab) In(t *testing.T) *Tab { return &Tab{b.Tab, t} }

// Show changes the screen.
func (b *Tab) Show(s browser.Screen) {
	b.t.Helper()
	require.NoError(b.t, b.Tab.Show(s))
}

// Open opens a page.
func (b *Tab) Open(url string) {
	b.t.Helper()
	require.NoError(b.t, b.Tab.Open(url))
}

// Do does one thing after the other; what takes longer than a moment has failed.
func (b *Tab) Do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.Ctx, moment)
	defer stop()
	require.NoError(b.t, chromedp.Do(ctx, steps...))
}

// Click clicks what a selector finds, once it can be seen.
func (b *Tab) Click(selector string) {
	b.t.Helper()
	b.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Type writes into a field as a person does.
func (b *Tab) Type(selector, text string) {
	b.t.Helper()
	b.Do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Run does what gives something.
func Run[T any](b *Tab, a chromedp.Action[T]) T {
	b.t.Helper()
	got, err := chromedp.Run(b.Ctx, a)
	require.NoError(b.t, err)
	return got
}

// JS evaluates an expression in the page.
func JS[T any](b *Tab, expression string) T {
	b.t.Helper()
	return Run(b, chromedp.Evaluate[T](expression))
}

// Say evaluates an expression for what it does.
func (b *Tab) Say(expression string) {
	b.t.Helper()
	JS[chromedp.Void](b, "void ("+expression+")")
}

// Until waits until an expression is true in the page, over as many pages as it takes.
func (b *Tab) Until(expression string) {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		ok, err := chromedp.Run(b.Ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		return err == nil && ok
	}, moment, 50*time.Millisecond, expression)
}

// Fits checks that nothing is wider than the screen.
func (b *Tab) Fits(s browser.Screen, what string) {
	b.t.Helper()
	require.LessOrEqual(b.t, JS[int64](b, "document.documentElement.scrollWidth"), s.Width, "%s is wider than the screen", what)
}

// Keep keeps a picture where DESKHOOK_SHOTS names a folder.
func (b *Tab) Keep(name string) {
	b.t.Helper()
	dir := os.Getenv("DESKHOOK_SHOTS")
	if dir == "" {
		return
	}
	png, err := b.Picture()
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600))
}
