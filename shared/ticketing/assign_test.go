package ticketing_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/assign"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// assigning gives a bench a team of amy and li, each with room for two.
func assigning(b *bench, s assign.Strategy) {
	b.s.Teams = []config.Team{{ID: "support", Assign: s}}
	b.s.Agents = []config.Agent{
		{ID: "amy", Name: "Amy", Teams: []string{"support"}, Capacity: 2},
		{ID: "li", Name: "李明", Teams: []string{"support"}, Capacity: 2},
	}
}

func (b *bench) on(agent string, state desk.PresenceState) {
	b.t.Helper()
	require.NoError(b.t, b.SetPresence(b.ctx, b.act(), agent, state))
}

func (b *bench) fill(agent string) {
	b.t.Helper()
	_, err := b.Fill(b.ctx, agent, b.now)
	require.NoError(b.t, err)
}

func (b *bench) load(agent string) int {
	rows, err := b.Store.Presences(b.ctx, agent)
	require.NoError(b.t, err)
	return rows[0].Value.Load
}

// someone writes for the first time, from an address of their own.
func (b *bench) someone(n int) desk.TicketID {
	b.t.Helper()
	b.pass(time.Minute)
	in := text(fmt.Sprint("m", n), "hello")
	in.From.ID = fmt.Sprint("oSomeone", n)
	return b.receive(in).Ticket
}

func (b *bench) waiting() []desk.TicketID {
	page, err := b.Store.TicketsWaiting(b.ctx, "support", "", 100, false)
	require.NoError(b.t, err)
	return page.IDs
}

// New tickets go round among those online until all are full; the rest wait, oldest
// first, and who gets room is given the oldest.
func TestTicketsFindAgents(t *testing.T) {
	b := newBench(t)
	assigning(b, assign.RoundRobin)
	early := b.someone(0)
	require.Equal(t, []desk.TicketID{early}, b.waiting(), "nobody is on")
	b.on("amy", desk.Online)
	b.on("li", desk.Online)
	b.fill("amy")
	b.fill("li")
	require.Equal(t, "amy", b.ticket(early).Assignee)
	require.Contains(t, codes(b.messages(early)), "assign.by_strategy")

	var got []string
	var ids []desk.TicketID
	for n := range 5 {
		id := b.someone(n + 1)
		ids = append(ids, id)
		got = append(got, b.ticket(id).Assignee)
	}
	require.Equal(t, []string{"li", "amy", "li", "", ""}, got)
	require.Equal(t, []int{2, 2}, []int{b.load("amy"), b.load("li")})
	require.Equal(t, ids[3:], b.waiting())

	b.pass(time.Minute)
	require.NoError(t, b.SetStatus(b.ctx, b.act(), early, desk.StatusResolved, time.Time{}))
	require.Equal(t, 1, b.load("amy"))
	young := b.someone(9)
	require.Empty(t, b.ticket(young).Assignee, "older ones wait for amy's place")
	b.fill("amy")
	require.Equal(t, "amy", b.ticket(ids[3]).Assignee)
	require.Equal(t, []desk.TicketID{ids[4], young}, b.waiting())
	require.Equal(t, 2, b.load("amy"))
}

// Whoever is busy or away gets nothing; a manual team is left alone.
func TestWhoGetsNothing(t *testing.T) {
	b := newBench(t)
	assigning(b, assign.LeastLoaded)
	b.on("amy", desk.Busy)
	b.fill("amy")
	require.Empty(t, b.ticket(b.someone(1)).Assignee)
	b.s.Teams[0].Assign = assign.None
	b.on("amy", desk.Online)
	b.fill("amy")
	require.Empty(t, b.ticket(b.someone(2)).Assignee)
	require.Error(t, b.SetPresence(b.ctx, b.act(), "amy", "asleep"))
	require.Equal(t, desk.NotFound, desk.KindOf(b.SetPresence(b.ctx, b.act(), "nobody", desk.Online)))
}

// A reopened ticket goes back to its agent only if they are on and have room.
func TestReopenedGoesBackOnlyToWhoIsOn(t *testing.T) {
	for _, c := range []struct {
		state desk.PresenceState
		want  string
	}{{desk.Online, "amy"}, {desk.Busy, "amy"}, {desk.Away, "li"}} {
		b := newBench(t)
		assigning(b, assign.RoundRobin)
		b.on("amy", desk.Online)
		b.fill("amy")
		id := b.someone(1)
		require.Equal(t, "amy", b.ticket(id).Assignee)
		require.NoError(t, b.SetStatus(b.ctx, b.act(), id, desk.StatusResolved, time.Time{}))
		b.on("li", desk.Online)
		b.fill("li")
		b.on("amy", c.state)
		b.pass(time.Minute)
		in := text("again", "still broken")
		in.From = b.ticket(id).From
		require.Equal(t, id, b.receive(in).Ticket)
		require.Equal(t, c.want, b.ticket(id).Assignee, c.state)
		require.Equal(t, 1, b.load(c.want))
	}
}

