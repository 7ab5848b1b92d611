package consolefn_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func (w *world) someone(n int) desk.TicketID {
	w.t.Helper()
	got, err := w.desk.Receive(w.t.Context(), channel.Envelope{At: w.tick()}, desk.Inbound{
		Kind: desk.InMessage, ID: fmt.Sprint("s", n), From: desk.Address{Channel: desk.SMS, Account: "main", ID: fmt.Sprint("+86138000", n)}, Text: "hello", Lang: "en",
	})
	require.NoError(w.t, err)
	return got.Ticket
}

func (w *world) presence(agent string) desk.Presence {
	rows, err := w.desk.Store.Presences(w.t.Context(), agent)
	require.NoError(w.t, err)
	return rows[0].Value
}

// badge is the count beside a list.
func (w *world) badge(page, view string) string {
	return regexpFind(w.t, page, `data-badge="`+view+`">([^<]*)<`)
}

// An agent comes and goes with a plain form in the header, and is back where they were.
func TestPresenceSwitch(t *testing.T) {
	w := newWorld(t).signIn()
	page := w.page("/console/figures?lang=zh-CN")
	require.Contains(t, page, `value="away" aria-pressed="true">离开<`)
	form := url.Values{"csrf": {field(t, page, "csrf")}, "here": {field(t, page, "here")}, "state": {"online"}}
	resp := w.do("POST", "/console/presence", form)
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	require.Equal(t, "/console/figures?lang=zh-CN", resp.Header.Get("Location"))
	require.Equal(t, desk.Online, w.presence("lin").State)
	require.Equal(t, "lin", w.presence("lin").By.ID)
	require.Contains(t, w.page("/console?lang=en"), `value="online" aria-pressed="true">Online<`)

	form.Set("state", "asleep")
	require.Equal(t, http.StatusUnprocessableEntity, w.do("POST", "/console/presence", form).StatusCode)
	form.Set("state", "busy")
	form.Set("here", "https://evil.example")
	require.Equal(t, "/console", w.do("POST", "/console/presence", form).Header.Get("Location"))
	form.Del("csrf")
	require.Equal(t, http.StatusForbidden, w.do("POST", "/console/presence", form).StatusCode)
	require.Equal(t, desk.Busy, w.presence("lin").State)
}

// What nobody has is listed the oldest first, snoozed tickets apart, each with a count.
func TestWaitingViews(t *testing.T) {
	w := newWorld(t).signIn()
	page := w.page("/console?view=unassigned&lang=en")
	require.Contains(t, page, "Everything has an owner")
	require.Empty(t, w.badge(page, "unassigned"))

	old, young := w.someone(1), w.someone(2)
	w.now = w.now.Add(time.Minute)
	rows := w.page("/console/fragment/list?view=unassigned")
	require.Less(t, strings.Index(rows, old.Number()), strings.Index(rows, young.Number()))
	require.Contains(t, rows, `<data value="unassigned">2</data>`)

	w.post(old, "assign", "assignee", "lin")
	require.Equal(t, "1", w.badge(w.page("/console?lang=en"), "unassigned"), "at once, for who did it")
	require.Equal(t, "1", w.badge(w.page("/console?lang=en"), "mine"))
	w.post(old, "reply", "text", "Here", "then", "pending")
	require.Equal(t, "1", w.badge(w.page("/console?lang=en"), "pending"))
	w.post(young, "status", "status", "snoozed", "until", "2026-11-25T09:00")
	page = w.page("/console?view=snoozed&lang=en")
	require.Equal(t, "1", w.badge(page, "snoozed"))
	require.Contains(t, page, young.Number())
	require.NotContains(t, page, old.Number())
	require.Empty(t, w.badge(w.page("/console?team=repairs"), "snoozed"))

	for n := range 101 {
		w.someone(100 + n)
	}
	w.now = w.now.Add(time.Minute)
	page = w.page("/console?view=unassigned&lang=en")
	require.Equal(t, "99&#43;", w.badge(page, "unassigned"))
	require.Less(t, len(page), 100_000)
}

