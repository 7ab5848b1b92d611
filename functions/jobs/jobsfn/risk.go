package jobsfn

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/work"
)

// risk looks how likely a customer is to leave. Doing it twice tells it once.
func (h *Handler) risk(ctx context.Context, job work.Risk) error {
	return h.Desk.LookAtRisk(ctx, job.Customer, h.Now().UTC().Truncate(time.Millisecond))
}
