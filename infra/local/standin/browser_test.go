package standin_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/desk"
)

// browser gives a tab; without Chromium the test is skipped, or fails when
// DESKHOOK_STRICT=1 says that everything must be there.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("DESKHOOK_STRICT") != "1" {
		t.Skip("no chromium on this machine")
	}
	require.NoError(t, err, "DESKHOOK_STRICT=1 and no chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	_, err = chromedp.Run(ctx, chromedp.EmulateViewport(360, 740))
	require.NoError(t, err)
	ctx, stop = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(stop)
	return ctx
}

func run[T any](t *testing.T, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	got, err := chromedp.Run(ctx, a)
	require.NoError(t, err)
	return got
}

// On a phone: write as a customer, then see what comes without touching anything, a
// half-written answer left as it is. Nothing is wider than the screen.
func TestOutboxInABrowser(t *testing.T) {
	ctx := browser(t)
	w := open(t, func(c *standin.Config) { c.Inject = func(context.Context, standin.Inbound) error { return nil } })
	server := httptest.NewServer(pages(t, w))
	defer server.Close()

	run(t, ctx, chromedp.Navigate(server.URL+"/outbox?lang=en"))
	run(t, ctx, chromedp.SendKeys("#c-text", "first words"))
	run(t, ctx, chromedp.Click(".compose button"))
	run(t, ctx, chromedp.WaitVisible(".thread.wechat .mine"))
	run(t, ctx, chromedp.SendKeys(".thread.wechat .answer textarea", "a draft"))
	customer := w.List(standin.Filter{})[0].Customer

	require.NoError(t, w.Write(t.Context(), standin.Inbound{Channel: desk.WeChat, From: customer, Text: "from elsewhere"}))
	require.NoError(t, w.Write(t.Context(), standin.Inbound{Channel: desk.SMS, From: "+8613900000000", Text: "another customer"}))
	run(t, ctx, chromedp.WaitVisible(".thread.sms .mine"))
	require.Contains(t, run(t, ctx, chromedp.Text("#threads")), "from elsewhere")
	require.Equal(t, "a draft", run(t, ctx, chromedp.Value(".thread.wechat .answer textarea")))
	require.LessOrEqual(t, run(t, ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth")), 360)
}
