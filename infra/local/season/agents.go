package season

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

var members = map[string][]string{"support": {"amy", "bo", "li"}, "sales": {"cy", "li"}, "billing": {"di", "li"}}

func (s *season) act(agent string) ticketing.Act {
	return ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: agent, Name: agent}, At: s.w.now}
}

// plan has an agent look at a ticket after a while; what was planned before is off.
func (s *season) plan(t *ticket, least, most time.Duration) {
	t.plan++
	mine := t.plan
	s.in(least, most, func() {
		if t.plan == mine && t.is(s.w.now) && !t.merged && !t.spam {
			s.work(t)
		}
	})
}

// work is what an agent does with a ticket that waits.
func (s *season) work(t *ticket) {
	ctx, now := context.Background(), s.w.now
	team := valueAt(t.teams, now)
	agent := valueAt(t.agents, now)
	if agent == "" {
		agent = members[team][s.rng.IntN(len(members[team]))]
	}
	s.know(t.from)
	switch c := s.rng.IntN(100); {
	case c < 3 && t.replied.IsZero():
		s.must(s.w.desk.MarkSpam(ctx, s.act(agent), t.id, false))
		t.spam = true
		set(&t.active, now, false)
		s.counts["spam"]++
	case c < 8:
		to := []string{"support", "sales", "billing"}[s.rng.IntN(3)]
		s.must(s.w.desk.Change(ctx, s.act(agent), t.id, ticketing.Change{Team: &to}))
		set(&t.teams, now, to)
		s.plan(t, time.Minute, 6*time.Hour)
	case c < 10:
		s.must(s.w.desk.Change(ctx, s.act(agent), t.id, ticketing.Change{AddTags: []string{"supplier"}}))
		s.plan(t, time.Minute, 6*time.Hour)
	case c < 28:
		s.reply(t, agent, desk.StatusPending)
		if s.chance(70) {
			s.in(time.Hour, 40*time.Hour, func() { s.write(t.from, "here is the number", true) })
		}
		s.plan(t, 45*time.Hour, 70*time.Hour)
	case c < 33 && s.merge(t, agent):
	case c < 40:
		s.reply(t, agent, desk.StatusClosed)
		s.over(t, true)
	default:
		s.reply(t, agent, desk.StatusResolved)
		s.over(t, false)
	}
}

// know notes the customer's zone and tier, as an agent does who first deals with them.
func (s *season) know(a *address) {
	if a.known {
		return
	}
	zone, tier := a.who.name, valueAt(a.who.tiers, s.w.now)
	s.must(s.w.desk.ChangeCustomer(context.Background(), s.act("li"), a.customer, ticketing.Profile{TimeZone: &zone, Tier: &tier}))
	a.known = true
}

func (s *season) reply(t *ticket, agent string, then desk.Status) {
	now := s.w.now
	_, err := s.w.desk.Reply(context.Background(), s.act(agent), t.id, ticketing.Reply{Text: "It is on its way.", Then: then})
	s.must(err)
	if valueAt(t.agents, now) == "" {
		set(&t.agents, now, agent)
	}
	if t.replied.IsZero() {
		t.replied = now
		s.counted(now, t.cuts(now), "first_answered")
	}
}

// over notes that a ticket was resolved, or closed without, and what may come of it.
func (s *season) over(t *ticket, closed bool) {
	now := s.w.now
	t.rounds = append(t.rounds, round{now, closed})
	set(&t.active, now, false)
	what := "resolved"
	if closed {
		what = "closed"
	} else {
		s.counted(now, t.cuts(now), what)
	}
	s.counts[what]++
	if s.chance(8) && t.from.Channel != desk.WebForm {
		s.in(10*time.Minute, 5*day, func() { s.write(t.from, "it is still not there, sorry", true) })
	}
	if s.chance(5) {
		s.in(day, 9*day, func() { s.request(t) })
	}
}

// merge lays a ticket of a mailbox with another open one of it.
func (s *season) merge(t *ticket, agent string) bool {
	i := slices.IndexFunc(s.opened, func(o *ticket) bool {
		return o != t && o.from == t.from && o.is(s.w.now) && !o.merged && !o.spam
	})
	if i < 0 || t.from.Channel != desk.Email {
		return false
	}
	s.must(s.w.desk.Merge(context.Background(), s.act(agent), t.id, s.opened[i].id, false))
	t.merged = true
	set(&t.active, s.w.now, false)
	s.counts["tickets merged"]++
	return true
}

// request has an agent ask how easy it is.
func (s *season) request(t *ticket) {
	if t.spam {
		return
	}
	_, err := s.w.desk.AskSurvey(context.Background(), s.act("li"), t.id, "checkin", desk.WhenAsked, "")
	s.must(err)
	t.wanted++
	s.counts["requested"]++
}

// follow is what an agent does about a bad answer: in time, late, or never.
func (s *season) follow(a *asking) {
	switch c := s.rng.IntN(100); {
	case c < 55:
		s.in(10*time.Minute, 7*time.Hour, func() { s.contact(a) })
	case c < 70:
		s.in(8*time.Hour, 11*time.Hour, func() { s.contact(a) })
	case c < 85:
		s.in(13*time.Hour, 40*time.Hour, func() { s.contact(a) })
	}
}

func (s *season) contact(a *asking) {
	if valueAt(a.rec.states, s.w.now) != "due" {
		return
	}
	s.recover(a, desk.RecoveryContacted)
	set(&a.rec.states, s.w.now, "contacted")
	a.rec.contacted = s.w.now
	s.in(time.Hour, 48*time.Hour, func() {
		s.recover(a, desk.RecoveryDone)
		if s.chance(40) {
			s.in(time.Hour, 5*day, func() {
				s.recover(a, desk.RecoveryAskedAgain)
				a.ticket.wanted++
				s.counts["asked again"]++
			})
		}
	})
}

func (s *season) recover(a *asking, to desk.RecoveryState) {
	_, err := s.w.desk.ChangeRecovery(context.Background(), s.act("li"), a.id, ticketing.RecoveryChange{State: &to})
	if desk.KindOf(err) == desk.NotFound {
		s.breaks("survey %s: answered badly, and there is nothing to follow up", a.id)
		return
	}
	if err != nil {
		s.must(fmt.Errorf("follow-up of %s: %w", a.id, err))
	}
}
