package figuresfn_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/functions/figures/figuresfn"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// desktop is a desk with a real table, whose writes can be made to fail.
type desktop struct {
	db     *bolt.DB
	store  *store.Store
	faults func() error // drawn before each write of the function
	fn     *figuresfn.Figures
	handle lambda.Handler
	writes int
}

// faulty is the table as the function sees it.
type faulty struct{ d *desktop }

// errLost: the write was applied, its answer never came.
var errLost = errors.New("answer lost")

func (f faulty) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	return f.d.db.Get(ctx, keys...)
}

func (f faulty) Query(ctx context.Context, q table.Query) (table.Page, error) {
	return f.d.db.Query(ctx, q)
}

func (f faulty) Write(ctx context.Context, ops ...table.Op) error {
	f.d.writes++
	fault := error(nil)
	if f.d.faults != nil {
		fault = f.d.faults()
	}
	if fault == nil || errors.Is(fault, errLost) {
		if err := f.d.db.Write(ctx, ops...); err != nil {
			return err
		}
	}
	return fault
}

func newDesktop(t require.TestingT, dir string) *desktop {
	db, err := bolt.Open(filepath.Join(dir, "table.db"), func() time.Time { return noon }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	d := &desktop{db: db, store: store.New(db)}
	d.fn = &figuresfn.Figures{
		Store: store.New(faulty{d}),
		Settings: func(context.Context) (*config.Settings, error) {
			return &config.Settings{Desk: config.Desk{TimeZone: "Asia/Shanghai"}}, nil
		},
		Pause: func(context.Context, int) error { return nil },
	}
	d.handle = lambda.NewHandler(d.fn.Handle)
	return d
}

func open(t testing.TB) *desktop {
	d := newDesktop(t, t.TempDir())
	t.Cleanup(func() { require.NoError(t, d.db.Close()) })
	return d
}

// invoke passes an event through Lambda's own JSON.
func (d *desktop) invoke(t require.TestingT, event any) (events.DynamoDBTimeWindowEventResponse, error) {
	raw, err := json.Marshal(event)
	require.NoError(t, err)
	out, err := d.handle.Invoke(context.Background(), raw)
	var r events.DynamoDBTimeWindowEventResponse
	if err == nil {
		require.NoError(t, json.Unmarshal(out, &r))
		require.NotNil(t, r.State)
		require.Less(t, len(out), 1_000_000)
	}
	return r, err
}

func (d *desktop) feed(t require.TestingT) []table.Change {
	cs, err := d.db.Changes(context.Background(), "", 100_000)
	require.NoError(t, err)
	return cs
}

func window(shard string, state map[string]string, final bool, cs ...table.Change) events.DynamoDBTimeWindowEvent {
	if state == nil {
		state = map[string]string{}
	}
	return events.DynamoDBTimeWindowEvent{
		DynamoDBEvent: lambdaevent.StreamEvent(cs...),
		TimeWindowProperties: events.TimeWindowProperties{
			ShardID: shard, State: state, IsFinalInvokeForWindow: final,
		},
	}
}

// happen writes a fact the way the desk does.
func (d *desktop) happen(t require.TestingT, id string, f desk.Fact) {
	var tx store.Tx
	tx.PutFact(id, f)
	require.NoError(t, d.store.Commit(context.Background(), &tx))
}

func (d *desktop) message(t require.TestingT, r store.Row[desk.Message]) {
	var tx store.Tx
	tx.PutMessage(r)
	require.NoError(t, d.store.Commit(context.Background(), &tx))
}

// recount adds up a day from the rows themselves.
func (d *desktop) recount(t require.TestingT, cut, day string, ms []desk.Message) map[string]int64 {
	sums := map[string]int64{}
	add := func(ss []kpi.Sum) {
		for _, s := range ss {
			if s.Cut == cut && s.Day == day {
				kpi.Merge(sums, s.Counters)
			}
		}
	}
	require.NoError(t, d.store.Facts(context.Background(), day, func(f desk.Fact) error {
		add(kpi.Count(f))
		return nil
	}))
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	for _, m := range ms {
		add(kpi.CountMessage(m, zone))
	}
	return withoutZeros(sums)
}

func (d *desktop) figures(t require.TestingT, cut, day string) map[string]int64 {
	got, err := d.store.Figures(context.Background(), cut, day)
	require.NoError(t, err)
	return withoutZeros(got[0])
}

func withoutZeros(m map[string]int64) map[string]int64 {
	out := map[string]int64{}
	maps.Copy(out, m)
	maps.DeleteFunc(out, func(_ string, n int64) bool { return n == 0 })
	return out
}

var (
	days     = []string{"2026-03-01", "2026-03-02"}
	channels = []desk.Channel{desk.WeChat, desk.Email}
	teams    = []string{"support", "销售 | #1"}
)

func cuts() []string {
	out := []string{kpi.All}
	for _, c := range channels {
		out = append(out, kpi.ChannelCut(c))
	}
	for _, team := range teams {
		out = append(out, kpi.TeamCut(team))
	}
	return out
}

// TestEverySplitGivesTheRecount keeps promise 8: however the feed is cut into shards,
// windows and batches, with answers lost, batches repeated, conflicts, throttles and
// transactions of unknown outcome, the figures equal a recount of the rows.
func TestEverySplitGivesTheRecount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "figures")
		require.NoError(t, err)
		defer os.RemoveAll(dir)
		d := newDesktop(t, dir)
		defer d.db.Close()
		ms := d.happenings(t)
		d.faults = faultsFrom(t)
		for shard, cs := range shards(t, d.feed(t)) {
			d.deliver(t, shard, cs)
		}
		for _, cut := range cuts() {
			for _, day := range days {
				require.Equal(t, d.recount(t, cut, day, ms), d.figures(t, cut, day), "%s %s", cut, day)
			}
		}
		d.noted(t, ms)
	})
}

