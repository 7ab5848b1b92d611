// Package jobsfn does the slow work: it puts new settings in force.
package jobsfn

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/work"
)

// Handler works the jobs queue.
type Handler struct {
	Blob blob.Store
	Log  *slog.Logger
}

// Handle works one batch; what fails comes again.
func (h *Handler) Handle(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
	var failed []string
	for _, m := range lambdaevent.Messages(e) {
		if err := h.one(ctx, m.Body); err != nil {
			h.Log.ErrorContext(ctx, "job handed back", "id", m.ID, "count", m.Count, "err", err)
			failed = append(failed, m.ID)
		}
	}
	return lambdaevent.Failures(failed...), nil
}

func (h *Handler) one(ctx context.Context, body string) error {
	var job work.Job
	if err := json.Unmarshal([]byte(body), &job); err != nil {
		return desk.Errorf(desk.Unreadable, "not a job")
	}
	switch job.Kind {
	case work.JobSnapshot:
		return config.PutSnapshot(ctx, h.Blob, job.Doc)
	default:
		return desk.Errorf(desk.Unreadable, "no such job: %q", job.Kind)
	}
}
