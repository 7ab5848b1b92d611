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

// SetPresence says whether an agent takes tickets. What follows comes from the change
// feed: who comes online is given what waits, and the tickets of who goes away go back
// to the queue where the settings say so.
func (d *Desk) SetPresence(ctx context.Context, act Act, agent string, state desk.PresenceState) error {
	if !slices.Contains(desk.PresenceStates, state) {
		return desk.FieldError("state", "must be one of online, busy, away")
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	if _, ok := s.Agent(agent); !ok {
		return desk.Errorf(desk.NotFound, "no such agent")
	}
	return d.attempt(ctx, func(int) error {
		rows, err := d.Store.Presences(ctx, agent)
		if err != nil || rows[0].Value.State == state && rows[0].Exists() {
			return err
		}
		p := &rows[0].Value
		p.State, p.Since, p.By, p.Clear, p.V = state, act.At, act.By, false, s.Version
		p.Until = time.Time{}
		if state != desk.Away {
			p.Until = s.ShiftEnd(agent, act.At)
		}
		var tx store.Tx
		tx.PutPresence(rows[0])
		return d.Store.Commit(ctx, &tx)
	})
}

// EndShift lets an agent go away whose shift has ended by a time, as they may have
// forgotten to. Nothing happens where they went, or began another shift, meanwhile.
func (d *Desk) EndShift(ctx context.Context, agent string, at time.Time) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return d.attempt(ctx, func(int) error {
		rows, err := d.Store.Presences(ctx, agent)
		if err != nil {
			return err
		}
		p := &rows[0].Value
		if p.Until.IsZero() || p.Until.After(at) {
			return nil
		}
		p.State, p.Since, p.By = desk.Away, at, desk.Actor{Kind: desk.ByDesk}
		p.Until, p.Clear, p.V = time.Time{}, false, s.Version
		var tx store.Tx
		tx.PutPresence(rows[0])
		return d.Store.Commit(ctx, &tx)
	})
}

// fillBatch is how many waiting tickets are looked at together, of each team.
const (
	fillBatch = 10
	fillMost  = 50 // batches at one time
)

// Fill gives an agent who is online what waits for them in their teams, oldest first,
// until they have no room left or nothing more fits. It says whether they have room
// still: the index may lag behind, so whoever calls looks once more a little later.
func (d *Desk) Fill(ctx context.Context, agent string, at time.Time) (room bool, err error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return false, err
	}
	a, ok := s.Agent(agent)
	if !ok || len(s.Assigned(a)) == 0 {
		return false, nil
	}
	f := &filling{desk: d, s: s, agent: a, at: at, cursors: map[string]string{}}
	for _, team := range s.Assigned(a) {
		f.cursors[team] = ""
	}
	for range fillMost {
		done, err := f.batch(ctx)
		if err != nil {
			return false, err
		}
		if done {
			return f.clear(ctx)
		}
	}
	return false, nil
}

// filling is one look through the queue of an agent.
type filling struct {
	desk    *Desk
	s       *config.Settings
	agent   config.Agent
	at      time.Time
	cursors map[string]string // of the teams whose lists go on
	waiting []assign.Waiting  // read and not yet looked at
	blocked bool              // an older ticket needs more room than there is
}

// batch reads on in each list, and gives away the oldest that are known to be oldest.
func (f *filling) batch(ctx context.Context) (done bool, err error) {
	me, others, err := f.team(ctx)
	if err != nil || !me.Room(assign.Need{Weight: 1}) {
		return true, err
	}
	var upto time.Time // what opened later may have older ones before it, still unread
	for _, team := range f.s.Assigned(f.agent) {
		last, err := f.read(ctx, team)
		if err != nil {
			return false, err
		}
		if !last.IsZero() && (upto.IsZero() || last.Before(upto)) {
			upto = last
		}
	}
	var now, later []assign.Waiting
	for _, w := range f.waiting {
		if upto.IsZero() || !w.Opened.After(upto) {
			now = append(now, w)
		} else {
			later = append(later, w)
		}
	}
	f.waiting = later
	if err := f.give(ctx, me, others, now); err != nil {
		return false, err
	}
	return f.blocked || len(f.cursors) == 0, nil
}

// team is the agent as they are now, and everybody else of their teams as off: only
// the agent is given anything here.
func (f *filling) team(ctx context.Context) (me assign.Agent, all map[string]assign.Agent, err error) {
	rows, err := f.desk.Store.Presences(ctx, f.agent.ID)
	if err != nil {
		return me, nil, err
	}
	all = map[string]assign.Agent{}
	for _, t := range f.s.Assigned(f.agent) {
		for _, a := range f.s.AgentsOf(t) {
			all[a.ID] = candidateAgent(a, desk.Presence{State: desk.Away})
		}
	}
	me = candidateAgent(f.agent, rows[0].Value)
	all[me.ID] = me
	return me, all, nil
}

