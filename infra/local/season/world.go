package season

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/functions/delivery/deliveryfn"
	"github.com/deskhook/deskhook/functions/figures/figuresfn"
	"github.com/deskhook/deskhook/functions/schedule/schedulefn"
	"github.com/deskhook/deskhook/functions/surveys/surveysfn"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/builtin/senders"
	"github.com/deskhook/deskhook/shared/channel/wechat"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/memory"
	"github.com/deskhook/deskhook/shared/ticketing"
	"github.com/deskhook/deskhook/shared/work"
)

// world is the desk: the functions themselves over a table in memory. What is not there
// are the providers and the queues' own engine, which have nothing to do with whether
// somebody is asked.
type world struct {
	db       *memory.DB
	desk     *ticketing.Desk
	store    *store.Store
	settings *config.Settings
	queue    *lines
	now      time.Time

	figures  *figuresfn.Figures
	schedule *schedulefn.Handler
	surveys  *surveysfn.Handler
	delivery *deliveryfn.Handler

	told    string            // relay's place in the feed
	counted string            // that of figures
	state   map[string]string // of figures' window
	workers int
	seen    seen
	log     strings.Builder // what functions complain of
}

func newWorld(bug Bug, at time.Time, reached func(channel.Outgoing)) (*world, error) {
	s, _, err := config.Load([]byte(yaml), "desk.yaml")
	if err != nil {
		return nil, err
	}
	s.Version = 1
	w := &world{settings: s, now: at, seen: seen{surveys: map[desk.SurveyID]*surveyRow{}, recoveries: map[desk.SurveyID]*recoveryRow{}}, queue: &lines{sent: map[queue.Name][]string{}}}
	if bug == CapOffByOne {
		s.Asking.Most++
	}
	clock := func() time.Time { return w.now }
	w.db = memory.New(clock)
	w.store = store.New(&bugged{Table: w.db, bug: bug, did: map[table.Key]bool{}})
	key, _ := sign.NewKey("a season's key, of no use elsewhere")
	none := slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelError}))
	w.desk = &ticketing.Desk{Store: w.store, Settings: w.current, Key: key}
	w.figures = &figuresfn.Figures{Store: w.store, Settings: w.current}
	w.schedule = &schedulefn.Handler{Store: w.store, Queue: w.queue, Now: clock, Log: none}
	w.surveys = &surveysfn.Handler{Desk: w.desk, Window: (&senders.Makers{}).Window, Log: none}
	w.delivery = &deliveryfn.Handler{
		Store: w.store, Settings: w.current, Now: clock, Log: none,
		Worker: func() string { w.workers++; return fmt.Sprintf("worker-%08d", w.workers) },
		Sender: func(_ context.Context, c desk.Channel, _ string) (channel.Sender, error) {
			if c == desk.WeChat {
				return windowed{far{reached}, clock}, nil
			}
			return far{reached}, nil
		},
	}
	return w, ticketing.ArmWaves(context.Background(), w.store, s, at)
}

func (w *world) current(context.Context) (*config.Settings, error) { return w.settings, nil }

// far is the provider's side: it takes everything and tells the season.
type far struct{ reached func(channel.Outgoing) }

// Send says that the message was taken.
func (f far) Send(_ context.Context, m channel.Outgoing) channel.Outcome {
	f.reached(m)
	return channel.Outcome{Kind: channel.OutcomeSent, ProviderID: "p-" + string(m.ID)}
}

// windowed is WeChat, which takes answers for two days.
type windowed struct {
	far
	now func() time.Time
}

// Window is WeChat's own.
func (f windowed) Window(id desk.Identity) (time.Time, int) { return wechat.Window(id, f.now()) }

// lines are the queues: what is sent is kept until it is taken out.
type lines struct{ sent map[queue.Name][]string }

// Send keeps messages.
func (q *lines) Send(_ context.Context, to queue.Name, msgs ...queue.Message) error {
	for _, m := range msgs {
		q.sent[to] = append(q.sent[to], m.Body)
	}
	return nil
}

// Postpone has nothing to do: what is taken out is done.
func (q *lines) Postpone(context.Context, queue.Name, string, time.Duration) error { return nil }

func (q *lines) take(from queue.Name) []string {
	out := q.sent[from]
	delete(q.sent, from)
	return out
}

// sweep is schedule's minute.
func (w *world) sweep(ctx context.Context) error {
	if err := w.schedule.Handle(ctx, nil); err != nil {
		return err
	}
	return w.settle(ctx)
}

