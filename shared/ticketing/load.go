package ticketing

import (
	"context"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/assign"
	"github.com/deskhook/deskhook/shared/store"
)

// handing brings a ticket that changes into line with whoever has it, in the change's
// own transaction: a ticket that nobody has finds an agent where its team's strategy
// says so, and the load of every agent concerned is counted. The agents' rows are
// written at the versions they were read at, so that two transactions never both use
// somebody's last place. One transaction has one handing, whatever tickets it writes, for
// an agent may have several of them; write ends it.
type handing struct {
	desk *Desk
	s    *config.Settings
	tx   *store.Tx
	at   time.Time
	back bool // the customer reopened it: it goes back to its agent only if they are on
	// given is the agent's row that a gift was decided on: it must not have moved since.
	given store.Row[desk.Presence]

	read map[string]store.Row[desk.Presence]
	puts []string // whose rows have changed
	held []string // whose room is kept for this ticket
	said []desk.Decision
}

// follows is what follows from a change of a ticket for its deadlines, the agents' loads
// and the queue: the last step of whoever writes a header. What a breach does may hand
// the ticket on, so the loads come after it.
func (x *handing) follows(ctx context.Context, was desk.Ticket, t *desk.Ticket) ([]desk.Decision, error) {
	ds := settle(x.s, x.tx, t, x.at)
	more, err := x.over(ctx, was, t)
	return append(ds, more...), err
}

// over does so for a ticket that was as given, and gives the decisions taken.
func (x *handing) over(ctx context.Context, was desk.Ticket, t *desk.Ticket) ([]desk.Decision, error) {
	if !changedHands(was, *t) {
		return nil, nil
	}
	if x.read == nil {
		x.read = map[string]store.Row[desk.Presence]{}
	}
	x.held, x.said = nil, nil
	given := x.given.Value.Agent
	if given != "" {
		x.read[given] = x.given
	}
	if x.back && t.Assignee != "" && x.s.Strategy(t.Team) != assign.None {
		if err := x.goBack(ctx, t); err != nil {
			return nil, err
		}
	}
	if waits(*t) {
		var err error
		if given, err = x.find(ctx, t); err != nil {
			return nil, err
		}
	}
	return x.said, x.count(ctx, was, t, given)
}

// changedHands says whether a change may concern an agent's load or the queue: a
// message on an open ticket never does, and so costs nothing here.
func changedHands(was, t desk.Ticket) bool {
	return was.Assignee != t.Assignee || was.Status.Active() != t.Status.Active() || was.ID == "" ||
		was.Team != t.Team && waits(t)
}

// waits says whether a ticket waits for an agent.
func waits(t desk.Ticket) bool { return t.Assignee == "" && t.Status.Active() }

func (x *handing) presences(ctx context.Context, ids ...string) error {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, ok := x.read[id]; return ok || id == "" })
	rows, err := x.desk.Store.Presences(ctx, ids...)
	for i, row := range rows {
		x.read[ids[i]] = row
	}
	return err
}

// goBack keeps a reopened ticket with its agent if they are on and have room; else it
// waits like a new one.
func (x *handing) goBack(ctx context.Context, t *desk.Ticket) error {
	if err := x.presences(ctx, t.Assignee); err != nil {
		return err
	}
	p := x.read[t.Assignee].Value
	a, known := x.s.Agent(t.Assignee)
	if known && p.State != desk.Away && p.Load+x.weight(a, *t) <= a.Capacity {
		return nil
	}
	x.said = append(x.said, said("assign.not_back", "from", t.Assignee))
	t.Assignee = ""
	return nil
}

