package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

func (c *checker) slas(s *Settings) {
	ids := map[string]bool{}
	for i, p := range s.SLA {
		path := fmt.Sprintf("sla[%d]", i)
		c.id(path+".id", p.ID, ids)
		c.slaWhen(path+".when", p.When)
		c.knownCalendar(path+".calendar", p.Calendar)
		c.slaTargets(path, p)
		c.slaBreach(path+".on_breach", p.OnBreach, s)
		if everybody(p.When) && i < len(s.SLA)-1 {
			c.warn(path, "fits every ticket: those after it hold only where a rule names them")
		} else if j := coveredBy(s.SLA[:i], p.When); j >= 0 && !everybody(s.SLA[j].When) {
			c.warn(path, "is chosen only where a rule names it: %s in line %d comes first and fits all that it would", s.SLA[j].ID, c.line(fmt.Sprintf("sla[%d]", j)))
		}
	}
}

func everybody(w SLAWhen) bool {
	return len(w.Tiers)+len(w.Priorities)+len(w.Channels)+len(w.Teams) == 0
}

// coveredBy finds the first policy before that fits whatever one does; -1 where none.
func coveredBy(before []SLA, w SLAWhen) int {
	covers := func(all, some []string) bool {
		return len(all) == 0 || len(some) > 0 && !slices.ContainsFunc(some, func(v string) bool { return !slices.Contains(all, v) })
	}
	return slices.IndexFunc(before, func(p SLA) bool {
		b := p.When
		return covers(b.Tiers, w.Tiers) && covers(b.Priorities, w.Priorities) && covers(b.Channels, w.Channels) && covers(b.Teams, w.Teams)
	})
}

func (c *checker) slaWhen(path string, w SLAWhen) {
	tiers := []string{string(desk.Standard), string(desk.Silver), string(desk.Gold), string(desk.VIP)}
	c.allIn(path+".tiers", w.Tiers, tiers)
	c.allIn(path+".priorities", w.Priorities, named(desk.Priorities))
	c.allIn(path+".channels", w.Channels, named(ownChannels))
	for i, t := range w.Teams {
		c.knownTeam(fmt.Sprintf("%s.teams[%d]", path, i), t)
	}
}

func named[T ~string](list []T) []string {
	var out []string
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

func (c *checker) allIn(path string, list, allowed []string) {
	for i, v := range list {
		if !slices.Contains(allowed, v) {
			c.at(fmt.Sprintf("%s[%d]", path, i), "should be one of %s", strings.Join(allowed, ", "))
		}
	}
}

func (c *checker) slaTargets(path string, p SLA) {
	shortest := maxTarget + 1
	for _, t := range []struct {
		name string
		d    Duration
	}{{"first_response", p.FirstResponse}, {"next_response", p.NextResponse}, {"resolution", p.Resolution}} {
		if t.d == 0 {
			continue
		}
		c.between(path+"."+t.name, t.d, 60*1e9, maxTarget)
		shortest = min(shortest, t.d)
	}
	if shortest > maxTarget {
		c.at(path, "promises nothing: write first_response, next_response or resolution")
		return
	}
	if p.Resolution > 0 && p.FirstResponse > p.Resolution {
		c.warn(path+".first_response", "is longer than resolution: who keeps that has answered long before")
	}
	if p.WarnBefore >= shortest {
		c.warn(path+".warn_before", "is as long as a target or longer: there is no warning of that one")
	}
}

func (c *checker) slaBreach(path string, b SLABreach, s *Settings) {
	if b.Priority != "" && !slices.Contains(desk.Priorities, desk.Priority(b.Priority)) {
		c.at(path+".priority", "should be one of low, normal, high, urgent")
	}
	if _, ok := s.Agent(b.Assign); !ok && b.Assign != "" && b.Assign != AssignNobody {
		c.at(path+".assign", "should be nobody, or an agent's id; there is no agent %q", b.Assign)
	}
	if len(b.Tag) > maxTag || strings.ContainsAny(b.Tag, " ,\n\t") {
		c.at(path+".tag", "should be a word of at most %d bytes", maxTag)
	}
}

const maxTag = 40
