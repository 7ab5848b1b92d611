package sim

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/table"
)

// errBusy: time passed and passed, and the desk never came to rest.
var errBusy = errors.New("sim: the desk never came to rest")

const (
	rounds   = 3000 // times the clock is moved while draining
	perRound = 2000 // steps without the clock moving
)

// drain stops the faults and lets time pass until nobody has anything left to do.
func (s *Sim) drain() error {
	s.note("the faults stop")
	s.faults.on = false
	if err := errors.Join(s.allCome(), s.workOff()); err != nil {
		return err
	}
	for range rounds {
		if err := s.quiet(); err != nil {
			return err
		}
		next, ok := s.next()
		if !ok {
			return s.settle()
		}
		if next.After(s.clock.Now()) {
			s.clock.at = next
		}
		s.clock.pass(time.Second)
	}
	s.breaks("the desk never came to rest: something is tried again and again")
	return nil
}

// prompt works off what there is to do at this time, where nothing failed: no message
// may then be left for a timer to find. A nudge that meets another one must not be lost.
func (s *Sim) prompt() error {
	if !s.cfg.Calm {
		return nil
	}
	var err error
	calm := func() { s.depth++; err = s.quiet() }
	if s.guard(calm); err != nil {
		return err
	}
	if undo := s.cfg.Settings.Tickets.UndoSend.D(); undo > 0 { // then what could be taken back goes, by a nudge of its own
		s.clock.pass(undo + time.Second)
		if s.guard(calm); err != nil {
			return err
		}
	}
	d, err := s.read()
	if err != nil {
		return err
	}
	for id, t := range d.tickets {
		if len(t.Unsent) > 0 && !t.Claim.Retry.After(s.clock.Now()) { // a token's end is a refusal that waits
			s.breaks("ticket %s has %d messages left that nobody was nudged for", id, len(t.Unsent))
		}
	}
	return nil
}

// settle lets the last window of figures end.
func (s *Sim) settle() error {
	for range 3 {
		s.clock.pass(2 * time.Minute)
		if err := s.quiet(); err != nil {
			return err
		}
	}
	return nil
}

// quiet works until there is nothing to do at this time.
func (s *Sim) quiet() error {
	for range perRound {
		s.again()
		did, err := s.everything()
		if err != nil || !did {
			return err
		}
	}
	return errBusy
}

func (s *Sim) everything() (bool, error) {
	ctx, any := context.Background(), false
	for _, q := range queues {
		did, err := s.desk.Runner.PollQueue(ctx, q)
		if err != nil {
			return false, err
		}
		any = any || did
	}
	for _, name := range streams {
		any = s.pollStream(ctx, name) || any
	}
	for _, name := range scheduled {
		did, err := s.desk.Runner.RunSchedule(ctx, name)
		if err != nil {
			return false, err
		}
		any = any || did
	}
	return any, nil
}

// next is when something happens: a message becomes visible, a timer is due, somebody
// does something again.
func (s *Sim) next() (next time.Time, ok bool) {
	consider := func(t time.Time) {
		if !ok || t.Before(next) {
			next, ok = t, true
		}
	}
	for _, q := range queues {
		if t, more := s.desk.Queue.NextVisible(q); more {
			consider(t)
		}
	}
	for _, l := range s.later {
		consider(l.at)
	}
	if t, more := s.nextDue(); more {
		consider(t.Add(time.Minute)) // the sweep's next minute
	}
	return next, ok
}

func (s *Sim) nextDue() (next time.Time, ok bool) {
	for n := range 16 {
		page, err := s.desk.Table.Query(context.Background(), table.Query{Index: table.Due, PK: duePartition(n), Limit: 1})
		if err != nil || len(page.Items) == 0 {
			continue
		}
		stamp, _, _ := strings.Cut(page.Items[0].Index[table.Due].SK, "#")
		at, err := time.Parse("2006-01-02T15:04:05.000Z", stamp)
		if err == nil && (!ok || at.Before(next)) {
			next, ok = at, true
		}
	}
	return next, ok
}

func duePartition(n int) string { return "due#" + string(rune('0'+n/10)) + string(rune('0'+n%10)) }

// read replays the feed into the table as it stands.
func (s *Sim) read() (*dump, error) {
	d := &dump{items: map[table.Key]table.Item{}, tickets: map[desk.TicketID]desk.Ticket{}}
	after := ""
	for {
		changes, err := s.desk.Table.Changes(context.Background(), after, 1000)
		if err != nil {
			return nil, err
		}
		if len(changes) == 0 {
			return d, nil
		}
		for _, c := range changes {
			d.apply(c)
		}
		after = changes[len(changes)-1].Seq
	}
}

func (d *dump) apply(c table.Change) {
	d.changes = append(d.changes, c)
	if d.items[c.Key] = c.New; !c.New.Exists() {
		delete(d.items, c.Key)
		return
	}
	switch {
	case !c.Old.Exists() && strings.HasPrefix(c.Key.SK, "M#"):
		d.messages = append(d.messages, decode[desk.Message](c.New.Doc))
	case strings.HasPrefix(c.Key.PK, "T#") && c.Key.SK == "T":
		t := decode[desk.Ticket](c.New.Doc)
		d.tickets[t.ID] = t
	}
}

// decode reads a row; one that can't be read is the zero value, and shows as missing.
func decode[V any](doc []byte) V {
	var v V
	_ = json.Unmarshal(doc, &v)
	return v
}

// formValue reads a field of a request's body without using it up.
func formValue(req *http.Request, name string) string {
	body, err := req.GetBody()
	if err != nil {
		return ""
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return ""
	}
	form, _ := url.ParseQuery(string(b))
	return form.Get(name)
}

// dead counts what lies in a dead-letter queue.
func (s *Sim) dead() map[queue.Name]int {
	dead := map[queue.Name]int{}
	for _, spec := range s.desk.Queue.Specs() {
		st := s.desk.Queue.Depth(spec.Name)
		if n := st.Visible + st.InFlight + st.Delayed; n > 0 {
			dead[spec.Name] = n
		}
	}
	return dead
}
