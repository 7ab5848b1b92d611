// Package relayfn reads the table's change feed and tells who has work to do: delivery
// of new messages to send, tickets of what was let out of the quarantine, every queue of
// its dead letters that were redriven, jobs of new settings, of files to fetch, of
// addresses whose owner a provider tells, of data to erase and of events that somebody subscribed
// to. A nudge lost or repeated is harmless;
// the batch is repeated until all of it is told.
package relayfn

import (
	"context"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

// Handler reads the change feed.
type Handler struct {
	Queue    queue.Queue
	Blob     blob.Store // of failed batches
	Settings func(context.Context) (*config.Settings, error)
	Log      *slog.Logger
}

// Handle tells what follows from one batch of changes. After a failure the whole batch
// comes again: everything told is safe to tell twice.
func (h *Handler) Handle(ctx context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	changes, err := lambdaevent.Changes(e)
	if err != nil {
		return events.DynamoDBEventResponse{}, err
	}
	spent, err := h.tell(ctx, changes)
	if err != nil {
		h.Log.ErrorContext(ctx, "not told", "changes", len(changes), "err", err)
		return lambdaevent.StreamFailures(changes[0].Seq), nil
	}
	h.clear(ctx, spent)
	return lambdaevent.StreamFailures(), nil
}

// tell tells what follows from changes, and gives the blobs that are needed no longer.
func (h *Handler) tell(ctx context.Context, changes []table.Change) (spent []string, err error) {
	var nudges, jobs, again []queue.Message
	nudged := map[string]bool{}
	for _, c := range changes {
		m, err := nudge(c)
		if err != nil {
			return nil, err
		}
		if key := m.Body + m.Delay.String(); m.Body != "" && !nudged[key] {
			nudged[key] = true
			nudges = append(nudges, m)
		}
		if q, ok := store.ReleasedOf(c); ok {
			again = append(again, released(q))
		}
		at, err := atWork(c)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, at...)
		more, err := slow(c)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, more...)
	}
	if err := send(ctx, h.Queue, queue.Outbound, nudges); err != nil {
		return nil, err
	}
	if err := send(ctx, h.Queue, queue.Inbound, again); err != nil {
		return nil, err
	}
	if err := h.redrive(ctx, changes, &spent); err != nil {
		return nil, err
	}
	// Events last: while the settings can't be read, the rest goes on.
	if err := send(ctx, h.Queue, queue.Jobs, jobs); err != nil {
		return nil, err
	}
	hooks, err := h.outside(ctx, changes)
	if err != nil {
		return nil, err
	}
	return spent, send(ctx, h.Queue, queue.Jobs, hooks)
}

// nudge tells delivery of a new message to send, once it can't be taken back any more: so it
// goes then, and not at the sweep of the timers that comes next. Zero: there is none.
func nudge(c table.Change) (queue.Message, error) {
	fresh, ok := store.UnsentOf(c)
	if !ok {
		return queue.Message{}, nil
	}
	m, err := work.Message(work.Nudge{Ticket: fresh.Ticket})
	m.Delay = min(max(0, fresh.NotBefore.Sub(fresh.At)), queue.MaxDelay)
	return m, err
}

// released makes the queue's message of what an operator let out of the quarantine: in
// its sender's order, and told apart from when it first came.
func released(q store.Quarantined) queue.Message {
	m := queue.Message{Body: string(q.Envelope), Dedup: queue.Hash("released", q.ID, q.Released.String())}
	m.Group = queue.Hash("released", q.ID)
	if env, err := receive.Decode(m.Body); err == nil {
		m.Group = receive.Group(env)
	}
	return m
}

// slow makes the jobs that follow from a change alone. Each file that a new message has
// left with its provider is a job: one file's trouble then holds up no other.
func slow(c table.Change) ([]queue.Message, error) {
	var out jobs
	if doc, ok := store.SettingsOf(c); ok {
		out.add(work.JobSnapshot, doc)
	}
	if who, ok := store.EraseOf(c); ok {
		out.add(work.JobErase, work.Erase{Address: who})
	}
	if who, ok := store.LookUpOf(c); ok {
		out.add(work.JobWhoIs, work.WhoIs{Address: who})
	}
	if e, ok := store.ExportOf(c); ok {
		out.add(work.JobExport, work.Export{By: e.By.ID, ID: e.ID})
	}
	m, waiting := store.UnfetchedOf(c)
	for _, i := range waiting {
		out.add(work.JobMedia, work.Media{Ticket: m.Ticket, Message: m.ID, Index: i})
	}
	return out.msgs, out.err
}

func send(ctx context.Context, q queue.Queue, to queue.Name, msgs []queue.Message) error {
	if len(msgs) == 0 {
		return nil
	}
	return q.Send(ctx, to, msgs...)
}
