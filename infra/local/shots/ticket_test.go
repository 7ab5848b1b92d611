package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/browser"
	"github.com/deskhook/deskhook/infra/local/browser/browsertest"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// atWork is a browser signed in to a desk with some life in it, and the page of its first
// ticket.
func atWork(t *testing.T) (*scene, *browsertest.Tab, string) {
	b := browsertest.Open(t, browser.Wide)
	c := newScene(t)
	c.fill()
	require.NoError(t, b.SignIn(c.base, "lin", "local"))
	return c, b, c.base + "/console/tickets/" + c.first.Number()
}

// press presses a key where the focus is. The event is the page's own: DevTools would send
// the letter to what has the focus afterwards, which no keyboard does.
func press(b *browsertest.Tab, key string) {
	b.Say(fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: %q, bubbles: true, cancelable: true}))`, key))
}

const focused = `document.activeElement.id`

// Each key does what the help says, none while somebody types, none once switched off.
func TestShortcuts(t *testing.T) {
	c, b, page := atWork(t)
	b.Open(c.base + "/console?lang=en")
	press(b, "j")
	press(b, "j")
	press(b, "k")
	require.True(t, browsertest.JS[bool](b, `document.activeElement === document.querySelector("tr[data-id] .what a")`))
	b.Open(page)
	for key, id := range map[string]string{"n": "note", "r": "reply", "a": "assignee", "p": "priority", "s": "status", "t": "tags", "/": "search"} {
		press(b, key)
		b.Until(focused + ` === "` + id + `"`)
		press(b, "Escape")
		b.Until(focused + ` === ""`)
	}
	press(b, "r")
	b.Type("#reply", "not a job?")
	require.Equal(t, "not a job?", browsertest.Run(b, chromedp.Value(chromedp.CSS("#reply"))))
	press(b, "Escape")
	press(b, "?")
	b.Until(`document.getElementById("keys").open`)
	b.Keep("shortcuts")
	b.Click("#keys-on")
	b.Click("#keys form button")
	press(b, "n")
	require.NotEqual(t, "note", browsertest.JS[string](b, focused), "they are off")
	b.Click("button.keys")
	b.Click("#keys-on")
	b.Click("#keys form button")
	press(b, "u")
	b.Until(`location.pathname === "/console"`)
	for _, from := range []string{"/console?view=mine", "/console/search?q=" + c.first.Number()[:4], "/console/recoveries"} {
		b.Open(c.base + from)
		b.Open(page)
		b.Open(page)
		press(b, "u")
		b.Until(`location.pathname + location.search === "` + from + `"`)
	}
	require.Empty(t, b.Complaints())
}

// Where the browser bars its store, pages show news and take answers all the same.
func TestBarredStore(t *testing.T) {
	c, b, page := atWork(t)
	const bar = `for (const kind of ["localStorage", "sessionStorage"]) Object.defineProperty(window, kind, {get() { throw new DOMException("barred", "SecurityError"); }})`
	_, err := chromedp.Call(b.Ctx, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: bar})
	require.NoError(t, err)
	b.Open(page + "?lang=en")
	b.Type("#reply", "Sent all the same")
	b.Click("form.reply button[type=submit]")
	b.Until(`[...document.querySelectorAll(".timeline .out")].some((e) => e.textContent.includes("Sent all the same"))`)
	_, err = c.desk.Note(t.Context(), amy(), c.first, "It comes by itself")
	require.NoError(t, err)
	b.Until(`document.querySelector(".timeline .fresh")?.textContent.includes("It comes by itself")`)
	require.Empty(t, b.Complaints())
}

// News leaves the choices alone that the agent is making, and no others.
func TestNewsLeavesChoicesAlone(t *testing.T) {
	c, b, page := atWork(t)
	value := func(id string) string { return browsertest.JS[string](b, `document.getElementById("`+id+`").value`) }
	b.Open(page + "?lang=en")
	b.Say(`document.getElementById("status").value = "snoozed"`)
	b.Say(`document.getElementById("until").focus()`)
	require.NoError(t, c.desk.SetPriority(t.Context(), amy(), c.first, desk.Urgent))
	b.Until(`document.getElementById("priority").value === "urgent"`)
	b.Say(`document.activeElement.blur()`)
	require.NoError(t, c.desk.SetPriority(t.Context(), amy(), c.first, desk.Low))
	b.Until(`document.getElementById("priority").value === "low"`)
	require.Equal(t, "snoozed", value("status"))
	require.Empty(t, b.Complaints())
}

// What is being written outlives a reload, is marked in the list, and is gone once sent,
// thrown away or signed out; other forms are asked about before they are left.
func TestDrafts(t *testing.T) {
	c, b, page := atWork(t)
	value := func() string { return browsertest.Run(b, chromedp.Value(chromedp.CSS("#reply"))) }
	kept := func() int {
		return browsertest.JS[int](b, `Object.keys(localStorage).filter((k) => k.startsWith("draft:")).length`)
	}
	b.Open(page + "?lang=en")
	b.Type("#reply", "Half an answer")
	b.Open(c.base + "/console")
	b.Until(fmt.Sprintf(`document.querySelector('tr[data-id="%s"] .has-draft')`, c.first.Number()))
	b.Open(page)
	require.Equal(t, "Half an answer", value())
	b.Keep("draft")
	zone := c.s.Desk.Location()
	require.Contains(t, []string{"Your draft of " + time.Now().In(zone).Format("15:04") + " is back ", "Your draft of " + time.Now().In(zone).Add(-time.Minute).Format("15:04") + " is back "},
		browsertest.JS[string](b, `document.querySelector(".draft").firstChild.textContent`), "as the page has times")
	b.Say(fmt.Sprintf(`localStorage.setItem("draft:lin:%s:reply", JSON.stringify({text: "Half an answer", at: Date.now() - 3 * 24 * 3600e3}))`, c.first.Number()))
	b.Say(`document.getElementById("reply").form.dataset.sent = "1"`)
	b.Open(page)
	require.Contains(t, browsertest.JS[string](b, `document.querySelector(".draft").textContent`), time.Now().In(zone).AddDate(0, 0, -3).Format("2 Jan "))
	b.Click(".draft button")
	require.Empty(t, value())
	b.Open(page)
	require.Empty(t, value(), "it was thrown away")

	b.Type("#reply", "A whole answer")
	b.Click("form.reply button[type=submit]")
	b.Until(`document.getElementById("reply")?.value === "" && [...document.querySelectorAll(".timeline .out")].some((e) => e.textContent.includes("A whole answer"))`)
	require.Zero(t, kept())
	require.Empty(t, browsertest.JS[string](b, "location.hash"))

	b.Type("#reply", "Another answer")
	b.Open(c.base + "/console")
	rows, _, err := c.desk.Store.Messages(t.Context(), c.first, "", 100, true)
	require.NoError(t, err)
	sent := string(rows[slices.IndexFunc(rows, func(r store.Row[desk.Message]) bool { return r.Value.Text == "A whole answer" })].Value.ID)
	b.Open(page + "#" + sent)
	require.Equal(t, "Another answer", value(), "a link to what was sent before")
	b.Open(page)
	require.Equal(t, "Another answer", value())
	b.Click(".draft button")

	b.Say(fmt.Sprintf(`localStorage.setItem("draft:lin:%s:reply", JSON.stringify({text: "old", at: Date.now() - 8 * 24 * 3600e3}))`, c.first.Number()))
	b.Open(page)
	require.Empty(t, value(), "a week is over")
	b.Type("#tags", "half")
	require.True(t, browsertest.JS[bool](b, `!dispatchEvent(new Event("beforeunload", {cancelable: true}))`), "it asks before it is left")
	b.Say(`document.getElementById("tags").value = ""`)
	b.Click("label[for=mode-note]")
	b.Type("#note", "between us")
	require.True(t, browsertest.JS[bool](b, `dispatchEvent(new Event("beforeunload", {cancelable: true}))`), "kept, so it doesn't ask")
	b.Click("form[action='/console/logout'] button")
	b.Until(`location.pathname === "/console/login"`)
	require.Zero(t, kept(), "nothing of a customer's stays on the machine")
}

func amy() ticketing.Act {
	return ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}, At: time.Now().UTC()}
}

// Who answers meanwhile is named at once, and before sending the desk asks; who writes is
// seen; the time spent is noted when the page is left.
func TestTwoAgentsAtOneTicket(t *testing.T) {
	c, b, page := atWork(t)
	b.Open(page + "?lang=en")
	require.NoError(t, c.desk.Writing(t.Context(), amy(), c.first))
	b.Until(`document.querySelector(".writing")?.textContent.includes("Amy")`)
	b.Type("#reply", "Mine")
	require.Eventually(t, func() bool {
		row, err := c.desk.Store.Writing(t.Context(), c.first)
		require.NoError(t, err)
		return !row.Value.Until["lin"].IsZero()
	}, 10*time.Second, 50*time.Millisecond)
	_, err := c.desk.Reply(t.Context(), amy(), c.first, ticketing.Reply{Text: "Amy's answer"})
	require.NoError(t, err)
	b.Until(`document.querySelector(".meanwhile")?.textContent.includes("Amy")`)
	b.Keep("meanwhile")
	b.Until(`Number(document.getElementById("timer").textContent.split(":")[1]) > 0`)
	b.Click("form.reply button[type=submit]")
	b.Until(`document.querySelector("main form textarea")?.value === "Mine" && document.body.textContent.includes("Amy's answer")`)
	b.Keep("answered")
	b.Click("main form button")
	b.Until(`[...document.querySelectorAll(".timeline .out")].some((e) => e.textContent.includes("Mine"))`)
	require.Empty(t, browsertest.Run(b, chromedp.Value(chromedp.CSS("#reply"))), "the draft is sent")
	sums, err := c.desk.Store.Spent(t.Context(), c.first)
	require.NoError(t, err)
	require.Positive(t, sums["lin"])
	require.Empty(t, b.Complaints())
}

// What was taken back stands in the box again, before what was being written meanwhile.
func TestUndoInABrowser(t *testing.T) {
	c, b, page := atWork(t)
	c.s.Tickets.UndoSend = config.Duration(10 * time.Minute)
	b.Open(page + "?lang=en")
	b.Type("#reply", "Too soon")
	b.Click("form.reply button[type=submit]")
	b.Until(`document.querySelector("time[data-until]")?.textContent.includes(" s)")`)
	b.Keep("undo")
	b.Type("#reply", "Half of the next")
	b.Click("form[action$='/undo'] button")
	b.Until(`location.search.includes("undone")`)
	b.Until(`document.getElementById("reply")?.value === "Too soon\n\nHalf of the next"`)
	b.Open(c.base + "/console")
	b.Open(page)
	require.Equal(t, "Too soon\n\nHalf of the next", browsertest.Run(b, chromedp.Value(chromedp.CSS("#reply"))))
	require.Empty(t, b.Complaints())
}

// How an answer would go is told under it, and no longer than it stands as it was.
func TestPreviewInABrowser(t *testing.T) {
	_, b, page := atWork(t)
	told := func() string { return browsertest.JS[string](b, `document.querySelector(".preview").textContent`) }
	b.Open(page + "?lang=en")
	b.Type("#reply", "On its way")
	b.Click("[data-preview]")
	b.Until(`document.querySelector(".preview").textContent.includes("By WeChat to")`)
	b.Keep("preview")
	b.Show(browser.Phone)
	b.Fits(browser.Phone, "the preview")
	b.Keep("preview-phone")
	b.Show(browser.Wide)
	b.Type("#reply", "!")
	require.Empty(t, told())
	b.Say(`document.getElementById("reply").value = "  "`)
	b.Click("[data-preview]")
	b.Until(`document.querySelector(".preview .notice")`)
	require.Empty(t, browsertest.JS[string](b, `sessionStorage.getItem("sending") ?? ""`), "nothing was sent")
	b.Say(`document.getElementById("reply").value = "On its way"`)
	b.Click("form.reply button[type=submit]:not([data-preview])")
	b.Until(`[...document.querySelectorAll(".timeline .out")].some((e) => e.textContent.includes("On its way"))`)
}

// A label and its field stay on one line, within their panel, however wide the page is.
func TestLabelsKeepTheirFields(t *testing.T) {
	c, b, _ := atWork(t)
	for _, page := range []string{"/console/exports?lang=en", "/console/exports?lang=zh-CN", "/console/search?lang=en&q=lamp"} {
		for _, width := range []int64{320, 390, 700, 900, 1280} {
			b.Show(browser.Screen{Width: width, Height: 900})
			b.Open(c.base + page)
			require.Zero(t, browsertest.JS[int](b, `[...document.querySelectorAll("form.dates label:not(.offscreen)")].filter((l) => {
				const at = l.getBoundingClientRect(), field = document.getElementById(l.htmlFor).getBoundingClientRect();
				const panel = l.closest(".panel").getBoundingClientRect();
				return at.bottom <= field.top || at.top >= field.bottom || field.right > panel.right - 10;
			}).length`), "%s at %d", page, width)
		}
	}
}

// With the arrow keys a choice is tried, and saved by Enter or by leaving the field; Escape
// takes it back. The focus stays where the agent was.
func TestChoicesByKeys(t *testing.T) {
	c, b, page := atWork(t)
	stands := func() desk.Priority {
		row, err := c.desk.Store.Ticket(t.Context(), c.first)
		require.NoError(t, err)
		return row.Value.Priority
	}
	down := func() { b.Do(chromedp.KeyEvent(kb.ArrowDown)) }
	b.Open(page + "?lang=en")
	require.NoError(t, c.desk.SetPriority(t.Context(), amy(), c.first, desk.Low))
	b.Open(page)
	press(b, "p")
	down()
	down()
	b.Until(`document.getElementById("priority").value === "high"`)
	require.Equal(t, desk.Low, stands(), "nothing is saved on the way")
	b.Do(chromedp.KeyEvent(kb.Escape))
	b.Until(`document.getElementById("priority").value === "low" && ` + focused + ` === ""`)

	press(b, "p")
	down()
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.Until(`document.querySelector(".head").dataset.priority === "normal" && ` + focused + ` === "priority"`)
	require.Equal(t, desk.Normal, stands())

	down()
	b.Until(`document.getElementById("priority").value === "high"`)
	b.Do(chromedp.KeyEvent(kb.Tab))
	b.Until(focused + ` === "status" && document.querySelector(".head").dataset.priority === "high"`)
	require.Equal(t, desk.High, stands())
	b.Say(`(() => {
		const e = document.getElementById("priority");
		dispatchEvent(new Event("pointerdown"));
		e.value = "urgent";
		e.dispatchEvent(new Event("change", {bubbles: true}));
	})()`)
	b.Until(`document.querySelector(".head").dataset.priority === "urgent"`)
	require.Empty(t, b.Complaints())

	b.Open(c.base + "/console/figures?lang=en")
	b.Say(`document.getElementById("of").focus()`)
	down()
	chosen := browsertest.JS[string](b, `document.getElementById("of").value`)
	b.Do(chromedp.KeyEvent(kb.Tab))
	b.Until(focused + ` === "from"`)
	require.Equal(t, chosen, browsertest.JS[string](b, `document.getElementById("of").value`), "a form that only asks waits for its button")
	require.Empty(t, b.Complaints())

	b.Open(page + "?lang=en")
	b.Say(`window.fetch = () => Promise.reject(new Error("no line"))`)
	press(b, "p")
	b.Do(chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(kb.Tab))
	b.Until(`document.querySelector("[data-what=failed]")?.textContent.includes("not saved")`)
	require.Equal(t, "urgent", browsertest.JS[string](b, `document.getElementById("priority").value`), "what stands is shown")
	b.Open(page)
	b.Say(`fetch("/console/logout", {method: "POST", redirect: "manual"}).then(() => post("/console/presence", new URLSearchParams())).then((a) => sessionStorage.setItem("over", a.status))`)
	b.Until(`sessionStorage.getItem("over") === "401" && location.pathname === "/console/login"`)
}

// Less than a minute is no number of minutes.
func TestJustNow(t *testing.T) {
	c, b, _ := atWork(t)
	for lang, want := range map[string]string{"en": "just now|just now|in 1 min.|2 min. ago", "zh-CN": "刚刚|刚刚|1分钟后|2分钟前"} {
		b.Open(c.base + "/console?lang=" + lang)
		b.Say(`(() => {
			const at = (s) => new Date(Date.now() + 1e3 * s).toISOString();
			document.body.innerHTML = ` + "`" + `<time data-since="long" datetime="${at(-20)}"></time><time data-since datetime="${at(5)}"></time><i class="due"><time data-since datetime="${at(50)}"></time></i><time data-since datetime="${at(-110)}"></time>` + "`" + `;
			since();
		})()`)
		require.Equal(t, want, browsertest.JS[string](b, `[...document.querySelectorAll("time")].map((e) => e.textContent).join("|")`))
	}
}

// Whatever is folded out, the answer's buttons can be pressed and the page is no wider than
// the screen; the aside stays clear of the header.
func TestTicketFoldedOut(t *testing.T) {
	c, b, page := atWork(t)
	c.s.Canned = []config.Canned{{ID: "long", Name: config.Text{"zh-CN": "换货", "en": "Exchange"}, Text: config.Text{"zh-CN": strings.Repeat("请把旧的寄回来，", 40), "en": strings.Repeat("Please send the old one back; ", 40)}}}
	for _, screen := range []browser.Screen{browser.Wide, browser.Phone} {
		b.Show(screen)
		b.Open(page + "?lang=en")
		require.Regexp(t, `^Customer waits · \d+ (min|hr)$`, strings.TrimSpace(browsertest.JS[string](b, `document.querySelector(".head .badge.high:has(time)").textContent`)))
		b.Say(`document.querySelectorAll("details").forEach((d) => (d.open = true))`)
		b.Fits(screen, "the ticket folded out")
		for _, button := range []string{"form.reply button:not([data-preview]):not([data-clear])", "[data-preview]"} {
			require.True(t, browsertest.JS[bool](b, fmt.Sprintf(`(() => {
				const e = document.querySelector(%q);
				e.scrollIntoView({block: "center"});
				const at = e.getBoundingClientRect();
				return e === document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2);
			})()`, button)), button)
		}
		b.Say(`document.getElementById("reply").value = "Hello,"`)
		b.Say(`document.getElementById("reply").setSelectionRange(6, 6)`)
		b.Click("a[data-insert]")
		require.Contains(t, browsertest.JS[string](b, `document.getElementById("reply").value`), "Hello,\n请把旧的", "on a line of its own")
		b.Say(`document.getElementById("reply").value = ""`)
		if screen == browser.Wide {
			b.Until(`parseFloat(getComputedStyle(document.querySelector(".right")).top) > document.querySelector(".top").offsetHeight`)
		}
	}
	require.Empty(t, b.Complaints())
}
