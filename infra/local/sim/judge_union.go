package sim

import (
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// lookedUp: whoever writes on WeChat is looked up in the end, and who has one unionid is
// one customer, unless it was only suggested.
func (s *Sim) lookedUp(d *dump) {
	persons := map[string]map[desk.CustomerID]bool{}
	for key, it := range d.items {
		if !strings.HasPrefix(key.PK, "I#wechat#") || key.SK != "I" {
			continue
		}
		id := decode[desk.Identity](it.Doc)
		switch {
		case !id.Look.IsZero():
			s.breaks("unionid: nobody has asked whose %s is", id.Address.ID)
		case id.LastIn.IsZero() || !id.Gone.IsZero():
		case id.Looked.IsZero() || !id.Proven:
			s.breaks("unionid: %s wrote and was never looked up", id.Address.ID)
		default:
			p := person(id.Address.ID)
			if persons[p] == nil {
				persons[p] = map[desk.CustomerID]bool{}
			}
			if now := d.living(id.Customer); now != id.Customer || persons[p][now] {
				s.counts["united"]++
			}
			persons[p][d.living(id.Customer)] = true
			s.counts["looked up"]++
		}
	}
	for p, ids := range persons {
		if len(ids) > 1 && !d.suggested(ids) {
			s.breaks("unionid: %s is %d customers, and nobody is told", p, len(ids))
		}
	}
}

// living is who a customer is now.
func (d *dump) living(id desk.CustomerID) desk.CustomerID {
	for key, it := range d.items {
		if key.PK == "C#"+string(id) && key.SK == "C" {
			if c := decode[desk.Customer](it.Doc); c.Merged != "" {
				return c.Merged
			}
		}
	}
	return id
}

func (d *dump) suggested(ids map[desk.CustomerID]bool) bool {
	for key, it := range d.items {
		if strings.HasPrefix(key.PK, "C#") && key.SK == "C" && len(decode[desk.Customer](it.Doc).Suggested) > 0 && ids[decode[desk.Customer](it.Doc).ID] {
			return true
		}
	}
	return false
}
