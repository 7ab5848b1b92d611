package sim

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/assign"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// comeAndGo lets an agent come, go, or be busy, and say so again while the answer is
// unsure.
func (s *Sim) comeAndGo() {
	a := s.cfg.Settings.Agents[s.rng.IntN(len(s.cfg.Settings.Agents))]
	states := append(slices.Clone(desk.PresenceStates), desk.Online) // mostly they are on
	state, done := states[s.rng.IntN(len(states))], false
	try := func() bool {
		err := s.says(a.ID, state)
		s.note("%s is %s %s", a.ID, state, errText(err))
		return err == nil
	}
	s.guard(func() { s.depth++; s.begin(); done = try() })
	if !done {
		s.repeat(time.Second, 3, try)
	}
}

func (s *Sim) says(agent string, state desk.PresenceState) error {
	by := desk.Actor{Kind: desk.ByAgent, ID: agent}
	return s.agent.SetPresence(context.Background(), ticketing.Act{By: by, At: s.clock.Now().UTC()}, agent, state)
}

// allCome brings everybody on when the faults have stopped: what waits must find them.
func (s *Sim) allCome() error {
	if !s.cfg.AtWork {
		return nil
	}
	for _, a := range s.cfg.Settings.Agents {
		if err := s.says(a.ID, desk.Online); err != nil {
			return err
		}
	}
	return nil
}

// workOff lets whoever has tickets resolve them, until nothing waits any more: each
// place that comes free must go to who waits.
func (s *Sim) workOff() error {
	if !s.cfg.AtWork {
		return nil
	}
	for range 100 {
		s.clock.pass(2 * time.Minute) // the second look at a queue is a minute later
		if err := s.quiet(); err != nil {
			return err
		}
		d, err := s.read()
		if err != nil {
			return err
		}
		_, waiting := s.onTheDesk(d)
		if len(waiting) == 0 {
			return nil
		}
		for _, id := range slices.Sorted(maps.Keys(d.tickets)) {
			if t := d.tickets[id]; t.Assignee != "" && t.Status.Active() {
				act := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: t.Assignee}, At: s.clock.Now().UTC()}
				if err := s.agent.SetStatus(context.Background(), act, id, desk.StatusResolved, time.Time{}); err != nil {
					return err
				}
			}
		}
	}
	s.breaks("tickets wait for ever though agents make room again and again")
	return nil
}

// onTheDesk counts the places that each agent's tickets take, and lists what waits for
// the rules to give it to somebody.
func (s *Sim) onTheDesk(d *dump) (sum map[string]int, waiting []desk.Ticket) {
	sum = map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(d.tickets)) {
		switch t := d.tickets[id]; {
		case !t.Status.Active():
		case t.Assignee != "":
			sum[t.Assignee] += t.Load
		case s.cfg.Settings.Strategy(t.Team) != assign.None:
			waiting = append(waiting, t)
		}
	}
	return sum, waiting
}

// gifts holds each ticket that the rules gave somebody against their capacity, in the
// very transaction that gave it.
func (s *Sim) gifts(ops []table.Op) {
	given, at := map[string]bool{}, map[string]desk.Presence{}
	for _, op := range ops {
		switch {
		case op.Kind != table.OpPut:
		case strings.HasPrefix(op.Item.PK, "U#") && op.Item.SK == "P":
			p := decode[desk.Presence](op.Item.Doc)
			at[p.Agent] = p
		case strings.HasPrefix(op.Item.SK, "M#"):
			for _, d := range decode[desk.Message](op.Item.Doc).Decisions {
				if d.Code == "assign.by_strategy" {
					given[d.Args["to"]] = true
				}
			}
		}
	}
	for _, agent := range slices.Sorted(maps.Keys(given)) {
		p, ok := at[agent]
		if !ok {
			continue // the message is written again, with what became of it
		}
		s.counts["given"]++
		a, _ := s.cfg.Settings.Agent(agent)
		if p.Load > a.Capacity {
			s.breaks("%s was given a ticket and has %d places taken of %d", agent, p.Load, a.Capacity)
		}
		if p.State != desk.Online {
			s.breaks("%s was given a ticket while %s", agent, p.State)
		}
	}
}

// loads holds what agents have against the tickets, and what waits against their room.
func (s *Sim) loads(d *dump) {
	if !s.cfg.AtWork {
		return
	}
	sum, waiting := s.onTheDesk(d)
	for _, a := range s.cfg.Settings.Agents {
		p := decode[desk.Presence](d.items[table.Key{PK: "U#" + a.ID, SK: "P"}].Doc)
		if p.Load != sum[a.ID] {
			s.breaks("%s is counted with %d places and has %d", a.ID, p.Load, sum[a.ID])
		}
		if !p.Until.IsZero() && p.Until.Before(s.clock.Now().Add(-10*time.Minute)) {
			s.breaks("%s's shift ended at %s, and they are %s", a.ID, p.Until, p.State)
		}
		for _, t := range waiting {
			if p.State == desk.Online && p.Load < a.Capacity && slices.Contains(a.Teams, t.Team) {
				s.breaks("ticket %s waits for ever though %s has room", t.ID, a.ID)
			}
		}
	}
	s.counts["waiting in the end"] += len(waiting)
}
