package ticketing

import (
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/sla"
	"github.com/deskhook/deskhook/shared/store"
)

// settle is what follows for a ticket's deadlines from whatever was just done to it, or
// from time alone. It goes into the transaction that writes the header, and says what
// belongs into the journal. Whoever writes a header of which status, priority, team,
// agent, tier or who waits may have changed calls it last.
func settle(s *config.Settings, tx *store.Tx, t *desk.Ticket, at time.Time) []desk.Decision {
	if t.IsTask() {
		return nil // it waits for no customer, and promises them nothing
	}
	awaitCustomer(s, t, at)
	if len(s.SLA) == 0 && t.Clocks == nil {
		return nil
	}
	e := settling{s: s, tx: tx, t: t, at: at, policies: s.SLAPolicies()}
	// What a breach does may put another policy in charge, which may be past already.
	// Nothing is done twice, so this ends.
	for e.again = true; e.again; {
		e.again = false
		e.once()
	}
	warn, breach := sla.Timers(t.Clocks)
	armAt(t, desk.TimerWarn, warn)
	armAt(t, desk.TimerBreach, breach)
	e.list()
	return e.said
}

type settling struct {
	s        *config.Settings
	tx       *store.Tx
	t        *desk.Ticket
	at       time.Time
	policies []sla.Policy
	said     []desk.Decision
	again    bool
}

func (e *settling) once() {
	var was *sla.Policy
	if e.t.Clocks != nil {
		i := slices.IndexFunc(e.policies, func(p sla.Policy) bool { return p.ID == e.t.Clocks.Policy })
		if i >= 0 {
			was = &e.policies[i]
		}
	}
	clocks, events := sla.Settle(e.t.Clocks, was, sla.Choose(e.policies, *e.t), *e.t, e.at)
	e.t.Clocks = clocks
	for _, ev := range events {
		e.tell(ev)
	}
}

func (e *settling) tell(ev sla.Event) {
	switch ev.Kind {
	case sla.Warning:
		e.said = append(e.said, said("sla.warning", "target", string(ev.Target), "at", ev.Due.UTC().Format(time.RFC3339)))
	case sla.Breach:
		e.said = append(e.said, said("sla.breached", "target", string(ev.Target), "at", ev.Due.UTC().Format(time.RFC3339)))
		e.fact(desk.FactSLAMissed, ev)
		e.act()
	case sla.Met:
		e.fact(desk.FactSLAMet, ev)
	}
}

// fact counts a target met, or missed as soon as its deadline has passed: a ticket that
// nobody ever answers counts too.
func (e *settling) fact(kind desk.FactKind, ev sla.Event) {
	f := fact(e.s, kind, *e.t, e.at)
	f.Target, f.Took, f.Business = ev.Target, ev.Wall, ev.Business
	// The deadline alone doesn't name it: all that waits overnight is due at one time in the
	// morning. When it happened does, and is the same however often it is decided.
	e.tx.PutFact(factID(kind, *e.t, string(ev.Target), ev.Due.UTC().Format(time.RFC3339Nano), e.at.UTC().Format(time.RFC3339Nano)), f)
}

// act does to the ticket what its policy says of a breach.
func (e *settling) act() {
	p, _ := e.s.SLAOf(e.t.Clocks.Policy)
	t, b := e.t, p.OnBreach
	if to := desk.Priority(b.Priority); slices.Index(desk.Priorities, to) > slices.Index(desk.Priorities, t.Priority) {
		e.said = append(e.said, said("priority.changed", "from", string(t.Priority), "to", string(to)))
		t.Priority, e.again = to, true
	}
	to := b.Assign
	if to == config.AssignNobody {
		to = ""
	}
	if b.Assign != "" && t.Assignee != to {
		e.said = append(e.said, said("assign.changed", "from", t.Assignee, "to", to))
		t.Assignee = to
	}
	if b.Tag != "" && !slices.Contains(t.Tags, b.Tag) {
		t.Tags = append(slices.Clone(t.Tags), b.Tag)
		e.said = append(e.said, said("sla.tagged", "tag", b.Tag))
	}
}

// list puts the ticket into the list of late ones, moves it there, or takes it out.
func (e *settling) list() {
	c := e.t.Clocks
	if c == nil {
		return
	}
	late, team := sla.Late(c), e.t.Team
	if late.Equal(c.Listed) && (late.IsZero() || team == c.ListedTeam) {
		return
	}
	if !c.Listed.IsZero() {
		e.tx.UnlistLate(e.t.ID, c.ListedTeam, c.Listed)
	}
	c.Listed, c.ListedTeam = late, ""
	if !late.IsZero() {
		e.tx.ListLate(*e.t, late)
		c.ListedTeam = team
	}
	if c.Policy == "" && late.IsZero() {
		e.t.Clocks = nil // stopped, and now nowhere listed
	}
}

// armAt sets a timer, leaves the one that stands at the same time, or removes it.
func armAt(t *desk.Ticket, kind desk.TimerKind, at time.Time) {
	i := slices.IndexFunc(t.Timers, func(x desk.Timer) bool { return x.Kind == kind })
	switch {
	case at.IsZero() && i >= 0:
		t.Disarm(kind)
	case at.IsZero():
	case i < 0 || !t.Timers[i].At.Equal(at):
		t.Arm(kind, at)
	}
}
