package consolefn_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/store"
)

func (w *world) notice(agent string, at time.Time) string {
	id := tell.ID(at, agent)
	var tx store.Tx
	tx.PutNotice(store.Row[desk.Notice]{Value: desk.Notice{
		ID: id, Agent: agent, Kind: "reply", At: at, Ticket: "7K3Q9W", What: desk.Decision{Code: "notice.reply"},
	}})
	require.NoError(w.t, w.desk.Store.Commit(w.t.Context(), &tx))
	return id
}

// An agent sees their own notices and how many are new on every page, and marks as read
// what they saw and nothing that came since.
func TestNotices(t *testing.T) {
	w := newWorld(t).signIn()
	require.Contains(t, w.page("/console/notices"), "No notices yet")
	var tx store.Tx
	tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: "7K3Q9W", Subject: "<b>parcel</b>", Status: desk.StatusOpen, Team: "service"}})
	require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
	require.NotContains(t, w.page("/console"), `aria-label="unread"`)
	w.notice("somebody", w.now)
	for i := range 3 {
		w.notice("lin", w.now.Add(time.Duration(i-3)*time.Minute))
	}
	require.Contains(t, w.page("/console"), `aria-label="unread">3<`)
	page := w.page("/console/notices")
	for _, s := range []string{"DH-7K3Q-9W", "the customer has written again", "&lt;b&gt;parcel", "Mark all read"} {
		require.Contains(t, page, s)
	}
	require.Equal(t, 3, strings.Count(page, "DH-7K3Q-9W</a>"))
	require.Contains(t, w.page("/console/notices", "Accept-Language", "zh-CN"), "客户有新回复")

	form := url.Values{"csrf": {field(t, page, "csrf")}, "until": {field(t, page, "until")}}
	w.notice("lin", w.now)
	require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/notices/read", form).StatusCode)
	require.Contains(t, w.page("/console"), `aria-label="unread">1<`, "what came since is still new")
	form.Set("until", "zzz")
	require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/notices/read", form).StatusCode)
	require.Contains(t, w.page("/console"), `aria-label="unread">1<`, "no such notice")

	read := w.counted()
	w.page("/console/notices")
	for key, n := range read.of {
		require.Equal(t, 1, n, key)
	}
	w.s.Agents[0].Teams = []string{"repairs"}
	require.NotContains(t, w.page("/console/notices"), "parcel", "of a ticket that is another team's by now")
	w.s.Agents[0].Teams = nil
	require.Contains(t, w.page("/console/notices"), "parcel")

	w.s.Agents[0].Role = "lead"
	w.s.Notify.Robots = []config.Robot{{Name: "ops", Kind: config.WeCom}}
	require.Contains(t, w.page("/console/deliveries"), "robot:ops")
	for i := range 12 {
		w.notice("lin", w.now.Add(time.Duration(i+1)*time.Second))
	}
	require.Contains(t, w.page("/console"), `aria-label="unread">9&#43;<`)
}

// A notice and the journal name colleagues, not their ids.
func TestNamesForIDs(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "hello")
	var tx store.Tx
	tx.PutNotice(store.Row[desk.Notice]{Value: desk.Notice{
		ID: tell.ID(w.now, "lin"), Agent: "lin", Kind: "recovery", At: w.now, Ticket: id,
		What: desk.Decision{Code: "recovery.opened", Args: map[string]string{"owner": "amy", "at": "2026-11-23T01:00:00Z"}},
	}})
	row := store.Row[desk.Message]{Value: desk.Message{ID: desk.NewMessageID(w.now, "j"), Ticket: id, Kind: desk.Journal, At: w.now,
		Decisions: []desk.Decision{{Code: "assign.by_strategy", Args: map[string]string{"to": "lin", "strategy": "round_robin"}}}}}
	tx.PutMessage(row)
	require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
	page := w.page("/console/notices?lang=zh-CN")
	require.Contains(t, page, "2026年11月23日 09:00，负责人：Amy")
	require.Contains(t, w.page("/console/tickets/"+id.Number()+"?lang=zh-CN"), "自动分配给Lin（轮流分配）")
}
