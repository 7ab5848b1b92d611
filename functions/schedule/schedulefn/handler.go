// Package schedulefn sweeps the timers once a minute. Each row whose time has come is
// claimed (its place in the index moves ahead) before it is sent to whom it concerns;
// late, double and overlapping sweeps are harmless, for whoever gets it reads again.
package schedulefn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/work"
)

// Handler sweeps.
type Handler struct {
	Store *store.Store
	Queue queue.Queue
	Now   func() time.Time
	Log   *slog.Logger
	// Index is how often jobs is to make new words findable, in whole minutes; 0: never.
	Index time.Duration
}

// hold is how far a claimed timer is moved ahead: if what it was sent to is lost, it
// fires again then.
const hold = 5 * time.Minute

// perShard bounds one sweep of one shard; the rest is taken a minute later. perClaim is how
// much of it is claimed at once, and claimTime what firing that may take.
const (
	perShard  = 200
	perClaim  = 25
	claimTime = 5 * time.Second
)

// Handle sweeps all shards. A shard that fails doesn't hold up the others.
func (h *Handler) Handle(ctx context.Context, _ json.RawMessage) error {
	now := h.Now().UTC()
	errs := []error{h.index(ctx, now)}
	// Each minute begins with another shard: where a minute is too short for all, none waits
	// for ever.
	first := uint32(now.Unix() / 60 % store.DueShards)
	for i := range uint32(store.DueShards) {
		errs = append(errs, h.sweep(ctx, (first+i)%store.DueShards, now))
	}
	return errors.Join(errs...)
}

// sweep fires what is due in a shard, in small claims: what is claimed and not fired before
// the function's end waits for hold to pass.
func (h *Handler) sweep(ctx context.Context, shard uint32, now time.Time) error {
	var errs []error
	for fired := 0; fired < perShard && !h.late(ctx); {
		due, err := h.Store.ClaimDue(ctx, shard, now, hold, perClaim)
		if err != nil {
			errs = append(errs, fmt.Errorf("shard %d: %w", shard, err))
		}
		for _, d := range due {
			if err := h.fire(ctx, d, now); err != nil {
				errs = append(errs, err)
			}
		}
		if fired += len(due); len(due) < perClaim {
			break
		}
	}
	return errors.Join(errs...)
}

// late says whether a claim might not be fired before the function's end.
func (h *Handler) late(ctx context.Context) bool {
	return lambdaevent.EndsWithin(ctx, h.Now(), claimTime)
}

// index asks for a look at what was written, every so many minutes. It costs less than a
// timer in each row of what was written would.
func (h *Handler) index(ctx context.Context, now time.Time) error {
	every := int64(h.Index / time.Minute)
	if every == 0 || now.Unix()/60%every != 0 {
		return nil
	}
	return work.Send(ctx, h.Queue, queue.Jobs, work.Job{Kind: work.JobIndex})
}

func (h *Handler) fire(ctx context.Context, d store.Due, now time.Time) error {
	if d.Kind == store.DueSurvey || d.Kind == store.DueWave {
		return work.Send(ctx, h.Queue, queue.Surveys, work.SurveyTimer{Survey: d.Survey, Wave: d.Wave, Gen: d.Gen, At: now})
	}
	if d.Kind == store.DueTopic || d.Kind == store.DueOutreach {
		return work.Send(ctx, h.Queue, queue.Surveys, work.SurveyTimer{Topic: d.Topic, Outreach: d.Outreach, Gen: d.Gen, At: now})
	}
	if d.Kind == store.DueRecovery {
		return work.Send(ctx, h.Queue, queue.Surveys, work.SurveyTimer{Survey: d.Survey, Recovery: d.Ticket.ID, Gen: d.Gen, At: now})
	}
	if d.Kind == store.DueShift || d.Kind == store.DueDigest {
		kind := work.JobShift
		if d.Kind == store.DueDigest {
			kind = work.JobDigest
		}
		return h.job(ctx, kind, work.AgentAt{Agent: d.Agent})
	}
	if d.Kind == store.DueHook {
		return h.job(ctx, work.JobHook, work.Hook{Hook: d.Hook.Hook, ID: d.Hook.Event.ID, Attempt: d.Hook.Attempts})
	}
	if d.Kind == store.DueRisk {
		return h.job(ctx, work.JobRisk, work.Risk{Customer: d.Customer})
	}
	var errs []error
	other := false
	for _, t := range d.Ticket.Timers {
		switch {
		case t.At.After(now):
		case t.Kind == desk.TimerSend:
			errs = append(errs, work.Send(ctx, h.Queue, queue.Outbound, work.Nudge{Ticket: d.Ticket.ID}))
		default:
			other = true
		}
	}
	if other {
		m, err := receive.TimerMessage(d.Ticket.ID, d.Identity, now)
		if err == nil {
			err = h.Queue.Send(ctx, queue.Inbound, m)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (h *Handler) job(ctx context.Context, kind string, doc any) error {
	job, err := work.NewJob(kind, doc)
	if err != nil {
		return err
	}
	return work.Send(ctx, h.Queue, queue.Jobs, job)
}
