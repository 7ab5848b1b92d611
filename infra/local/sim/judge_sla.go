package sim

import (
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// deadlines is promise 9 for what is promised to customers: each warning and each breach
// is told once, none before its time, and every deadline lies in hours that count.
func (s *Sim) deadlines(d *dump) {
	told, urgent := map[string]int{}, map[desk.TicketID]bool{}
	for _, m := range d.messages {
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
		if n > 1 {
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
