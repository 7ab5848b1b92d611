package relayfn_test

import (
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/relay/relayfn"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/policy/notify"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/work"
)

// happenings gives what relay asks jobs to tell people of the desk.
func happenings(t *testing.T, s config.Settings, writes ...func(*store.Tx)) []notify.Happening {
	changes := written(t, writes...)
	q := &told{sent: map[queue.Name][]string{}}
	h := &relayfn.Handler{Queue: q, Settings: settings(s), Log: slog.New(slog.DiscardHandler)}
	_, err := h.Handle(t.Context(), lambdaevent.StreamEvent(changes...))
	require.NoError(t, err)
	var out []notify.Happening
	for _, b := range q.sent[queue.Jobs] {
		var job work.Job
		require.NoError(t, json.Unmarshal([]byte(b), &job))
		require.Equal(t, work.JobNotice, job.Kind)
		var hp notify.Happening
		require.NoError(t, json.Unmarshal(job.Doc, &hp))
		out = append(out, hp)
	}
	return out
}

// A customer's answer becomes a job where somebody has the ticket, and none where the
// batch shows that nobody would be told.
func TestNoticesAreJobs(t *testing.T) {
	opened := time.Now().Add(-time.Hour)
	ticket := desk.Ticket{ID: "AAAAAA", Status: desk.StatusOpen, Team: "support", Opened: opened, Assignee: "amy"}
	nobody := ticket
	nobody.Assignee = ""
	reply := func(tx *store.Tx) {
		tx.PutMessage(store.Row[desk.Message]{Value: desk.Message{ID: "1", Ticket: "AAAAAA", Kind: desk.FromCustomer}})
	}
	put := func(v desk.Ticket) func(*store.Tx) {
		return func(tx *store.Tx) { tx.PutTicket(store.Row[desk.Ticket]{Value: v}) }
	}
	s := config.Settings{Agents: []config.Agent{{ID: "amy", Role: "agent"}}}
	got := happenings(t, s, reply, put(ticket))
	require.Len(t, got, 1)
	require.Equal(t, notify.Reply, got[0].Kind)
	require.Equal(t, desk.TicketID("AAAAAA"), got[0].Ticket)
	require.Len(t, happenings(t, s, reply), 1, "whose it is, jobs looks up")
	require.Empty(t, happenings(t, s, reply, put(nobody)))
	s.Notify.Robots = []config.Robot{{Name: "ops", Kind: config.Slack, Kinds: []notify.Kind{notify.Reply}}}
	require.Len(t, happenings(t, s, reply, put(nobody)), 1)
}

// A subscription that gave up is told of once, when it does.
func TestOffIsTold(t *testing.T) {
	off := desk.HookStanding{Hook: "erp", Disabled: true, Why: "hook.off_failing", At: time.Now(), By: desk.Actor{Kind: desk.ByDesk}}
	hand := desk.HookStanding{Hook: "crm", Disabled: true, Why: "hook.off_by_hand", At: time.Now(), By: desk.Actor{Kind: desk.ByAgent, ID: "li"}}
	got := happenings(t, config.Settings{},
		func(tx *store.Tx) { tx.PutHookStanding(store.Row[desk.HookStanding]{Value: off}) },
		func(tx *store.Tx) { tx.PutHookStanding(store.Row[desk.HookStanding]{Value: off, Version: 1}) },
		func(tx *store.Tx) { tx.PutHookStanding(store.Row[desk.HookStanding]{Value: hand}) },
	)
	require.Len(t, got, 1)
	require.Equal(t, notify.HookOff, got[0].Kind)
	require.Equal(t, "erp", got[0].What.Args["hook"])
}
