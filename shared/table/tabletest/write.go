package tabletest

import (
	"context"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
)

var writeTests = map[string]func(*suite){
	"absent row has its key and nothing else": func(s *suite) {
		k := table.Key{PK: "T#1", SK: "T"}
		require.Equal(s, table.Item{Key: k}, s.get(k))
		require.False(s, s.get(k).Exists())
	},
	"row comes back whole": func(s *suite) {
		it := doc("T#1", "T", "grüß 你好 \U0001F600")
		it.Summary = []byte(`{"n":1}`)
		it.Expires = s.Clock.Now().Add(time.Hour)
		it.Index = map[table.Index]table.IndexKey{
			table.View: {PK: "v", SK: "1"}, table.Mine: {PK: "m", SK: "2"},
			table.Who: {PK: "w", SK: "3"}, table.Due: {PK: "d", SK: "4"},
		}
		s.write(table.Put(it))
		require.Equal(s, stored(it), s.get(it.Key))
	},
	"expiry is kept to the second": func(s *suite) {
		it := doc("T#1", "T", "x")
		it.Expires = s.Clock.Now().Add(time.Hour + 999*time.Millisecond)
		s.write(table.Put(it))
		require.Equal(s, s.Clock.Now().Add(time.Hour), s.get(it.Key).Expires)
	},
	"row without document": func(s *suite) {
		it := table.Item{Key: table.Key{PK: "W#1", SK: "W"}}
		s.write(table.Put(it))
		require.Equal(s, stored(it), s.get(it.Key))
	},
	"put replaces the whole row": func(s *suite) {
		it := doc("T#1", "T", "first")
		it.Summary, it.Expires = []byte("s"), s.Clock.Now().Add(time.Hour)
		s.write(table.Put(it))
		next := doc("T#1", "T", "second")
		next.Version = 1
		s.write(table.Put(next))
		require.Equal(s, stored(next), s.get(it.Key))
	},
	"version grows by one with each put": func(s *suite) {
		it := doc("T#1", "T", "x")
		for want := int64(1); want <= 12; want++ {
			s.write(table.Put(it))
			it = s.get(it.Key)
			require.Equal(s, want, it.Version)
		}
	},
	"stale version": func(s *suite) {
		it := doc("T#1", "T", "x")
		s.write(table.Put(it))
		s.write(table.Put(stored(it)))
		s.refused(table.ErrConflict, table.Put(stored(it)))
		s.refused(table.ErrConflict, table.Delete(it.Key, 1))
		s.refused(table.ErrConflict, table.Put(it))
		ahead := it
		ahead.Version = 3
		s.refused(table.ErrConflict, table.Put(ahead))
		require.EqualValues(s, 2, s.get(it.Key).Version)
	},
	"put with a version needs the row": func(s *suite) {
		it := doc("T#1", "T", "x")
		it.Version = 1
		s.refused(table.ErrConflict, table.Put(it))
		require.False(s, s.get(it.Key).Exists())
	},
	"delete": func(s *suite) {
		it := doc("T#1", "T", "x")
		s.write(table.Put(it))
		s.write(table.Delete(it.Key, 1))
		require.Equal(s, table.Item{Key: it.Key}, s.get(it.Key))
		s.refused(table.ErrConflict, table.Delete(it.Key, 1))
		s.write(table.Delete(it.Key, 0))
		s.write(table.Put(it))
		s.refused(table.ErrConflict, table.Delete(it.Key, 0))
		require.EqualValues(s, 1, s.get(it.Key).Version)
	},
	"check alone": func(s *suite) {
		it := doc("T#1", "T", "x")
		s.write(table.Check(it.Key, 0))
		s.refused(table.ErrConflict, table.Check(it.Key, 1))
		s.write(table.Put(it))
		s.write(table.Check(it.Key, 1))
		s.refused(table.ErrConflict, table.Check(it.Key, 0))
		require.Equal(s, stored(it), s.get(it.Key))
	},
	"one failed condition stops the whole write": testAllOrNothing,
	"transaction replayed conflicts and changes nothing": func(s *suite) {
		old, added := doc("T#1", "T", "header"), doc("T#1", "M#1", "message")
		s.write(table.Put(old))
		ops := []table.Op{
			table.Put(stored(old)), table.Put(added),
			table.Add(table.Key{PK: "K#x", SK: "1"}, map[string]int64{"n": 1}),
		}
		s.write(ops...)
		s.refused(table.ErrConflict, ops...)
		require.EqualValues(s, 2, s.get(old.Key).Version)
		require.EqualValues(s, 1, s.get(added.Key).Version)
		require.EqualValues(s, 1, s.get(table.Key{PK: "K#x", SK: "1"}).Counters["n"])
	},
	"single put replayed conflicts": func(s *suite) {
		it := doc("T#1", "T", "x")
		s.write(table.Put(it))
		s.refused(table.ErrConflict, table.Put(it))
		require.Equal(s, stored(it), s.get(it.Key))
	},
	"lost answer": testLostAnswer,
	"get keeps the order of its keys": func(s *suite) {
		var keys []table.Key
		for i := range 100 {
			it := doc(fmt.Sprintf("P#%d", i%7), fmt.Sprintf("S#%03d", 99-i), "x")
			keys = append(keys, it.Key)
			if i%3 != 0 {
				s.write(table.Put(it))
			}
		}
		items, err := s.Table.Get(s.ctx, keys...)
		require.NoError(s, err)
		require.Len(s, items, 100)
		for i, it := range items {
			require.Equal(s, keys[i], it.Key)
			require.Equal(s, i%3 != 0, it.Exists())
		}
	},
	"get of a key named twice answers twice": func(s *suite) {
		it, gone := doc("T#1", "T", "x"), table.Key{PK: "T#2", SK: "T"}
		s.write(table.Put(it))
		items, err := s.Table.Get(s.ctx, it.Key, gone, it.Key)
		require.NoError(s, err)
		require.Equal(s, []table.Item{stored(it), {Key: gone}, stored(it)}, items)
	},
	"nothing asked, nothing done": func(s *suite) {
		items, err := s.Table.Get(s.ctx)
		require.NoError(s, err)
		require.Empty(s, items)
		s.write()
	},
}

