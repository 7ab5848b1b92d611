package assign_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/assign"
)

var t0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func on(id string, load, capacity int, last time.Duration) assign.Agent {
	return assign.Agent{ID: id, Online: true, Load: load, Capacity: capacity, Last: t0.Add(last)}
}

func TestPick(t *testing.T) {
	away := on("away", 0, 10, 0)
	away.Online = false
	zh := on("zh", 5, 10, 0)
	zh.Languages = []string{"zh-CN"}
	pro := on("pro", 9, 10, 0)
	pro.Skills = []string{"billing", "legal"}
	for _, c := range []struct {
		name string
		s    assign.Strategy
		team []assign.Agent
		need assign.Need
		want string
	}{
		{"nobody in the team", assign.RoundRobin, nil, assign.Need{}, ""},
		{"people take them", assign.None, []assign.Agent{on("a", 0, 10, 0)}, assign.Need{}, ""},
		{"whoever waited longest", assign.RoundRobin, []assign.Agent{on("a", 0, 10, 2), on("b", 5, 10, 1)}, assign.Need{}, "b"},
		{"most room by capacity", assign.LeastLoaded, []assign.Agent{on("a", 2, 4, 0), on("b", 4, 10, 0)}, assign.Need{}, "b"},
		{"a tie goes by turn, then name", assign.LeastLoaded, []assign.Agent{on("b", 1, 10, 0), on("a", 1, 10, 0), on("c", 1, 10, 1)}, assign.Need{}, "a"},
		{"the away get none", assign.RoundRobin, []assign.Agent{away}, assign.Need{}, ""},
		{"the full get none", assign.RoundRobin, []assign.Agent{on("a", 10, 10, 0)}, assign.Need{}, ""},
		{"too heavy for what is left", assign.RoundRobin, []assign.Agent{on("a", 9, 10, 0)}, assign.Need{Weight: 2}, ""},
		{"heavier than anybody: an empty agent's", assign.RoundRobin, []assign.Agent{on("a", 0, 2, 0)}, assign.Need{Weight: 5}, "a"},
		{"nobody at all with capacity 0", assign.RoundRobin, []assign.Agent{on("a", 0, 0, 0)}, assign.Need{}, ""},
		{"who speaks it", assign.RoundRobin, []assign.Agent{zh, pro}, assign.Need{Language: "en"}, "pro"},
		{"a language nobody speaks", assign.RoundRobin, []assign.Agent{zh}, assign.Need{Language: "en"}, "zh"},
		{"all skills", assign.LeastLoaded, []assign.Agent{on("a", 0, 10, 0), pro}, assign.Need{Skills: []string{"legal", "billing"}}, "pro"},
		{"a skill nobody has", assign.LeastLoaded, []assign.Agent{pro}, assign.Need{Skills: []string{"chess"}}, ""},
		{"not to who gave it back", assign.RoundRobin, []assign.Agent{on("a", 0, 10, 0), on("b", 0, 10, 1)}, assign.Need{Avoid: "a"}, "b"},
		{"unless there is nobody else", assign.RoundRobin, []assign.Agent{on("a", 0, 10, 0)}, assign.Need{Avoid: "a"}, "a"},
	} {
		got, ok := assign.Pick(c.s, c.team, c.need)
		require.Equal(t, c.want, got, c.name)
		require.Equal(t, c.want != "", ok, c.name)
	}
}

// A heavy old ticket is not passed by light young ones for whom there would be room.
func TestHeavyTicketIsNotOvertaken(t *testing.T) {
	teams := map[string]assign.Team{"s": {Strategy: assign.RoundRobin, Agents: []string{"a"}}}
	waiting := []assign.Waiting{
		{Ticket: "young", Opened: t0.Add(time.Hour), Team: "s", Need: assign.Need{Weight: 1}},
		{Ticket: "old", Opened: t0, Team: "s", Need: assign.Need{Weight: 3}},
	}
	require.Empty(t, assign.Fill(teams, map[string]assign.Agent{"a": on("a", 1, 3, 0)}, waiting, t0))
	require.Equal(t, []assign.Gift{{"old", "a", 3}}, assign.Fill(teams, map[string]assign.Agent{"a": on("a", 0, 3, 0)}, waiting, t0))
}

type world struct {
	teams   map[string]assign.Team
	agents  map[string]assign.Agent
	waiting []assign.Waiting
}

