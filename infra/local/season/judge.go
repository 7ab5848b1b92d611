package season

import (
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// judge holds the season against what was promised, and gives its figures in words.
func (s *season) judge() []string {
	for _, p := range s.people {
		for _, a := range p.addrs {
			for i := range a.got {
				s.judgeDelivery(a, a.got[i])
			}
		}
	}
	for _, a := range s.asked {
		s.judgeReminders(a)
		s.judgeStanding(a)
		s.judgeRecovery(a)
	}
	s.judgeSkips()
	s.judgeWaves()
	return s.judgeFigures()
}

// judgeDelivery: within the caps, in the customer's waking hours, and to nobody who
// wants none.
func (s *season) judgeDelivery(a *address, d delivery) {
	local := d.at.In(a.who.zone)
	if h := local.Hour(); h >= quietFrom || h < quietTo {
		s.breaks("survey %s: reached %s at %s in %s", d.a.id, a.ID, local.Format("15:04 on 02.01."), a.who.name)
	}
	if valueAt(a.shut, d.at) {
		s.breaks("survey %s: reached %s, who has opted out", d.a.id, a.ID)
	}
	var times []time.Time
	for _, o := range s.before(a, d) {
		if d.at.Sub(o.at) < window {
			times = append(times, o.at)
		}
		if o.a != d.a && d.at.Sub(o.at) < apart {
			s.breaks("survey %s: %s after another one (%s)", d.a.id, d.at.Sub(o.at), o.a.id)
		}
		if !d.remind && !o.remind && o.of == d.of && d.at.Sub(o.at) < surveys[d.of].cooldown {
			s.breaks("survey %s: %s again after %s", d.a.id, d.of, d.at.Sub(o.at))
		}
	}
	if len(times)+1 > most {
		s.breaks("survey %s: the %d. within %s of %s", d.a.id, len(times)+1, window, a.ID)
	}
}

// before are the questions that reached the customer before this one, on all addresses
// that were known then to be theirs.
func (s *season) before(a *address, d delivery) []delivery {
	var out []delivery
	for _, o := range a.who.addrs {
		if o != a && !valueAt(a.who.one, d.at) {
			continue
		}
		for _, x := range o.got {
			if x.at.Before(d.at) {
				out = append(out, x)
			}
		}
	}
	return out
}

// judgeReminders: once, in time, to who hasn't answered; where none went, the ticket
// tells why.
func (s *season) judgeReminders(a *asking) {
	v := surveys[a.of]
	if len(a.reminds) > 1 {
		s.breaks("survey %s: %d reminders", a.id, len(a.reminds))
	}
	for _, at := range a.reminds {
		switch {
		case v.remind == 0 || at.Sub(a.at) < v.remind:
			s.breaks("survey %s: a reminder %s after it was asked", a.id, at.Sub(a.at))
		case !a.first.IsZero() && !at.Before(a.first):
			s.breaks("survey %s: a reminder after the answer", a.id)
		case !at.Before(a.expires()):
			s.breaks("survey %s: a reminder of what has expired", a.id)
		}
	}
	if v.remind == 0 || len(a.reminds) > 0 || !a.first.IsZero() && a.first.Before(a.expires()) {
		return
	}
	if !slices.ContainsFunc(s.w.seen.lines, func(l line) bool { return l.ticket == a.ticket.id && l.code == "survey.not_reminded" }) {
		s.breaks("survey %s: no reminder and no reason", a.id)
	}
}

// judgeStanding: the answer that stands is the last that was given in time.
func (s *season) judgeStanding(a *asking) {
	r := s.w.seen.surveys[a.id]
	switch {
	case r == nil:
		s.breaks("survey %s: asked, and there is no row of it", a.id)
	case a.last == nil && r.Score != nil:
		s.breaks("survey %s: answered by nobody", a.id)
	case a.last == nil && r.State != "expired":
		s.breaks("survey %s: never answered, and %s", a.id, r.State)
	case a.last != nil && (r.Score == nil || *a.last != given{r.Score.Value, r.Score.Comment}):
		s.breaks("survey %s: %+v was answered, the desk has %+v", a.id, *a.last, r.Score)
	}
}

// judgeRecovery: one for each bad answer, with deadline and owner, and escalated once if
// nobody acted.
func (s *season) judgeRecovery(a *asking) {
	r := s.w.seen.recoveries[a.id]
	switch {
	case a.rec == nil && r != nil:
		s.breaks("survey %s: a follow-up of a good answer", a.id)
		return
	case a.rec == nil:
		return
	case r == nil:
		s.breaks("survey %s: nobody follows a bad answer up", a.id)
		return
	}
	if r.Owner == "" || !r.Deadline.Equal(r.Opened.Add(recoverWithin)) || !r.Escalate.Equal(r.Deadline.Add(escalateAfter)) || !r.Opened.Equal(a.rec.opened) {
		s.breaks("survey %s: its follow-up has owner %q, deadline %s", a.id, r.Owner, r.Deadline)
	}
	if state := valueAt(a.rec.states, s.w.now); state != r.State && (state != "contacted" || r.State != "done" && r.State != "asked_again") {
		s.breaks("survey %s: its follow-up is %s, not %s", a.id, r.State, state)
	}
	expected, near := a.rec.overdue()
	if r.escalated > 1 || !near && (r.escalated == 1) != expected {
		s.breaks("survey %s: its follow-up escalated %d times", a.id, r.escalated)
	}
	if r.escalated > 0 {
		s.counts["escalated"]++
	}
}

// overdue says whether a follow-up was due at its escalation or came to be so later;
// near: so close to the minute that either is right.
func (r *recovery) overdue() (over, near bool) {
	end := r.opened.Add(recoverWithin + escalateAfter)
	for i, x := range r.states {
		if d := x.at.Sub(end).Abs(); d < 2*time.Minute {
			near = true
		}
		last := i+1 == len(r.states) || r.states[i+1].at.After(end)
		over = over || x.v == "due" && last
	}
	return over, near
}

// judgeSkips: whatever was to be asked was asked, or its ticket tells why not.
func (s *season) judgeSkips() {
	type tally struct{ planned, atOnce, later, asked, waves int }
	of := map[desk.TicketID]*tally{}
	for _, t := range s.opened {
		of[t.id] = &tally{}
	}
	for _, l := range s.w.seen.lines {
		n := of[l.ticket]
		switch {
		case n == nil:
		case l.code == "survey.planned":
			n.planned++
		case l.code == "survey.skipped" && (l.why == "survey.not_sampled" || l.why == "survey.auto_closed"):
			n.atOnce++
			s.counts["skipped: "+l.why]++
		case l.code == "survey.skipped":
			n.later++
			s.counts["skipped: "+l.why]++
			if !strings.HasPrefix(l.why, "survey.") {
				s.breaks("ticket %s: a survey was skipped because of %q", l.ticket, l.why)
			}
		}
	}
	for _, a := range s.asked {
		of[a.ticket.id].asked++
	}
	for _, r := range s.w.seen.order {
		if n := of[r.Ticket]; n != nil && r.When == "schedule" {
			n.waves++
		}
	}
	for _, t := range s.opened {
		n := of[t.id]
		if wanted := len(t.rounds) + t.wanted + n.waves; wanted != n.planned+n.atOnce || n.planned != n.asked+n.later {
			s.breaks("ticket %s: %d askings wanted, %d planned, %d skipped at once and %d later, %d asked", t.id, wanted, n.planned, n.atOnce, n.later, n.asked)
		}
	}
}

// judgeWaves: whom a scheduled survey is for was considered each time.
func (s *season) judgeWaves() {
	considered := map[string]bool{}
	for _, r := range s.w.seen.order {
		if r.When == "schedule" {
			considered[string(r.Customer)+r.Planned.In(berlin).Format(time.DateOnly)] = true
		}
	}
	for at := start; at.Before(start.Add(time.Duration(s.cfg.Days) * day)); at = at.Add(day) {
		wave := time.Date(at.Year(), at.Month(), at.Day(), 10, 0, 0, 0, berlin)
		if d := wave.Day(); d != 3 && d != 17 {
			continue
		}
		for _, t := range s.opened {
			if t.meant(wave) {
				s.counts["meant by a schedule"]++
				if !t.from.who.considered(t.from, wave, considered) {
					s.breaks("ticket %s: %s was not thought of on %s", t.id, t.from.ID, wave.Format(time.DateOnly))
				}
			}
		}
	}
}

// meant says whether a ticket surely brings its customer into a wave.
func (t *ticket) meant(wave time.Time) bool {
	tier := valueAt(t.from.who.tiers, wave)
	for _, x := range t.from.who.tiers {
		if x.at.After(wave.Add(-time.Hour)) && x.at.Before(wave.Add(3*time.Hour)) {
			return false
		}
	}
	if tier != desk.Gold && tier != desk.VIP || t.spam || t.merged || t.replied.IsZero() || wave.Before(t.replied) || wave.Sub(t.opened) > 59*day {
		return false
	}
	for _, x := range t.active {
		if x.at.After(wave.Add(-time.Minute)) && x.at.Before(wave.Add(3*time.Hour)) {
			return false
		}
	}
	return !t.is(wave)
}

// considered says whether who writes from an address was thought of: two customers who
// are known to be one are thought of once.
func (p *person) considered(a *address, wave time.Time, who map[string]bool) bool {
	for _, x := range p.addrs {
		near := valueAt(p.one, wave) || valueAt(p.one, wave.Add(2*time.Hour))
		if (x == a || near) && who[string(x.customer)+wave.Format(time.DateOnly)] {
			return true
		}
	}
	return false
}
