package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is one headless browser with one tab.
type browser struct {
	ctx context.Context

	mu   sync.Mutex
	said []string
}

// findBrowser is the path of an installed Chromium or Chrome, or "".
func findBrowser() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// openBrowser starts the browser. Its sandbox is off, for it needs rights that
// containers and root don't have; it is meant for the desk's own pages only.
func openBrowser(ctx context.Context, dark bool) (*browser, context.CancelFunc, error) {
	path := findBrowser()
	if path == "" {
		return nil, nil, fmt.Errorf("shots: no Chromium or Chrome is installed")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true))
	alloc, cancelAlloc := chromedp.NewExecAllocator(ctx, options...)
	tab, cancelTab := chromedp.NewContext(alloc)
	cancel := func() { cancelTab(); cancelAlloc() }
	b := &browser{ctx: tab}
	if err := b.prepare(dark); err != nil {
		cancel()
		return nil, nil, fmt.Errorf("shots: start %s: %w", path, err)
	}
	return b, cancel, nil
}

func (b *browser) prepare(dark bool) error {
	if err := chromedp.Listen(b.ctx, b.listen); err != nil {
		return err
	}
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	return err
}

// listen keeps what the browser complains of: blocked by the content policy, not found,
// a script that threw.
func (b *browser) listen(ev any) {
	text := ""
	switch e := ev.(type) {
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError || e.Entry.Level == cdplog.EntryLevelWarning {
			text = e.Entry.Text + " " + e.Entry.URL
		}
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
	}
	if text != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.said = append(b.said, text)
	}
}

func (b *browser) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.said)
}

func (b *browser) signIn(base, agent, password string) error {
	return chromedp.Do(b.ctx,
		chromedp.Navigate(base+"/console/login"),
		chromedp.SetValue(chromedp.CSS("#agent"), agent),
		chromedp.SendKeys(chromedp.CSS("#password"), password),
		chromedp.Click(chromedp.CSS("button[type=submit]")),
		chromedp.WaitVisible(chromedp.CSS("header.top")),
	)
}

// picture is the whole page as a PNG.
func (b *browser) picture(url string, width, height int64, mobile bool) ([]byte, error) {
	options := []chromedp.EmulateViewportOption{}
	if mobile {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateScale(2))
	}
	err := chromedp.Do(b.ctx,
		chromedp.EmulateViewport(width, height, options...),
		chromedp.Navigate(url),
		chromedp.WaitVisible(chromedp.CSS("main")),
		chromedp.Evaluate[chromedp.Void]("void scrollTo(0, 0)"),
	)
	if err != nil {
		return nil, err
	}
	return chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
}