// noted holds what is noted for search against the messages: each that has words, once.
func (d *desktop) noted(t require.TestingT, ms []desk.Message) {
	want, got := []desk.MessageID{}, []desk.MessageID{}
	for _, m := range ms {
		if m.Kind != desk.Journal {
			want = append(want, m.ID)
		}
	}
	rows, err := d.store.Touched(context.Background(), 1000)
	require.NoError(t, err)
	for _, r := range rows {
		for _, m := range r.Value.Messages {
			got = append(got, m.Message)
		}
	}
	require.ElementsMatch(t, want, got)
}

// happenings fills the table with facts, messages and rows that don't count.
func (d *desktop) happenings(t *rapid.T) []desk.Message {
	var ms []desk.Message
	for i := range rapid.IntRange(1, 25).Draw(t, "happenings") {
		if rapid.Bool().Draw(t, "fact") {
			d.happen(t, fmt.Sprint("f", i), drawFact(t))
			continue
		}
		m := desk.Message{
			ID: desk.NewMessageID(noon, fmt.Sprint(i)), Ticket: "7K3Q9W",
			At:   noon.Add(time.Duration(rapid.IntRange(0, 12).Draw(t, "hour")) * time.Hour),
			Kind: rapid.SampledFrom([]desk.MessageKind{desk.FromCustomer, desk.ToCustomer, desk.Note, desk.Journal}).Draw(t, "kind"),
			From: desk.Address{Channel: rapid.SampledFrom(channels).Draw(t, "channel"), ID: "x"}, Text: "words",
		}
		ms = append(ms, m)
		d.message(t, store.Row[desk.Message]{Value: m})
		if rapid.Bool().Draw(t, "changed") { // a new state is no new message
			d.message(t, store.Row[desk.Message]{Value: m, Version: 1})
		}
	}
	return ms
}

func drawFact(t *rapid.T) desk.Fact {
	score := rapid.IntRange(1, 5).Draw(t, "score")
	f := desk.Fact{
		Kind: rapid.SampledFrom([]desk.FactKind{desk.FactOpened, desk.FactFirstAnswered, desk.FactResolved, desk.FactAnswered}).Draw(t, "kind"),
		Day:  rapid.SampledFrom(days).Draw(t, "day"), Channel: rapid.SampledFrom(channels).Draw(t, "channel"),
		Team: rapid.SampledFrom(teams).Draw(t, "team"), Score: &score,
		Took: time.Duration(rapid.Int64Range(0, 1e6).Draw(t, "took")) * time.Second,
	}
	if rapid.Bool().Draw(t, "again") {
		was := rapid.IntRange(1, 5).Draw(t, "was")
		f.Was = &was
	}
	return f
}

// faultsFrom draws what befalls each write; after some faults the weather is fair.
func faultsFrom(t *rapid.T) func() error {
	left := 20
	return func() error {
		if left == 0 {
			return nil
		}
		fault := rapid.SampledFrom([]error{nil, nil, table.ErrConflict, table.ErrThrottled, errLost, errors.New("down")}).Draw(t, "fault")
		if fault != nil {
			left--
		}
		return fault
	}
}

// shards spreads the feed: rows of one partition stay in one shard, in order.
func shards(t *rapid.T, cs []table.Change) map[string][]table.Change {
	n := rapid.IntRange(1, 2).Draw(t, "shards")
	out := map[string][]table.Change{}
	for _, c := range cs {
		shard := fmt.Sprintf("shardId-%d", len(c.Key.PK)%n)
		if c.Key.PK[0] == 'F' {
			shard = fmt.Sprintf("shardId-%d", int(c.Key.PK[len(c.Key.PK)-1])%n)
		}
		out[shard] = append(out[shard], c)
	}
	return out
}

// deliver hands a shard to the function as Lambda does: in order, each batch until it
// is answered, the state of the last good answer with it; a window ends when it ends.
func (d *desktop) deliver(t *rapid.T, shard string, cs []table.Change) {
	state := map[string]string{}
	for len(cs) > 0 || len(state) > 0 {
		n := min(len(cs), rapid.IntRange(0, 6).Draw(t, "batch"))
		e := window(shard, state, false, cs[:n]...)
		last := len(cs) == n && rapid.Bool().Draw(t, "last")
		e.IsFinalInvokeForWindow = last || rapid.IntRange(0, 3).Draw(t, "final") == 0
		e.IsWindowTerminatedEarly = !e.IsFinalInvokeForWindow && rapid.IntRange(0, 5).Draw(t, "early") == 0
		answer, err := d.invoke(t, e)
		if err != nil || rapid.IntRange(0, 4).Draw(t, "answer lost") == 0 {
			continue // the same records again, perhaps more or fewer, with the same state
		}
		require.Empty(t, answer.BatchItemFailures)
		cs, state = cs[n:], answer.State
		if e.IsFinalInvokeForWindow || e.IsWindowTerminatedEarly {
			state = map[string]string{}
		}
	}
}

// TestPlainEventsCountOnce: without windows each batch is written, a repeat is skipped,
// and what the function itself writes doesn't make it write again.
func TestPlainEventsCountOnce(t *testing.T) {
	d := open(t)
	for i := range 5 {
		d.happen(t, fmt.Sprint(i), desk.Fact{Kind: desk.FactOpened, Day: days[0], Channel: desk.SMS, Team: "support"})
	}
	cs := d.feed(t)
	for _, batch := range [][]table.Change{cs[:2], cs[:2], cs[1:4], cs[2:], cs} {
		r, err := d.invoke(t, lambdaevent.StreamEvent(batch...))
		require.NoError(t, err)
		require.Empty(t, r.BatchItemFailures)
	}
	require.Equal(t, map[string]int64{"opened": 5}, d.figures(t, kpi.All, days[0]))
	require.Equal(t, map[string]int64{"opened": 5}, d.figures(t, kpi.ChannelCut(desk.SMS), days[0]))
	require.Equal(t, map[string]int64{"opened": 5}, d.figures(t, kpi.TeamCut("support"), days[0]))

	own := d.feed(t)[len(cs):]
	require.NotEmpty(t, own)
	before := d.writes
	_, err := d.invoke(t, lambdaevent.StreamEvent(own...))
	require.NoError(t, err)
	require.Equal(t, before, d.writes)
}

// TestWindowWritesOnce: a busy window costs one transaction, not one for each batch.
func TestWindowWritesOnce(t *testing.T) {
	d := open(t)
	for i := range 30 {
		d.happen(t, fmt.Sprint(i), desk.Fact{Kind: desk.FactOpened, Day: days[0]})
	}
	var state map[string]string
	for _, c := range d.feed(t) {
		r, err := d.invoke(t, window("shard", state, false, c))
		require.NoError(t, err)
		state = r.State
	}
	require.Zero(t, d.writes)
	_, err := d.invoke(t, window("shard", state, true))
	require.NoError(t, err)
	require.Equal(t, 1, d.writes)
	require.Equal(t, map[string]int64{"opened": 30}, d.figures(t, kpi.All, days[0]))
}

