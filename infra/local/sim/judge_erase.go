package sim

import (
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// erased: of who has left, nothing is kept that they wrote; elsewhere nothing is erased.
func (s *Sim) erased(d *dump) {
	left := map[desk.Address]bool{}
	for key, it := range d.items {
		if strings.HasPrefix(key.PK, "I#") && key.SK == "I" {
			id := decode[desk.Identity](it.Doc)
			left[id.Address] = !id.Erase.IsZero()
		}
	}
	for key, it := range d.items {
		if !strings.HasPrefix(key.PK, "T#") || !strings.HasPrefix(key.SK, "M#") {
			continue
		}
		m := decode[desk.Message](it.Doc)
		if m.Erased() {
			s.counts["erased"]++
		}
		if m.Kind != desk.FromCustomer {
			continue
		}
		switch {
		case left[m.From] && m.Text != "":
			s.breaks("erase: %s has left, and message %s of %s still stands", m.From.ID, m.ID, m.Ticket)
		case m.Erased() && m.From.Channel != desk.WeChat:
			s.breaks("erase: message %s of %s was erased, and nobody asked for it", m.ID, m.Ticket)
		}
	}
}
