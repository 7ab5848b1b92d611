package local_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/infra/local/browser"
	"github.com/deskhook/deskhook/infra/local/browser/browsertest"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// shop is the company's own site: a strict content policy that allows the desk and
// nothing inline, and styles that would spoil any form they reach.
func shop(t *testing.T, lang string) (server *httptest.Server, setDesk func(string)) {
	base := ""
	mux := http.NewServeMux()
	mux.HandleFunc("/hostile.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, "*{font-size:40px!important;color:red!important}input,button,textarea{display:none!important}")
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src "+base+"; connect-src "+base)
		fmt.Fprintf(w, `<!doctype html><html lang="%s"><meta name="viewport" content="width=device-width, initial-scale=1">`+
			`<link rel="stylesheet" href="/hostile.css"><body><p>Shop</p><script src="%s/assets/embed.js" data-form="contact" data-lang="auto"></script>`, lang, base)
	})
	server = httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server, func(s string) { base = s }
}

const shadow = `[...document.querySelectorAll("div")].find((e) => e.shadowRoot).shadowRoot`

func fill(name, value string) string {
	return fmt.Sprintf(`%s.querySelector("[name=%s]").value = %q`, shadow, name, value)
}

const press = shadow + `.querySelector("button[type=submit]").click()`

// answer is an agent's reply to the one new ticket.
func answer(t *testing.T, d *local.Desk, id desk.TicketID, text string) {
	t.Helper()
	key := &ticketing.Desk{Store: d.Store, Settings: func(context.Context) (*config.Settings, error) { return config.Defaults(), nil }}
	_, err := key.Reply(t.Context(), ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "li", Name: "Li"}, At: time.Now().UTC()}, id, ticketing.Reply{Text: text})
	require.NoError(t, err)
}

// The snippet on another site's page, on a phone: a field to mend is told at the field,
// the conversation appears, the agent's answer comes by itself, and what is written on
// is in the same ticket.
func TestEmbeddedForm(t *testing.T) {
	b := browsertest.Open(t, browser.Phone)
	for _, lang := range []string{"zh-CN", "en"} {
		t.Run(lang, func(t *testing.T) {
			page, setDesk := shop(t, lang)
			d, base := start(t, func(s *config.Settings) { s.Forms[0].Origins = []string{page.URL} })
			setDesk(base)
			b.Do(chromedp.Navigate(page.URL))
			b.Until(shadow + `.querySelector("[name=email]")`)
			require.Equal(t, "16px", browsertest.JS[string](b, `getComputedStyle(`+shadow+`.querySelector("label")).fontSize`), "the page's styles don't reach it")
			require.Equal(t, "20px", browsertest.JS[string](b, `getComputedStyle(`+shadow+`.querySelector("h2")).fontSize`), "nor does its root's size")
			b.Fits(browser.Phone, "the page")
			b.Keep("embed-form-" + lang)

			b.Say(fill("message", "Where is my parcel? 我的包裹呢？"))
			b.Say(press)
			b.Until(shadow + `.querySelector("#e-email").textContent`)
			b.Keep("embed-fault-" + lang)
			b.Say(fill("email", "ann@customer.example"))
			b.Say(press + ", " + press)
			b.Until(shadow + `.querySelector("li.own")`)

			ticket := tickets(t, d, 1)[0]
			answer(t, d, ticket.ID, "It left us this morning.")
			b.Until(`[...` + shadow + `.querySelectorAll("li:not(.own)")].some((e) => e.textContent.includes("left us"))`)
			b.Say(fill("text", "Thank you! 谢谢"))
			b.Say(press + ", " + press)
			b.Until(shadow + `.querySelectorAll("li.own").length === 2`)
			b.Keep("embed-talk-" + lang)
			rows, _, err := d.Store.Messages(t.Context(), ticket.ID, "", 50, false)
			require.NoError(t, err)
			own := 0
			for _, r := range rows {
				if r.Value.Kind == desk.FromCustomer {
					own++
				}
			}
			require.Equal(t, 2, own, "two presses are one message")

			b.Do(chromedp.Reload())
			b.Until(shadow + `.querySelectorAll("li").length >= 3`)
		})
	}
}

// A site that the form doesn't list gets nothing to fill in.
func TestEmbeddedFormElsewhere(t *testing.T) {
	b := browsertest.Open(t, browser.Phone)
	page, setDesk := shop(t, "en")
	_, base := start(t)
	setDesk(base)
	b.Do(chromedp.Navigate(page.URL))
	b.Until(shadow + `.textContent.includes("can't be shown")`)
}

// The hosted page: send, write on, read the answer; the draft outlives the updates.
func TestWritingOnTheStatusPage(t *testing.T) {
	b := browsertest.Open(t, browser.Phone)
	d, base := start(t)
	b.Do(chromedp.Navigate(base + "/forms/contact?lang=zh-CN"))
	b.Say(`document.querySelector("[name=email]").value = "mei@customer.example"`)
	b.Say(`document.querySelector("[name=message]").value = "请问什么时候发货？"`)
	b.Say(`document.querySelector("form button").click()`)
	b.Until(`document.querySelector("#talk .bubble.own .text")`)
	b.Say(`document.querySelector("#text").value = "订单号是 7"`)
	answer(t, d, tickets(t, d, 1)[0].ID, "今天发出。")
	b.Until(`document.querySelector("#talk").textContent.includes("今天发出")`)
	require.Equal(t, "订单号是 7", browsertest.JS[string](b, `document.querySelector("#text").value`))
	b.Say(`document.querySelector("form.write button").click()`)
	b.Until(`[...document.querySelectorAll("#talk .bubble.own .text")].some((e) => e.textContent.includes("订单号是 7"))`)
	b.Until(`!document.querySelector("[data-filing]")`)
	b.Fits(browser.Phone, "the page")
	b.Keep("status-write-zh-CN")
}
