// Package jobsfn does the slow work: it puts new settings in force, fetches the files
// that messages have left with their providers, asks them whose an address is, brings events to those who subscribed to
// them, tells people of the desk, makes words findable, and erases what is kept of customers who
// left where the provider wants it so.
package jobsfn

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
	"github.com/deskhook/deskhook/shared/work"
)

// Handler works the jobs queue. All fields but PublicURL are needed.
type Handler struct {
	Store *store.Store
	Desk  *ticketing.Desk
	Blob  blob.Store
	Queue queue.Queue
	// Media gives what fetches files of an account; NotFound where there is no such
	// account any more, or the channel's files don't lie elsewhere.
	Media func(context.Context, desk.Channel, string) (channel.MediaFetcher, error)
	// WhoIs gives what tells whose an account's addresses are; NotFound where there is no
	// such account any more, or nobody tells.
	WhoIs func(context.Context, desk.Channel, string) (channel.WhoIs, error)
	// Sender gives an account's sender; NotFound where there is no such account.
	Sender func(context.Context, desk.Channel, string) (channel.Sender, error)
	// Callbacks gives what webhooks are called with, loopback addresses being allowed or
	// not: generic.Client, which dials no private address.
	Callbacks func(allowLoopback bool) channel.Doer
	Settings  func(context.Context) (*config.Settings, error)
	Secrets   config.Lookup
	PublicURL string // put into settings that name none: the stack's own address
	Now       func() time.Time
	Log       *slog.Logger
}

// waits are how soon a job is tried again after each failure, for as long as the queue
// keeps giving it: a minute's trouble costs a minute, and the last tries reach into the
// next day, when a used-up quota is there again.
var waits = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 4 * time.Hour, 8 * time.Hour, 11 * time.Hour,
}

// Handle works one batch; what fails comes again.
func (h *Handler) Handle(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
	var failed []string
	for _, m := range lambdaevent.Messages(e) {
		if err := h.one(ctx, m.Body); err != nil {
			h.Log.ErrorContext(ctx, "job handed back", "id", m.ID, "count", m.Count, "err", err)
			failed = append(failed, m.ID)
			wait := waits[min(max(m.Count, 1), len(waits))-1]
			if err := h.Queue.Postpone(ctx, queue.Jobs, m.Receipt, wait); err != nil {
				h.Log.WarnContext(ctx, "not postponed", "id", m.ID)
			}
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
		return h.snapshot(ctx, job.Doc)
	case work.JobFill, work.JobLeave, work.JobShift:
		return h.atWork(ctx, job)
	case work.JobMedia:
		return read(ctx, job, h.media)
	case work.JobHook:
		return read(ctx, job, h.hook)
	case work.JobNotice:
		return read(ctx, job, h.notice)
	case work.JobDigest:
		return read(ctx, job, h.digest)
	case work.JobIndex:
		return h.index(ctx)
	case work.JobExport:
		return read(ctx, job, h.export)
	case work.JobErase:
		return read(ctx, job, h.erase)
	case work.JobRisk:
		return read(ctx, job, h.risk)
	case work.JobWhoIs:
		return read(ctx, job, h.whois)
	case work.JobReopen:
		return read(ctx, job, h.reopen)
	default:
		return desk.Errorf(desk.Unreadable, "no such job: %q", job.Kind)
	}
}

// read does a job with what it is about.
func read[V any](ctx context.Context, job work.Job, do func(context.Context, V) error) error {
	var v V
	if err := json.Unmarshal(job.Doc, &v); err != nil {
		return desk.Errorf(desk.Unreadable, "not a job")
	}
	return do(ctx, v)
}
