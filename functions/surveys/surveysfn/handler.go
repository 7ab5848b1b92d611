// Package surveysfn works the surveys' timers: it asks, skips with the reason on the
// ticket, lets a question expire, escalates a bad answer that nobody followed up, and
// sends what the desk says of itself: that something is done, or a word of care.
package surveysfn

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/ticketing"
	"github.com/deskhook/deskhook/shared/work"
)

// Handler works the surveys queue.
type Handler struct {
	Desk   *ticketing.Desk
	Window ticketing.Window
	Log    *slog.Logger
}

// Handle works one batch; what fails comes again.
func (h *Handler) Handle(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
	var failed []string
	for _, m := range lambdaevent.Messages(e) {
		if err := h.one(ctx, m.Body); err != nil {
			h.Log.ErrorContext(ctx, "survey timer handed back", "id", m.ID, "count", m.Count, "err", err)
			failed = append(failed, m.ID)
		}
	}
	return lambdaevent.Failures(failed...), nil
}

func (h *Handler) one(ctx context.Context, body string) error {
	var t work.SurveyTimer
	if err := json.Unmarshal([]byte(body), &t); err != nil || t.Survey == "" && t.Wave == "" && t.Topic == "" && t.Outreach == "" {
		return desk.Errorf(desk.Unreadable, "not a survey's timer") // to the dead letters, where an alarm rings
	}
	if t.Wave != "" {
		return h.Desk.FireWave(ctx, t.Wave, t.Gen, t.At)
	}
	if t.Topic != "" {
		return h.Desk.FireTopic(ctx, t.Topic, t.Gen, t.At)
	}
	if t.Outreach != "" {
		return h.Desk.FireOutreach(ctx, t.Outreach, t.Gen, t.At, h.Window)
	}
	if t.Recovery != "" {
		return h.Desk.FireRecovery(ctx, t.Recovery, t.Survey, t.Gen, t.At)
	}
	err := h.Desk.FireSurvey(ctx, t.Survey, t.Gen, t.At, h.Window)
	if desk.KindOf(err) == desk.NotFound {
		return nil
	}
	return err
}