// settle lets everything follow from what was written, but the figures, whose window
// ends with the minute.
func (w *world) settle(ctx context.Context) error {
	for {
		changes, err := w.db.Changes(ctx, w.told, 1000)
		if err != nil {
			return err
		}
		if len(changes) > 0 {
			w.told = changes[len(changes)-1].Seq
		}
		if err := w.nudge(ctx, changes); err != nil {
			return err
		}
		did, err := w.work(ctx)
		if err != nil || !did && len(changes) == 0 {
			return err
		}
	}
}

// nudge tells delivery what there is to send, which is all that concerns this season of
// what relay tells.
func (w *world) nudge(ctx context.Context, changes []table.Change) error {
	for _, c := range changes {
		if m, ok := store.UnsentOf(c); ok {
			if err := work.Send(ctx, w.queue, queue.Outbound, work.Nudge{Ticket: m.Ticket}); err != nil {
				return err
			}
		}
	}
	return nil
}

// work empties the queues once.
func (w *world) work(ctx context.Context) (did bool, err error) {
	for _, body := range w.queue.take(queue.Inbound) {
		env, err := receive.Decode(body)
		if err == nil {
			err = w.desk.FireTimers(ctx, desk.TicketID(env.Order), env.At)
		}
		if err != nil {
			return false, err
		}
		did = true
	}
	for _, q := range []struct {
		name queue.Name
		do   func(context.Context, events.SQSEvent) (events.SQSEventResponse, error)
	}{{queue.Surveys, w.surveys.Handle}, {queue.Outbound, w.delivery.Handle}} {
		for _, body := range w.queue.take(q.name) {
			r, err := q.do(ctx, events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: body}}})
			if err == nil && len(r.BatchItemFailures) > 0 {
				err = fmt.Errorf("season: %s hands back %s: %s", q.name, body, w.log.String())
			}
			if err != nil {
				return false, err
			}
			did = true
		}
	}
	return did, nil
}

const shard = "shardId-00000001669126399999-00000001"

// count ends the window of the figures: all that was written since is counted, and what
// was counted is forgotten by the feed.
func (w *world) count(ctx context.Context) error {
	for {
		changes, err := w.db.Changes(ctx, w.counted, 1000)
		if err != nil {
			return err
		}
		last := len(changes) < 1000
		if len(changes) > 0 {
			w.counted = changes[len(changes)-1].Seq
		}
		for _, c := range changes {
			w.seen.look(c)
		}
		if err := w.tally(ctx, slices.DeleteFunc(changes, idle), last); err != nil {
			return err
		}
		if last {
			return w.db.TrimFeed(w.counted)
		}
	}
}

// idle says that a change can't count: it is neither a fact nor a line of a timeline.
// Handing it to figures would make the season longer and nothing else.
func idle(c table.Change) bool {
	return !strings.HasPrefix(c.Key.PK, "F#") && (!strings.HasPrefix(c.Key.PK, "T#") || !strings.HasPrefix(c.Key.SK, "M#"))
}

func (w *world) tally(ctx context.Context, changes []table.Change, last bool) error {
	if len(changes) == 0 && len(w.state) == 0 {
		return nil
	}
	e := events.DynamoDBTimeWindowEvent{DynamoDBEvent: lambdaevent.StreamEvent(changes...)}
	e.ShardID, e.State, e.IsFinalInvokeForWindow = shard, w.state, last
	r, err := w.figures.Handle(ctx, e)
	if err == nil && len(r.BatchItemFailures) > 0 {
		err = errors.New("season: figures hand back a record")
	}
	if w.state = r.State; last {
		w.state = nil
	}
	return err
}

// nextDue is when the next timer of any row is due.
func (w *world) nextDue() (next time.Time, ok bool) {
	for n := range store.DueShards {
		k, any := w.db.First(table.Due, fmt.Sprintf("due#%02d", n))
		at, err := time.Parse("2006-01-02T15:04:05.000Z", k[:min(24, len(k))])
		if any && err == nil && (!ok || at.Before(next)) {
			next, ok = at, true
		}
	}
	return next, ok
}

// row reads a row as it lies there, past everything that the desk reads with.
func row[V any](w *world, pk, sk string) (v V, ok bool) {
	items, err := w.db.Get(context.Background(), table.Key{PK: pk, SK: sk})
	if err != nil || !items[0].Exists() {
		return v, false
	}
	return v, json.Unmarshal(items[0].Doc, &v) == nil
}
