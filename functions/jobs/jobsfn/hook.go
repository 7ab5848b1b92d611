package jobsfn

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/hook"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

// hookLease is how long an attempt may be on its way before another one is made: longer
// than any call takes. Whoever dies meanwhile leaves a row that comes up again.
const hookLease = 2 * time.Minute

// hooking is one event on its way to one subscription.
type hooking struct {
	h    *Handler
	to   config.Webhook
	gone bool // the settings have the subscription no longer
	lang string
	bot  *config.Robot // a group's robot, rather than a program
	row  store.Hook
}

// hook brings an event to a subscription, or leaves a row by which it is brought later.
// The row is there before anything is sent, and says that an attempt is on its way: a
// crash at any line repeats the attempt at worst, with the same id.
func (h *Handler) hook(ctx context.Context, w work.Hook) error {
	o, ok, err := h.openHook(ctx, w)
	if err != nil || !ok {
		return err
	}
	d, now := &o.row.Delivery.Value, h.Now().UTC().Truncate(time.Millisecond)
	switch s := o.row.Standing.Value; {
	case o.gone:
		d.State, d.Due, d.Why = desk.HookFailed, time.Time{}, "hook.removed"
	case (s.Disabled || o.to.Disabled) && d.Event.Name != desk.EventTest:
		d.State, d.Due, d.Why = desk.HookHeld, time.Time{}, "hook.off"
	case s.SlowTill.After(now):
		d.Due = s.SlowTill
	default:
		return o.attempt(ctx, now)
	}
	return unlessLost(o.commit(ctx, false))
}

// openHook reads what the job is about. False: there is nothing to do, for it was done,
// or is under way, or comes up by its timer.
func (h *Handler) openHook(ctx context.Context, w work.Hook) (*hooking, bool, error) {
	settings, err := h.Settings(ctx)
	if err != nil {
		return nil, false, err
	}
	o := &hooking{h: h}
	var known bool
	o.to, known = settings.Webhook(w.Hook)
	o.gone, o.lang = !known, settings.Desk.Language
	if r, ok := settings.Robot(w.Hook); ok {
		o.bot = &r
	}
	id := w.ID
	if w.Event != nil {
		id = w.Event.ID
	}
	if o.row, err = h.Store.Hook(ctx, w.Hook, id); err != nil {
		return nil, false, err
	}
	d := &o.row.Delivery
	if w.Event == nil {
		return o, d.Exists() && d.Value.State == desk.HookPending && d.Value.Attempts == w.Attempt, nil
	}
	if d.Exists() || o.gone {
		return nil, false, nil
	}
	d.Value = desk.HookDelivery{Hook: w.Hook, Event: *w.Event, State: desk.HookPending}
	wanted, err := o.wanted(ctx)
	return o, wanted, err
}

// wanted asks the ticket for its team, where the event doesn't say and the subscription
// takes some teams' events only.
func (o *hooking) wanted(ctx context.Context) (bool, error) {
	e := o.row.Delivery.Value.Event
	wanted, sure := hook.Wanted(o.to.Events, o.to.Teams, e.Name, e.Team)
	if sure || !wanted || e.Ticket == "" {
		return wanted, nil
	}
	t, err := o.h.Store.Ticket(ctx, e.Ticket)
	if err != nil {
		if desk.KindOf(err) == desk.NotFound {
			return false, nil
		}
		return false, err
	}
	return slices.Contains(o.to.Teams, t.Value.Team), nil
}

// attempt claims the delivery, calls, and writes down what came of it.
func (o *hooking) attempt(ctx context.Context, now time.Time) error {
	d := &o.row.Delivery
	d.Value.Attempts++
	d.Value.Due = now.Add(hookLease)
	if err := o.commit(ctx, false); err != nil {
		return unlessLost(err) // somebody else has it
	}
	d.Version++
	claimed := d.Value
	answer := o.call(ctx)
	done := o.h.Now().UTC().Truncate(time.Millisecond)
	for range races {
		was := o.row.Standing.Value
		d.Value, o.row.Standing.Value = hook.After(claimed, was, answer, done)
		err := o.commit(ctx, o.row.Standing.Value != was)
		if err == nil {
			return o.soon(ctx, done)
		}
		if !errors.Is(err, table.ErrConflict) {
			return err
		}
		again, err := o.h.Store.Hook(ctx, claimed.Hook, claimed.Event.ID)
		if err != nil {
			return err
		}
		if again.Delivery.Version != d.Version {
			return nil // replayed meanwhile, or the lost answer of this very write
		}
		o.row.Standing = again.Standing
	}
	return nil // a busy subscription: the lease runs out, and the event is sent again
}

// soon asks for the next attempt itself where a sweep would come too late.
func (o *hooking) soon(ctx context.Context, now time.Time) error {
	d := o.row.Delivery.Value
	wait := d.Due.Sub(now)
	if d.State != desk.HookPending || wait > time.Minute {
		return nil
	}
	job, err := work.NewJob(work.JobHook, work.Hook{Hook: d.Hook, ID: d.Event.ID, Attempt: d.Attempts})
	if err != nil {
		return err
	}
	m, err := work.Message(job)
	if err != nil {
		return err
	}
	m.Delay = max(wait.Round(time.Second), time.Second)
	return o.h.Queue.Send(ctx, queue.Jobs, m)
}

func (o *hooking) commit(ctx context.Context, standing bool) error {
	var tx store.Tx
	tx.PutHookDelivery(o.row.Delivery)
	if standing {
		tx.PutHookStanding(o.row.Standing)
	}
	return o.h.Store.Commit(ctx, &tx)
}

// unlessLost takes a lost race for somebody else's work.
func unlessLost(err error) error {
	if errors.Is(err, table.ErrConflict) {
		return nil
	}
	return err
}
