package tabletest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
)

// expiring stores a row and moves the clock to where it has just expired.
func expiring(s *suite, pk, sk string) table.Item {
	s.Helper()
	it := doc(pk, sk, "expires")
	it.Summary = []byte("gone")
	it.Expires = s.Clock.Now().Add(time.Minute)
	it.Index = map[table.Index]table.IndexKey{table.View: {PK: "v", SK: sk}}
	s.write(table.Put(it))
	s.Clock.Advance(time.Minute - time.Nanosecond)
	require.Equal(s, stored(it), s.get(it.Key), "there until its second")
	s.Clock.Advance(time.Nanosecond)
	return it
}

var expiryTests = map[string]func(*suite){
	"expired row is absent for get": func(s *suite) {
		it := expiring(s, "T#1", "T")
		require.Equal(s, table.Item{Key: it.Key}, s.get(it.Key))
		s.Clock.Advance(-time.Second)
		require.True(s, s.get(it.Key).Exists())
	},
	"expired row is absent for query": func(s *suite) {
		s.write(table.Put(doc("T#1", "a", "stays")), table.Put(doc("T#1", "z", "stays")))
		expiring(s, "T#1", "m")
		require.Equal(s, []string{"a", "z"}, s.sorts(table.Query{PK: "T#1"}))
		require.Equal(s, []string{"z", "a"}, s.sorts(table.Query{PK: "T#1", Reverse: true, Limit: 1}))
	},
	"expired row is absent for an index": func(s *suite) {
		if s.lacks(IndexExpiry) {
			return
		}
		expiring(s, "T#1", "T")
		s.settles([]string{}, table.Query{Index: table.View, PK: "v"})
	},
	"put as new goes over an expired row": func(s *suite) {
		it := expiring(s, "T#1", "T")
		again := doc("T#1", "T", "again")
		s.write(table.Put(again))
		require.Equal(s, stored(again), s.get(it.Key))
		s.settles([]string{}, table.Query{Index: table.View, PK: "v"})
	},
	"put as new goes over an expired row in a transaction": func(s *suite) {
		it := expiring(s, "T#1", "T")
		again, other := doc("T#1", "T", "again"), doc("T#2", "T", "other")
		s.write(table.Put(again), table.Put(other), table.Check(table.Key{PK: "T#3", SK: "T"}, 0))
		require.Equal(s, stored(again), s.get(it.Key))
	},
	"expired row has no version to put, delete or check": func(s *suite) {
		it := expiring(s, "T#1", "T")
		s.refused(table.ErrConflict, table.Put(stored(it)))
		s.refused(table.ErrConflict, table.Check(it.Key, 1))
		s.refused(table.ErrConflict, table.Delete(it.Key, 1))
		other := doc("T#2", "T", "other")
		s.refused(table.ErrConflict, table.Put(other), table.Check(it.Key, 1))
		require.False(s, s.get(other.Key).Exists())
	},
	"delete and check as absent hold over an expired row": func(s *suite) {
		it := expiring(s, "T#1", "T")
		other := doc("T#2", "T", "other")
		s.write(table.Check(it.Key, 0))
		s.write(table.Check(it.Key, 0), table.Put(other))
		s.write(table.Delete(it.Key, 0), table.Put(stored(other)))
		s.Clock.Advance(-time.Hour)
		require.False(s, s.get(it.Key).Exists(), "deleted, not only expired")
	},
	"add over an expired row starts anew": func(s *suite) {
		if s.lacks(AddOverExpired) {
			return
		}
		it := expiring(s, "T#1", "T")
		s.write(table.Add(it.Key, map[string]int64{"n": 2}))
		want := table.Item{Key: it.Key, Counters: map[string]int64{"n": 2}}
		require.Equal(s, want, s.get(it.Key))
		s.settles([]string{}, table.Query{Index: table.View, PK: "v"})
	},
	"expiry can be taken off": func(s *suite) {
		it := doc("T#1", "T", "x")
		it.Expires = s.Clock.Now().Add(time.Minute)
		s.write(table.Put(it))
		kept := stored(it)
		kept.Expires = time.Time{}
		s.write(table.Put(kept))
		s.Clock.Advance(time.Hour)
		require.Equal(s, stored(kept), s.get(it.Key))
	},
	"row put as expired is absent at once": func(s *suite) {
		it := doc("T#1", "T", "x")
		it.Expires = s.Clock.Now()
		s.write(table.Put(it))
		require.False(s, s.get(it.Key).Exists())
		s.write(table.Put(it))
	},
}

