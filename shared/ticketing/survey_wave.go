package ticketing

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/ask"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// A round's budget each time its timer fires, and how soon it goes on.
const (
	wavePage   = 50
	wavePages  = 10
	waveGoesOn = time.Second
)

// round is what walks through those who were heard of of late, on the days of a calendar:
// a scheduled survey, or a holiday's care.
type round struct {
	id       string // in the settings
	schedule string // which changes with the calendar
	next     func(at time.Time) time.Time
	within   time.Duration // of the last contact
	plan     func(ctx context.Context, d *Desk, t desk.Ticket, w *desk.Wave, at time.Time) (bool, error)
}

// rounds are those of the settings.
func rounds(s *config.Settings) (all []round) {
	zone := s.Desk.Location()
	for _, def := range s.Surveys {
		if def.Disabled || def.When != desk.WhenSchedule {
			continue
		}
		all = append(all, round{def.ID, def.Schedule + " " + zone.String(), func(at time.Time) time.Time { return def.Next(at, zone) }, def.For.LastContact.D(),
			func(ctx context.Context, d *Desk, t desk.Ticket, w *desk.Wave, at time.Time) (bool, error) {
				return d.askInRound(ctx, def, t, w, at)
			}})
	}
	for _, def := range s.CareAfter(config.CareHoliday, "") {
		all = append(all, round{def.ID, strings.Join(def.Dates, " ") + " " + def.At + " " + zone.String(), func(at time.Time) time.Time { return def.Holiday(at, zone) }, def.LastContact.D(),
			func(ctx context.Context, d *Desk, t desk.Ticket, w *desk.Wave, at time.Time) (bool, error) {
				return d.careInRound(ctx, def, t, w, at)
			}})
	}
	return all
}

// ArmWaves sets the timers of what the settings schedule, where they are not set so
// already. A round under way goes on.
func ArmWaves(ctx context.Context, st *store.Store, s *config.Settings, at time.Time) error {
	for _, r := range rounds(s) {
		row, err := st.Wave(ctx, r.id)
		if err != nil {
			return err
		}
		w := &row.Value
		if !w.Due.IsZero() && (w.Walking || w.Schedule == r.schedule) {
			continue
		}
		r.arm(w, at)
		var tx store.Tx
		tx.PutWave(row)
		if err := st.Commit(ctx, &tx); err != nil && !errors.Is(err, table.ErrConflict) {
			return err // on a conflict somebody else has armed it
		}
	}
	return nil
}

// arm begins to wait for the next round; a calendar that is over has none.
func (r round) arm(w *desk.Wave, at time.Time) {
	next := r.next(at)
	*w = desk.Wave{Survey: r.id, Schedule: r.schedule, At: next, Due: next, Gen: w.Gen + 1}
}

// FireWave walks on through those whom a scheduled survey may ask, or a holiday's care
// greet: by cursor, within a budget, and at most once for each customer and round. The
// rest is taken a minute later. A repeat plans nothing twice.
func (d *Desk) FireWave(ctx context.Context, id string, gen int, at time.Time) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	row, err := d.Store.Wave(ctx, id)
	w := &row.Value
	if err != nil || w.Gen != gen || w.Due.IsZero() || w.Due.After(at) {
		return err
	}
	all := rounds(s)
	if i := slices.IndexFunc(all, func(r round) bool { return r.id == id }); i < 0 {
		w.Due, w.Walking, w.Gen = time.Time{}, false, w.Gen+1
	} else if err := d.walk(ctx, s, all[i], w, at); err != nil {
		return err
	}
	var tx store.Tx
	tx.PutWave(row)
	if err := d.Store.Commit(ctx, &tx); !errors.Is(err, table.ErrConflict) {
		return err
	}
	return nil // another has walked these pages
}

// waveStatuses are those of tickets whose customers are asked about their relationship, or
// greeted: to who waits for an answer, nothing else is said.
var waveStatuses = []desk.Status{desk.StatusResolved, desk.StatusClosed}

func (d *Desk) walk(ctx context.Context, s *config.Settings, r round, w *desk.Wave, at time.Time) error {
	w.Walking = true
	teams := s.AllTeams()
	for range wavePages {
		if w.List >= len(teams)*len(waveStatuses) {
			r.arm(w, at)
			return nil
		}
		team, status := teams[w.List/len(waveStatuses)], waveStatuses[w.List%len(waveStatuses)]
		page, err := d.Store.TicketsOfTeam(ctx, team, status, w.Cursor, wavePage, true)
		if err != nil {
			return err
		}
		old, err := d.waveTickets(ctx, r, w, page.IDs, at)
		if err != nil {
			return err
		}
		if w.Cursor = page.Cursor; old || w.Cursor == "" {
			w.List, w.Cursor = w.List+1, ""
		}
	}
	w.Due, w.Gen = at.Add(waveGoesOn), w.Gen+1
	return nil
}

// waveTickets plans what is for the customers of one page; old says that a ticket was opened before the
// last contact that counts: the rest of the list was too.
func (d *Desk) waveTickets(ctx context.Context, r round, w *desk.Wave, ids []desk.TicketID, at time.Time) (old bool, err error) {
	rows, err := d.Store.Tickets(ctx, ids...)
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		t := row.Value
		w.Seen++
		if w.At.Sub(t.Opened) > r.within {
			old = true
			continue
		}
		if t.IsTask() {
			continue // its ticket stands for the customer
		}
		planned, err := r.plan(ctx, d, t, w, at)
		if err != nil {
			return false, err
		}
		if planned {
			w.Planned++
		}
	}
	return old, nil
}

func (d *Desk) askInRound(ctx context.Context, def config.Survey, t desk.Ticket, w *desk.Wave, at time.Time) (bool, error) {
	meant, err := d.meant(ctx, def, t, w.At)
	if err != nil || !meant {
		return false, err
	}
	act := Act{By: desk.Actor{Kind: desk.ByDesk}, At: at}
	_, err = d.AskSurvey(ctx, act, t.ID, def.ID, desk.WhenSchedule, w.At.UTC().Format(time.RFC3339))
	if err != nil && desk.KindOf(err) != desk.Conflict && desk.KindOf(err) != desk.NotFound {
		return false, err
	}
	return true, nil
}

// meant says whether a round asks a ticket's customer.
func (d *Desk) meant(ctx context.Context, def config.Survey, t desk.Ticket, wave time.Time) (bool, error) {
	if !def.Meant(t) || t.Answers == 0 || t.AnswerTo().ID == "" {
		return false, nil
	}
	sample := desk.DeriveID("wave", def.ID, string(t.Customer), wave.UTC().Format(time.RFC3339))
	if !ask.Sampled(desk.SurveyID(sample), def.Sample) {
		return false, nil
	}
	if len(def.For.Tiers) == 0 {
		return true, nil
	}
	c, err := d.Store.Customer(ctx, t.Customer)
	if err != nil {
		return false, ignoreNotFound(err)
	}
	tier := c.Value.Tier
	if tier == "" {
		tier = desk.Standard
	}
	return slices.Contains(def.For.Tiers, tier), nil
}

func ignoreNotFound(err error) error {
	if desk.KindOf(err) == desk.NotFound {
		return nil
	}
	return err
}
