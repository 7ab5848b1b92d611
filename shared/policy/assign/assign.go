// Package assign decides which agent gets a ticket: among those who are online, speak
// its language, have the skills it asks for, and have room left. It never gives anybody
// more than their capacity, lets nobody wait behind a younger ticket, and gives the same
// answer to the same question.
package assign

import (
	"cmp"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Strategy is how a team's tickets find somebody.
type Strategy string

// The strategies.
const (
	None        Strategy = "none"         // people take them
	RoundRobin  Strategy = "round_robin"  // whoever has waited longest for one
	LeastLoaded Strategy = "least_loaded" // whoever has most room left, by their capacity
)

// Strategies lists all of them.
var Strategies = []Strategy{None, RoundRobin, LeastLoaded}

// Agent is what the decision needs of an agent of the team, online or not.
type Agent struct {
	ID        string
	Online    bool
	Load      int // places taken
	Capacity  int
	Skills    []string
	Languages []string  // none: all
	Last      time.Time // when they were last given a ticket
}

// Need is what a waiting ticket asks for.
type Need struct {
	Skills   []string
	Language string
	Weight   int    // places it takes; more than an agent's whole capacity counts as all of it
	Avoid    string // who gave it back: gets it only if nobody else in the team could
}

// Fits says who of a team could ever get a ticket: those with its skills who speak its
// language. A language that nobody in the team speaks is asked of nobody, for a ticket
// answered in another language is better than one never answered; skills are asked for
// whatever comes.
func Fits(team []Agent, n Need) []Agent {
	could := slices.DeleteFunc(slices.Clone(team), func(a Agent) bool {
		return slices.ContainsFunc(n.Skills, func(s string) bool { return !slices.Contains(a.Skills, s) })
	})
	speak := func(a Agent) bool { return len(a.Languages) == 0 || slices.Contains(a.Languages, n.Language) }
	could = where(could, speak)
	return where(could, func(a Agent) bool { return a.ID != n.Avoid })
}

// where keeps those that ok takes; all, where it takes none.
func where(list []Agent, ok func(Agent) bool) []Agent {
	kept := slices.DeleteFunc(slices.Clone(list), func(a Agent) bool { return !ok(a) })
	if len(kept) == 0 {
		return list
	}
	return kept
}

// Weight is how many places a ticket takes of an agent.
func (a Agent) Weight(n Need) int { return min(max(n.Weight, 1), max(a.Capacity, 1)) }

// Room says whether an agent can take a ticket now.
func (a Agent) Room(n Need) bool { return a.Online && a.Load+a.Weight(n) <= a.Capacity }

// Pick chooses who of a team gets a ticket now; false where nobody can.
func Pick(s Strategy, team []Agent, n Need) (string, bool) {
	if s == None || s == "" {
		return "", false
	}
	can := slices.DeleteFunc(Fits(team, n), func(a Agent) bool { return !a.Room(n) })
	if len(can) == 0 {
		return "", false
	}
	return slices.MinFunc(can, func(a, b Agent) int {
		least := 0
		if s == LeastLoaded { // a.Load/a.Capacity < b.Load/b.Capacity, in whole numbers
			least = cmp.Compare(a.Load*b.Capacity, b.Load*a.Capacity)
		}
		return cmp.Or(least, a.Last.Compare(b.Last), cmp.Compare(a.ID, b.ID))
	}).ID, true
}

// Waiting is a ticket that waits for somebody of a team.
type Waiting struct {
	Ticket desk.TicketID
	Opened time.Time
	Team   string
	Need   Need
}

// Team is a team with its strategy and everybody in it.
type Team struct {
	Strategy Strategy
	Agents   []string
}

// Gift is a ticket given to an agent.
type Gift struct {
	Ticket desk.TicketID
	Agent  string
	Weight int
}

// Fill gives waiting tickets, oldest first, to whoever can take them. Who could take an
// old ticket but for too little room is kept for it: no younger one takes their places.
// at is when it happens, for whose turn is next.
func Fill(teams map[string]Team, agents map[string]Agent, waiting []Waiting, at time.Time) []Gift {
	free := make(map[string]Agent, len(agents))
	for id, a := range agents {
		free[id] = a
	}
	waiting = slices.Clone(waiting)
	slices.SortStableFunc(waiting, func(a, b Waiting) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.Ticket, b.Ticket))
	})
	var out []Gift
	for _, w := range waiting {
		team := teams[w.Team]
		if team.Strategy == None || team.Strategy == "" {
			continue
		}
		var members []Agent
		for _, id := range team.Agents {
			members = append(members, free[id])
		}
		id, ok := Pick(team.Strategy, members, w.Need)
		if !ok {
			for _, a := range Fits(members, w.Need) { // what room they have left is this ticket's
				a.Online = false
				free[a.ID] = a
			}
			continue
		}
		a := free[id]
		out = append(out, Gift{Ticket: w.Ticket, Agent: id, Weight: a.Weight(w.Need)})
		a.Load, a.Last = a.Load+a.Weight(w.Need), at
		free[id] = a
	}
	return out
}
