package ask_test

import (
	"container/heap"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/ask"
)

var (
	seed      = flag.Uint64("survey-seed", 1, "seed of the survey simulation")
	customers = flag.Int("survey-customers", 10_000, "how many customers it has")
)

// The zones of the simulation: with half hours, on both sides of the date line, with
// clocks put on in the north and back in the south within its 90 days.
var simZones = []string{
	"UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Asia/Kathmandu",
	"Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Kiritimati", "America/Sao_Paulo", "Africa/Cairo",
}

// simTimer is a moment of one asking.
type simTimer struct {
	at time.Time
	c  *simCustomer
	s  *desk.Survey
	n  int // of the order made
}

type simQueue []simTimer

func (q simQueue) Len() int { return len(q) }
func (q simQueue) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || q[i].at.Equal(q[j].at) && q[i].n < q[j].n
}
func (q simQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *simQueue) Push(x any)   { *q = append(*q, x.(simTimer)) }
func (q *simQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

type simCustomer struct {
	row  desk.Customer
	zone *time.Location
	sent []time.Time          // all that reached them
	last map[string]time.Time // askings by survey
}

// survey sim: what the desk does with the policies' verdicts, without its rows.
type surveySim struct {
	t     *testing.T
	rng   *rand.Rand
	queue simQueue
	rules map[string]ask.Rules
	n     int
	count map[string]int
}

func (m *surveySim) later(at time.Time, c *simCustomer, s *desk.Survey) {
	m.n++
	heap.Push(&m.queue, simTimer{at, c, s, m.n})
}

func (m *surveySim) fire(x simTimer) {
	s := x.s
	if s.Score != nil {
		return
	}
	q := ask.Question{
		Survey: *s, Customer: x.c.row, WindowOpen: m.rng.IntN(10) > 0, Zone: x.c.zone, Rules: m.rules[s.Of], At: x.at,
		Ticket: desk.Ticket{Status: desk.StatusResolved, Round: 1, Answers: 1},
	}
	remind := s.State == desk.SurveyAsked
	v := ask.Decide(q)
	if remind {
		v = ask.Remind(q)
	}
	switch {
	case !v.Until.IsZero():
		m.count["postponed"]++
		m.later(v.Until, x.c, s)
	case v.Why != "":
		m.count[v.Why]++
		s.Remind = time.Time{}
	default:
		m.send(x, remind)
	}
}

func (m *surveySim) send(x simTimer, remind bool) {
	c, s, at, r := x.c, x.s, x.at, m.rules[x.s.Of]
	require.False(m.t, r.Quiet.Is(at, c.zone), "%s is in quiet hours", at.In(c.zone))
	local := at.In(c.zone).Hour()
	require.True(m.t, local >= 8 && local < 22, "%s is in quiet hours", at.In(c.zone))
	if remind {
		require.Equal(m.t, desk.SurveyAsked, s.State, "reminded once")
		s.State, s.Remind = desk.SurveyReminded, time.Time{}
		m.count["reminded"]++
	} else {
		m.apart(c, s.Of, at, r)
		s.State, s.Asked, s.Expires, s.Remind = desk.SurveyAsked, at, at.Add(7*day), at.Add(2*day)
		m.later(s.Remind, c, s)
		m.count["asked"]++
		c.last[s.Of] = at
	}
	ask.Note(&c.row, s.Of, at, remind)
	c.sent = append(c.sent, at)
	n := 0
	for _, t := range c.sent {
		if at.Sub(t) < r.Within {
			n++
		}
	}
	require.LessOrEqual(m.t, n, r.Most)
	if m.rng.IntN(3) == 0 {
		s.Score = &desk.Score{}
	}
}

func (m *surveySim) apart(c *simCustomer, of string, at time.Time, r ask.Rules) {
	if before, ok := c.last[of]; ok {
		require.GreaterOrEqual(m.t, at.Sub(before), r.Cooldown)
	}
	if n := len(c.sent); n > 0 {
		require.GreaterOrEqual(m.t, at.Sub(c.sent[n-1]), r.Apart)
	}
}

// 10,000 customers in twelve time zones over 90 days: the caps are never broken, quiet
// hours are kept, each reminder goes once. Another seed: -args -survey-seed=2.
func TestManyCustomers(t *testing.T) {
	m := &surveySim{t: t, rng: rand.New(rand.NewPCG(*seed, 0)), rules: map[string]ask.Rules{}, count: map[string]int{}}
	for of, cooldown := range map[string]time.Duration{"csat": 7 * day, "nps": 60 * day, "ces": 14 * day} {
		m.rules[of] = ask.Rules{Enabled: true, Cooldown: cooldown, Apart: 3 * day, Most: 4, Within: 30 * day, Quiet: ask.Quiet{From: 22 * 60, To: 8 * 60}}
	}
	for i := range *customers {
		zone, err := time.LoadLocation(simZones[i%len(simZones)])
		require.NoError(t, err)
		c := &simCustomer{zone: zone, last: map[string]time.Time{}}
		for j := range 2 + m.rng.IntN(12) {
			of := []string{"csat", "csat", "nps", "ces"}[m.rng.IntN(4)]
			s := &desk.Survey{ID: desk.SurveyID(fmt.Sprint(i, "-", j)), Of: of, State: desk.SurveyPlanned, Round: 1, To: desk.Address{ID: "x"}}
			m.later(now.Add(time.Duration(m.rng.IntN(90*24*60))*time.Minute), c, s)
		}
	}
	for m.queue.Len() > 0 {
		m.fire(heap.Pop(&m.queue).(simTimer))
	}
	t.Log(m.count)
	for _, what := range []string{"asked", "reminded", "postponed", "survey.cooldown", "survey.too_many", "survey.window_closed"} {
		require.NotZero(t, m.count[what], "nothing was tried: %s", what)
	}
}