// find gives a waiting ticket to whoever of its team is clear to take it.
func (x *handing) find(ctx context.Context, t *desk.Ticket) (string, error) {
	strategy := x.s.Strategy(t.Team)
	members := x.s.AgentsOf(t.Team)
	if strategy == assign.None || len(members) == 0 {
		return "", nil
	}
	ids := make([]string, len(members))
	for i, a := range members {
		ids[i] = a.ID
	}
	if err := x.presences(ctx, ids...); err != nil {
		return "", err
	}
	team := make([]assign.Agent, len(members))
	for i, a := range members {
		team[i] = candidateAgent(a, x.read[a.ID].Value)
		team[i].Online = team[i].Online && isClear(x.s, x.read[a.ID].Value)
	}
	id, ok := assign.Pick(strategy, team, need(x.s, *t))
	if !ok {
		x.reserve(team, *t)
		return "", nil
	}
	x.said = append(x.said, said("assign.by_strategy", "to", id, "strategy", string(strategy)))
	t.Assignee = id
	return id, nil
}

// reserve keeps what room is left for a ticket that needs more: no younger one may come
// directly to who could have it.
func (x *handing) reserve(team []assign.Agent, t desk.Ticket) {
	for _, a := range assign.Fits(team, need(x.s, t)) {
		if a.Room(assign.Need{Weight: 1}) {
			row := x.read[a.ID]
			row.Value.Clear = false
			x.read[a.ID] = row
			x.held = append(x.held, a.ID)
		}
	}
}

// isClear says whether no older ticket waits for an agent, by the settings in force.
func isClear(s *config.Settings, p desk.Presence) bool { return p.Clear && p.V == s.Version }

func candidateAgent(a config.Agent, p desk.Presence) assign.Agent {
	return assign.Agent{
		ID: a.ID, Online: p.State == desk.Online, Load: p.Load, Capacity: a.Capacity,
		Skills: a.Skills, Languages: a.Languages, Last: p.Given,
	}
}

func need(s *config.Settings, t desk.Ticket) assign.Need {
	return assign.Need{Skills: t.Skills, Language: t.Lang, Weight: s.Routing.Weights.Of(t.From.Channel), Avoid: t.Left}
}

func (x *handing) weight(a config.Agent, t desk.Ticket) int {
	return assign.Agent{Capacity: a.Capacity}.Weight(need(x.s, t))
}

// count moves the ticket's places from whoever had them to whoever has them now.
func (x *handing) count(ctx context.Context, was desk.Ticket, t *desk.Ticket, given string) error {
	t.Load = 0
	if a, ok := x.s.Agent(t.Assignee); ok && t.Status.Active() {
		t.Load = x.weight(a, *t)
	}
	if was.Assignee == t.Assignee && was.Load == t.Load && len(x.held) == 0 {
		return nil
	}
	if err := x.presences(ctx, was.Assignee, t.Assignee); err != nil {
		return err
	}
	touched := append([]string{was.Assignee, t.Assignee}, x.held...)
	slices.Sort(touched)
	for _, id := range slices.Compact(touched) {
		row, ok := x.read[id]
		if !ok {
			continue
		}
		before := row.Value.Load
		if id == was.Assignee {
			row.Value.Load -= was.Load
		}
		if id == t.Assignee {
			row.Value.Load += t.Load
		}
		if row.Value.Load == before && id != given && !slices.Contains(x.held, id) {
			continue
		}
		x.put(row, before, id == given)
	}
	return nil
}

func (x *handing) put(row store.Row[desk.Presence], before int, given bool) {
	p := &row.Value
	p.Load = max(p.Load, 0)
	if a, ok := x.s.Agent(p.Agent); p.Load < before && ok && len(x.s.Assigned(a)) > 0 {
		p.Clear = false // there is room: relay sees it, and their queue is looked through
	}
	if given {
		p.Given = x.at
	}
	x.read[p.Agent] = row
	x.puts = append(x.puts, p.Agent)
}

// write puts the agents' rows into the transaction, each once.
func (x *handing) write() {
	slices.Sort(x.puts)
	for _, id := range slices.Compact(x.puts) {
		x.tx.PutPresence(x.read[id])
	}
}
