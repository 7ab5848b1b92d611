package jobsfn_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/assign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
	"github.com/deskhook/deskhook/shared/work"
)

// An agent is given what waits, looked at once more for what the index had not shown
// yet; what they leave goes back where the settings say so; a shift ends.
func TestAtWork(t *testing.T) {
	b := newBench(t)
	s := &config.Settings{
		Desk: config.Desk{Team: "support", TimeZone: "UTC"}, Teams: []config.Team{{ID: "support", Assign: assign.LeastLoaded}},
		Agents:  []config.Agent{{ID: "amy", Teams: []string{"support"}, Capacity: 3}},
		Routing: config.Routing{OnLeave: config.LeaveReturn},
	}
	b.h.Desk = &ticketing.Desk{Store: b.rows, Settings: func(context.Context) (*config.Settings, error) { return s, nil }}
	put := func(id desk.TicketID) {
		var tx store.Tx
		tx.PutTicket(store.Row[desk.Ticket]{Value: desk.Ticket{ID: id, Team: "support", Status: desk.StatusOpen, Opened: b.now, WaitingSince: b.now}})
		require.NoError(t, b.rows.Commit(t.Context(), &tx))
	}
	at := func() desk.Presence {
		rows, err := b.rows.Presences(t.Context(), "amy")
		require.NoError(t, err)
		return rows[0].Value
	}
	on := func(state desk.PresenceState) {
		require.NoError(t, b.h.Desk.SetPresence(t.Context(), ticketing.Act{At: b.now}, "amy", state))
	}
	run := func(kind, doc string) {
		body, err := json.Marshal(work.Job{Kind: kind, Doc: json.RawMessage(doc)})
		require.NoError(t, err)
		resp, err := b.h.Handle(t.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: string(body), ReceiptHandle: "r"}}})
		require.NoError(t, err)
		require.Equal(t, doc == "{}", len(resp.BatchItemFailures) > 0)
	}
	put("T00001")
	put("T00002")
	run(work.JobFill, `{"agent":"amy"}`)
	require.Zero(t, at().Load, "away")
	on(desk.Online)
	run(work.JobFill, `{"agent":"amy"}`)
	require.Equal(t, 2, at().Load)
	require.Len(t, b.queue.sent, 1)
	require.Equal(t, `{"kind":"fill","doc":{"agent":"amy","again":true}}`, b.queue.sent[0].Body)
	require.Equal(t, time.Minute, b.queue.sent[0].Delay)
	put("T00003")
	run(work.JobFill, `{"agent":"amy","again":true}`)
	require.Equal(t, 3, at().Load)
	require.Len(t, b.queue.sent, 1, "the second look is the last")

	on(desk.Away)
	run(work.JobLeave, `{"agent":"amy"}`)
	require.Zero(t, at().Load)
	row, err := b.rows.Ticket(t.Context(), "T00001")
	require.NoError(t, err)
	require.Empty(t, row.Value.Assignee)

	s.Calendars = []config.Calendar{{ID: "day", TimeZone: "UTC", Week: []config.WeekHours{{Days: []string{"mon-sun"}, Hours: []string{"08:00-10:00"}}}}}
	s.Agents[0].Shift = "day"
	on(desk.Online)
	b.now = b.now.Add(2 * time.Hour)
	run(work.JobShift, `{"agent":"amy"}`)
	require.Equal(t, desk.Away, at().State)
	run(work.JobFill, `{}`)
}
