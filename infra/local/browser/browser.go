// Package browser drives an installed Chromium or Chrome over the desk's pages: for
// pictures of them, and for the tests that use them as a person does.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// ErrNone says that no browser is installed.
var ErrNone = errors.New("browser: no Chromium or Chrome is installed")

// Screen is what pages are shown on; sizes are in CSS pixels.
type Screen struct {
	Name          string
	Width, Height int64
	Mobile        bool // a phone: touch, and two device pixels for one of CSS
}

// The screens that the desk's pages are made for.
var (
	Wide  = Screen{"wide", 1280, 800, false}
	Phone = Screen{"phone", 390, 844, true}
	Small = Screen{"small", 360, 740, true} // the narrowest that everything must fit
)

// Languages are those that every page speaks.
var Languages = []string{"zh-CN", "en"}

// Tab is one headless browser with one tab. Ctx is what chromedp runs in.
type Tab struct {
	Ctx context.Context

	mu   sync.Mutex
	said []string
}

// Find gives the path of an installed browser; ErrNone where there is none.
func Find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}

// Open starts a browser; ErrNone where there is none. Its sandbox is off, for it needs
// rights that containers and root don't have: it is meant for the desk's own pages only.
func Open(ctx context.Context, s Screen) (*Tab, context.CancelFunc, error) {
	path, err := Find()
	if err != nil {
		return nil, nil, err
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox)
	alloc, cancelAlloc := chromedp.NewExecAllocator(ctx, options...)
	tab, cancelTab := chromedp.NewContext(alloc)
	cancel := func() { cancelTab(); cancelAlloc() }
	b := &Tab{Ctx: tab}
	if err := errors.Join(chromedp.Listen(tab, b.listen), b.Scheme(false), b.Show(s)); err != nil {
		cancel()
		return nil, nil, fmt.Errorf("browser: start %s: %w", path, err)
	}
	return b, cancel, nil
}

// Scheme chooses dark or light. Nothing moves in either.
func (b *Tab) Scheme(dark bool) error {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(b.Ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	return err
}

// Show changes the screen.
func (b *Tab) Show(s Screen) error {
	var options []chromedp.EmulateViewportOption
	if s.Mobile {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateScale(2))
	}
	return chromedp.Do(b.Ctx, chromedp.EmulateViewport(s.Width, s.Height, options...))
}

// NoScript switches the pages' own scripts off.
func (b *Tab) NoScript() error {
	_, err := chromedp.Call(b.Ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return err
}

// listen keeps what the browser complains of.
func (b *Tab) listen(ev any) {
	text := ""
	switch e := ev.(type) {
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError || e.Entry.Level == cdplog.EntryLevelWarning {
			text = e.Entry.Text + " " + e.Entry.URL
		}
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
	}
	if text != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.said = append(b.said, text)
	}
}

// Complaints are what the browser found wrong so far: blocked by the content policy,
// not found, a script that threw.
func (b *Tab) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.said)
}

// SignIn signs in to the console of a desk on one machine.
func (b *Tab) SignIn(base, agent, password string) error {
	return chromedp.Do(b.Ctx,
		chromedp.Navigate(base+"/console/login"),
		chromedp.SetValue(chromedp.CSS("#agent"), agent),
		chromedp.SendKeys(chromedp.CSS("#password"), password),
		chromedp.Click(chromedp.CSS("button[type=submit]")),
		chromedp.WaitVisible(chromedp.CSS("header.top")),
	)
}

// Open opens a page and waits until its main part is there.
func (b *Tab) Open(url string) error {
	return chromedp.Do(b.Ctx, chromedp.Navigate(url), chromedp.WaitVisible(chromedp.CSS("main")))
}

// Picture is the whole page, seen from its top, as a PNG.
func (b *Tab) Picture() ([]byte, error) {
	if err := chromedp.Do(b.Ctx, chromedp.Evaluate[chromedp.Void]("void scrollTo(0, 0)")); err != nil {
		return nil, err
	}
	return chromedp.Run(b.Ctx, chromedp.FullScreenshot(100))
}

// In adds to a page's address the language that it shall speak.
func In(url, lang string) string {
	sep := "?"
	if strings.Contains(url, "?") {
		sep = "&"
	}
	return url + sep + "lang=" + lang
}
