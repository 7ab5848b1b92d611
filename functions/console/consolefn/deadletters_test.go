package consolefn_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
)

func (w *world) dies(q queue.Name, group, body string, n int) store.DeadLetter {
	w.t.Helper()
	d := store.DeadLetter{
		ID: store.DeadLetterID(q, group, w.now, fmt.Sprint(n), fmt.Sprintf("m-%d", n)), Queue: q, Group: group, Message: fmt.Sprintf("m-%d", n),
		Sent: w.now, Found: w.now, About: store.DeadAbout{Kind: "message", Channel: desk.SMS, Account: "main", Ticket: "7K3Q9W"}, Body: body, Size: len(body),
	}
	var tx store.Tx
	tx.PutDeadLetter(store.Row[store.DeadLetter]{Value: d})
	require.NoError(w.t, w.desk.Store.Commit(w.t.Context(), &tx))
	return d
}

// An admin sees what was given up, reads it, tries it again or drops it; nobody else sees
// that there is such a page.
func TestDeadLetters(t *testing.T) {
	w := newWorld(t).signIn()
	for _, role := range []string{"agent", "lead"} {
		w.s.Agents[0].Role = role
		require.Equal(t, http.StatusForbidden, w.do("GET", "/console/dead-letters", nil).StatusCode)
		require.NotContains(t, w.page("/console"), "/console/dead-letters")
	}
	w.s.Agents[0].Role = "admin"
	empty := w.page("/console/dead-letters")
	require.Contains(t, empty, "No dead letters")
	require.NotContains(t, empty, "Try all again")

	envelope, err := receive.Encode(channel.Envelope{Channel: desk.SMS, Account: "main", Order: "+1", Dedup: "SM1", Body: []byte("Body=<b>hello")})
	require.NoError(t, err)
	one, two := w.dies(queue.Inbound, "g", envelope, 1), w.dies(queue.Inbound, "g", envelope, 2)
	page := w.page("/console/dead-letters")
	for _, s := range []string{"Received <span class=\"count-badge\">2</span>", "SMS", "DH-7K3Q-9W", "the log of <code>tickets</code>", "m-1", "Behind an older one", "Try all again"} {
		require.Contains(t, page, s)
	}
	require.NotContains(t, page, "hello")
	require.Contains(t, w.page("/console/dead-letters", "Accept-Language", "zh-CN"), "原因见函数日志")
	at := func(d store.DeadLetter) string { return "/console/dead-letters/inbound.fifo/letters/" + d.ID }
	detail := w.page(at(one))
	require.Contains(t, detail, "Body=&lt;b&gt;hello")

	form := url.Values{"csrf": {field(t, page, "csrf")}}
	resp := w.do("POST", at(two)+"/redrive", form, "Accept-Language", "zh-CN")
	require.Equal(t, http.StatusConflict, resp.StatusCode)
	require.Contains(t, body(t, resp), "同一发件人还有更早的一项")
	require.Equal(t, http.StatusSeeOther, w.do("POST", at(one)+"/redrive", form).StatusCode)
	require.Equal(t, http.StatusSeeOther, w.do("POST", at(two)+"/drop", form).StatusCode)
	done := w.page("/console/dead-letters?queue=inbound.fifo&state=done")
	require.Contains(t, done, "redriven")
	require.Contains(t, done, "dropped")
	require.NotContains(t, w.page(at(two)), "hello")

	late := w.dies(queue.Jobs, "", `{"kind":"hook"}`, 4)
	row, err := w.desk.Store.DeadLetter(t.Context(), queue.Jobs, late.ID)
	require.NoError(t, err)
	row.Value.About, row.Value.Sent = store.DeadAbout{Kind: "hook"}, w.now.AddDate(0, 0, -30)
	var tx store.Tx
	tx.PutDeadLetter(row)
	require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
	for _, path := range []string{"/console/dead-letters?queue=jobs", "/console/dead-letters/jobs/letters/" + late.ID} {
		require.NotContains(t, w.page(path), "Try ")
		require.Contains(t, w.page(path), "it is older than 29 days")
		require.Contains(t, w.page(path, "Accept-Language", "zh-CN"), "重试会重复通知")
	}
	require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/dead-letters/jobs/letters/"+late.ID+"/drop", form).StatusCode)
	w.dies(queue.Outbound, "", `{"ticket":"7K3Q9W"}`, 3)
	require.Contains(t, w.page("/console/dead-letters"), "Nudges", "the first queue that has some is shown")
	require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/dead-letters/outbound/redrive", form).StatusCode)
	require.Contains(t, w.page("/console/dead-letters?queue=outbound"), "No dead letters")
	for _, path := range []string{"/console/dead-letters/nowhere/letters/x", "/console/dead-letters/jobs/letters/x"} {
		require.Equal(t, http.StatusNotFound, w.do("GET", path, nil).StatusCode)
	}
	require.Equal(t, http.StatusNotFound, w.do("POST", "/console/dead-letters/nowhere/redrive", form).StatusCode)
	w.s.Agents[0].Role = "lead"
	require.Equal(t, http.StatusForbidden, w.do("POST", "/console/dead-letters/outbound/redrive", form).StatusCode)
	require.Equal(t, http.StatusForbidden, w.do("POST", at(one)+"/drop", form).StatusCode)
}
