package relayfn

import (
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

// atWork asks for what follows when an agent gets room, comes or goes: what waits for
// them is given to them, or what they leave behind to others.
func atWork(c table.Change) ([]queue.Message, error) {
	was, is, ok := store.PresenceOf(c)
	if !ok {
		return nil, nil
	}
	kind := ""
	switch {
	case is.State == desk.Online && !is.Clear && (was.State != is.State || was.Clear || is.Load < was.Load):
		kind = work.JobFill
	case is.State == desk.Away && was.State != "" && was.State != desk.Away:
		kind = work.JobLeave
	default:
		return nil, nil
	}
	job, err := work.NewJob(kind, work.AgentAt{Agent: is.Agent})
	if err != nil {
		return nil, err
	}
	m, err := work.Message(job)
	return []queue.Message{m}, err
}
