package recount_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/recount"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/memory"
)

const monday = "2026-03-02"

var (
	zone     = must(time.LoadLocation("Asia/Shanghai"))
	midnight = must(time.ParseInLocation(time.DateOnly, monday, zone))
	settings = &config.Settings{Desk: config.Desk{Team: "support", TimeZone: "Asia/Shanghai"}, Teams: []config.Team{{ID: "sales"}}}
)

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

// world is a desk with what happened on three days, of which the figures know a part.
type world struct {
	st   *store.Store
	want map[string]map[string]int64 // of Monday, by cut
}

func newWorld(t *rapid.T) *world {
	w := &world{store.New(memory.New(func() time.Time { return midnight })), map[string]map[string]int64{}}
	var tx store.Tx
	heard := func(sums []kpi.Sum) {
		counted := rapid.Bool().Draw(t, "counted")
		for _, s := range sums {
			if counted {
				var tx store.Tx
				tx.Add(store.FigureKey(s.Cut, s.Day), s.Counters)
				require.NoError(t, w.st.Commit(t.Context(), &tx))
			}
			if s.Day == monday {
				if w.want[s.Cut] == nil {
					w.want[s.Cut] = map[string]int64{}
				}
				kpi.Merge(w.want[s.Cut], s.Counters)
			}
		}
	}
	when := func() time.Time {
		return midnight.Add(time.Duration(rapid.IntRange(-24*60, 48*60-1).Draw(t, "minute")) * time.Minute)
	}
	for n := range rapid.IntRange(0, 6).Draw(t, "tickets") {
		at := when()
		id := desk.TicketID(fmt.Sprintf("T%05d", n))
		tk := desk.Ticket{ID: id, Team: rapid.SampledFrom(settings.AllTeams()).Draw(t, "team"), Status: rapid.SampledFrom(desk.Statuses).Draw(t, "status"), Opened: at}
		tx.PutTicket(store.Row[desk.Ticket]{Value: tk})
		f := desk.Fact{Kind: desk.FactOpened, At: at, Day: at.In(zone).Format(time.DateOnly), Team: tk.Team, Channel: desk.WeChat}
		tx.PutFact(string(id), f)
		heard(kpi.Count(f))
		for k := range rapid.IntRange(0, 5).Draw(t, "messages") {
			said := when()
			if said.Before(at) {
				said = at
			}
			m := desk.Message{ID: desk.NewMessageID(said, string(id), fmt.Sprint(k)), Ticket: id, Kind: rapid.SampledFrom([]desk.MessageKind{desk.FromCustomer, desk.ToCustomer, desk.Note}).Draw(t, "kind"), At: said, From: desk.Address{Channel: desk.WeChat}}
			tx.PutMessage(store.Row[desk.Message]{Value: m})
			heard(kpi.CountMessage(m, zone))
		}
	}
	require.NoError(t, w.st.Commit(t.Context(), &tx))
	return w
}

// Whatever the feed lost of a day, afterwards its figures are what the rows tell, and
// doing it again finds nothing (promise 8).
func TestMend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		later := midnight.AddDate(0, 0, 9)
		found, err := recount.Day(t.Context(), w.st, settings, monday, later)
		require.NoError(t, err)
		for _, d := range found {
			require.True(t, d.Mendable(), "%+v", d)
		}
		require.NoError(t, recount.Mend(t.Context(), w.st, monday, found))
		found, err = recount.Day(t.Context(), w.st, settings, monday, later)
		require.NoError(t, err)
		require.Empty(t, found)
		for cut, want := range w.want {
			got, err := w.st.Figures(t.Context(), cut, monday)
			require.NoError(t, err)
			for name, n := range want {
				require.Equal(t, n, got[0][name], "%s %s", cut, name)
			}
		}
	})
}

