package sim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/store"
)

// acks is promise 5: two automatic answers an hour at most, none to a robot.
func (s *Sim) acks(d *dump) {
	times := map[desk.Address][]time.Time{}
	for _, m := range d.messages {
		if m.Purpose != "ack" && m.Purpose != "pending" && m.Purpose != "closing" {
			continue
		}
		t := d.tickets[m.Ticket]
		times[t.From] = append(times[t.From], m.At)
		if strings.HasSuffix(t.From.ID, "@robot.example") {
			s.breaks("promise 5: a robot got an automatic answer on ticket %s", m.Ticket)
		}
	}
	for who, at := range times {
		slices.SortFunc(at, time.Time.Compare)
		for i := 2; i < len(at); i++ {
			if at[i].Sub(at[i-2]) < time.Hour {
				s.breaks("promise 5: %s %s got three automatic answers within an hour", who.Channel, who.ID)
			}
		}
	}
}

// surveys is promise 6: each resolution has one asking, which came to an end; it was
// asked once at most, or the ticket says why not.
func (s *Sim) surveys(d *dump) {
	asked, skipped := map[desk.SurveyID]int{}, map[desk.TicketID]int{}
	for _, m := range d.messages {
		if m.Purpose == "survey" {
			asked[m.Survey]++
		}
		if m.Kind == desk.Journal && len(m.Decisions) > 0 && m.Decisions[0].Code == "survey.skipped" {
			skipped[m.Ticket]++
		}
	}
	rounds, skips := map[desk.TicketID]int{}, map[desk.TicketID]int{}
	for key, it := range d.items {
		if !strings.HasPrefix(key.PK, "Q#") || key.SK != "Q" {
			continue
		}
		v := decode[desk.Survey](it.Doc)
		rounds[v.Ticket]++
		s.counts["survey "+string(v.State)]++
		s.survey(v, asked[v.ID])
		if v.State == desk.SurveySkipped {
			skips[v.Ticket]++
		}
	}
	for id, t := range d.tickets {
		if rounds[id] != t.Round {
			s.breaks("promise 6: ticket %s was resolved %d times and has %d surveys", id, t.Round, rounds[id])
		}
		if skips[id] != skipped[id] {
			s.breaks("promise 6: ticket %s skipped %d surveys and tells of %d", id, skips[id], skipped[id])
		}
	}
}

func (s *Sim) survey(v desk.Survey, asked int) {
	want := 1
	switch v.State {
	case desk.SurveySkipped:
		if want = 0; v.Why == "" {
			s.breaks("promise 6: survey %s was skipped, and nobody is told why", v.ID)
		}
	case desk.SurveyPlanned:
		s.breaks("promise 6: survey %s is still planned", v.ID)
	}
	if asked != want {
		s.breaks("promise 6: survey %s of %s is %s and was asked %d times", v.ID, v.Ticket, v.State, asked)
	}
}

// figures is promise 8: the sums equal a recount of facts and messages.
func (s *Sim) figures(d *dump) {
	zone := s.cfg.Settings.Desk.Location()
	want := map[string]map[string]int64{}
	add := func(sums []kpi.Sum) {
		for _, sum := range sums {
			key := sum.Cut + " " + sum.Day
			if want[key] == nil {
				want[key] = map[string]int64{}
			}
			kpi.Merge(want[key], sum.Counters)
		}
	}
	for key, it := range d.items {
		if strings.HasPrefix(key.PK, "F#") {
			add(kpi.Count(decode[desk.Fact](it.Doc)))
		}
	}
	for _, m := range d.messages {
		if m.Ticket != "" {
			add(kpi.CountMessage(m, zone))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		cut, day, _ := strings.Cut(key, " ")
		got, err := store.New(s.desk.Table).Figures(context.Background(), cut, day)
		if err != nil || len(got) != 1 {
			s.breaks("promise 8: the figures of %s can't be read: %v", key, err)
			continue
		}
		if diff := differ(want[key], got[0]); diff != "" {
			s.breaks("promise 8: figures of %s: %s", key, diff)
		}
	}
	s.notCounted(d, want)
}

// notCounted looks for figures that nothing stands behind.
func (s *Sim) notCounted(d *dump, want map[string]map[string]int64) {
	for key, it := range d.items {
		if !strings.HasPrefix(key.PK, "K#") || len(it.Counters) == 0 {
			continue
		}
		found := false
		for cell := range want {
			cut, day, _ := strings.Cut(cell, " ")
			found = found || store.FigureKey(cut, day) == key
		}
		if !found {
			s.breaks("promise 8: %s has figures, and no facts", key.PK)
		}
	}
}

func differ(want, got map[string]int64) string {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if want[name] != got[name] {
			return fmt.Sprintf("%s is %d, a recount gives %d", name, got[name], want[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if want[name] != got[name] {
			return fmt.Sprintf("%s is %d, a recount gives %d", name, got[name], want[name])
		}
	}
	return ""
}

// timers is promise 9: every timer has fired, and none twice.
func (s *Sim) timers(d *dump) {
	closed, woken, snoozed := map[desk.TicketID]int{}, map[desk.TicketID]int{}, map[desk.TicketID]int{}
	for _, m := range d.messages {
		for _, dec := range m.Decisions {
			from, to := dec.Args["from"], dec.Args["to"]
			switch {
			case dec.Code != "status.changed":
			case to == string(desk.StatusClosed):
				closed[m.Ticket]++
			case to == string(desk.StatusSnoozed):
				snoozed[m.Ticket]++
			case from == string(desk.StatusSnoozed) && m.By.Kind == desk.ByDesk:
				woken[m.Ticket]++
			}
		}
	}
	for id, t := range d.tickets {
		switch {
		case len(t.Timers) > 0:
			s.breaks("promise 9: ticket %s still has the timer %s", id, t.Timers[0].Kind)
		case t.Status == desk.StatusResolved:
			s.breaks("promise 9: ticket %s was resolved and never closed", id)
		case t.Status == desk.StatusSnoozed:
			s.breaks("promise 9: ticket %s sleeps on", id)
		case t.Into != "": // closed by the merge
		case closed[id] > 1 || closed[id] == 1 != (t.Status == desk.StatusClosed):
			s.breaks("promise 9: ticket %s is %s and was closed %d times", id, t.Status, closed[id])
		case woken[id] > snoozed[id]:
			s.breaks("promise 9: ticket %s was snoozed %d times and woken %d times", id, snoozed[id], woken[id])
		}
	}
}
