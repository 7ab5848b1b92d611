// Package sim is the judge of the desk's promises: the whole desk in one goroutine, with
// a clock that only moves when told and a seed from which everything follows. Customers,
// agents, scanners and providers act; table, queue, blob store and providers fail at
// their seams; functions crash between any two effects and meet in the middle of each
// other's work. In the end the faults stop, time passes until nothing is left to do, and
// what stands in the table and in the customers' hands is held against the promises.
//
// One seed is one run, the same each time.
package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/deskhook/deskhook/infra/local"
	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// Config is what one run is made of. Without a remark a field is needed.
type Config struct {
	Seed     uint64
	Steps    int // how often somebody does something before the faults stop; 0 = 240
	Dir      string
	Template *template.Template
	Settings *config.Settings
	Mutation Mutation // a bug to plant, to prove that the judge finds it; "" = none
	AtWork   bool     // agents come and go, and the rules give them tickets
	Calm     bool     // nothing fails: invocations only meet in the middle of each other's work
}

// Report is what became of a run.
type Report struct {
	Seed   uint64
	Broken []string // each broken promise in words, with what breaks it
	Trail  []string // the last steps
	Counts map[string]int
}

// Failed says whether a promise was broken.
func (r Report) Failed() bool { return len(r.Broken) > 0 }

// String is the report as a person reads it: what broke, how it came, how to see it again.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d breaks %d promises\n", r.Seed, len(r.Broken))
	for _, s := range r.Broken[:min(len(r.Broken), 12)] {
		fmt.Fprintf(&b, "  broken: %s\n", s)
	}
	for _, s := range r.Trail {
		fmt.Fprintf(&b, "    %s\n", s)
	}
	fmt.Fprintf(&b, "  replay: go test ./infra/local/sim -run TestSeeds -seed=%d\n", r.Seed)
	return b.String()
}

const (
	base      = "http://desk.test"
	trailKept = 40
)

var start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// Sim is one run.
type Sim struct {
	cfg    Config
	rng    *rand.Rand
	clock  *clock
	faults faults
	desk   *local.Desk
	agent  *ticketing.Desk

	step      int
	depth     int // how many invocations lie within each other
	inStream  map[string]bool
	positions map[string][]byte // of the feed's readers, as they stood some time ago
	trail     []string
	broken    []string
	counts    map[string]int

	ledger  ledger
	people  people
	threads threads
	later   []later // what providers will repeat
}

// later is something a provider or an agent does again after a while.
type later struct {
	at time.Time
	do func() bool // false: to be done once more
	no int         // of tries left
}

// Run plays one seed to its end and judges it. An error is a fault of the simulation's
// own surroundings, not a broken promise.
func Run(cfg Config) (Report, error) {
	if cfg.Steps == 0 {
		cfg.Steps = 240
	}
	s := &Sim{
		cfg: cfg, rng: rand.New(rand.NewPCG(cfg.Seed, 0x9e3779b97f4a7c15)), clock: &clock{at: start},
		inStream: map[string]bool{}, counts: map[string]int{}, ledger: newLedger(),
	}
	s.faults = newFaults(s)
	s.people = newPeople(s)
	if err := s.open(); err != nil {
		return Report{}, err
	}
	s.play()
	err := s.prompt()
	if err == nil {
		err = s.drain()
	}
	if err == nil {
		err = s.judge()
	}
	return Report{Seed: cfg.Seed, Broken: s.broken, Trail: s.trail, Counts: s.counts}, errors.Join(err, s.desk.Close())
}

// open opens the desk, or opens it again after it was killed.
func (s *Sim) open() (err error) {
	s.desk, err = local.Open(local.Options{
		Dir: s.cfg.Dir, Template: s.cfg.Template, Settings: s.cfg.Settings, PublicURL: base,
		Getenv: func(string) string { return "" }, Clock: s.clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		NoSync: true, Synchronous: true, Wrap: s.wrap, Index: 10 * time.Minute,
	})
	if err != nil {
		return err
	}
	for n := range s.people.customers {
		who := fmt.Sprintf("oCustomer%d", n)
		s.desk.Standin.Union(s.wechat().AppID, who, person(who))
	}
	settings := &config.Snapshot{Blob: s.desk.Files, Now: s.clock.Now, PublicURL: base}
	s.agent = &ticketing.Desk{Store: s.desk.Store, Settings: settings.Current, Pause: s.pause}
	s.inStream, s.depth = map[string]bool{}, 0
	_, _ = s.desk.Runner.Invoke(context.Background(), "tokens", []byte("{}")) // a failure is mended by its schedule
	return nil
}

// kill closes the desk as if its process had died, perhaps sets the feed's readers back
// to where they stood a while ago, and opens it again.
func (s *Sim) kill() error {
	s.note("the desk is killed and opened again")
	s.counts["kills"]++
	if err := s.desk.Close(); err != nil {
		return err
	}
	if len(s.positions) > 0 && s.rng.IntN(2) == 0 {
		s.note("the feed's readers begin again where they stood earlier")
		for name, doc := range s.positions {
			if err := os.WriteFile(filepath.Join(s.cfg.Dir, "positions", name), doc, 0o600); err != nil {
				return err
			}
		}
	}
	s.faults.down = false
	return s.open()
}

// keepPositions remembers where the feed's readers stand.
func (s *Sim) keepPositions() {
	files, _ := os.ReadDir(filepath.Join(s.cfg.Dir, "positions"))
	s.positions = map[string][]byte{}
	for _, f := range files {
		if b, err := os.ReadFile(filepath.Join(s.cfg.Dir, "positions", f.Name())); err == nil {
			s.positions[f.Name()] = b
		}
	}
}

// note remembers a step for the report.
func (s *Sim) note(format string, args ...any) {
	line := fmt.Sprintf("%s #%d %s%s", s.clock.Now().Format("01-02T15:04:05.000"), s.step, strings.Repeat("  ", s.depth), fmt.Sprintf(format, args...))
	if s.trail = append(s.trail, line); len(s.trail) > trailKept {
		s.trail = s.trail[1:]
	}
}

// breaks notes a broken promise.
func (s *Sim) breaks(format string, args ...any) {
	s.broken = append(s.broken, fmt.Sprintf(format, args...))
}

// chance is true p times of 1,000.
func (s *Sim) chance(p int) bool { return s.rng.IntN(1000) < p }

func (s *Sim) pause(_ context.Context, try int) error {
	s.clock.pass(time.Duration(5<<try) * time.Millisecond)
	return nil
}

// clock is time that only passes when told. It implements runner.Clock.
type clock struct{ at time.Time }

// Now is the time it was told last.
func (c *clock) Now() time.Time { return c.at }

// After never comes: nothing in a synchronous desk waits.
func (c *clock) After(time.Duration) <-chan time.Time { return make(chan time.Time) }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }
