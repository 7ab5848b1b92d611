package runner

import (
	"context"
	"slices"
	"time"

	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/queue/bolt"
)

// Specs gives the template's queues as the embedded engine takes them.
func Specs(t *template.Template) []bolt.Spec {
	var specs []bolt.Spec
	for _, q := range t.Queues {
		specs = append(specs, bolt.Spec{Name: q.Name, Visibility: q.Visibility, MaxReceive: q.MaxReceive, DLQ: q.DLQ, Retention: q.Retention})
	}
	return specs
}

// WithDelays gives messages sent without a delay of their own that of their queue
// (DelaySeconds), which the embedded engine doesn't know.
func WithDelays(q queue.Queue, t *template.Template) queue.Queue {
	delays := map[queue.Name]time.Duration{}
	for _, spec := range t.Queues {
		if spec.Delay > 0 && !spec.Name.FIFO() {
			delays[spec.Name] = spec.Delay
		}
	}
	if len(delays) == 0 {
		return q
	}
	return delayed{q, delays}
}

type delayed struct {
	queue.Queue
	delays map[queue.Name]time.Duration
}

func (d delayed) Send(ctx context.Context, to queue.Name, msgs ...queue.Message) error {
	if delay := d.delays[to]; delay > 0 {
		msgs = slices.Clone(msgs)
		for i := range msgs {
			if msgs[i].Delay == 0 {
				msgs[i].Delay = delay
			}
		}
	}
	return d.Queue.Send(ctx, to, msgs...)
}
