// Package season judges the desk's surveys over a season: thousands of customers in
// twelve time zones write, are answered, asked, reminded, answer well or badly, late,
// twice or not at all, opt out and are merged, for ninety days of a clock that only
// moves when told. The desk is the real one: its functions, its ticketing, its change
// feed and figures, over a table in memory. In the end judges that share no code with it
// recount, from what reached the customers and what they answered, whether the right
// people were asked, in time, and nobody who was unhappy was forgotten.
//
// One seed is one season, the same each time.
package season

import (
	"container/heap"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Config is what one season is made of.
type Config struct {
	Seed      uint64
	Customers int
	Days      int // in which customers write; 0 = 90. Then the desk is left alone until nothing is due
	Bug       Bug // planted, to prove that the judges find it; "" = none
}

// Report is what became of a season.
type Report struct {
	Broken []string       // each broken promise in words
	Counts map[string]int // what happened how often
	Shares []string       // the season's figures, as the desk tells them
	Digest string         // of all that reached customers: the same for the same seed
}

// String is the report as a person reads it.
func (r Report) String() string {
	return fmt.Sprintf("%d promises broken\n  %s", len(r.Broken), strings.Join(r.Broken[:min(len(r.Broken), 12)], "\n  "))
}

// start lies two weeks before clocks are put on in America, five before Europe.
var start = time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC)

// season is one run.
type season struct {
	cfg    Config
	rng    *rand.Rand
	w      *world
	agenda agenda
	n      int
	fault  error // of the surroundings, not of a promise

	people  []*person
	at      map[desk.Address]*address
	tickets map[desk.TicketID]*ticket
	opened  []*ticket
	askings map[desk.SurveyID]*asking
	asked   []*asking
	sums    map[string]map[string]int64 // recounted, by day and cut

	broken []string
	counts map[string]int
	digest []byte
}

// Run plays one season and judges it. An error is a fault of its surroundings.
func Run(cfg Config) (Report, error) {
	if cfg.Days == 0 {
		cfg.Days = 90
	}
	s := &season{
		cfg: cfg, rng: rand.New(rand.NewPCG(cfg.Seed, 0x5ea5)), at: map[desk.Address]*address{}, counts: map[string]int{},
		tickets: map[desk.TicketID]*ticket{}, askings: map[desk.SurveyID]*asking{}, sums: map[string]map[string]int64{},
	}
	var err error
	if s.w, err = newWorld(cfg.Bug, start, s.reached); err != nil {
		return Report{}, err
	}
	s.populate()
	s.later(start.Add(time.Duration(cfg.Days)*day/2), func() { s.w.settings = changed(*s.w.settings) })
	s.later(start.Add(time.Duration(cfg.Days)*day), func() { s.w.settings = ended(*s.w.settings) })
	if err := s.play(); err != nil {
		return Report{}, err
	}
	shares := s.judge()
	return Report{Broken: s.broken, Counts: s.counts, Shares: shares, Digest: hex.EncodeToString(s.digest)}, nil
}

// play lets minute after minute pass in which there is something to do.
func (s *season) play() error {
	ctx := context.Background()
	minute := start
	for {
		next, more := s.w.nextDue()
		if len(s.agenda) > 0 && (!more || s.agenda[0].at.Before(next)) {
			next, more = s.agenda[0].at, true
		}
		if !more {
			return s.w.count(ctx)
		}
		minute = minute.Add(time.Minute)
		if up := next.Truncate(time.Minute).Add(time.Minute); up.After(minute) {
			minute = up
		}
		if err := s.minute(ctx, minute); err != nil {
			return fmt.Errorf("season: at %s: %w", s.w.now.Format(time.RFC3339), err)
		}
	}
}

// minute lets people do what they want to before it ends, and the desk what it must.
func (s *season) minute(ctx context.Context, end time.Time) error {
	for len(s.agenda) > 0 && s.agenda[0].at.Before(end) {
		e := heap.Pop(&s.agenda).(event)
		if e.at.After(s.w.now) {
			s.w.now = e.at
		}
		e.do()
		if s.fault != nil {
			return s.fault
		}
		if err := s.w.settle(ctx); err != nil {
			return err
		}
	}
	s.w.now = end
	if err := s.w.sweep(ctx); err != nil {
		return err
	}
	return s.w.count(ctx)
}

// event is what somebody means to do.
type event struct {
	at time.Time
	n  int
	do func()
}

type agenda []event

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || a[i].at.Equal(a[j].at) && a[i].n < a[j].n
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(event)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// later has something done at a time.
func (s *season) later(at time.Time, do func()) {
	s.n++
	heap.Push(&s.agenda, event{at, s.n, do})
}

// in has something done so long from now, to the millisecond by chance.
func (s *season) in(least, most time.Duration, do func()) {
	s.later(s.w.now.Add(s.between(least, most)), do)
}

func (s *season) between(least, most time.Duration) time.Duration {
	if most <= least {
		return least
	}
	return (least + time.Duration(s.rng.Int64N(int64(most-least)))).Truncate(time.Millisecond)
}

// chance is true p times of 100.
func (s *season) chance(p int) bool { return s.rng.IntN(100) < p }

// must notes a fault of the surroundings.
func (s *season) must(err error) {
	if err != nil && s.fault == nil {
		s.fault = err
	}
}

// breaks notes a broken promise.
func (s *season) breaks(format string, args ...any) {
	s.broken = append(s.broken, fmt.Sprintf(format, args...))
}

// mark takes something into the digest of the season.
func (s *season) mark(parts ...any) {
	sum := sha256.Sum256(append(s.digest, fmt.Sprint(parts...)...))
	s.digest = sum[:8]
}
