package relayfn

import (
	"context"
	"errors"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/hook"
	"github.com/deskhook/deskhook/shared/policy/lifecycle"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

// outside makes a job of each event of the changes for each subscription that wants it,
// of each attempt that somebody asked for by hand, and of each notice to people of the
// desk. One job each: one receiver's trouble holds up no other.
func (h *Handler) outside(ctx context.Context, changes []table.Change) ([]queue.Message, error) {
	var out jobs
	for _, c := range changes {
		if d, ok := store.HookWork(c); ok {
			out.add(work.JobHook, work.Hook{Hook: d.Hook, ID: d.Event.ID})
		}
		out.switchedOff(c)
	}
	if err := h.events(ctx, changes, &out); err != nil {
		return nil, err
	}
	return out.msgs, out.err
}

// jobs are messages of the jobs queue in the making.
type jobs struct {
	msgs []queue.Message
	err  error
}

func (j *jobs) add(kind string, doc any) {
	job, err := work.NewJob(kind, doc)
	j.err = errors.Join(j.err, err)
	m, err := work.Message(job)
	j.err = errors.Join(j.err, err)
	j.msgs = append(j.msgs, m)
}

// events derives what happened. Settings are read only where something may have.
func (h *Handler) events(ctx context.Context, changes []table.Change, out *jobs) error {
	var maybe []desk.Change
	for _, c := range changes {
		if d, ok := store.ChangeOf(c); ok {
			maybe = append(maybe, d)
		}
	}
	if len(maybe) == 0 {
		return nil
	}
	s, err := h.Settings(ctx)
	if err != nil {
		if errors.Is(err, blob.ErrNotFound) {
			return nil // no settings, so nobody to tell
		}
		return err
	}
	rules := tell.Rules{Bad: s.BadScore}
	if len(s.Webhooks) > 0 {
		for _, c := range maybe {
			for _, e := range tell.Events(c, rules) {
				out.subscribers(s, e)
			}
		}
	}
	if s.Tells(desk.EventChurnRiskChanged) {
		out.risks(maybe)
	}
	out.notices(s, maybe, rules)
	return nil
}

// risks asks for one look at each customer whose risk may have moved.
func (j *jobs) risks(changes []desk.Change) {
	asked := map[desk.CustomerID]bool{}
	for _, c := range changes {
		if id, ok := lifecycle.Moves(c); ok && !asked[id] {
			asked[id] = true
			j.add(work.JobRisk, work.Risk{Customer: id})
		}
	}
}

func (j *jobs) subscribers(s *config.Settings, e desk.Event) {
	for _, to := range s.Webhooks {
		if to.Disabled {
			continue
		}
		if wanted, _ := hook.Wanted(to.Events, to.Teams, e.Name, e.Team); wanted {
			j.add(work.JobHook, work.Hook{Hook: to.Name, Event: &e})
		}
	}
}