var counterTests = map[string]func(*suite){
	"add makes the row and adds to it": func(s *suite) {
		k := table.Key{PK: "K#cut", SK: "2026-03-01"}
		s.write(table.Add(k, map[string]int64{"opened": 3, "x_1": 0}))
		s.write(table.Add(k, map[string]int64{"opened": 4, "closed": -2}))
		it := s.get(k)
		require.Equal(s, table.Item{Key: k, Counters: map[string]int64{"opened": 7, "x_1": 0, "closed": -2}}, it)
		require.True(s, it.Exists())
	},
	"counters back at zero are still there": func(s *suite) {
		k := table.Key{PK: "K#cut", SK: "1"}
		s.write(table.Add(k, map[string]int64{"n": 5}))
		s.write(table.Add(k, map[string]int64{"n": -5}))
		require.Equal(s, map[string]int64{"n": 0}, s.get(k).Counters)
		s.refused(table.ErrConflict, table.Put(doc("K#cut", "1", "x")))
	},
	"large counters": func(s *suite) {
		if s.lacks(WideCounters) {
			return
		}
		k := table.Key{PK: "K#cut", SK: "1"}
		s.write(table.Add(k, map[string]int64{"n": 1 << 61, "m": -(1 << 62)}))
		s.write(table.Add(k, map[string]int64{"n": 1 << 61, "m": -(1 << 61)}))
		require.Equal(s, map[string]int64{"n": 1 << 62, "m": -(1 << 62) - (1 << 61)}, s.get(k).Counters)
	},
	"a row is put or added to, never both": func(s *suite) {
		put, added := doc("T#1", "T", "x"), table.Key{PK: "K#cut", SK: "1"}
		s.write(table.Put(put), table.Add(added, map[string]int64{"n": 1}))
		s.refused(table.ErrConflict, table.Add(put.Key, map[string]int64{"n": 1}))
		s.refused(table.ErrConflict, table.Put(doc(added.PK, added.SK, "x")))
		s.refused(table.ErrConflict, table.Check(added, 0))
		s.refused(table.ErrConflict, table.Delete(added, 0))
		require.Equal(s, stored(put), s.get(put.Key))
		require.Equal(s, map[string]int64{"n": 1}, s.get(added).Counters)
	},
	"add together with puts in one write": func(s *suite) {
		k, position := table.Key{PK: "K#cut", SK: "1"}, doc("P#0", "P", "upto")
		s.write(table.Put(position), table.Add(k, map[string]int64{"n": 10}))
		s.refused(table.ErrConflict, table.Put(position), table.Add(k, map[string]int64{"n": 10}))
		s.write(table.Put(stored(position)), table.Add(k, map[string]int64{"n": 1}))
		require.Equal(s, map[string]int64{"n": 11}, s.get(k).Counters)
	},
	"rows added to are found by query": func(s *suite) {
		for _, day := range []string{"2026-03-02", "2026-03-01"} {
			s.write(table.Add(table.Key{PK: "K#cut", SK: day}, map[string]int64{"n": 1}))
		}
		items, _ := s.all(table.Query{PK: "K#cut"})
		require.Len(s, items, 2)
		require.Equal(s, "2026-03-01", items[0].SK)
		require.Equal(s, map[string]int64{"n": 1}, items[0].Counters)
	},
}
