package season

import (
	"fmt"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
)

// The ledger is what the season's people know of their own doing: the judges' side of
// every account.

// person is one customer.
type person struct {
	n     int
	zone  *time.Location
	name  string // of the zone
	tiers []since[desk.Tier]
	addrs []*address // one or two; two are two customers until an agent merges them
	one   []since[bool]
}

// since is a value from a time on.
type since[V any] struct {
	at time.Time
	v  V
}

func valueAt[V any](list []since[V], at time.Time) (v V) {
	for _, x := range list {
		if x.at.After(at) {
			break
		}
		v = x.v
	}
	return v
}

// set begins a new value now.
func set[V comparable](list *[]since[V], at time.Time, v V) {
	if len(*list) == 0 || (*list)[len(*list)-1].v != v {
		*list = append(*list, since[V]{at, v})
	}
}

// address is where a person writes from and is written to.
type address struct {
	desk.Address
	who      *person
	customer desk.CustomerID // as the desk calls whoever writes from there
	known    bool            // an agent has noted the customer's zone and tier
	last     *asking         // that a bare digit would answer
	until    time.Time       // after a digit: until when more digits and words are the same answer's
	mail     string          // the id of the last mail that came
	shut     []since[bool]   // takes no surveys: opted out, unsubscribed, gone
	got      []delivery      // all surveys and reminders
}

// delivery is one question that reached an address.
type delivery struct {
	at     time.Time
	of     string
	remind bool
	a      *asking
}

// ticket is one of the desk's.
type ticket struct {
	id      desk.TicketID
	from    *address
	teams   []since[string]
	agents  []since[string]
	active  []since[bool]
	rounds  []round
	wanted  int // askings planned by agents or after a recovery
	merged  bool
	spam    bool
	opened  time.Time
	replied time.Time
	plan    int // what agents mean to do; an older plan is past
}

// round is a time that a ticket was resolved, or closed without.
type round struct {
	at     time.Time
	closed bool
}

// asking is one asking that reached a customer.
type asking struct {
	id      desk.SurveyID
	of      string
	version string
	variant string
	to      *address
	ticket  *ticket
	at      time.Time
	tier    desk.Tier
	reminds []time.Time
	answers []answer // accepted, each with another score than the one before
	last    *given
	first   time.Time
	rec     *recovery
}

type answer struct {
	at    time.Time
	value int
}

// given is the answer that stands.
type given struct {
	value   int
	comment string
}

// recovery is the follow-up that an asking should have.
type recovery struct {
	opened    time.Time
	states    []since[string] // due, dropped, contacted
	contacted time.Time
}

func (t *ticket) is(at time.Time) bool { return valueAt(t.active, at) }

// expires is when an asking takes no answer any more.
func (a *asking) expires() time.Time { return a.at.Add(surveys[a.of].expires) }

// reached is called for whatever leaves the desk.
func (s *season) reached(m channel.Outgoing) {
	s.counts["sent "+m.Purpose]++
	if m.Purpose != "survey" && m.Purpose != "reminder" {
		return
	}
	now, to := s.w.now, s.at[m.To]
	s.mark(m.To.ID, m.Purpose, now.UnixMilli())
	lines := strings.Split(m.Text, "\n")
	token := strings.TrimPrefix(lines[len(lines)-1], "https://desk.example/s/")
	fields, err := s.w.desk.Key.Open(links.SurveyPurpose, token, now)
	words := lines[:len(lines)-1]
	if n := len(words) - 1; strings.HasPrefix(words[n], "Reply with a number from ") {
		words = words[:n] // where there is nothing to tap
	}
	q, ok := questionOf[words[len(words)-1]]
	if err != nil || !ok || to == nil {
		s.breaks("%s: a survey that nobody can answer reached %s: %q", m.Ticket, m.To.ID, m.Text)
		return
	}
	id := desk.SurveyID(fields[0])
	a := s.askings[id]
	remind := m.Purpose == "reminder"
	switch {
	case remind && a == nil:
		s.breaks("survey %s: a reminder of what was never asked", id)
		return
	case remind:
		a.reminds = append(a.reminds, now)
	case a != nil:
		s.breaks("survey %s: asked twice", id)
	default:
		a = &asking{id: id, of: q.of, version: q.version, variant: q.variant, to: to, ticket: s.tickets[m.Ticket], at: now, tier: valueAt(to.who.tiers, now)}
		s.askings[id] = a
		s.asked = append(s.asked, a)
	}
	to.got = append(to.got, delivery{now, a.of, remind, a})
	if (m.To.Channel == desk.WeChat || m.To.Channel == desk.SMS) && to == a.ticket.from {
		to.last, to.until = a, time.Time{}
	}
	s.respond(a, remind)
}

// counted notes something for the recount of figures.
func (s *season) counted(at time.Time, cuts []string, names ...string) {
	date := at.In(berlin).Format(time.DateOnly)
	for _, cut := range cuts {
		key := date + " " + cut
		if s.sums[key] == nil {
			s.sums[key] = map[string]int64{}
		}
		for _, name := range names {
			n := int64(1)
			if rest, less := strings.CutPrefix(name, "-"); less {
				name, n = rest, -1
			}
			s.sums[key][name] += n
		}
	}
}

var berlin = mustLoad(deskZone)

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(fmt.Sprintf("season: %s: the time zone database is missing", name))
	}
	return loc
}

// cuts are where something about a ticket counts.
func (t *ticket) cuts(at time.Time) []string {
	return []string{"all", "channel#" + string(t.from.Channel), "team#" + valueAt(t.teams, at)}
}

// surveyCuts are where something about an asking counts that was planned at a time.
func (t *ticket) surveyCuts(planned time.Time, tier desk.Tier, of string) []string {
	cuts := append(t.cuts(planned), "tier#"+string(tier), "survey#"+of)
	if agent := valueAt(t.agents, planned); agent != "" {
		cuts = append(cuts, "agent#"+agent)
	}
	return cuts
}