func anyWorld(t *rapid.T) world {
	w := world{teams: map[string]assign.Team{}, agents: map[string]assign.Agent{}}
	some := func(what string, of ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, 2, rapid.ID[string]).Draw(t, what)
	}
	var ids []string
	for i := range rapid.IntRange(1, 5).Draw(t, "agents") {
		id := fmt.Sprint("a", i)
		ids = append(ids, id)
		w.agents[id] = assign.Agent{
			ID: id, Online: rapid.Bool().Draw(t, "on"), Capacity: rapid.IntRange(1, 4).Draw(t, "cap"), Load: rapid.IntRange(0, 4).Draw(t, "load"),
			Skills: some("skills", "x", "y"), Languages: some("langs", "en", "zh-CN"),
		}
	}
	for _, name := range []string{"s", "t"} {
		w.teams[name] = assign.Team{
			Strategy: rapid.SampledFrom([]assign.Strategy{assign.RoundRobin, assign.LeastLoaded}).Draw(t, "strategy"),
			Agents:   rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 1, len(ids), rapid.ID[string]).Draw(t, "members"),
		}
	}
	for i := range rapid.IntRange(0, 12).Draw(t, "tickets") {
		w.waiting = append(w.waiting, assign.Waiting{
			Ticket: desk.TicketID(fmt.Sprint("t", i)), Opened: t0.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "age")) * time.Minute),
			Team: rapid.SampledFrom([]string{"s", "t"}).Draw(t, "team"),
			Need: assign.Need{Skills: some("needs", "x", "y"), Language: "en", Weight: rapid.IntRange(1, 3).Draw(t, "weight"), Avoid: rapid.SampledFrom(append(ids, "")).Draw(t, "avoid")},
		})
	}
	return w
}

func (w world) members(team string) []assign.Agent {
	var out []assign.Agent
	for _, id := range w.teams[team].Agents {
		out = append(out, w.agents[id])
	}
	return out
}

// Nobody gets more than their capacity or while they are off, nobody gets what they
// can't do, the answer is the same each time, and no ticket is given to an agent whom an
// older waiting one could have had.
func TestFillKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyWorld(t)
		gifts := assign.Fill(w.teams, w.agents, w.waiting, t0)
		require.Equal(t, gifts, assign.Fill(w.teams, w.agents, w.waiting, t0))
		byID := map[desk.TicketID]assign.Waiting{}
		given := map[desk.TicketID]bool{}
		for _, x := range w.waiting {
			byID[x.Ticket] = x
		}
		load := map[string]int{}
		for _, g := range gifts {
			require.False(t, given[g.Ticket])
			given[g.Ticket] = true
			x := byID[g.Ticket]
			load[g.Agent] += g.Weight
			require.True(t, w.agents[g.Agent].Online)
			require.LessOrEqual(t, w.agents[g.Agent].Load+load[g.Agent], w.agents[g.Agent].Capacity)
			require.Contains(t, assign.Fits(w.members(x.Team), x.Need), w.agents[g.Agent])
			for _, old := range w.waiting {
				if !given[old.Ticket] && old.Opened.Before(x.Opened) {
					for _, a := range assign.Fits(w.members(old.Team), old.Need) {
						require.NotEqual(t, a.ID, g.Agent, "an older ticket could have had them")
					}
				}
			}
		}
	})
}

// Nobody starves: with agents who finish what they have, every ticket that somebody
// could take is given away in the end, whatever else comes.
func TestNobodyStarves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := anyWorld(t)
		for id, a := range w.agents {
			a.Online, a.Load = true, 0
			w.agents[id] = a
		}
		able := map[desk.TicketID]bool{}
		for _, x := range w.waiting {
			able[x.Ticket] = len(assign.Fits(w.members(x.Team), x.Need)) > 0
		}
		for round := range len(w.waiting) + 1 {
			gifts := assign.Fill(w.teams, w.agents, w.waiting, t0.Add(time.Duration(round)*time.Hour))
			gone := map[desk.TicketID]bool{}
			for _, g := range gifts {
				gone[g.Ticket] = true
			}
			var rest []assign.Waiting
			for _, x := range w.waiting {
				if !gone[x.Ticket] {
					rest = append(rest, x)
				}
			}
			w.waiting = append(rest, assign.Waiting{ // somebody new comes each round
				Ticket: desk.TicketID(fmt.Sprint("late", round)), Opened: t0.Add(time.Duration(round+30) * time.Minute), Team: "s", Need: assign.Need{Language: "en"},
			})
		}
		for _, x := range w.waiting {
			require.False(t, able[x.Ticket], "%s waits for ever", x.Ticket)
		}
	})
}
