package tabletest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/table"
)

var modelTests = map[string]func(*suite){
	"random operations match a plain map": func(s *suite) {
		var runs atomic.Int64
		revives, indexes := !s.lacks(AddOverExpired), !s.lacks(IndexComplete)
		rapid.Check(s.T, func(t *rapid.T) {
			// Every run has partitions of its own, so one table serves all.
			m := &model{s: s, run: fmt.Sprint(runs.Add(1)), revives: revives, rows: map[table.Key]table.Item{}}
			actions := map[string]func(*rapid.T){
				"write": m.write, "get": m.get, "query": m.query, "time": m.time,
			}
			if indexes {
				actions["index"] = m.index
			}
			t.Repeat(actions)
		})
	},
}

// model is the contract as a map: what the engine is compared with.
type model struct {
	s       *suite
	run     string
	revives bool // whether to Add over expired rows
	rows    map[table.Key]table.Item
}

func (m *model) key(t *rapid.T) table.Key {
	return table.Key{
		PK: m.run + rapid.SampledFrom([]string{"", "#a"}).Draw(t, "pk"),
		SK: rapid.SampledFrom([]string{"a", "a#", "a#1", "b", "B", "é"}).Draw(t, "sk"),
	}
}

// seen is a row as a reader sees it now.
func (m *model) seen(k table.Key) table.Item {
	it, is := m.rows[k]
	if !is || (!it.Expires.IsZero() && !it.Expires.After(m.s.Clock.Now())) {
		return table.Item{Key: k}
	}
	return it
}

func (m *model) write(t *rapid.T) {
	n := rapid.IntRange(1, 4).Draw(t, "ops")
	var ops []table.Op
	named := map[table.Key]bool{}
	for range n {
		if op := m.op(t); !named[op.Item.Key] {
			named[op.Item.Key] = true
			ops = append(ops, op)
		}
	}
	want := m.apply(ops)
	if got := m.s.Table.Write(m.s.ctx, ops...); !errors.Is(got, want) {
		t.Fatalf("write of %+v: %v, want %v", ops, got, want)
	}
}

func (m *model) op(t *rapid.T) table.Op {
	k := m.key(t)
	// Mostly the right version, or nothing would ever be written.
	version := max(0, m.seen(k).Version+rapid.SampledFrom([]int64{0, 0, 0, 0, 0, -1, 1}).Draw(t, "off"))
	kind := rapid.SampledFrom([]string{"put", "put", "put", "add", "delete", "check"}).Draw(t, "kind")
	if kind == "add" && !m.revives && m.rows[k].Exists() && !m.seen(k).Exists() {
		kind = "put"
	}
	switch kind {
	case "add":
		return table.Add(k, map[string]int64{rapid.SampledFrom([]string{"n", "m"}).Draw(t, "name"): rapid.Int64Range(-3, 3).Draw(t, "by")})
	case "delete":
		return table.Delete(k, version)
	case "check":
		return table.Check(k, version)
	default:
		return table.Put(m.item(t, k, version))
	}
}

func (m *model) item(t *rapid.T, k table.Key, version int64) table.Item {
	it := table.Item{Key: k, Version: version, Doc: []byte(rapid.StringN(1, 8, 20).Draw(t, "doc"))}
	if s := rapid.StringN(0, 4, 10).Draw(t, "summary"); s != "" {
		it.Summary = []byte(s)
	}
	if in := rapid.IntRange(0, 4).Draw(t, "expires"); in > 0 {
		it.Expires = m.s.Clock.Now().Truncate(time.Second).Add(time.Duration(in) * time.Second)
	}
	for _, index := range table.Indexes {
		if sk := rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, string(index)); sk != "" {
			if it.Index == nil {
				it.Index = map[table.Index]table.IndexKey{}
			}
			it.Index[index] = table.IndexKey{PK: m.run, SK: sk + "#" + k.PK + k.SK}
		}
	}
	return it
}

