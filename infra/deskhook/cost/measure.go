// Package cost measures what the desk costs. It does real things to a real table (the
// embedded engine in a scratch folder), through the functions themselves, and adds up
// what AWS would charge for each call: units by the table's own rules from the items'
// real sizes, requests and invocations along the path a message takes.
//
// Each thing is measured alone in its minute: nothing shares a batch, an invocation or
// a window with anything else. Busy desks pay less for each message, never more.
package cost

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/functions/api/apifn"
	"github.com/deskhook/deskhook/functions/delivery/deliveryfn"
	"github.com/deskhook/deskhook/functions/figures/figuresfn"
	"github.com/deskhook/deskhook/functions/relay/relayfn"
	"github.com/deskhook/deskhook/functions/schedule/schedulefn"
	"github.com/deskhook/deskhook/shared/access"
	"github.com/deskhook/deskhook/shared/blob/folder"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/ticketing"
	"github.com/deskhook/deskhook/shared/work"
)

// Operation is one thing that happens at a desk, and what it uses.
type Operation struct {
	Name  string `json:"name"`
	Count Count  `json:"count"`
	// PerMillion is what a million of them cost in dollars, without what providers and
	// SES take for sending.
	PerMillion float64 `json:"dollars_per_million"`
}

// Report is what Measure found.
type Report struct {
	PricesAsOf string      `json:"prices_as_of"`
	Tickets    int         `json:"tickets"` // in the table when it was measured
	Operations []Operation `json:"operations"`
	Search     []Operation `json:"search"`
	Idle       []Line      `json:"idle_month"`
	Egress     []Line      `json:"fixed_egress_month"` // on top, where a provider wants a fixed address
}

// bench is a desk over a table that counts.
type bench struct {
	db       *bolt.DB
	desk     *ticketing.Desk
	store    *store.Store
	settings *config.Settings
	queue    *countingQueue
	files    countingBlob
	api      http.Handler
	count    *Count
	now      time.Time
	seen     string // of the feed
	n        int
}

// Measure fills a table in a scratch folder with so many open tickets and measures each
// operation there. dir must be empty or absent from other use; the caller removes it.
func Measure(ctx context.Context, dir string, tickets int) (Report, error) {
	b, err := newBench(filepath.Join(dir, "cost.db"))
	if err != nil {
		return Report{}, err
	}
	defer b.db.Close()
	files, err := folder.Open(filepath.Join(dir, "files"), "http://127.0.0.1", []byte("measured with any key"), time.Now)
	if err != nil {
		return Report{}, err
	}
	defer files.Close()
	b.files.Store = files
	for i := range tickets {
		if _, err := b.message(ctx, fmt.Sprintf("other-%08d", i)); err != nil {
			return Report{}, err
		}
	}
	if err := b.skipFeed(ctx); err != nil {
		return Report{}, err
	}
	r := Report{PricesAsOf: PricesAsOf, Tickets: tickets, Egress: egress()}
	if r.Operations, err = b.operations(ctx); err != nil {
		return Report{}, err
	}
	sweep, err := b.sweep(ctx)
	if err != nil {
		return Report{}, err
	}
	if r.Search, err = b.searching(ctx); err != nil {
		return Report{}, err
	}
	looks, err := b.looks(ctx)
	if err != nil {
		return Report{}, err
	}
	r.Idle = append(idle(sweep), Line{"looks for new words, every three minutes", looks})
	return r, nil
}

func newBench(path string) (*bench, error) {
	b := &bench{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), count: &Count{}}
	db, err := bolt.Open(path, func() time.Time { return b.now }, bolt.Options{NoSync: true})
	if err != nil {
		return nil, err
	}
	key, _ := sign.NewKey("measured with any key at all")
	b.settings = config.Defaults()
	b.settings.Desk.Team, b.settings.Desk.PublicURL = "support", "https://desk.example"
	b.settings.Teams = []config.Team{{ID: "support"}}
	b.settings.Agents = []config.Agent{{ID: "amy", Name: "Amy", Role: "agent"}}
	b.settings.Accounts = []config.Account{{Channel: desk.WeChat, Name: "main"}}
	b.settings.Surveys = []config.Survey{config.DefaultSurvey(desk.CSAT)}
	b.files = countingBlob{count: b.count}
	b.db, b.queue = db, &countingQueue{count: b.count, sent: map[queue.Name][]string{}}
	b.store = store.New(countingTable{db, b.count})
	b.desk = &ticketing.Desk{Store: b.store, Key: key, Settings: b.current}
	amy := desk.Actor{Kind: desk.ByAgent, ID: "amy", Name: "Amy"}
	b.api = apifn.New(apifn.Deps{
		Desk: b.desk, Store: b.store, Settings: b.current, Now: func() time.Time { return b.now }, Found: &b.files,
		Tokens: access.Keyring(access.ServiceToken{Token: "measure", Who: allow.Principal{Actor: amy, Role: allow.Lead}}),
	})
	return b, nil
}

func (b *bench) current(context.Context) (*config.Settings, error) { return b.settings, nil }

// message lets a customer write something of a common length.
func (b *bench) message(ctx context.Context, who string) (desk.TicketID, error) {
	b.n++
	b.now = b.now.Add(time.Second)
	got, err := b.desk.Receive(ctx, channel.Envelope{At: b.now}, desk.Inbound{
		Kind: desk.InMessage, ID: fmt.Sprintf("24%016d", b.n), Name: "王芳", Lang: "zh-CN", At: b.now.Truncate(time.Second),
		Text: "您好，我上周下的订单到现在还没有收到，请帮忙查一下物流信息，谢谢！",
		From: desk.Address{Channel: desk.WeChat, Account: "main", ID: who},
	})
	return got.Ticket, err
}

// received is a message that came the whole way: webhook, queue, tickets.
func (b *bench) received(ctx context.Context, who string) (desk.TicketID, error) {
	b.count.HTTP++
	b.count.invoke("receiver")
	b.queue.requests(queue.Inbound, 3) // sent, received, deleted
	b.count.invoke("tickets")
	id, err := b.message(ctx, who)
	if err != nil {
		return id, err
	}
	return id, b.settle(ctx)
}

// settle lets everything follow from what was written: relay, delivery, figures.
func (b *bench) settle(ctx context.Context) error {
	state := map[string]string{}
	for {
		changed, next, err := b.follow(ctx, state)
		if err != nil {
			return err
		}
		if !changed {
			break
		}
		state = next
	}
	if err := b.endOfWindow(ctx, state); err != nil {
		return err
	}
	// What figures wrote comes by in the next window, where it adds nothing.
	_, state, err := b.follow(ctx, map[string]string{})
	if err != nil {
		return err
	}
	return b.endOfWindow(ctx, state)
}

// follow hands the newest changes to the feed's two readers.
func (b *bench) follow(ctx context.Context, state map[string]string) (bool, map[string]string, error) {
	changes, err := b.db.Changes(ctx, b.seen, 1000)
	if err != nil || len(changes) == 0 {
		return false, state, err
	}
	b.seen = changes[len(changes)-1].Seq
	e := lambdaevent.StreamEvent(changes...)
	b.count.invoke("relay")
	if _, err := (&relayfn.Handler{Queue: b.queue, Settings: b.current, Log: slog.New(slog.DiscardHandler)}).Handle(ctx, e); err != nil {
		return false, nil, err
	}
	w := events.DynamoDBTimeWindowEvent{DynamoDBEvent: e}
	w.ShardID, w.State = shard, state
	answer, err := b.figures(ctx, w)
	if err != nil {
		return false, nil, err
	}
	return true, answer.State, b.deliver(ctx)
}

const shard = "shardId-00000001669126399999-00000001"

func (b *bench) figures(ctx context.Context, e events.DynamoDBTimeWindowEvent) (events.DynamoDBTimeWindowEventResponse, error) {
	b.count.invoke("figures")
	return (&figuresfn.Figures{Store: b.store, Settings: b.current}).Handle(ctx, e)
}

func (b *bench) endOfWindow(ctx context.Context, state map[string]string) error {
	e := events.DynamoDBTimeWindowEvent{}
	e.ShardID, e.State, e.IsFinalInvokeForWindow = shard, state, true
	_, err := b.figures(ctx, e)
	return err
}

// provider is the far side: it takes everything.
type provider struct{}

// Send says that the message was taken.
func (provider) Send(context.Context, channel.Outgoing) channel.Outcome {
	return channel.Outcome{Kind: channel.OutcomeSent, ProviderID: "1234567890123456789"}
}

func (b *bench) deliver(ctx context.Context) error {
	for _, body := range b.queue.take(queue.Outbound) {
		b.count.invoke("delivery")
		h := &deliveryfn.Handler{
			Store: b.store, Settings: b.current, Now: func() time.Time { return b.now },
			Sender: func(context.Context, desk.Channel, string) (channel.Sender, error) { return provider{}, nil },
			Worker: func() string { b.n++; return fmt.Sprintf("worker-%08d", b.n) },
			Log:    slog.New(slog.DiscardHandler),
		}
		b.now = b.now.Add(time.Second)
		r, err := h.Handle(ctx, events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: body}}})
		if err != nil || len(r.BatchItemFailures) > 0 {
			return fmt.Errorf("cost: delivery failed: %w", err)
		}
	}
	return nil
}

// skipFeed leaves aside what led up to a measurement.
func (b *bench) skipFeed(ctx context.Context) error {
	for {
		changes, err := b.db.Changes(ctx, b.seen, 1000)
		if err != nil || len(changes) == 0 {
			return err
		}
		b.seen = changes[len(changes)-1].Seq
	}
}

// call makes one call of the API.
func (b *bench) call(ctx context.Context, method, path, body string) error {
	b.count.HTTP++
	b.count.invoke("api")
	r := httptest.NewRequestWithContext(ctx, method, path, nil)
	if body != "" {
		r = httptest.NewRequestWithContext(ctx, method, path, jsonBody(body))
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer measure")
	w := httptest.NewRecorder()
	b.api.ServeHTTP(w, r)
	if w.Code >= 300 {
		return fmt.Errorf("cost: %s %s answered %d", method, path, w.Code)
	}
	return nil
}

// sweep is one run of schedule; it gives what was used.
func (b *bench) sweep(ctx context.Context) (Count, error) {
	before := *b.count
	b.count.invoke("schedule")
	h := &schedulefn.Handler{Store: b.store, Queue: b.queue, Now: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler)}
	err := h.Handle(ctx, nil)
	return b.count.minus(before), err
}

// ask lets the survey's time come: schedule, surveys, and the question on its way.
func (b *bench) ask(ctx context.Context) error {
	if _, err := b.sweep(ctx); err != nil {
		return err
	}
	for _, body := range b.queue.take(queue.Surveys) {
		b.count.invoke("surveys")
		var t work.SurveyTimer
		if err := json.Unmarshal([]byte(body), &t); err != nil {
			return err
		}
		if err := b.desk.FireSurvey(ctx, t.Survey, t.Gen, t.At, nil); err != nil {
			return err
		}
	}
	return b.settle(ctx)
}
