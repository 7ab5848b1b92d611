package cost

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/functions/jobs/jobsfn"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// told is whose messages are told of to others.
const told = customer + "3"

// event is what bringing one event to one subscriber adds to the message it is of.
func (b *bench) event(ctx context.Context) error {
	plain := b.settings
	defer func() { b.settings = plain }()
	with := *plain
	with.Webhooks = []config.Webhook{{Name: "erp", URL: "https://erp.example/in", Events: []string{string(desk.EventMessageReceived)}}}
	b.settings = &with
	return b.toldOf(ctx)
}

// notice is what telling the agent of a customer's reply adds to it, in the console.
func (b *bench) notice(ctx context.Context) error {
	before := *b.count
	row, err := b.store.Identity(ctx, desk.Address{Channel: desk.WeChat, Account: "main", ID: told})
	if err != nil {
		return err
	}
	act := ticketing.Act{By: desk.Actor{Kind: desk.ByDesk}, At: b.now}
	if err := b.desk.Assign(ctx, act, row.Value.Ticket, "amy"); err != nil {
		return err
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	b.queue.take(queue.Jobs)
	*b.count = before
	return b.toldOf(ctx)
}

// toldOf lets a message come, and counts the one job that tells of it.
func (b *bench) toldOf(ctx context.Context) error {
	before := *b.count
	if _, err := b.received(ctx, told); err != nil {
		return err
	}
	jobs := b.queue.take(queue.Jobs)
	*b.count = before
	if len(jobs) != 1 {
		return fmt.Errorf("cost: a message is told of by %d jobs", len(jobs))
	}
	b.queue.requests(queue.Jobs, 3) // sent, received, deleted
	b.count.invoke("jobs")
	h := &jobsfn.Handler{
		Store: b.store, Desk: b.desk, Queue: b.queue, Settings: b.current, Now: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler),
		Callbacks: func(bool) channel.Doer { return subscriber{} },
		Secrets: func(string) (string, bool, error) {
			return "whsec_bWVhc3VyZWQgd2l0aCBhbnkga2V5IGF0IGFsbCAzMg==", true, nil
		},
	}
	r, err := h.Handle(ctx, events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: jobs[0]}}})
	if err == nil && len(r.BatchItemFailures) > 0 {
		err = fmt.Errorf("cost: the job failed")
	}
	return err
}

// subscriber takes every event.
type subscriber struct{}

// Do answers that the event was taken.
func (subscriber) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(""))}, nil
}
