package table_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
)

// TestSize counts by hand what AWS's page "DynamoDB item sizes and formats" says:
// names and strings by their UTF-8 bytes, numbers a byte for two digits and one more.
func TestSize(t *testing.T) {
	key := table.Key{PK: "T#1", SK: "T"} // p + 3, s + 1 = 6
	for name, tt := range map[string]struct {
		item table.Item
		want int
	}{
		"keys":             {table.Item{Key: key}, 6},
		"version 1 digit":  {table.Item{Key: key, Version: 7}, 6 + 1 + 2},
		"version 2 digits": {table.Item{Key: key, Version: 42}, 6 + 1 + 2},
		"version 3 digits": {table.Item{Key: key, Version: 423}, 6 + 1 + 3},
		"trailing zeros":   {table.Item{Key: key, Version: 4200}, 6 + 1 + 2},
		"document":         {table.Item{Key: key, Doc: []byte("你好")}, 6 + 1 + 6},
		"empty document":   {table.Item{Key: key, Doc: []byte{}}, 6},
		"summary":          {table.Item{Key: key, Summary: []byte("abc")}, 6 + 1 + 3},
		"expiry":           {table.Item{Key: key, Expires: time.Unix(1772366401, 0)}, 6 + 1 + 6},
		"index": {table.Item{Key: key, Index: map[table.Index]table.IndexKey{
			table.View: {PK: "v", SK: "12"}, table.Due: {PK: "d", SK: "1"},
		}}, 6 + (2 + 1 + 2 + 2) + (2 + 1 + 2 + 1)},
		"counters": {table.Item{Key: key, Counters: map[string]int64{"n": 12, "neg": -123}}, 6 + (2 + 1 + 2) + (2 + 3 + 4)},
	} {
		require.Equal(t, tt.want, tt.item.Size(), name)
	}
}

// TestWriteUnits keeps AWS's rules for tables ("Read and write capacity mode") and
// for indexes ("Using Global Secondary Indexes": what each kind of update writes).
func TestWriteUnits(t *testing.T) {
	item := func(size int, summary string, index map[table.Index]table.IndexKey) table.Item {
		it := table.Item{Key: table.Key{PK: "T", SK: "T"}, Version: 1, Summary: []byte(summary), Index: index}
		it.Doc = []byte(strings.Repeat("x", size-it.Size()-1))
		return it
	}
	type places = map[table.Index]table.IndexKey
	at, moved := places{table.View: {PK: "v", SK: "1"}}, places{table.View: {PK: "v", SK: "2"}}
	long := places{table.View: {PK: strings.Repeat("v", 1000), SK: strings.Repeat("s", 500)}}
	for name, tt := range map[string]struct {
		old, new      table.Item
		transactional bool
		table, index  float64
	}{
		"1 kB is one unit":                {new: item(1024, "", nil), table: 1},
		"a byte more is two":              {new: item(1025, "", nil), table: 2},
		"the larger of old and new":       {old: item(3000, "", nil), new: item(100, "", nil), table: 3},
		"delete costs the old":            {old: item(2100, "", nil), table: 3},
		"delete of nothing":               {table: 1},
		"a transaction doubles the table": {new: item(1025, "", nil), transactional: true, table: 4},
		"new in the index":                {new: item(1500, "", at), table: 2, index: 1},
		"and in a transaction":            {new: item(1500, "", at), transactional: true, table: 4, index: 1},
		"leaves the index":                {old: item(100, "", at), new: item(100, "", nil), table: 1, index: 1},
		"deleted":                         {old: item(100, "", at), table: 1, index: 1},
		"moves in the index":              {old: item(100, "", at), new: item(100, "", moved), table: 1, index: 2},
		"nothing projected changes":       {old: item(100, "a", at), new: item(900, "a", at), table: 1},
		"summary changes":                 {old: item(100, "a", at), new: item(100, "b", at), table: 1, index: 1},
		"large entry moves":               {old: item(1600, "", long), new: item(1600, "", moved), table: 2, index: 3},
		"summary is not in due": {
			old: item(100, "a", places{table.Due: {PK: "d", SK: "1"}}),
			new: item(100, "b", places{table.Due: {PK: "d", SK: "1"}}), table: 1,
		},
		"each index by itself": {
			new: item(100, "", places{table.View: {PK: "v", SK: "1"}, table.Who: {PK: "w", SK: "1"}, table.Due: {PK: "d", SK: "1"}}), table: 1, index: 3,
		},
	} {
		gotTable, gotIndex := table.WriteUnits(tt.old, tt.new, tt.transactional)
		require.InDelta(t, tt.table, gotTable, 0, name)
		require.InDelta(t, tt.index, gotIndex, 0, name)
	}
}

// TestReadUnits: 4 kB begun is a unit, half of it when eventually consistent.
func TestReadUnits(t *testing.T) {
	for _, tt := range []struct {
		bytes      int
		consistent bool
		want       float64
	}{
		{0, true, 1}, {0, false, 0.5}, {4096, true, 1}, {4097, true, 2}, {4097, false, 1}, {9000, false, 1.5},
	} {
		require.InDelta(t, tt.want, table.ReadUnits(tt.bytes, tt.consistent), 0)
	}
}

// FuzzCursor: a cursor comes from a browser. Whatever it is, it is refused or stays
// within its query.
func FuzzCursor(f *testing.F) {
	q := table.Query{PK: "T#1", From: "b", To: "d"}
	f.Add(q.CursorAt(table.Position{Sort: "c", Key: table.Key{PK: "T#1", SK: "c"}}))
	f.Add(q.CursorAt(table.Position{Sort: "z", Key: table.Key{PK: "T#1", SK: "z"}}))
	f.Add(q.CursorAt(table.Position{Sort: "c", Key: table.Key{PK: "T#2", SK: "c"}}))
	f.Add("e30")
	f.Fuzz(func(t *testing.T, cursor string) {
		q := q
		q.Cursor = cursor
		p, err := q.Position()
		if err != nil {
			require.ErrorIs(t, err, table.ErrInvalid)
			return
		}
		if p != nil {
			require.Equal(t, "T#1", p.Key.PK)
			require.True(t, p.Sort >= "b" && p.Sort <= "d")
		}
	})
}
