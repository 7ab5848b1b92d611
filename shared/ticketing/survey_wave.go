package ticketing

import (
	"context"
	"errors"
	"slices"
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

// ArmWaves sets the timers of the surveys that the settings schedule, where they are not
// set so already. A round under way goes on.
func ArmWaves(ctx context.Context, st *store.Store, s *config.Settings, at time.Time) error {
	for _, def := range s.Surveys {
		if def.Disabled || def.When != desk.WhenSchedule {
			continue
		}
		row, err := st.Wave(ctx, def.ID)
		if err != nil {
			return err
		}
		w := &row.Value
		if !w.Due.IsZero() && (w.Walking || w.Schedule == def.Schedule) {
			continue
		}
		arm(w, s, def, at)
		var tx store.Tx
		tx.PutWave(row)
		if err := st.Commit(ctx, &tx); err != nil && !errors.Is(err, table.ErrConflict) {
			return err // on a conflict somebody else has armed it
		}
	}
	return nil
}

// arm begins to wait for the next round.
func arm(w *desk.Wave, s *config.Settings, def config.Survey, at time.Time) {
	next := def.Next(at, s.Desk.Location())
	*w = desk.Wave{Survey: def.ID, Schedule: def.Schedule, At: next, Due: next, Gen: w.Gen + 1}
}

// FireWave walks on through those whom a scheduled survey may ask: by cursor, within a
// budget, and at most one asking for each customer and round. The rest is taken a minute
// later. A repeat plans nothing twice.
func (d *Desk) FireWave(ctx context.Context, survey string, gen int, at time.Time) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	row, err := d.Store.Wave(ctx, survey)
	w := &row.Value
	if err != nil || w.Gen != gen || w.Due.IsZero() || w.Due.After(at) {
		return err
	}
	def, ok := s.Survey(survey)
	if !ok || survey == "" || def.Disabled || def.When != desk.WhenSchedule {
		w.Due, w.Walking, w.Gen = time.Time{}, false, w.Gen+1
	} else if err := d.walk(ctx, s, def, w, at); err != nil {
		return err
	}
	var tx store.Tx
	tx.PutWave(row)
	if err := d.Store.Commit(ctx, &tx); !errors.Is(err, table.ErrConflict) {
		return err
	}
	return nil // another has walked these pages
}

// waveStatuses are those of tickets after which a relationship is asked about.
var waveStatuses = []desk.Status{desk.StatusResolved, desk.StatusClosed}

func (d *Desk) walk(ctx context.Context, s *config.Settings, def config.Survey, w *desk.Wave, at time.Time) error {
	w.Walking = true
	for range wavePages {
		if w.List >= len(s.Teams)*len(waveStatuses) {
			arm(w, s, def, at)
			return nil
		}
		team, status := s.Teams[w.List/len(waveStatuses)].ID, waveStatuses[w.List%len(waveStatuses)]
		page, err := d.Store.TicketsOfTeam(ctx, team, status, w.Cursor, wavePage, true)
		if err != nil {
			return err
		}
		old, err := d.waveTickets(ctx, def, w, page.IDs, at)
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

// waveTickets plans the askings of one page; old says that a ticket was opened before the
// last contact that counts: the rest of the list was too.
func (d *Desk) waveTickets(ctx context.Context, def config.Survey, w *desk.Wave, ids []desk.TicketID, at time.Time) (old bool, err error) {
	rows, err := d.Store.Tickets(ctx, ids...)
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		t := row.Value
		w.Seen++
		if w.At.Sub(t.Opened) > def.For.LastContact.D() {
			old = true
			continue
		}
		if t.IsTask() {
			continue // its ticket stands for the customer
		}
		meant, err := d.meant(ctx, def, t, w.At)
		if err != nil {
			return false, err
		}
		if !meant {
			continue
		}
		act := Act{By: desk.Actor{Kind: desk.ByDesk}, At: at}
		_, err = d.AskSurvey(ctx, act, t.ID, def.ID, desk.WhenSchedule, w.At.UTC().Format(time.RFC3339))
		if err != nil && desk.KindOf(err) != desk.Conflict && desk.KindOf(err) != desk.NotFound {
			return false, err
		}
		w.Planned++
	}
	return old, nil
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
