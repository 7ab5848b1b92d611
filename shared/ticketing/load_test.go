package ticketing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/policy/assign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// onLate is a desk whose overdue tickets go to li; amy is on and gets the first one.
func onLate(t *testing.T) (*bench, desk.TicketID) {
	b := promised(t)
	assigning(b, assign.RoundRobin)
	b.on("amy", desk.Online)
	b.fill("amy")
	id := b.receive(letter("m1", "ann@x.test", "help@desk.test")).Ticket
	require.Equal(t, "amy", b.ticket(id).Assignee)
	require.Equal(t, []int{1, 0}, []int{b.load("amy"), b.load("li")})
	b.pass(time.Minute)
	return b, id
}

// A deadline that a third party's answer or a bounce finds passed, before any sweep did,
// hands the ticket on; the loads go with it.
func TestLoadsAreExactWhereABreachIsFoundLate(t *testing.T) {
	for name, late := range map[string]func(*bench, desk.TicketID){
		"a third party's answer": func(b *bench, id desk.TicketID) {
			_, err := b.Forward(b.ctx, b.act(), id, ticketing.Forward{To: "sales@supplier.test", Text: "Any left?"})
			require.NoError(b.t, err)
			b.pass(9 * time.Hour)
			b.receive(letter("s1", "sales@supplier.test", "help+"+links.ForwardTag(b.Key, id, "sales@supplier.test")+"@desk.test"))
		},
		"a bounce": func(b *bench, id desk.TicketID) {
			msg, err := b.Reply(b.ctx, b.act(), id, ticketing.Reply{Text: "Hello", Then: desk.StatusOpen})
			require.NoError(b.t, err)
			b.pass(9 * time.Hour)
			_, err = b.Receive(b.ctx, channel.Envelope{At: b.now}, desk.Inbound{
				Kind: desk.InBounce, ID: "b1", From: b.ticket(id).From,
				Receipt: &desk.Receipt{Permanent: true, Ticket: id, Message: msg, Code: "5.1.1"},
			})
			require.NoError(b.t, err)
		},
	} {
		b, id := onLate(t)
		late(b, id)
		require.Equal(t, "li", b.ticket(id).Assignee, name)
		require.Equal(t, []int{0, 1}, []int{b.load("amy"), b.load("li")}, name)
	}
}

// Two tickets of one agent are merged in one transaction, and counted once each.
func TestLoadsOfAMerge(t *testing.T) {
	b, one := onLate(t)
	two := b.receive(letter("m2", "ann@x.test", "help@desk.test")).Ticket
	require.Equal(t, 2, b.load("amy"))
	b.pass(9 * time.Hour) // the other is late as well, which goes to li
	require.NoError(t, b.Merge(b.ctx, b.act(), one, two, false))
	require.Equal(t, "li", b.ticket(two).Assignee)
	require.Equal(t, []int{0, 1}, []int{b.load("amy"), b.load("li")})
}

// At the end of their shift an agent is away, once; who went or came again meanwhile is
// left alone.
func TestShiftEnds(t *testing.T) {
	b := newBench(t)
	assigning(b, assign.RoundRobin)
	b.s.Calendars = []config.Calendar{{ID: "office", TimeZone: "UTC", Week: []config.WeekHours{{Days: []string{"mon-fri"}, Hours: []string{"09:00-12:00", "13:00-18:00"}}}}}
	b.s.Agents[0].Shift = "office"
	at := func(agent string) desk.Presence {
		rows, err := b.Store.Presences(b.ctx, agent)
		require.NoError(t, err)
		return rows[0].Value
	}
	ended := func() (agents []string) {
		for _, d := range b.sweep() {
			if d.Kind == store.DueShift {
				agents = append(agents, d.Agent)
				require.NoError(t, b.EndShift(b.ctx, d.Agent, b.now))
			}
		}
		return agents
	}
	b.now = time.Date(2026, 3, 2, 8, 50, 0, 0, time.UTC) // a Monday
	end := time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)
	b.on("amy", desk.Online)
	b.on("li", desk.Online)
	require.Equal(t, end, at("amy").Until)
	require.Zero(t, at("li").Until, "no shift, no end")

	b.now = end.Add(-time.Second)
	b.someone(1) // their row is written again: the timer stays
	b.now = end.Add(-time.Second)
	require.Empty(t, ended())
	require.NoError(t, b.EndShift(b.ctx, "amy", b.now), "too early")
	require.Equal(t, desk.Online, at("amy").State)
	b.now = end
	require.Equal(t, []string{"amy"}, ended())
	require.Equal(t, desk.Away, at("amy").State)
	require.Equal(t, desk.ByDesk, at("amy").By.Kind)
	require.Equal(t, desk.Online, at("li").State)
	b.pass(time.Hour)
	require.Empty(t, ended())

	b.on("amy", desk.Busy) // works late
	require.NoError(t, b.EndShift(b.ctx, "amy", b.now), "a repeat of the job")
	require.Equal(t, desk.Busy, at("amy").State)
	require.Equal(t, end.AddDate(0, 0, 1), at("amy").Until)
	b.on("amy", desk.Away)
	b.pass(48 * time.Hour)
	require.Empty(t, ended())
}
