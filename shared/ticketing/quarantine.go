package ticketing

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// Release gives what lies in the quarantine to the queue once more: after a settings'
// fault was mended, say. Relay sees the row and sends it; what can't be applied again
// comes back with its new reason. What was applied in the meantime is known as seen, so
// that nothing comes twice.
func (d *Desk) Release(ctx context.Context, act Act, at time.Time, id string) (store.Quarantined, error) {
	return d.onQuarantined(ctx, at, id, func(q *store.Quarantined) {
		q.Released, q.By = act.At, act.By.ID
	})
}

// Drop throws away the bytes of something in the quarantine, for good; that it was there,
// why, and who dropped it stays until its life is over.
func (d *Desk) Drop(ctx context.Context, act Act, at time.Time, id string) (store.Quarantined, error) {
	return d.onQuarantined(ctx, at, id, func(q *store.Quarantined) {
		q.Dropped, q.By, q.Envelope, q.Blob = act.At, act.By.ID, nil, ""
	})
}

func (d *Desk) onQuarantined(ctx context.Context, at time.Time, id string, do func(*store.Quarantined)) (store.Quarantined, error) {
	var out store.Quarantined
	err := d.attempt(ctx, func(int) error {
		row, err := d.Store.QuarantineOf(ctx, at, id)
		if err != nil {
			return err
		}
		if !row.Exists() {
			return desk.Errorf(desk.NotFound, "nothing of this id lies in the quarantine")
		}
		if !row.Value.Open() {
			return desk.Errorf(desk.Conflict, "it was released or dropped already")
		}
		do(&row.Value)
		out = row.Value
		var tx store.Tx
		tx.ChangeQuarantine(row)
		return d.Store.Commit(ctx, &tx)
	})
	return out, err
}
