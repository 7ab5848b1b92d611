package local_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/browser"
	"github.com/deskhook/deskhook/infra/local/browser/browsertest"
	"github.com/deskhook/deskhook/shared/config"
)

// choose gives a page's file input a file of 5 MB, as a person's choice does.
const choose = `(() => { const d = new DataTransfer(); d.items.add(new File([new Uint8Array(5e6)], "big.bin")); const i = %s; i.files = d.files; return i.files.length; })()`

// Both pages upload by themselves what a request can't hold, under their content policies.
func TestPagesUploadLargeFiles(t *testing.T) {
	b := browsertest.Open(t, browser.Phone)
	page, setDesk := shop(t, "en")
	d, base := start(t, func(s *config.Settings) {
		fields := s.Forms[0].Fields
		fields[len(fields)-1].Max = config.MaxUpload
		s.Forms[0].Origins = []string{page.URL}
	})
	setDesk(base)

	b.Do(chromedp.Navigate(base + "/forms/contact?lang=en"))
	b.Until(`document.querySelector("[name=email]")`)
	require.Equal(t, 1, browsertest.JS[int](b, fmt.Sprintf(choose, `document.querySelector("input[type=file]")`)))
	b.Say(`document.querySelector("[name=message]").value = "hosted"`)
	b.Say(`document.querySelector("[name=email]").value = "ann@customer.example"`)
	b.Say(`(document.querySelector("[name=topic]") || {}).value = "order"`)
	b.Say(`document.querySelector("button[type=submit]").click()`)
	b.Until(`location.pathname.startsWith("/t/")`)
	tickets(t, d, 1)

	b.Do(chromedp.Navigate(page.URL))
	b.Until(shadow + `.querySelector("[name=email]")`)
	require.Equal(t, 1, browsertest.JS[int](b, fmt.Sprintf(choose, shadow+`.querySelector("input[type=file]")`)))
	b.Say(fill("message", "embedded"))
	b.Say(fill("email", "bo@customer.example"))
	b.Say(press)
	b.Until(shadow + `.querySelector("li.own")`)
	for _, tk := range tickets(t, d, 2) {
		rows, _, err := d.Store.Messages(t.Context(), tk.ID, "", 50, false)
		require.NoError(t, err)
		require.Len(t, rows[0].Value.Attachments, 1)
		require.Equal(t, int64(5e6), rows[0].Value.Attachments[0].Size)
	}
}
