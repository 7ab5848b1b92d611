package consolefn

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// Counts beside the lists are read at most this often by one instance of the console,
// for all agents together, and anew after whatever an agent did there. One reading is
// five queries for each team, of at most 100 entries each: 2.5 read units for a team with
// little to do, at most 5 + 5 + 5 for what nobody has, what waits for the customer and what
// is snoozed (entries of some 400 bytes, 0.5 for 4 kB) and 2 + 2 for what is late. A desk of
// five teams where much waits pays 95 units every ten seconds, some 35 cents for a month of
// working days. An agent's own are one query of theirs, at most 5 units as often.
const (
	pulseKept = 10 * time.Second
	countMost = 100 // counts end here: "99+"
)

// pulse is how many tickets of a team are where somebody should look.
type pulse struct {
	waiting, overdue, atRisk, snoozed, pending int
	first                                      desk.TicketID // the oldest that nobody has
}

// kept keeps what was read a short while ago, by a name of the settings.
type kept[T any] struct {
	mu   sync.Mutex
	at   map[string]time.Time
	read map[string]T
}

// get gives what is kept, or reads it; whoever asks meanwhile waits for that.
func (k *kept[T]) get(name string, now time.Time, read func() (T, error)) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if at, ok := k.at[name]; ok && now.Sub(at).Abs() < pulseKept {
		return k.read[name], nil
	}
	v, err := read()
	if err != nil {
		return v, err
	}
	if k.at == nil {
		k.at, k.read = map[string]time.Time{}, map[string]T{}
	}
	k.at[name], k.read[name] = now, v
	return v, nil
}

// forget drops all: something was done.
func (k *kept[T]) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.at)
}

func (v *visit) pulse(team string) (pulse, error) {
	return v.pulses.get(team, v.now, func() (pulse, error) {
		ctx := v.r.Context()
		waiting, err := v.Store.TicketsWaiting(ctx, team, "", countMost, false)
		if err != nil {
			return pulse{}, err
		}
		overdue, err := v.Store.OverdueTickets(ctx, team, v.now, "", countMost)
		if err != nil {
			return pulse{}, err
		}
		atRisk, err := v.Store.AtRiskTickets(ctx, team, v.now, "", countMost)
		if err != nil {
			return pulse{}, err
		}
		snoozed, err := v.Store.TicketsOfTeam(ctx, team, desk.StatusSnoozed, "", countMost, true)
		if err != nil {
			return pulse{}, err
		}
		pending, err := v.Store.TicketsOfTeam(ctx, team, desk.StatusPending, "", countMost, true)
		if err != nil {
			return pulse{}, err
		}
		p := pulse{len(waiting.IDs), len(overdue.IDs), len(atRisk.IDs), len(snoozed.IDs), len(pending.IDs), ""}
		if p.waiting > 0 {
			p.first = waiting.IDs[0]
		}
		return p, nil
	})
}

// counts adds up what is where somebody should look, of one team or of all.
func (v *visit) counts(team string) (map[string]int, error) {
	sum := map[string]int{}
	for _, t := range v.teams() {
		if team != "" && t != team {
			continue
		}
		p, err := v.pulse(t)
		if err != nil {
			return nil, err
		}
		sum["unassigned"] += p.waiting
		sum["overdue"] += p.overdue
		sum["at_risk"] += p.atRisk
		sum["snoozed"] += p.snoozed
		sum["pending"] += p.pending
	}
	mine, err := v.own.get(v.agent.ID, v.now, func() (int, error) {
		page, err := v.Store.TicketsOfAgent(v.r.Context(), v.agent.ID, true, "", countMost, true)
		return len(page.IDs), err
	})
	sum["mine"] = mine
	return sum, err
}

// many says a count that ends at countMost; none is not worth a word.
func many(n int) string {
	switch {
	case n == 0:
		return ""
	case n >= countMost:
		return "99+"
	}
	return strconv.Itoa(n)
}

// rowsOf reads the tickets of a view and their order's end.
func (v *visit) rowsOf(view, team string, oldest bool) ([]store.Row[desk.Ticket], bool, error) {
	if view == viewOverdue || view == viewAtRisk {
		list := v.teams()
		if team != "" {
			list = slices.DeleteFunc(list, func(t string) bool { return t != team })
		}
		return v.Store.MergeTickets(v.r.Context(), store.LateLists(list, v.now, view == viewOverdue), listed, false)
	}
	return v.Store.MergeTickets(v.r.Context(), v.lists(view, team), listed, !oldest)
}
