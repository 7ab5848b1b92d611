package jobsfn

import (
	"context"
	"errors"

	"github.com/deskhook/deskhook/shared/find"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/work"
)

// indexRuns bounds one job: what is left is the next one's.
const indexRuns = 20

// sweepHour is the hour of the day, in UTC, in whose first minutes what crashed runs have
// left in the blob store is removed.
const sweepHour = 3

// index makes the words findable that came since the last time. Overlapping and repeated
// jobs do no harm: see find.Indexer.
func (h *Handler) index(ctx context.Context) error {
	x := &find.Indexer{Store: h.Store, Blob: h.Blob, Log: h.Log}
	if now := h.Now().UTC(); now.Hour() == sweepHour && now.Minute() < 5 {
		if err := errors.Join(x.Sweep(ctx, now), h.sweepExports(ctx, now)); err != nil {
			return err
		}
	}
	for range indexRuns {
		more, err := x.Run(ctx)
		if err != nil || !more {
			return err
		}
	}
	return work.Send(ctx, h.Queue, queue.Jobs, work.Job{Kind: work.JobIndex})
}
