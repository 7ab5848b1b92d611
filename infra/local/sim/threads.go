package sim

import (
	"context"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// threads remembers which tickets the agents merged or marked, to take it back later.
type threads struct {
	merged, spam []desk.TicketID
}

// rethread picks one of the acts that move messages or whole tickets: a merge into
// another ticket of the same customer, a split, a mark as spam, and what undoes them.
func (s *Sim) rethread(t desk.Ticket) (string, func(ticketing.Act) error) {
	ctx := context.Background()
	switch n := s.rng.IntN(100); {
	case n < 20 && len(s.threads.merged) > 0:
		id := s.threads.merged[s.rng.IntN(len(s.threads.merged))]
		return "unmerge", func(a ticketing.Act) error { return s.agent.Unmerge(ctx, a, id) }
	case n < 40 && len(s.threads.spam) > 0:
		id := s.threads.spam[s.rng.IntN(len(s.threads.spam))]
		return "not spam", func(a ticketing.Act) error { return s.agent.NotSpam(ctx, a, id) }
	case n < 55:
		s.threads.spam = append(s.threads.spam, t.ID)
		return "spam", func(a ticketing.Act) error { return s.agent.MarkSpam(ctx, a, t.ID, false) }
	case n < 75:
		return s.split(ctx, t)
	}
	return s.merge(ctx, t)
}

func (s *Sim) merge(ctx context.Context, t desk.Ticket) (string, func(ticketing.Act) error) {
	heads, _, err := store.New(s.desk.Table).MergeTickets(ctx, []store.List{{Customer: t.Customer}}, 20, true)
	if err != nil {
		return "", nil
	}
	for _, h := range heads {
		if into := h.Value; into.ID != t.ID && into.Status.Active() {
			s.threads.merged = append(s.threads.merged, t.ID)
			return "merge", func(a ticketing.Act) error { return s.agent.Merge(ctx, a, t.ID, into.ID, false) }
		}
	}
	return "", nil
}

func (s *Sim) split(ctx context.Context, t desk.Ticket) (string, func(ticketing.Act) error) {
	rows, _, err := store.New(s.desk.Table).Messages(ctx, t.ID, "", 100, true)
	if err != nil {
		return "", nil
	}
	var sp ticketing.Split
	for _, r := range rows {
		if r.Value.Kind == desk.FromCustomer && r.Value.Gone == "" && len(sp.Messages) < 2 {
			sp.Messages = append(sp.Messages, r.Value.ID)
		}
	}
	if len(sp.Messages) == 0 {
		return "", nil
	}
	return "split", func(a ticketing.Act) error {
		_, err := s.agent.Split(ctx, a, t.ID, sp)
		if err == nil {
			s.counts["splits"]++
		}
		return err
	}
}

// handled are the tickets that agents took out of the customer's one thread, by a merge,
// a split or a mark as spam: two open ones of one sender are then what they wanted.
func (d *dump) handled() map[desk.TicketID]bool {
	out := map[desk.TicketID]bool{}
	for _, m := range d.messages {
		for _, x := range m.Decisions {
			switch x.Code {
			case "merge.into", "merge.from", "spam.not", "thread.split_from":
				out[m.Ticket] = true
			}
		}
	}
	return out
}

// moves is promises 1 and 4 over what agents move: each message of a customer stands in
// one ticket, a stub leads to it, and nothing lands in a ticket that is merged away.
func (s *Sim) moves(d *dump) {
	stands := map[string]int{}
	for key, it := range d.items {
		if !strings.HasPrefix(key.PK, "T#") || !strings.HasPrefix(key.SK, "M#") {
			continue
		}
		m := decode[desk.Message](it.Doc)
		if m.Kind == desk.FromCustomer && m.ProviderID != "" {
			stands[string(m.From.Channel)+" "+m.From.Account+" "+m.From.ID+" "+m.ProviderID]++
		}
		if m.Gone == "" {
			continue
		}
		if to := decode[desk.Message](d.items[store.MessageKey(m.Gone, m.ID)].Doc); to.ID != m.ID {
			s.breaks("promise 1: message %s was split off %s and is not in %s", m.ID, m.Ticket, m.Gone)
		}
	}
	for what, n := range stands {
		if n != 1 {
			s.breaks("promise 1: %s stands in %d places", what, n)
		}
	}
	s.landed(d)
}

// answers says that a message answers a survey: it stands with the question, which is
// about its ticket whatever that was merged into since.
func answers(m desk.Message) bool {
	return slices.ContainsFunc(m.Decisions, func(x desk.Decision) bool { return x.Code == "survey.digit" || x.Code == "survey.comment" })
}

// landed looks at each message as it was written: to which ticket, and was that one
// merged into another by then?
func (s *Sim) landed(d *dump) {
	into := map[desk.TicketID]desk.TicketID{}
	for _, c := range d.changes {
		if !strings.HasPrefix(c.Key.PK, "T#") || !c.New.Exists() {
			continue
		}
		if c.Key.SK == "T" {
			t := decode[desk.Ticket](c.New.Doc)
			if into[t.ID] == "" && t.Into != "" {
				s.counts["merges"]++
			}
			into[t.ID] = t.Into
		}
		if m, ok := store.MessageOf(c); ok && m.Kind == desk.FromCustomer && into[m.Ticket] != "" && !answers(m) {
			s.breaks("promise 4: %s came to %s after that was merged into %s", m.ID, m.Ticket, into[m.Ticket])
		}
	}
}
