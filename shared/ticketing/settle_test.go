package ticketing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/ticketing"
)

func hours(n int) config.Duration { return config.Duration(time.Duration(n) * time.Hour) }

func promised(t *testing.T) *bench {
	b := newBench(t)
	b.s.SLA = []config.SLA{
		{ID: "high", When: config.SLAWhen{Priorities: []string{"high"}}, Resolution: hours(5), NextResponse: hours(1)},
		{
			ID: "rest", FirstResponse: hours(2), NextResponse: hours(2), Resolution: hours(8), WarnBefore: hours(1),
			OnBreach: config.SLABreach{Priority: "high", Tag: "overdue", Assign: "li"},
		},
	}
	return b
}

// deadlines does what the sweep of now has the desk do.
func (b *bench) deadlines() {
	for _, d := range b.sweep() {
		require.NoError(b.t, b.FireTimers(b.ctx, d.Ticket.ID, b.now))
	}
}

func (b *bench) factsOf(kind desk.FactKind) []desk.Fact {
	var out []desk.Fact
	for day := range 3 {
		err := b.Store.Facts(b.ctx, t0.AddDate(0, 0, day).Format(time.DateOnly), func(f desk.Fact) error {
			if f.Kind == kind {
				out = append(out, f)
			}
			return nil
		})
		require.NoError(b.t, err)
	}
	return out
}

func (b *bench) overdue() (overdue, atRisk []desk.TicketID) {
	page, err := b.Store.OverdueTickets(b.ctx, "support", b.now, "", 10)
	require.NoError(b.t, err)
	risk, err := b.Store.AtRiskTickets(b.ctx, "support", b.now, "", 10)
	require.NoError(b.t, err)
	return page.IDs, risk.IDs
}

// Promise 9: every deadline fires once, however often and late it is swept.
func TestDeadlineIsToldOnce(t *testing.T) {
	b := promised(t)
	id := b.receive(text("1", "hello")).Ticket
	b.pass(time.Hour)
	b.deadlines()
	b.deadlines()
	overdue, risk := b.overdue()
	require.Empty(t, overdue)
	require.Equal(t, []desk.TicketID{id}, risk)
	b.pass(time.Hour)
	for range 3 {
		b.deadlines()
		require.NoError(t, b.FireTimers(b.ctx, id, b.now)) // a repeat of the sweep's message
		b.pass(7 * time.Minute)
	}
	told := codes(b.messages(id))
	require.Equal(t, 1, strings.Count(told, "sla.warning"), told)
	require.Equal(t, 1, strings.Count(told, "sla.breached"), told)
	overdue, risk = b.overdue()
	require.Equal(t, []desk.TicketID{id}, overdue)
	require.Empty(t, risk)

	v := b.ticket(id)
	require.Equal(t, desk.High, v.Priority)
	require.Equal(t, []string{"overdue"}, v.Tags)
	require.Equal(t, "li", v.Assignee)
	require.Equal(t, "high", v.Clocks.Policy) // which promises no first response, but a sooner resolution
	require.Equal(t, t0.Add(5*time.Hour), v.Clocks.Resolution.Due)
	f := b.factsOf(desk.FactSLAMissed)
	require.Len(t, f, 1)
	require.Equal(t, desk.FirstResponse, f[0].Target)
	require.Equal(t, 2*time.Hour, f[0].Business)
}

func TestWhatIsAnsweredLeavesTheList(t *testing.T) {
	b := promised(t)
	id := b.receive(text("1", "hello")).Ticket
	b.pass(time.Hour)
	b.deadlines()
	_, risk := b.overdue()
	require.Len(t, risk, 1)
	_, err := b.Note(b.ctx, b.act(), id, "not an answer")
	require.NoError(t, err)
	require.NotNil(t, b.ticket(id).Clocks.First)
	require.True(t, b.ticket(id).Clocks.First.Met.IsZero())
	b.reply(id, desk.StatusPending)
	overdue, risk := b.overdue()
	require.Empty(t, overdue)
	require.Empty(t, risk)
	f := b.factsOf(desk.FactSLAMet)
	require.Len(t, f, 1)
	require.Equal(t, time.Hour, f[0].Took)
	require.Empty(t, b.factsOf(desk.FactSLAMissed))
	b.pass(24 * time.Hour) // the customer's turn: nothing is due
	b.deadlines()
	require.NotContains(t, codes(b.messages(id)), "sla.breached")
	b.receive(text("2", "and now?"))
	require.Equal(t, b.now.Add(2*time.Hour), b.ticket(id).Clocks.Next.Due)
}

// A message on an open ticket moves no deadline and so writes no index.
func TestMessageOnAnOpenTicketWritesNoIndex(t *testing.T) {
	b := promised(t)
	id := b.receive(text("1", "hello")).Ticket
	place := func() map[table.Index]table.IndexKey {
		items, err := b.Store.T.Get(b.ctx, table.Key{PK: "T#" + string(id), SK: "T"})
		require.NoError(t, err)
		return items[0].Index
	}
	before := place()
	b.pass(10 * time.Minute)
	b.receive(text("2", "are you there?"))
	require.Equal(t, before, place())
}

func TestTicketWithoutAPolicyHasNoClocks(t *testing.T) {
	b := newBench(t)
	id := b.receive(text("1", "hello")).Ticket
	require.Nil(t, b.ticket(id).Clocks)
	b.s.SLA = promised(t).s.SLA // put in force later
	b.pass(time.Hour)
	b.receive(text("2", "hello?"))
	require.Equal(t, b.now.Add(2*time.Hour), b.ticket(id).Clocks.First.Due)
	b.s.SLA = nil // and taken back
	b.pass(90 * time.Minute)
	b.deadlines()
	v := b.ticket(id)
	require.Nil(t, v.Clocks)
	for _, x := range v.Timers {
		require.NotContains(t, []desk.TimerKind{desk.TimerWarn, desk.TimerBreach}, x.Kind)
	}
}

func (b *bench) reply(id desk.TicketID, then desk.Status) {
	_, err := b.Reply(b.ctx, b.act(), id, ticketing.Reply{Text: "an answer", Then: then})
	require.NoError(b.t, err)
}

// Overnight all that waits is due at one time in the morning: answering twice before it
// is two facts, and neither stands in the other's way (promise 1).
func TestTwoAnswersBeforeOneDeadline(t *testing.T) {
	b := newBench(t)
	b.s.Calendars = []config.Calendar{{ID: "office", TimeZone: "UTC", Week: []config.WeekHours{{Days: []string{"mon-fri"}, Hours: []string{"09:00-17:00"}}}}}
	b.s.SLA = []config.SLA{{ID: "rest", Calendar: "office", NextResponse: hours(1)}}
	id := b.receive(text("0", "hello")).Ticket
	b.reply(id, desk.StatusOpen)
	b.now = time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC) // closed until the morning
	before := len(b.factsOf(desk.FactSLAMet))
	for _, n := range []string{"1", "2"} {
		b.pass(time.Minute)
		b.receive(text(n, "and "+n))
		b.pass(time.Minute)
		b.reply(id, desk.StatusOpen)
	}
	require.Len(t, b.factsOf(desk.FactSLAMet), before+2)
}
