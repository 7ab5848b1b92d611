package jobsfn

import (
	"context"

	"github.com/deskhook/deskhook/shared/deadletters"
	"github.com/deskhook/deskhook/shared/work"
)

// reopen lays a dead letter down as not done. Coming again it does nothing: a letter that
// somebody redrove in between is open by the first, or by the failure after it.
func (h *Handler) reopen(ctx context.Context, r work.Reopen) error {
	row, err := h.Store.DeadLetter(ctx, r.Queue, r.ID)
	if err != nil || !row.Exists() || row.Value.Redriven.IsZero() {
		return err
	}
	return deadletters.Desk{Store: h.Store}.Reopen(ctx, row.Value)
}