// What was counted twice of facts is taken away again. Of messages it is shown and left:
// some may be out of sight.
func TestTooMany(t *testing.T) {
	st := store.New(memory.New(func() time.Time { return midnight }))
	f := desk.Fact{Kind: desk.FactOpened, At: midnight, Day: monday, Team: "support", Channel: desk.WeChat}
	var tx store.Tx
	tx.PutFact("f", f)
	for _, s := range kpi.Count(f) {
		tx.Add(store.FigureKey(s.Cut, s.Day), s.Counters)
	}
	require.NoError(t, st.Commit(t.Context(), &tx))
	var more store.Tx
	for _, s := range kpi.Count(f) {
		more.Add(store.FigureKey(s.Cut, s.Day), s.Counters)
	}
	require.NoError(t, st.Commit(t.Context(), &more))
	var heard store.Tx
	heard.Add(store.FigureKey(kpi.All, monday), map[string]int64{"msg_in": 3})
	require.NoError(t, st.Commit(t.Context(), &heard))
	later := midnight.AddDate(0, 0, 3)
	found, err := recount.Day(t.Context(), st, settings, monday, later)
	require.NoError(t, err)
	require.NotEmpty(t, found)
	require.NoError(t, recount.Mend(t.Context(), st, monday, found))
	found, err = recount.Day(t.Context(), st, settings, monday, later)
	require.NoError(t, err)
	require.Equal(t, []recount.Difference{{Cut: kpi.All, Counter: "msg_in", Has: 3}}, found)
	require.False(t, found[0].Mendable())
}

// moving is a table on which somebody is at work during the walk.
type moving struct {
	table.Table
	move func()
}

func (m *moving) Query(ctx context.Context, q table.Query) (table.Page, error) {
	p, err := m.Table.Query(ctx, q)
	if do := m.move; q.Index == table.View && len(p.Items) > 0 && do != nil {
		m.move = nil
		do()
	}
	return p, err
}

// A ticket that is resolved during the walk is met in two lists, and counted once.
func TestMetTwice(t *testing.T) {
	m := &moving{Table: memory.New(func() time.Time { return midnight })}
	st := store.New(m)
	at := midnight.Add(time.Hour)
	tk := desk.Ticket{ID: "T1", Team: "support", Status: desk.StatusOpen, Opened: at}
	msg := desk.Message{ID: desk.NewMessageID(at, "x"), Ticket: "T1", Kind: desk.FromCustomer, At: at, From: desk.Address{Channel: desk.WeChat}}
	var tx store.Tx
	tx.PutTicket(store.Row[desk.Ticket]{Value: tk})
	tx.PutMessage(store.Row[desk.Message]{Value: msg})
	for _, s := range kpi.CountMessage(msg, zone) {
		tx.Add(store.FigureKey(s.Cut, s.Day), s.Counters)
	}
	require.NoError(t, st.Commit(t.Context(), &tx))
	m.move = func() {
		tk.Status = desk.StatusResolved
		var tx store.Tx
		tx.PutTicket(store.Row[desk.Ticket]{Value: tk, Version: 1})
		require.NoError(t, st.Commit(t.Context(), &tx))
	}
	found, err := recount.Day(t.Context(), st, settings, monday, midnight.AddDate(0, 0, 3))
	require.NoError(t, err)
	require.Empty(t, found)
}

// A changed answer takes the old score away, also where the feed lost it.
func TestLostDecrement(t *testing.T) {
	st := store.New(memory.New(func() time.Time { return midnight }))
	one, five := 1, 5
	f := desk.Fact{Kind: desk.FactAnswered, At: midnight.Add(time.Hour), Day: monday, Team: "support", Channel: desk.WeChat, Survey: desk.CSAT, Score: &five, Was: &one}
	var tx store.Tx
	tx.PutFact("f", f)
	require.NoError(t, st.Commit(t.Context(), &tx))
	later := midnight.AddDate(0, 0, 3)
	found, err := recount.Day(t.Context(), st, settings, monday, later)
	require.NoError(t, err)
	require.NoError(t, recount.Mend(t.Context(), st, monday, found))
	found, err = recount.Day(t.Context(), st, settings, monday, later)
	require.NoError(t, err)
	require.Empty(t, found)
}

// A day under way, or noted on a moment ago, isn't counted: the feed may still bring it.
func TestUnsettled(t *testing.T) {
	st := store.New(memory.New(func() time.Time { return midnight }))
	_, err := recount.Day(t.Context(), st, settings, "yesterday", midnight)
	require.Equal(t, desk.Invalid, desk.KindOf(err))
	_, err = recount.Day(t.Context(), st, settings, monday, midnight.Add(48*time.Hour))
	require.Equal(t, desk.Conflict, desk.KindOf(err))
	noon := midnight.Add(60 * time.Hour)
	var tx store.Tx
	tx.PutFact("late", desk.Fact{Kind: desk.FactAnswered, Day: monday, At: noon.Add(-time.Minute)})
	require.NoError(t, st.Commit(t.Context(), &tx))
	_, err = recount.Day(t.Context(), st, settings, monday, noon)
	require.Equal(t, desk.Conflict, desk.KindOf(err))
}
