package relayfn

import (
	"context"
	"errors"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/hook"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

// outside makes a job of each event of the changes for each subscription that wants it,
// and of each attempt that somebody asked for by hand. One job each: one receiver's
// trouble holds up no other.
func (h *Handler) outside(ctx context.Context, changes []table.Change) ([]queue.Message, error) {
	var jobs []work.Hook
	for _, c := range changes {
		if d, ok := store.HookWork(c); ok {
			jobs = append(jobs, work.Hook{Hook: d.Hook, ID: d.Event.ID})
		}
	}
	told, err := h.events(ctx, changes)
	if err != nil {
		return nil, err
	}
	var out []queue.Message
	for _, w := range append(jobs, told...) {
		job, err := work.NewJob(work.JobHook, w)
		if err != nil {
			return nil, err
		}
		m, err := work.Message(job)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// events derives what happened. Settings are read only where something may have.
func (h *Handler) events(ctx context.Context, changes []table.Change) ([]work.Hook, error) {
	var maybe []desk.Change
	for _, c := range changes {
		if d, ok := store.ChangeOf(c); ok {
			maybe = append(maybe, d)
		}
	}
	if len(maybe) == 0 {
		return nil, nil
	}
	s, err := h.Settings(ctx)
	if err != nil {
		if errors.Is(err, blob.ErrNotFound) {
			return nil, nil // no settings, so no subscription
		}
		return nil, err
	}
	if len(s.Webhooks) == 0 {
		return nil, nil
	}
	var out []work.Hook
	for _, c := range maybe {
		for _, e := range tell.Events(c, tell.Rules{Bad: s.BadScore}) {
			out = append(out, wanting(s, e)...)
		}
	}
	return out, nil
}

func wanting(s *config.Settings, e desk.Event) []work.Hook {
	var out []work.Hook
	for _, to := range s.Webhooks {
		if to.Disabled {
			continue
		}
		if wanted, _ := hook.Wanted(to.Events, to.Teams, e.Name, e.Team); wanted {
			out = append(out, work.Hook{Hook: to.Name, Event: &e})
		}
	}
	return out
}
