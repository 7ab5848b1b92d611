package store

import (
	"context"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/table"
)

// hookLife is how long the delivery log is kept, and so how long a replay is possible.
const hookLife = 30 * 24 * time.Hour

// ChangeOf reads a change of the feed that events may follow from. False: none can.
func ChangeOf(c table.Change) (desk.Change, bool) {
	out := desk.Change{Row: c.Key.PK + "|" + c.Key.SK, Version: c.New.Version, Seq: c.Seq, At: c.At}
	if c.New.Version == 0 {
		return out, false // gone, or counters
	}
	switch kind := kindOfKey(c.Key.PK); {
	case kind == "T" && c.Key.SK == "T":
		out.Ticket, out.TicketWas = images[desk.Ticket](c)
		return out, out.Ticket != nil
	case (kind == "T" || kind == "C") && strings.HasPrefix(c.Key.SK, "M#"):
		out.Message, out.MessageWas = images[desk.Message](c)
		if kind == "C" {
			out.Owner = desk.CustomerID(strings.TrimPrefix(c.Key.PK, "C#"))
		}
		return out, out.Message != nil
	case kind == "Q" && c.Key.SK == "Q":
		out.Survey, out.SurveyWas = images[desk.Survey](c)
		return out, out.Survey != nil
	case kind == "TP":
		out.Topic, out.TopicWas = images[desk.Topic](c)
		return out, out.Topic != nil
	case kind == "C" && c.Key.SK == "C":
		out.Customer, out.CustomerWas = images[desk.Customer](c)
		return out, out.Customer != nil
	}
	return out, false
}

// images decodes both sides of a change; nil is an absent or unreadable one.
func images[V any](c table.Change) (now, was *V) {
	side := func(it table.Item) *V {
		r, err := decode[V](it)
		if err != nil || !r.Exists() {
			return nil
		}
		return &r.Value
	}
	return side(c.New), side(c.Old)
}

// HookWork tells a change of the feed that asks for an attempt: somebody wants a test or
// a replay. A delivery that a job has made or tried asks for none.
func HookWork(c table.Change) (desk.HookDelivery, bool) {
	now, was := hookImages(c)
	if now == nil || now.State != desk.HookPending || now.Attempts > 0 || now.By.Kind != desk.ByAgent {
		return desk.HookDelivery{}, false
	}
	return *now, was == nil || was.Replays != now.Replays
}

func hookImages(c table.Change) (now, was *desk.HookDelivery) {
	if !strings.HasPrefix(c.Key.PK, "E#") || c.Key.SK == "E" {
		return nil, nil
	}
	return images[desk.HookDelivery](c)
}

// HookSwitchedOff tells a change of the feed that switched a subscription off.
func HookSwitchedOff(c table.Change) (desk.HookStanding, bool) {
	if !strings.HasPrefix(c.Key.PK, "E#") || c.Key.SK != "E" {
		return desk.HookStanding{}, false
	}
	now, was := images[desk.HookStanding](c)
	if now == nil || !now.Disabled || was != nil && was.Disabled {
		return desk.HookStanding{}, false
	}
	return *now, true
}

// Hook is one delivery and how its subscription fares, read at once.
type Hook struct {
	Delivery Row[desk.HookDelivery]
	Standing Row[desk.HookStanding]
}

// Hook reads the delivery of an event to a subscription, whether or not it is there.
// An id that is no event's is NotFound.
func (s *Store) Hook(ctx context.Context, hook, event string) (Hook, error) {
	day, ok := tell.Day(event)
	if !ok {
		return Hook{}, desk.Errorf(desk.NotFound, "no such delivery")
	}
	items, err := s.T.Get(ctx, hookDeliveryKey(hook, day, event), hookKey(hook))
	if err != nil {
		return Hook{}, err
	}
	var out Hook
	if out.Delivery, err = decode[desk.HookDelivery](items[0]); err != nil {
		return Hook{}, err
	}
	out.Standing, err = decode[desk.HookStanding](items[1])
	out.Standing.Value.Hook = hook
	return out, err
}

// HookStanding reads how a subscription fares; Exists is false while it has never failed.
func (s *Store) HookStanding(ctx context.Context, hook string) (Row[desk.HookStanding], error) {
	r, err := get[desk.HookStanding](ctx, s, hookKey(hook))
	r.Value.Hook = hook
	return r, err
}

// HookDeliveries lists the deliveries of a day's events (2006-01-02, UTC) to a
// subscription, newest first.
func (s *Store) HookDeliveries(ctx context.Context, hook, day, cursor string, limit int) ([]Row[desk.HookDelivery], string, error) {
	return rowsOf[desk.HookDelivery](ctx, s, table.Query{PK: hookPK(hook, day), Cursor: cursor, Limit: limit, Reverse: true})
}

// PutHookDelivery writes a delivery, with its timer while it is pending. It is kept for
// 30 days after its event. The event's id must be one that tell.ID made.
func (tx *Tx) PutHookDelivery(r Row[desk.HookDelivery]) {
	d := r.Value
	day, _ := tell.Day(d.Event.ID)
	key := hookDeliveryKey(d.Hook, day, d.Event.ID)
	put(tx, key, r, withDue(table.Item{Expires: d.Event.At.Add(hookLife).Truncate(time.Second)}, key, d.Due))
}

// PutHookStanding writes how a subscription fares.
func (tx *Tx) PutHookStanding(r Row[desk.HookStanding]) {
	put(tx, hookKey(r.Value.Hook), r, table.Item{})
}