// TestManyRowsAreWrittenOnTheWay: a batch over many days never needs a transaction
// larger than the table's, nor a state larger than Lambda's.
func TestManyRowsAreWrittenOnTheWay(t *testing.T) {
	d := open(t)
	for i := range 400 {
		day := noon.AddDate(0, 0, i).Format(time.DateOnly)
		d.happen(t, fmt.Sprint(i), desk.Fact{Kind: desk.FactOpened, Day: day, Channel: desk.SMS, Team: "support"})
	}
	r, err := d.invoke(t, window("shard", nil, false, d.feed(t)...))
	require.NoError(t, err)
	require.Greater(t, d.writes, 10)
	_, err = d.invoke(t, window("shard", r.State, true))
	require.NoError(t, err)
	for i := range 400 {
		day := noon.AddDate(0, 0, i).Format(time.DateOnly)
		require.Equal(t, map[string]int64{"opened": 1}, d.figures(t, kpi.TeamCut("support"), day))
	}
}

// TestUnreadableRecord: it is named by its sequence number, and what came before it is
// in the table whatever Lambda does with the state.
func TestUnreadableRecord(t *testing.T) {
	d := open(t)
	for i := range 3 {
		d.happen(t, fmt.Sprint(i), desk.Fact{Kind: desk.FactOpened, Day: days[0]})
	}
	e := window("shard", nil, false, d.feed(t)...)
	e.Records[1].Change.Keys = nil
	r, err := d.invoke(t, e)
	require.NoError(t, err)
	require.Equal(t, []events.DynamoDBBatchItemFailure{{ItemIdentifier: e.Records[1].Change.SequenceNumber}}, r.BatchItemFailures)
	require.Equal(t, map[string]int64{"opened": 1}, d.figures(t, kpi.All, days[0]))

	mended := window("shard", nil, true, d.feed(t)[:3]...)
	_, err = d.invoke(t, mended)
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"opened": 3}, d.figures(t, kpi.All, days[0]))
}

// TestStateThatDoesNotFit: sums that another invocation wrote in part are never added
// again, and a state of somebody else is refused.
func TestStateThatDoesNotFit(t *testing.T) {
	d := open(t)
	for i := range 4 {
		d.happen(t, fmt.Sprint(i), desk.Fact{Kind: desk.FactOpened, Day: days[0]})
	}
	cs := d.feed(t)
	r, err := d.invoke(t, window("shard", nil, false, cs[:4]...))
	require.NoError(t, err)
	_, err = d.invoke(t, window("shard", nil, true, cs[:2]...)) // a second reader of the shard
	require.NoError(t, err)
	_, err = d.fn.Handle(t.Context(), window("shard", r.State, true))
	require.ErrorIs(t, err, figuresfn.ErrOverlap)

	_, err = d.fn.Handle(t.Context(), window("shard", map[string]string{"upto": "99999999999999999999999999", "sum|x": "{"}, true))
	require.ErrorIs(t, err, figuresfn.ErrState)
	require.Equal(t, map[string]int64{"opened": 2}, d.figures(t, kpi.All, days[0]))
}

// TestPersistentConflictComesBack: after its tries the batch goes back to the feed
// whole, and nothing was written.
func TestPersistentConflictComesBack(t *testing.T) {
	d := open(t)
	d.happen(t, "1", desk.Fact{Kind: desk.FactOpened, Day: days[0]})
	d.faults = func() error { return table.ErrConflict }
	_, err := d.fn.Handle(t.Context(), window("shard", nil, true, d.feed(t)...))
	require.ErrorIs(t, err, table.ErrConflict)
	require.Empty(t, d.figures(t, kpi.All, days[0]))
}

// FuzzState: the state comes back through Lambda; whatever stands in it is read or
// refused.
func FuzzState(f *testing.F) {
	f.Add("upto", "7", "sum|2026-03-01|all", `{"opened":1}`)
	f.Add("first", "1", "sum|", `{`)
	d := open(f)
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2 string) {
		_, err := d.fn.Handle(t.Context(), window("shard", map[string]string{k1: v1, k2: v2}, true))
		if err != nil {
			require.True(t, errors.Is(err, figuresfn.ErrState) || errors.Is(err, table.ErrInvalid) || errors.Is(err, figuresfn.ErrOverlap), err)
		}
	})
}
