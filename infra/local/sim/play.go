package sim

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
)

// queues are those that feed a function.
var queues = []queue.Name{queue.Inbound, queue.Outbound, queue.Jobs, queue.Surveys, queue.SESMail}

// streams are the functions that read the change feed.
var streams = []string{"relay", "figures"}

// scheduled are the functions that a schedule calls.
var scheduled = []string{"schedule", "tokens"}

// play is the storm: everybody acts, everything fails.
func (s *Sim) play() {
	for s.step = 1; s.step <= s.cfg.Steps; s.step++ {
		s.letPass()
		s.guard(s.act)
		for range s.rng.IntN(4) {
			s.guard(s.work)
		}
		s.again()
		if s.chance(20) {
			s.keepPositions()
		}
	}
}

// guard runs one step; a crash ends it, and a killed desk comes up again.
func (s *Sim) guard(do func()) {
	func() {
		defer func() {
			s.depth = 0
			if v := recover(); v != nil {
				if _, ours := v.(crash); !ours {
					panic(v)
				}
			}
		}()
		do()
	}()
	if s.faults.down {
		if err := s.kill(); err != nil {
			panic(fmt.Sprintf("sim: the desk can't be opened again: %v", err))
		}
	}
}

// letPass lets time pass: mostly little, sometimes hours or days.
func (s *Sim) letPass() {
	switch n := s.rng.IntN(100); {
	case n < 70:
		s.clock.pass(time.Duration(s.rng.IntN(3000)) * time.Millisecond)
	case n < 94:
		s.clock.pass(time.Duration(s.rng.IntN(300)) * time.Second)
	case n < 99:
		s.clock.pass(time.Duration(s.rng.IntN(180)) * time.Minute)
	default:
		s.note("a long time passes")
		s.clock.pass(time.Duration(s.rng.IntN(60)) * time.Hour)
	}
}

// work lets one part of the machine do one thing.
func (s *Sim) work() {
	ctx := context.Background()
	s.depth++
	defer func() { s.depth-- }()
	s.begin()
	switch n := s.rng.IntN(100); {
	case n < 62:
		q := queues[s.rng.IntN(len(queues))]
		if s.rng.IntN(2) == 0 {
			q = []queue.Name{queue.Inbound, queue.Outbound}[s.rng.IntN(2)]
		}
		if did, err := s.desk.Runner.PollQueue(ctx, q); did || err != nil {
			s.note("polled %s %s", q, errText(err))
		}
	case n < 82:
		s.pollStream(ctx, streams[s.rng.IntN(len(streams))])
	case n < 97:
		for _, name := range scheduled {
			if did, _ := s.desk.Runner.RunSchedule(ctx, name); did {
				s.note("schedule ran %s", name)
			}
		}
	default: // EventBridge may call twice, and sweeps may overlap
		s.note("one more sweep")
		_, _ = s.desk.Runner.Invoke(ctx, "schedule", []byte("{}"))
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

func (s *Sim) pollStream(ctx context.Context, name string) bool {
	if s.inStream[name] { // one batch of a shard at a time
		return false
	}
	s.inStream[name] = true
	defer func() { s.inStream[name] = false }()
	if name == "figures" && s.faults.hits(20) {
		_ = s.desk.Runner.EndWindowEarly("figures")
	}
	did, err := s.desk.Runner.PollStream(ctx, name)
	if did || err != nil {
		s.note("fed %s %s", name, errText(err))
	}
	return did
}

// interleave runs another invocation in the middle of one.
func (s *Sim) interleave() {
	s.counts["meetings"]++
	before := s.people.began
	s.work()
	s.people.began = before
}

// call makes a provider's call to the desk; false if it has to come again.
func (s *Sim) call(req *http.Request, err error) bool {
	if err != nil {
		panic(fmt.Sprintf("sim: a call can't be made: %v", err))
	}
	w := s.serve(req)
	return w.Code/100 == 2 || w.Code/100 == 3
}

func (s *Sim) serve(req *http.Request) *httptest.ResponseRecorder {
	r := req.Clone(context.Background())
	r.RequestURI, r.RemoteAddr, r.Host = req.URL.RequestURI(), "127.0.0.1:1", req.URL.Host
	w := httptest.NewRecorder()
	s.depth++
	defer func() { s.depth-- }()
	s.begin()
	s.desk.Runner.ServeHTTP(w, r)
	return w
}

// repeat has something done again after a while, until it is done or tries run out.
func (s *Sim) repeat(after time.Duration, tries int, do func() bool) {
	s.later = append(s.later, later{s.clock.Now().Add(after), do, tries})
}

// again does what is to be repeated by now.
func (s *Sim) again() {
	due := s.later
	s.later = nil
	for _, l := range due {
		if l.at.After(s.clock.Now()) {
			s.later = append(s.later, l)
			continue
		}
		done := false
		s.guard(func() { done = l.do() })
		if !done && l.no > 1 {
			s.repeat(time.Duration(5+s.rng.IntN(60))*time.Second, l.no-1, l.do)
		}
	}
}

// outage lets a provider fail its next calls.
func (s *Sim) outage() {
	if s.cfg.Calm {
		return
	}
	c := []desk.Channel{desk.WeChat, desk.SMS, desk.Email}[s.rng.IntN(3)]
	// Not 21610: with it Twilio tells of a STOP that no actor here has said. What the desk
	// makes of that is tested where Twilio's life is walked.
	codes := map[desk.Channel][]int{desk.WeChat: {-1, 45009, 48002}, desk.SMS: {20429, 20500, 21614}, desk.Email: {429, 500, 400}}
	kinds := []standin.FailureKind{standin.FailCode, standin.FailDial, standin.FailTimeout, standin.FailAfterAccept}
	for range 1 + s.rng.IntN(4) {
		f := standin.Failure{Kind: kinds[s.rng.IntN(len(kinds))], Code: codes[c][s.rng.IntN(3)]}
		s.note("%s is going to fail: %d %d", c, f.Kind, f.Code)
		s.desk.Standin.Fail(c, f)
	}
}
