package local_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// browser gives a tab the size of a phone; without Chromium the test is skipped, or
// fails when DESKHOOK_STRICT=1 says that everything must be there.
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
	_, err = chromedp.Run(ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	require.NoError(t, err)
	require.NoError(t, chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*log.EventEntryAdded); ok {
			t.Log("browser:", e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	}))
	ctx, stop = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(stop)
	return ctx
}

func do[T any](t *testing.T, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	got, err := chromedp.Run(ctx, a)
	require.NoError(t, err)
	return got
}

// js evaluates an expression in the page.
func js[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	return do(t, ctx, chromedp.Evaluate[T](expression))
}

// until waits until an expression is true in the page.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	require.Eventually(t, func() bool {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		return err == nil && ok
	}, 20*time.Second, 100*time.Millisecond, expression)
}

// shoot keeps a picture where DESKHOOK_SHOTS names a folder.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("DESKHOOK_SHOTS")
	if dir == "" {
		return
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, name+".png"), do(t, ctx, chromedp.FullScreenshot(100)), 0o600))
}

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
	ctx := browser(t)
	for _, lang := range []string{"zh-CN", "en"} {
		t.Run(lang, func(t *testing.T) {
			page, setDesk := shop(t, lang)
			d, base := start(t, func(s *config.Settings) { s.Forms[0].Origins = []string{page.URL} })
			setDesk(base)
			do(t, ctx, chromedp.Navigate(page.URL))
			until(t, ctx, shadow+`.querySelector("[name=email]")`)
			require.Equal(t, "16px", js[string](t, ctx, `getComputedStyle(`+shadow+`.querySelector("label")).fontSize`), "the page's styles don't reach it")
			require.Equal(t, "20px", js[string](t, ctx, `getComputedStyle(`+shadow+`.querySelector("h2")).fontSize`), "nor does its root's size")
			require.LessOrEqual(t, js[int](t, ctx, "document.documentElement.scrollWidth"), 390)
			shoot(t, ctx, "embed-form-"+lang)

			js[string](t, ctx, fill("message", "Where is my parcel? 我的包裹呢？"))
			js[chromedp.Void](t, ctx, "void "+press)
			until(t, ctx, shadow+`.querySelector("#e-email").textContent`)
			shoot(t, ctx, "embed-fault-"+lang)
			js[string](t, ctx, fill("email", "ann@customer.example"))
			js[chromedp.Void](t, ctx, "void ("+press+", "+press+")")
			until(t, ctx, shadow+`.querySelector("li.own")`)

			ticket := tickets(t, d, 1)[0]
			answer(t, d, ticket.ID, "It left us this morning.")
			until(t, ctx, `[...`+shadow+`.querySelectorAll("li:not(.own)")].some((e) => e.textContent.includes("left us"))`)
			js[string](t, ctx, fill("text", "Thank you! 谢谢"))
			js[chromedp.Void](t, ctx, "void ("+press+", "+press+")")
			until(t, ctx, shadow+`.querySelectorAll("li.own").length === 2`)
			shoot(t, ctx, "embed-talk-"+lang)
			rows, _, err := d.Store.Messages(t.Context(), ticket.ID, "", 50, false)
			require.NoError(t, err)
			own := 0
			for _, r := range rows {
				if r.Value.Kind == desk.FromCustomer {
					own++
				}
			}
			require.Equal(t, 2, own, "two presses are one message")

			do(t, ctx, chromedp.Reload())
			until(t, ctx, shadow+`.querySelectorAll("li").length >= 3`)
		})
	}
}

// A site that the form doesn't list gets nothing to fill in.
func TestEmbeddedFormElsewhere(t *testing.T) {
	ctx := browser(t)
	page, setDesk := shop(t, "en")
	_, base := start(t)
	setDesk(base)
	do(t, ctx, chromedp.Navigate(page.URL))
	until(t, ctx, shadow+`.textContent.includes("can't be shown")`)
}

// The hosted page: send, write on, read the answer; the draft outlives the updates.
func TestWritingOnTheStatusPage(t *testing.T) {
	ctx := browser(t)
	d, base := start(t)
	do(t, ctx, chromedp.Navigate(base+"/forms/contact?lang=zh-CN"))
	js[string](t, ctx, `document.querySelector("[name=email]").value = "mei@customer.example"`)
	js[string](t, ctx, `document.querySelector("[name=message]").value = "请问什么时候发货？"`)
	js[chromedp.Void](t, ctx, `void document.querySelector("form button").click()`)
	until(t, ctx, `document.querySelector("#talk .bubble.own .text")`)
	js[string](t, ctx, `document.querySelector("#text").value = "订单号是 7"`)
	answer(t, d, tickets(t, d, 1)[0].ID, "今天发出。")
	until(t, ctx, `document.querySelector("#talk").textContent.includes("今天发出")`)
	require.Equal(t, "订单号是 7", js[string](t, ctx, `document.querySelector("#text").value`))
	js[chromedp.Void](t, ctx, `void document.querySelector("form.write button").click()`)
	until(t, ctx, `[...document.querySelectorAll("#talk .bubble.own .text")].some((e) => e.textContent.includes("订单号是 7"))`)
	until(t, ctx, `!document.querySelector("[data-filing]")`)
	require.LessOrEqual(t, js[int](t, ctx, "document.documentElement.scrollWidth"), 390)
	shoot(t, ctx, "status-write-zh-CN")
}
