package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/browser"
	"github.com/deskhook/deskhook/infra/local/browser/browsertest"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	edit "github.com/deskhook/deskhook/shared/settings"
	"github.com/deskhook/deskhook/shared/store"
)

const deskYAML = `desk:
  name: {en: Spruce Store, zh-CN: 云杉商店}
  language: en
  time_zone: Asia/Shanghai
teams:
  - {id: service, name: {en: Service, zh-CN: 客服组}}
agents:
  - {id: lin, name: 林小雨, role: admin, teams: [service]}
`

// operating is a scene with an admin, dead letters and settings.
func operating(t *testing.T) (*scene, *browsertest.Tab) {
	b := browsertest.Open(t, browser.Wide)
	c := newScene(t)
	c.fill()
	c.s.Agents[0].Role = "admin"
	for i, q := range []queue.Name{queue.Inbound, queue.Inbound, queue.Outbound} {
		at := time.Now().UTC().Add(-time.Duration(9-i) * time.Minute).Truncate(time.Millisecond)
		e := channel.Envelope{Channel: desk.SMS, Account: "main", Order: "+4915", Dedup: fmt.Sprint(i), At: at, Body: []byte("Body=Where+is+it%3F")}
		body, err := receive.Encode(e)
		require.NoError(t, err)
		d := store.DeadLetter{Queue: q, Message: fmt.Sprintf("2f1c-%d", i), Sent: at, Found: at.Add(time.Minute), Tries: 30, Body: body, Size: len(body), About: store.DeadAbout{Kind: "nudge", Ticket: c.first}}
		if q.FIFO() {
			d.Group, d.About = receive.Group(e), store.DeadAbout{Kind: "message", Channel: desk.SMS, Account: "main"}
		}
		d.ID = store.DeadLetterID(q, d.Group, at, fmt.Sprint(i), d.Message)
		var tx store.Tx
		tx.PutDeadLetter(store.Row[store.DeadLetter]{Value: d})
		require.NoError(t, c.desk.Store.Commit(t.Context(), &tx))
	}
	_, err := edit.Desk{Store: c.desk.Store}.Put(t.Context(), edit.Act{By: desk.Actor{ID: "lin", Name: "林小雨"}, At: time.Now().UTC()}, 0, edit.Draft{Text: deskYAML})
	require.NoError(t, err)
	require.NoError(t, b.SignIn(c.base, "lin", "local"))
	return c, b
}

// A dead letter is read, tried again and gone from the list; on a wide screen in Chinese,
// on a phone in English.
func TestDeadLettersInABrowser(t *testing.T) {
	c, b := operating(t)
	for i, show := range []struct {
		lang   string
		screen browser.Screen
	}{{"zh-CN", browser.Wide}, {"en", browser.Phone}} {
		b.Show(show.screen)
		list := browser.In(c.base+"/console/dead-letters?queue=inbound.fifo", show.lang)
		b.Open(list)
		b.Fits(show.screen, "dead letters")
		b.Keep("dead-letters-" + show.lang)
		require.Equal(t, 2-i, browsertest.JS[int](b, `document.querySelectorAll(".rows > li").length`))
		b.Click(".rows > li:first-child > a")
		b.Until(`document.querySelector("pre") && document.querySelector("pre").textContent.includes("Where+is+it")`)
		b.Fits(show.screen, "a dead letter")
		b.Click(`form[action$="/redrive"] button`)
		b.Until(fmt.Sprintf(`location.pathname === "/console/dead-letters" && document.querySelectorAll(".rows > li").length === %d`, 1-i))
	}
	require.Empty(t, b.Complaints())
}

// Line numbers follow what is typed; a fault leads to its line; what changes is shown, put,
// and kept as a version.
func TestSettingsInABrowser(t *testing.T) {
	c, b := operating(t)
	b.Open(browser.In(c.base+"/console/settings", "en"))
	const lines = `document.querySelectorAll(".editor li").length`
	before := browsertest.JS[int](b, lines)
	b.Say(`(() => { const e = document.getElementById("text"); e.value = e.value.replace("time_zone", "time_zon") + "# one\n# two\n"; e.dispatchEvent(new Event("input", {bubbles: true})); })()`)
	require.Equal(t, before+2, browsertest.JS[int](b, lines))
	b.Click(`form[action="/console/settings/check"] button[type=submit]`)
	b.Until(`document.querySelector(".editor li.bad")?.textContent === "4"`)
	b.Keep("settings-fault")
	b.Say(`(() => { const e = document.getElementById("text"); e.value = e.value.replace("time_zon:", "time_zone:"); e.dispatchEvent(new Event("input", {bubbles: true})); })()`)
	b.Click(`form[action="/console/settings/check"] button[type=submit]`)
	b.Until(`document.querySelector(".diff .add")?.textContent === "+# one"`)
	b.Show(browser.Phone)
	b.Fits(browser.Phone, "settings with what they change")
	b.Keep("settings-diff")
	b.Click(`form[action="/console/settings"] button[type=submit]`)
	b.Until(`document.querySelector("[role=status]") && location.search.includes("put=2")`)
	require.Contains(t, browsertest.Run(b, chromedp.Value(chromedp.CSS("#text"))), "# two")
	require.Empty(t, b.Complaints())
}
