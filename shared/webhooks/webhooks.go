// Package webhooks is what people and programs can do about events out: replay what was
// delivered or lost, send a test, switch a subscription off and on. It only writes rows;
// what follows comes from the change feed.
package webhooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// Act is who does something, and when.
type Act struct {
	By desk.Actor
	At time.Time
}

// Desk does it.
type Desk struct {
	Store    *store.Store
	Settings func(context.Context) (*config.Settings, error)
}

// safety is when a sweep looks after an attempt that was asked for, should its nudge be
// lost.
const safety = 2 * time.Minute

// Hook finds a subscription of the settings; NotFound where there is none of the name.
func (d Desk) Hook(ctx context.Context, name string) (config.Webhook, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return config.Webhook{}, err
	}
	w, ok := s.Webhook(name)
	if !ok {
		return w, desk.Errorf(desk.NotFound, "no such webhook")
	}
	return w, nil
}

// Replay sends one event again, with its id and all its attempts anew, whatever became
// of it. One that is on its way now is left alone: Conflict.
func (d Desk) Replay(ctx context.Context, a Act, hook, event string) (desk.HookDelivery, error) {
	if _, err := d.Hook(ctx, hook); err != nil {
		return desk.HookDelivery{}, err
	}
	row, err := d.Store.Hook(ctx, hook, event)
	if err != nil {
		return desk.HookDelivery{}, err
	}
	if !row.Delivery.Exists() {
		return desk.HookDelivery{}, desk.Errorf(desk.NotFound, "no such delivery")
	}
	return d.replay(ctx, a, row.Delivery)
}

func (d Desk) replay(ctx context.Context, a Act, row store.Row[desk.HookDelivery]) (desk.HookDelivery, error) {
	v := &row.Value
	if v.State == desk.HookPending && v.Due.Sub(a.At) < safety {
		return *v, desk.Errorf(desk.Conflict, "it is on its way now")
	}
	v.State, v.Attempts, v.Due, v.By = desk.HookPending, 0, a.At.Add(safety), a.By
	v.Replays++
	var tx store.Tx
	tx.PutHookDelivery(row)
	err := d.Store.Commit(ctx, &tx)
	if errors.Is(err, table.ErrConflict) {
		return *v, desk.Errorf(desk.Conflict, "it is on its way now")
	}
	return *v, err
}

// ReplayDay sends a page of a day's events (2006-01-02, UTC) again, the newest first:
// those in a state, or all that are not pending where state is "". It says how many it
// replayed; a further page follows while next isn't empty.
func (d Desk) ReplayDay(ctx context.Context, a Act, hook, day string, state desk.HookState, cursor string, limit int) (n int, next string, err error) {
	if _, err := d.Hook(ctx, hook); err != nil {
		return 0, "", err
	}
	rows, next, err := d.Store.HookDeliveries(ctx, hook, day, cursor, limit)
	if err != nil {
		return 0, "", err
	}
	for _, r := range rows {
		if r.Value.State == desk.HookPending || state != "" && r.Value.State != state {
			continue
		}
		_, err := d.replay(ctx, a, r)
		switch {
		case err == nil:
			n++
		case desk.KindOf(err) != desk.Conflict:
			return n, "", err
		}
	}
	return n, next, nil
}

// Test sends webhook.test to a subscription, even one that is switched off, and gives
// the delivery: what became of it stands there soon. key makes two tests of one moment
// the same.
func (d Desk) Test(ctx context.Context, a Act, hook, key string) (desk.HookDelivery, error) {
	if _, err := d.Hook(ctx, hook); err != nil {
		return desk.HookDelivery{}, err
	}
	body, err := json.Marshal(map[string]any{
		"type": desk.EventTest, "timestamp": a.At.UTC(), "sequence": fmt.Sprintf("%040d", 0),
		"data": map[string]any{"current": map[string]any{"webhook": hook}, "previous": nil},
	})
	if err != nil {
		return desk.HookDelivery{}, err
	}
	e := desk.Event{ID: tell.ID(a.At, "test", hook, key, a.At.UTC().String()), Name: desk.EventTest, At: a.At, Body: string(body)}
	v := desk.HookDelivery{Hook: hook, Event: e, State: desk.HookPending, Due: a.At.Add(safety), By: a.By}
	var tx store.Tx
	tx.PutHookDelivery(store.Row[desk.HookDelivery]{Value: v})
	err = d.Store.Commit(ctx, &tx)
	if errors.Is(err, table.ErrConflict) {
		return v, nil // asked for twice
	}
	return v, err
}

// Switch switches a subscription off or on. What happens while it is off is held, and
// can be replayed. On, it counts as well until it fails.
func (d Desk) Switch(ctx context.Context, a Act, hook string, on bool) (desk.HookStanding, error) {
	if _, err := d.Hook(ctx, hook); err != nil {
		return desk.HookStanding{}, err
	}
	row, err := d.Store.HookStanding(ctx, hook)
	if err != nil || row.Value.Disabled == !on {
		return row.Value, err
	}
	row.Value = desk.HookStanding{Hook: hook, Disabled: !on, At: a.At, By: a.By}
	if !on {
		row.Value.Why = "hook.off_by_hand"
	}
	var tx store.Tx
	tx.PutHookStanding(row)
	return row.Value, d.Store.Commit(ctx, &tx)
}
