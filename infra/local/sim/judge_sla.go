package sim

import (
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// deadlines is promise 9 for what is promised to customers: each warning and each breach
// is told once, none before its time, and every deadline lies in hours that count.
func (s *Sim) deadlines(d *dump) {
	told, urgent := map[string]int{}, map[desk.TicketID]bool{}
	for _, m := range d.messages {
		if m.Moved != "" {
			continue // what it tells of is the ticket it came from
		}
		for _, dec := range m.Decisions {
			urgent[m.Ticket] = urgent[m.Ticket] || dec.Args["from"] == "urgent" || dec.Args["to"] == "urgent"
			if strings.HasPrefix(dec.Code, "pending.") {
				s.counts[dec.Code]++
			}
			if dec.Code != "sla.warning" && dec.Code != "sla.breached" {
				continue
			}
			s.counts[dec.Code]++
			told[strings.Join([]string{dec.Code, string(m.Ticket), dec.Args["target"], dec.Args["at"]}, " ")]++
			s.deadline(d.tickets[m.Ticket], m, dec)
		}
	}
	for what, n := range told {
		if n > 1 && n > d.waits(what) {
			s.breaks("promise 9: %s was told %d times", what, n)
		}
	}
	office, ok := s.cfg.Settings.Calendar("office")
	for what := range told {
		part := strings.Fields(what)
		id := desk.TicketID(part[1])
		due, err := time.Parse(time.RFC3339, part[3])
		if !ok || err != nil || urgent[id] || d.tickets[id].Priority == desk.Urgent {
			continue // urgent ones are promised around the clock
		}
		// Deadlines are told to the second, and one at closing time is the last that counts.
		if !office.Open(due) && !office.Open(due.Add(-2*time.Second)) {
			s.breaks("promise 9: %s lies outside of the office's hours", what)
		}
	}
}

// waits counts the waits of a ticket whose clocks were due then, by what stood in its
// header: all that comes overnight is due at one time in the morning, and a message that
// its queue held back begins a wait of its own after the answer to the one before it.
func (d *dump) waits(told string) int {
	part := strings.Fields(told)
	key, target, due := store.TicketKey(desk.TicketID(part[1])), desk.Target(part[2]), part[3]
	began := map[time.Time]bool{}
	for _, c := range d.changes {
		if c.Key != key || !c.New.Exists() {
			continue
		}
		k := decode[desk.Ticket](c.New.Doc).Clocks.Of(target)
		if k != nil && k.Due.UTC().Format(time.RFC3339) == due {
			began[k.From] = true
		}
	}
	return len(began)
}

// deadline holds one telling against its time. A warning comes before its deadline, where
// the sweep wasn't late.
func (s *Sim) deadline(t desk.Ticket, m desk.Message, dec desk.Decision) {
	due, err := time.Parse(time.RFC3339, dec.Args["at"])
	switch {
	case err != nil:
		s.breaks("promise 9: ticket %s tells of a deadline at %q", m.Ticket, dec.Args["at"])
	case dec.Code == "sla.breached" && m.At.Before(due):
		s.breaks("promise 9: ticket %s was told to be late at %s, before %s", m.Ticket, m.At, due)
	case due.Before(t.Opened.Truncate(time.Second)):
		s.breaks("promise 9: ticket %s was due at %s, before it was opened", m.Ticket, due)
	}
}
