package tabletest

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
)

var limitTests = map[string]func(*suite){
	"malformed writes are refused": testMalformed,
	"item as large as may be, and larger": func(s *suite) {
		it := table.Item{Key: table.Key{PK: "T#1", SK: "T"}, Version: 1}
		room := table.MaxItemBytes - it.Size() - len(table.AttrDoc)
		it.Version = 0
		// Version 1 takes room in what is stored, though the item put carries 0.
		it.Doc = []byte(strings.Repeat("x", room+1))
		s.refused(table.ErrTooLarge, table.Put(it))
		require.False(s, s.get(it.Key).Exists())
		it.Doc = it.Doc[:room]
		s.write(table.Put(it))
		require.Len(s, s.get(it.Key).Doc, room)
	},
	"too large in a transaction": func(s *suite) {
		big := table.Item{Key: table.Key{PK: "T#1", SK: "T"}, Doc: []byte(strings.Repeat("é", table.MaxItemBytes/2))}
		small := doc("T#1", "M#1", "x")
		s.refused(table.ErrTooLarge, table.Put(small), table.Put(big))
		require.False(s, s.get(small.Key).Exists())
	},
	"write too large in all": func(s *suite) {
		var ops []table.Op
		for i := range 11 {
			it := table.Item{Key: table.Key{PK: "T#1", SK: fmt.Sprint("M#", i)}, Doc: make([]byte, 390*1024)}
			for j := range it.Doc {
				it.Doc[j] = 'x'
			}
			ops = append(ops, table.Put(it))
		}
		s.refused(table.ErrTooLarge, ops...)
	},
	"summary as large as may be, and larger": func(s *suite) {
		it := doc("T#1", "T", "x")
		it.Summary = []byte(strings.Repeat("s", table.MaxSummary+1))
		s.refused(table.ErrTooLarge, table.Put(it))
		it.Summary = it.Summary[1:]
		s.write(table.Put(it))
		require.Equal(s, stored(it), s.get(it.Key))
	},
	"a hundred ops, and one more": func(s *suite) {
		var ops []table.Op
		for i := range table.MaxOps + 1 {
			ops = append(ops, table.Put(doc(fmt.Sprint("T#", i), "T", "x")))
		}
		s.refused(table.ErrTooLarge, ops...)
		require.False(s, s.get(ops[0].Item.Key).Exists())
		s.write(ops[:table.MaxOps]...)
		require.True(s, s.get(ops[99].Item.Key).Exists())
	},
	"get of more than a hundred keys": func(s *suite) {
		keys := make([]table.Key, table.MaxOps+1)
		for i := range keys {
			keys[i] = table.Key{PK: "T", SK: fmt.Sprint(i)}
		}
		_, err := s.Table.Get(s.ctx, keys...)
		require.ErrorIs(s, err, table.ErrInvalid)
	},
	"longest keys": func(s *suite) {
		it := doc(strings.Repeat("p", table.MaxPartitionKey), strings.Repeat("s", table.MaxSortKey), "x")
		it.Index = map[table.Index]table.IndexKey{table.View: {PK: it.PK, SK: it.SK}}
		s.write(table.Put(it))
		require.Equal(s, stored(it), s.get(it.Key))
		s.settles([]string{it.SK}, table.Query{Index: table.View, PK: it.PK})
	},
	"malformed reads are refused": func(s *suite) {
		for _, k := range []table.Key{{}, {PK: "a"}, {SK: "a"}, {PK: "\xff", SK: "a"}} {
			_, err := s.Table.Get(s.ctx, table.Key{PK: "fine", SK: "fine"}, k)
			require.ErrorIs(s, err, table.ErrInvalid)
		}
	},
}

func testMalformed(s *suite) {
	fine := table.Key{PK: "T#1", SK: "T"}
	put := func(change func(*table.Item)) table.Op {
		it := table.Item{Key: fine, Doc: []byte("{}")}
		change(&it)
		return table.Put(it)
	}
	for name, op := range map[string]table.Op{
		"no partition key":        put(func(i *table.Item) { i.PK = "" }),
		"no sort key":             put(func(i *table.Item) { i.SK = "" }),
		"delete without key":      table.Delete(table.Key{PK: "T"}, 1),
		"check without key":       table.Check(table.Key{SK: "T"}, 0),
		"add without key":         table.Add(table.Key{}, map[string]int64{"n": 1}),
		"long partition key":      put(func(i *table.Item) { i.PK = strings.Repeat("p", table.MaxPartitionKey+1) }),
		"long sort key":           put(func(i *table.Item) { i.SK = strings.Repeat("s", table.MaxSortKey+1) }),
		"key not UTF-8":           put(func(i *table.Item) { i.SK = "\xc3\x28" }),
		"document not UTF-8":      put(func(i *table.Item) { i.Doc = []byte("\xff") }),
		"summary not UTF-8":       put(func(i *table.Item) { i.Summary = []byte("\xff") }),
		"index without partition": put(func(i *table.Item) { i.Index = map[table.Index]table.IndexKey{table.View: {SK: "1"}} }),
		"index without sort key":  put(func(i *table.Item) { i.Index = map[table.Index]table.IndexKey{table.Due: {PK: "1"}} }),
		"index of another name":   put(func(i *table.Item) { i.Index = map[table.Index]table.IndexKey{"x": {PK: "1", SK: "1"}} }),
		"primary as an index":     put(func(i *table.Item) { i.Index = map[table.Index]table.IndexKey{table.Primary: {PK: "1", SK: "1"}} }),
		"negative version":        put(func(i *table.Item) { i.Version = -1 }),
		"delete negative version": table.Delete(fine, -1),
		"put with counters":       put(func(i *table.Item) { i.Counters = map[string]int64{"n": 1} }),
		"add of nothing":          table.Add(fine, nil),
		"counter without name":    table.Add(fine, map[string]int64{"": 1}),
		"counter in capitals":     table.Add(fine, map[string]int64{"N": 1}),
		"counter with a dash":     table.Add(fine, map[string]int64{"a-b": 1}),
		"counter with long name":  table.Add(fine, map[string]int64{strings.Repeat("n", 41): 1}),
		"add with expiry": {Kind: table.OpAdd, Item: table.Item{
			Key: fine, Counters: map[string]int64{"n": 1}, Expires: s.Clock.Now().Add(time.Hour),
		}},
		"no kind of op": {Item: table.Item{Key: fine}},
	} {
		other := doc("T#2", "T", "in the same write")
		err := s.Table.Write(s.ctx, table.Put(other), op)
		require.ErrorIs(s, err, table.ErrInvalid, name)
		require.False(s, s.get(other.Key).Exists(), name)
	}
	twice := []table.Op{table.Put(doc("T#3", "T", "x")), table.Check(table.Key{PK: "T#3", SK: "T"}, 0)}
	s.refused(table.ErrInvalid, twice...)
	require.False(s, s.get(twice[0].Item.Key).Exists())
}