// The next deadline stands on the row and on the ticket's page: to come, near, missed.
func TestDeadlines(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.SLA = []config.SLA{{ID: "all", FirstResponse: config.Duration(time.Hour), WarnBefore: config.Duration(30 * time.Minute)}}
	id := w.someone(1)
	due := w.ticket(id).Clocks.First.Due
	at := `datetime="` + due.Format(time.RFC3339) + `"`
	row := func() string { return w.page("/console/fragment/list?view=open&lang=en") }
	require.Contains(t, row(), `<time class="" `+at)
	require.Contains(t, w.page("/console/tickets/"+id.Number()+"?lang=en"), "First response · <time "+at)

	wake := func(at time.Time) {
		w.now = at
		require.NoError(t, w.desk.FireTimers(t.Context(), id, w.now))
	}
	wake(due.Add(-20 * time.Minute))
	require.Contains(t, row(), `<time class="soon" `+at)
	page := w.page("/console?view=at_risk&lang=en")
	require.Equal(t, "1", w.badge(page, "at_risk"))
	require.Contains(t, page, id.Number())

	wake(due.Add(20 * time.Minute))
	require.Contains(t, row(), `<time class="missed" `+at)
	page = w.page("/console?view=overdue&lang=zh-CN")
	require.Equal(t, "1", w.badge(page, "overdue"))
	require.Contains(t, page, id.Number())
	require.Contains(t, w.page("/console/tickets/"+id.Number()+"?lang=zh-CN"), "首次响应已超时")

	w.post(id, "reply", "text", "Here we are", "then", "pending")
	require.NotContains(t, row(), at)
}

// A clock that was missed and stands still is no more urgent than the list of what is late
// says: that hasn't got it.
func TestPausedDeadline(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.SLA = []config.SLA{{ID: "all", Resolution: config.Duration(time.Hour)}}
	id := w.someone(1)
	w.now = w.ticket(id).Clocks.Resolution.Due.Add(time.Minute)
	require.NoError(t, w.desk.FireTimers(t.Context(), id, w.now))
	row := func() string { return w.page("/console/fragment/list?view=open&lang=en") }
	require.Contains(t, row(), `<time class="missed"`)
	w.post(id, "reply", "text", "Which size?", "then", "pending")
	require.NotContains(t, w.page("/console?view=overdue&lang=en"), id.Number())
	require.NotContains(t, row(), "missed\"")
	require.Contains(t, row(), ">paused</span>")
	require.Contains(t, w.page("/console/tickets/"+id.Number()+"?lang=zh-CN"), "曾超时，计时暂停")
}

// The board tells who is on with how much, and what waits for how long; one reading
// serves everybody for a while.
func TestBoard(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Agents[0].Teams, w.s.Agents[0].Capacity = []string{"service"}, 4
	page := w.page("/console/board?lang=en")
	require.Contains(t, page, "Nobody is at work now")
	old := w.someone(1)
	w.someone(2)
	mine := w.someone(3)
	act := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "lin"}, At: w.tick()}
	require.NoError(t, w.desk.SetPresence(t.Context(), act, "lin", desk.Online))
	require.NoError(t, w.desk.Assign(t.Context(), act, mine, "lin"))
	require.Contains(t, w.page("/console/fragment/board?lang=en"), "Nobody is at work now", "still what was read a moment ago")

	w.now = w.now.Add(time.Minute)
	part := w.page("/console/fragment/board?lang=en")
	require.Contains(t, part, ">1 / 4<")
	require.Contains(t, part, `<span class="badge online">Online</span>`)
	require.Contains(t, part, `view=unassigned">2</a>`)
	require.Contains(t, part, `href="/console/tickets/`+old.Number()+`"><time datetime="`+w.ticket(old).Opened.Format(time.RFC3339))
	require.Contains(t, part, "Away: 1")
	tag := w.do("GET", "/console/fragment/board?lang=en", nil).Header.Get("ETag")
	require.Equal(t, http.StatusNotModified, w.do("GET", "/console/fragment/board?lang=en", nil, "If-None-Match", tag).StatusCode)
}