func (m *model) apply(ops []table.Op) error {
	for _, op := range ops {
		now := m.seen(op.Item.Key)
		if op.Kind == table.OpAdd && now.Version != 0 {
			return table.ErrConflict
		}
		if op.Kind != table.OpAdd && (now.Version != op.If || (op.If == 0 && now.Exists())) {
			return table.ErrConflict
		}
	}
	for _, op := range ops {
		m.applyOne(op)
	}
	return nil
}

func (m *model) applyOne(op table.Op) {
	k := op.Item.Key
	switch op.Kind {
	case table.OpPut:
		m.rows[k] = stored(op.Item)
	case table.OpDelete:
		delete(m.rows, k)
	case table.OpAdd:
		sum := map[string]int64{}
		maps.Copy(sum, m.seen(k).Counters)
		for name, n := range op.Item.Counters {
			sum[name] += n
		}
		m.rows[k] = table.Item{Key: k, Counters: sum}
	}
}

func (m *model) get(t *rapid.T) {
	keys := []table.Key{m.key(t), m.key(t), m.key(t)}
	got, err := m.s.Table.Get(m.s.ctx, keys...)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	for i, k := range keys {
		same(t, []table.Item{m.seen(k)}, got[i:i+1])
	}
}

func (m *model) query(t *rapid.T) {
	q := table.Query{
		PK: m.key(t).PK, Reverse: rapid.Bool().Draw(t, "reverse"), Limit: rapid.IntRange(1, 4).Draw(t, "limit"),
		Prefix: rapid.SampledFrom([]string{"", "a", "a#", "é"}).Draw(t, "prefix"),
	}
	if q.Prefix == "" {
		bound := rapid.SampledFrom([]string{"", "B", "a", "a#1", "b", "c"})
		q.From, q.To = bound.Draw(t, "from"), bound.Draw(t, "to")
	}
	got, _ := m.s.all(q)
	same(t, m.find(q, func(it table.Item) string { return it.SK }), got)
}

// find is the answer to a query on the table, from the map.
func (m *model) find(q table.Query, sort func(table.Item) string) []table.Item {
	var out []table.Item
	for k := range m.rows {
		it := m.seen(k)
		if k.PK == q.PK && it.Exists() && strings.HasPrefix(k.SK, q.Prefix) && k.SK >= q.From && (q.To == "" || k.SK < q.To) {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, func(a, b table.Item) int { return strings.Compare(sort(a), sort(b)) })
	if q.Reverse {
		slices.Reverse(out)
	}
	return out
}

// index compares the rows of a whole index that haven't expired, whether the engine
// hides those or not.
func (m *model) index(t *rapid.T) {
	index := rapid.SampledFrom(table.Indexes).Draw(t, "index")
	var want []string
	for k := range m.rows {
		if ik, is := m.seen(k).Index[index]; is {
			want = append(want, ik.SK)
		}
	}
	slices.Sort(want)
	var got []string
	for range 40 {
		if got = m.live(index); slices.Equal(want, got) {
			return
		}
		time.Sleep(pollIndex)
	}
	t.Fatalf("index %s: %q, want %q", index, got, want)
}

func (m *model) live(index table.Index) []string {
	items, _ := m.s.all(table.Query{Index: index, PK: m.run, Limit: 2})
	var sks []string
	for _, it := range items {
		if m.seen(it.Key).Exists() {
			sks = append(sks, it.Index[index].SK)
		}
	}
	return sks
}

func (m *model) time(t *rapid.T) {
	m.s.Clock.Advance(time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond)
}

func same(t *rapid.T, want, got []table.Item) {
	if len(want) != len(got) {
		t.Fatalf("got %d items %+v, want %d %+v", len(got), got, len(want), want)
	}
	for i := range want {
		// Printed, maps are in key order, and times of one instant alike.
		if w, g := fmt.Sprintf("%+v", want[i]), fmt.Sprintf("%+v", got[i]); w != g {
			t.Fatalf("got %s, want %s", g, w)
		}
	}
}
