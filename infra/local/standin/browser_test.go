package standin_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/browser"
	"github.com/deskhook/deskhook/infra/local/browser/browsertest"
	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/desk"
)

// On a phone: write as a customer, then see what comes without touching anything, a
// half-written answer left as it is. Nothing is wider than the screen.
func TestOutboxInABrowser(t *testing.T) {
	b := browsertest.Open(t, browser.Small)
	w := open(t, func(c *standin.Config) { c.Inject = func(context.Context, standin.Inbound) error { return nil } })
	server := httptest.NewServer(pages(t, w))
	defer server.Close()

	b.Do(chromedp.Navigate(server.URL + "/outbox?lang=en"))
	b.Do(chromedp.SendKeys("#c-text", "first words"))
	b.Do(chromedp.Click(".compose button"))
	b.Do(chromedp.WaitVisible(".thread.wechat .mine"))
	b.Do(chromedp.SendKeys(".thread.wechat .answer textarea", "a draft"))
	customer := w.List(standin.Filter{})[0].Customer

	require.NoError(t, w.Write(t.Context(), standin.Inbound{Channel: desk.WeChat, From: customer, Text: "from elsewhere"}))
	require.NoError(t, w.Write(t.Context(), standin.Inbound{Channel: desk.SMS, From: "+8613900000000", Text: "another customer"}))
	b.Do(chromedp.WaitVisible(".thread.sms .mine"))
	require.Contains(t, browsertest.Run(b, chromedp.Text("#threads")), "from elsewhere")
	require.Equal(t, "a draft", browsertest.Run(b, chromedp.Value(".thread.wechat .answer textarea")))
	b.Fits(browser.Small, "the outbox")
}
