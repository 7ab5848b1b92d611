package consolefn

import (
	"cmp"
	"net/url"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
)

// boardPage is the desk at this moment.
//
// What one look costs: the counts of pulse.go, one read unit for each team where
// somebody waits, and one for each agent. It is read once in ten seconds by an instance,
// whoever looks and however many: 30 agents in five teams are at most 105 units then.
type boardPage struct {
	frame
	Teams  []boardTeam
	On     []boardAgent
	Away   int
	Source string
	Others []choice // whose switch a lead may turn for them
	States []choice
}

type boardTeam struct {
	Name    string
	Waiting choice // how many, and where they are
	Overdue choice
	AtRisk  choice
	Longest time.Time // since when the oldest waits; zero: nobody does
	First   choice    // that ticket
	On      int       // agents who take its tickets
}

type boardAgent struct {
	Name     string
	State    desk.PresenceState
	Says     string
	Since    time.Time
	Load     int
	Capacity int
	Teams    []string
}

// Full says whether they have no room left.
func (a boardAgent) Full() bool { return a.Load >= a.Capacity }

func (v *visit) board() error { return whole(v, "board", v.boardPage) }

// boardPart gives only what changes, for the page's script.
func (v *visit) boardPart() error { return news(v, "boardlive", v.boardPage) }

func (v *visit) boardPage() (boardPage, error) {
	p := boardPage{frame: v.frame("board", "看板", "Board"), Source: "/console/fragment/board?lang=" + url.QueryEscape(v.lang)}
	at, err := v.atWork.get("", v.now, v.readAgents)
	if err != nil {
		return p, err
	}
	on := map[string]int{}
	for _, s := range desk.PresenceStates {
		p.States = append(p.States, choice{ID: string(s), Name: journal.Presence(s, v.lang)})
	}
	for _, a := range v.s.Agents {
		x := at[a.ID]
		if a.ID != v.agent.ID && v.setsPresenceOf(a.ID) {
			p.Others = append(p.Others, choice{ID: a.ID, Name: a.Name})
		}
		if x.State != desk.Online && x.State != desk.Busy {
			p.Away++
			continue
		}
		p.On = append(p.On, v.boardAgent(a, x))
		for _, t := range a.Teams {
			if x.State == desk.Online {
				on[t]++
			}
		}
	}
	slices.SortStableFunc(p.On, func(a, b boardAgent) int {
		return cmp.Compare(slices.Index(desk.PresenceStates, a.State), slices.Index(desk.PresenceStates, b.State))
	})
	for _, t := range v.teams() {
		row, err := v.boardTeam(p.frame, t)
		if err != nil {
			return p, err
		}
		row.On = on[t]
		p.Teams = append(p.Teams, row)
	}
	return p, nil
}

func (v *visit) boardAgent(a config.Agent, p desk.Presence) boardAgent {
	row := boardAgent{Name: a.Name, State: p.State, Says: journal.Presence(p.State, v.lang), Since: p.Since, Load: p.Load, Capacity: a.Capacity}
	for _, t := range a.Teams {
		row.Teams = append(row.Teams, v.teamName(t))
	}
	return row
}

func (v *visit) boardTeam(f frame, team string) (boardTeam, error) {
	row := boardTeam{Name: v.teamName(team)}
	p, err := v.pulse(team)
	if err != nil {
		return row, err
	}
	link := func(view string, n int) choice {
		return choice{Name: cmp.Or(many(n), "0"), URL: listURL("/console", view, team, view == viewUnassigned), Chosen: n > 0}
	}
	row.Waiting, row.Overdue, row.AtRisk = link(viewUnassigned, p.waiting), link(viewOverdue, p.overdue), link(viewAtRisk, p.atRisk)
	if p.first == "" {
		return row, nil
	}
	t, err := v.heads.get(team, v.now, func() (desk.Ticket, error) {
		rows, err := v.Store.Tickets(v.r.Context(), p.first)
		if err != nil || len(rows) == 0 {
			return desk.Ticket{}, err // gone since the index was written
		}
		return rows[0].Value, nil
	})
	if err == nil && t.ID != "" && t.Assignee == "" && t.Status.Active() {
		row.Longest = t.Opened
		if !t.WaitingSince.IsZero() {
			row.Longest = t.WaitingSince
		}
		row.First = choice{Name: t.ID.Number(), URL: "/console/tickets/" + t.ID.Number()}
	}
	return row, err
}

// readAgents reads who is at work, 100 at a time.
func (v *visit) readAgents() (map[string]desk.Presence, error) {
	out := map[string]desk.Presence{}
	for chunk := range slices.Chunk(v.s.Agents, 100) {
		ids := make([]string, len(chunk))
		for i, a := range chunk {
			ids[i] = a.ID
		}
		rows, err := v.Store.Presences(v.r.Context(), ids...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.Value.Agent] = r.Value
		}
	}
	return out, nil
}
