package jobsfn

import (
	"context"
	"encoding/json"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/work"
)

// lookAgain is how long after an agent's queue was found empty it is looked at once
// more: the index may have lagged behind, and a ticket come in between.
const lookAgain = time.Minute

// settingsKnown is how long until every function has read new settings: they keep the
// old ones for a minute.
const settingsKnown = 70 * time.Second

// atWork gives an agent what waits for them, returns what they leave behind, or
// ends their shift.
func (h *Handler) atWork(ctx context.Context, job work.Job) error {
	var who work.AgentAt
	if err := json.Unmarshal(job.Doc, &who); err != nil || who.Agent == "" {
		return desk.Errorf(desk.Unreadable, "not a job")
	}
	at := h.Now().UTC().Truncate(time.Millisecond)
	switch job.Kind {
	case work.JobLeave:
		return h.Desk.Leave(ctx, who.Agent, at)
	case work.JobShift:
		return h.Desk.EndShift(ctx, who.Agent, at)
	}
	room, err := h.Desk.Fill(ctx, who.Agent, at)
	if err != nil || !room || who.Again {
		return err
	}
	return h.fill(ctx, work.AgentAt{Agent: who.Agent, Again: true}, lookAgain)
}

func (h *Handler) fill(ctx context.Context, who work.AgentAt, after time.Duration) error {
	job, err := work.NewJob(work.JobFill, who)
	if err != nil {
		return err
	}
	m, err := work.Message(job)
	if err != nil {
		return err
	}
	m.Delay = after
	return h.Queue.Send(ctx, queue.Jobs, m)
}

// fillAll looks through everybody's queue once new settings are known everywhere: they
// may have given somebody room, a team or a skill.
func (h *Handler) fillAll(ctx context.Context, doc json.RawMessage) error {
	var s config.Settings
	if json.Unmarshal(doc, &s) != nil {
		return nil // PutSnapshot has said so
	}
	for _, a := range s.Agents {
		if len(s.Assigned(a)) == 0 {
			continue
		}
		if err := h.fill(ctx, work.AgentAt{Agent: a.ID}, settingsKnown); err != nil {
			return err
		}
	}
	return nil
}