// Who goes away keeps their tickets, or returns those whose customer waits.
func TestLeaving(t *testing.T) {
	b := newBench(t)
	assigning(b, assign.RoundRobin)
	b.on("amy", desk.Online)
	b.fill("amy")
	waits, answered := b.someone(1), b.someone(2)
	_, err := b.Reply(b.ctx, b.act(), answered, ticketing.Reply{Text: "done"})
	require.NoError(t, err)
	b.on("amy", desk.Away)
	require.NoError(t, b.Leave(b.ctx, "amy", b.now))
	require.Equal(t, 2, b.load("amy"), "keep is the default")
	b.s.Routing.OnLeave = config.LeaveReturn
	b.on("li", desk.Online)
	b.fill("li")
	b.pass(time.Second)
	require.NoError(t, b.Leave(b.ctx, "amy", b.now))
	require.Equal(t, "li", b.ticket(waits).Assignee)
	require.Equal(t, "amy", b.ticket(answered).Assignee)
	require.Equal(t, []int{1, 1}, []int{b.load("amy"), b.load("li")})
}

// Who gives a ticket back isn't given it again while somebody else could have it.
func TestGivenBack(t *testing.T) {
	b := newBench(t)
	assigning(b, assign.RoundRobin)
	b.on("amy", desk.Online)
	b.fill("amy")
	id := b.someone(1)
	require.Equal(t, "amy", b.ticket(id).Assignee)
	b.pass(time.Second)
	require.NoError(t, b.Assign(b.ctx, b.act(), id, ""))
	b.fill("amy")
	require.Empty(t, b.ticket(id).Assignee)
	b.on("li", desk.Online)
	b.fill("li")
	require.Equal(t, "li", b.ticket(id).Assignee)
}

// A ticket that needs more room than is left isn't passed by lighter younger ones.
func TestHeavyTicketWaitsItsTurn(t *testing.T) {
	b := newBench(t)
	assigning(b, assign.RoundRobin)
	b.s.Routing.Weights.WeChat = 2
	b.on("amy", desk.Online)
	b.fill("amy")
	light := func(n int) desk.TicketID {
		b.pass(time.Minute)
		return b.receive(desk.Inbound{Kind: desk.InMessage, ID: fmt.Sprint("s", n), From: desk.Address{Channel: desk.SMS, Account: "main", ID: fmt.Sprint("+1500", n)}, Text: "hi", Lang: "en"}).Ticket
	}
	first := light(1)
	heavy := b.someone(1)
	second := light(2)
	require.Equal(t, "amy", b.ticket(first).Assignee)
	b.fill("amy")
	require.Equal(t, []desk.TicketID{heavy, second}, b.waiting())
	require.NoError(t, b.SetStatus(b.ctx, b.act(), first, desk.StatusClosed, time.Time{}))
	b.fill("amy")
	require.Equal(t, []desk.TicketID{second}, b.waiting())
	require.Equal(t, 2, b.load("amy"))
}

// However handlers race, nobody has more than their capacity by the rules, and each
// load is the sum of the agent's active tickets.
func TestCapacityHoldsUnderRaces(t *testing.T) {
	b := newBench(t)
	assigning(b, assign.LeastLoaded)
	b.Pause = nil
	b.s.Agents[0].Capacity, b.s.Agents[1].Capacity = 3, 4
	b.on("amy", desk.Online)
	b.on("li", desk.Online)
	b.fill("amy")
	b.fill("li")
	var wg sync.WaitGroup
	ids := make([]desk.TicketID, 24)
	for n := range ids {
		wg.Go(func() {
			in := text(fmt.Sprint("m", n), "hello")
			in.From.ID = fmt.Sprint("oRace", n)
			for { // a queue gives it again
				got, err := b.Receive(b.ctx, channel.Envelope{At: b.now.Add(time.Duration(n) * time.Second)}, in)
				if err == nil {
					ids[n] = got.Ticket
					return
				}
			}
		})
	}
	wg.Wait()
	check := func() {
		sum := map[string]int{}
		for _, id := range ids {
			tk := b.ticket(id)
			if tk.Status.Active() && tk.Assignee != "" {
				sum[tk.Assignee] += tk.Load
			}
		}
		require.Equal(t, sum["amy"], b.load("amy"))
		require.Equal(t, sum["li"], b.load("li"))
		require.LessOrEqual(t, sum["amy"], 3)
		require.LessOrEqual(t, sum["li"], 4)
	}
	check()
	require.Equal(t, 7, b.load("amy")+b.load("li"), "no place is left empty while somebody waits")
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 30 { // all are served in the end
		b.pass(time.Minute)
		id := ids[r.IntN(len(ids))]
		if tk := b.ticket(id); tk.Assignee != "" && tk.Status.Active() {
			wg.Go(func() {
				_ = b.SetStatus(b.ctx, ticketing.Act{By: b.act().By, At: b.now}, id, desk.StatusClosed, time.Time{})
			})
			wg.Go(func() { _, _ = b.Fill(b.ctx, tk.Assignee, b.now) })
			wg.Wait()
			b.fill(tk.Assignee)
			check()
		}
		if round == 29 {
			for _, id := range ids {
				if tk := b.ticket(id); tk.Assignee != "" && tk.Status.Active() {
					require.NoError(t, b.SetStatus(b.ctx, b.act(), id, desk.StatusClosed, time.Time{}))
				}
				b.fill("amy")
				b.fill("li")
			}
		}
	}
	check()
	require.Empty(t, b.waiting())
}
