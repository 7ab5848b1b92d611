package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// agentActs lets an agent do something to a ticket, with an idempotency key, and do it
// again while the answer is unsure, or by mistake.
func (s *Sim) agentActs() {
	t, ok := s.ticket()
	if !ok {
		return
	}
	s.people.n++
	key := fmt.Sprintf("key-%d", s.people.n)
	by := desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}
	what, do := s.choose(t)
	if s.chance(120) {
		what, do = s.rethread(t)
	}
	if do == nil {
		return
	}
	try := func() bool {
		err := do(ticketing.Act{By: by, At: s.clock.Now().UTC(), Key: key})
		s.note("agent: %s on %s %s", what, t.ID, errText(err))
		return err == nil || desk.KindOf(err) != desk.Transient
	}
	done := false
	s.guard(func() { s.depth++; s.begin(); done = try() })
	if !done || s.chance(150) {
		s.repeat(time.Second, 40, try)
	}
}

// ticket picks a ticket as the list shows it: the newest of its customer, not closed.
func (s *Sim) ticket() (desk.Ticket, bool) {
	var lists []store.List
	for _, st := range []desk.Status{desk.StatusNew, desk.StatusOpen, desk.StatusPending, desk.StatusSnoozed, desk.StatusResolved} {
		lists = append(lists, store.List{Team: "support", Status: st})
	}
	rows, _, err := store.New(s.desk.Table).MergeTickets(context.Background(), lists, 200, true)
	if err != nil || len(rows) == 0 {
		return desk.Ticket{}, false
	}
	return rows[s.rng.IntN(len(rows))].Value, true
}

// choose picks an act. Who answered already has fewer reasons to answer again, and a
// resolved ticket is left alone: reopening an old one beside a new one is an agent's
// right, and would only hide what the desk does by itself.
func (s *Sim) choose(t desk.Ticket) (string, func(ticketing.Act) error) {
	ctx := context.Background()
	n := s.rng.IntN(100)
	switch {
	case t.Status == desk.StatusResolved && n < 80:
		return "", nil
	case t.Status == desk.StatusResolved || n < 10:
		text := "internal " + s.marker()
		return "note", func(a ticketing.Act) error { _, err := s.agent.Note(ctx, a, t.ID, text); return err }
	case n < 55:
		return s.reply(t)
	case n < 62:
		until := s.clock.Now().Add(time.Duration(1+s.rng.IntN(300)) * time.Minute)
		return "snooze", func(a ticketing.Act) error {
			return s.agent.SetStatus(ctx, a, t.ID, desk.StatusSnoozed, until)
		}
	case n < 70:
		return "send again", func(a ticketing.Act) error { return s.sendAgain(ctx, a, t) }
	case n < 74:
		return "assign", func(a ticketing.Act) error { return s.agent.Assign(ctx, a, t.ID, "li") }
	default:
		return "resolve", func(a ticketing.Act) error {
			return s.agent.SetStatus(ctx, a, t.ID, desk.StatusResolved, time.Time{})
		}
	}
}

func (s *Sim) reply(t desk.Ticket) (string, func(ticketing.Act) error) {
	mark := s.marker()
	r := ticketing.Reply{Text: "您好，已经处理 " + mark}
	if s.rng.IntN(3) == 0 {
		r.Then = desk.StatusResolved
	}
	s.ledger.replies[mark] = t.ID
	return "reply " + mark, func(a ticketing.Act) error {
		_, err := s.agent.Reply(context.Background(), a, t.ID, r)
		if err == nil {
			s.ledger.replied[mark] = true
		}
		return err
	}
}

// sendAgain takes the risk for a message that is uncertain or failed.
func (s *Sim) sendAgain(ctx context.Context, a ticketing.Act, t desk.Ticket) error {
	rows, _, err := store.New(s.desk.Table).Messages(ctx, t.ID, "", 1000, false)
	if err != nil {
		return err
	}
	for _, r := range rows {
		m := r.Value
		if m.Kind == desk.ToCustomer && m.Purpose == "reply" && (m.State == desk.Uncertain || m.State == desk.Failed) {
			s.ledger.again[m.Text]++
			s.counts["sent again"]++
			return s.agent.SendAgain(ctx, a, t.ID, m.ID)
		}
	}
	return nil
}