func testAllOrNothing(s *suite) {
	a, b, c := doc("T#1", "T", "a"), doc("T#2", "T", "b"), doc("T#3", "T", "c")
	s.write(table.Put(a))
	counter := table.Key{PK: "K#x", SK: "1"}
	others := []table.Op{table.Put(b), table.Add(counter, map[string]int64{"n": 1})}
	for name, bad := range map[string]table.Op{
		"put":    table.Put(a),
		"delete": table.Delete(a.Key, 7),
		"check":  table.Check(c.Key, 1),
	} {
		s.refused(table.ErrConflict, append(others, bad)...)
		require.False(s, s.get(b.Key).Exists(), name)
		require.False(s, s.get(counter).Exists(), name)
		require.Equal(s, stored(a), s.get(a.Key), name)
	}
	s.write(append(others, table.Check(a.Key, 1), table.Check(c.Key, 0))...)
	require.Equal(s, stored(b), s.get(b.Key))
	require.False(s, s.get(c.Key).Exists(), "a check writes nothing")
}

// testLostAnswer plays a writer that never learns what became of its write and tries
// again: it ends with its row there once, known by its own content.
func testLostAnswer(s *suite) {
	for i := range 20 {
		it := doc("T#1", fmt.Sprintf("M#%02d", i), fmt.Sprintf("mine %d", i))
		other := doc("T#2", fmt.Sprintf("M#%02d", i), "in the same write")
		ctx, cancel := context.WithCancel(s.ctx)
		go cancel()
		_ = s.Table.Write(ctx, table.Put(it), table.Put(other))
		cancel()
		if err := s.Table.Write(s.ctx, table.Put(it), table.Put(other)); err != nil {
			require.ErrorIs(s, err, table.ErrConflict)
		}
		require.Equal(s, stored(it), s.get(it.Key))
		require.Equal(s, stored(other), s.get(other.Key))
	}
}