// read reads a batch more of a team's list; last is when its youngest opened, and zero
// where the list has ended.
func (f *filling) read(ctx context.Context, team string) (last time.Time, err error) {
	cursor, goes := f.cursors[team]
	if !goes {
		return last, nil
	}
	page, err := f.desk.Store.TicketsWaiting(ctx, team, cursor, fillBatch, false)
	if err != nil {
		return last, err
	}
	rows, err := f.desk.Store.Tickets(ctx, page.IDs...)
	if err != nil {
		return last, err
	}
	for _, row := range rows {
		t := row.Value
		last = t.Opened
		if waits(t) && t.Team == team { // else the index lags behind
			f.waiting = append(f.waiting, assign.Waiting{Ticket: t.ID, Opened: t.Opened, Team: team, Need: need(f.s, t)})
		}
	}
	f.cursors[team] = page.Cursor
	if page.Cursor == "" {
		delete(f.cursors, team)
		last = time.Time{}
	}
	return last, nil
}

func (f *filling) give(ctx context.Context, me assign.Agent, all map[string]assign.Agent, now []assign.Waiting) error {
	teams := map[string]assign.Team{}
	for _, t := range f.s.Assigned(f.agent) {
		team := assign.Team{Strategy: f.s.Strategy(t)}
		for _, a := range f.s.AgentsOf(t) {
			team.Agents = append(team.Agents, a.ID)
		}
		teams[t] = team
	}
	gifts := assign.Fill(teams, all, now, f.at)
	for _, g := range gifts {
		if err := f.desk.give(ctx, g.Ticket, me.ID, f.at); err != nil && desk.KindOf(err) != desk.NotFound {
			return err
		}
	}
	for _, w := range now {
		given := slices.ContainsFunc(gifts, func(g assign.Gift) bool { return g.Ticket == w.Ticket })
		var members []assign.Agent
		for _, id := range teams[w.Team].Agents {
			members = append(members, all[id])
		}
		mine := slices.ContainsFunc(assign.Fits(members, w.Need), func(a assign.Agent) bool { return a.ID == me.ID })
		f.blocked = f.blocked || mine && !given
	}
	return nil
}

// give hands one ticket to an agent, if it still waits and they still have room.
func (d *Desk) give(ctx context.Context, id desk.TicketID, agent string, at time.Time) error {
	_, err := d.on(ctx, Act{By: desk.Actor{Kind: desk.ByDesk}, At: at}, id, func(a *acting) error {
		rows, err := d.Store.Presences(ctx, agent)
		if err != nil {
			return err
		}
		who, ok := a.s.Agent(agent)
		if !ok || !waits(*a.t) || !candidateAgent(who, rows[0].Value).Room(need(a.s, *a.t)) {
			return nil
		}
		a.said = append(a.said, said("assign.by_strategy", "to", agent, "strategy", string(a.s.Strategy(a.t.Team))))
		a.t.Assignee, a.given = agent, &rows[0]
		return nil
	})
	return err
}

// clear notes that nothing waits for an agent who has room, so that new tickets may
// come to them directly.
func (f *filling) clear(ctx context.Context) (room bool, err error) {
	err = f.desk.attempt(ctx, func(int) error {
		rows, err := f.desk.Store.Presences(ctx, f.agent.ID)
		if err != nil {
			return err
		}
		p := &rows[0].Value
		room = candidateAgent(f.agent, *p).Room(assign.Need{Weight: 1}) && !f.blocked
		if !room || isClear(f.s, *p) {
			return nil
		}
		p.Clear, p.V = true, f.s.Version
		var tx store.Tx
		tx.PutPresence(rows[0])
		return f.desk.Store.Commit(ctx, &tx)
	})
	return room, err
}

// Leave returns an agent's tickets whose customer waits to the queue, where the
// settings say so and the agent is still away.
func (d *Desk) Leave(ctx context.Context, agent string, at time.Time) error {
	s, err := d.Settings(ctx)
	if err != nil || s.Routing.OnLeave != config.LeaveReturn {
		return err
	}
	for cursor := ""; ; {
		page, err := d.Store.TicketsOfAgent(ctx, agent, true, cursor, 50, false)
		if err != nil {
			return err
		}
		for _, id := range page.IDs {
			if err := d.takeBack(ctx, id, agent, at); err != nil && desk.KindOf(err) != desk.NotFound {
				return err
			}
		}
		if cursor = page.Cursor; cursor == "" {
			return nil
		}
	}
}

func (d *Desk) takeBack(ctx context.Context, id desk.TicketID, agent string, at time.Time) error {
	_, err := d.on(ctx, Act{By: desk.Actor{Kind: desk.ByDesk}, At: at}, id, func(a *acting) error {
		rows, err := d.Store.Presences(ctx, agent)
		if err != nil {
			return err
		}
		t := a.t
		if rows[0].Value.State != desk.Away || t.Assignee != agent || !t.Status.Active() || t.WaitingSince.IsZero() || a.s.Strategy(t.Team) == assign.None {
			return nil
		}
		a.said = append(a.said, said("assign.returned", "from", agent))
		t.Assignee = ""
		return nil
	})
	return err
}
