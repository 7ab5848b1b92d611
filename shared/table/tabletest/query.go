package tabletest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
)

// bytewise are sort keys in byte order: where collation, case folding, numeric order
// or UTF-16 order would put them otherwise.
var bytewise = []string{
	" ", "#", "10", "2", "A", "A#", "Z", "a", "a ", "a#1", "a#10", "a#2", "aa", "ab", "b", "z",
	"~", "\u007f", "Ä", "é", "你", "\uff61", "\U0001F600",
}

var queryTests = map[string]func(*suite){
	"sort keys in byte order": func(s *suite) {
		s.fill("T#1", bytewise)
		require.True(s, slices.IsSorted(bytewise))
		require.Equal(s, bytewise, s.sorts(table.Query{PK: "T#1"}))
		s.everyPage(table.Query{PK: "T#1"}, bytewise)
	},
	"keys differ by case and by normal form": func(s *suite) {
		for i, sk := range []string{"é", "e\u0301", "É", "e"} {
			s.write(table.Put(doc("T", sk, fmt.Sprint(i))))
		}
		s.write(table.Put(doc("t", "e", "another partition")))
		require.Equal(s, []string{"e", "e\u0301", "É", "é"}, s.sorts(table.Query{PK: "T"}))
	},
	"partitions that begin alike are apart": func(s *suite) {
		for _, pk := range []string{"T", "T#", "T#1", "T#10"} {
			s.fill(pk, []string{"#1", "0", "a"})
		}
		require.Equal(s, []string{"#1", "0", "a"}, s.sorts(table.Query{PK: "T#1"}))
		require.Equal(s, []string{"#1", "0", "a"}, s.sorts(table.Query{PK: "T"}))
		require.Equal(s, []string{"a", "0", "#1"}, s.sorts(table.Query{PK: "T#", Reverse: true, Limit: 1}))
	},
	"prefix": func(s *suite) {
		s.fill("T#1", bytewise)
		for _, p := range []string{"a", "a#", "a#1", "A", "你", "\U0001F600", "zz"} {
			s.everyPage(table.Query{PK: "T#1", Prefix: p}, keep(bytewise, func(sk string) bool { return strings.HasPrefix(sk, p) }))
		}
	},
	"range from inclusive, to exclusive": func(s *suite) {
		s.fill("T#1", bytewise)
		for _, r := range [][2]string{{"", ""}, {"a", ""}, {"", "a"}, {"a", "b"}, {"a#", "a#2"}, {"b", "a"}, {"a", "a"}, {"zz", ""}, {"A", "\uff61"}} {
			want := keep(bytewise, func(sk string) bool { return sk >= r[0] && (r[1] == "" || sk < r[1]) })
			s.everyPage(table.Query{PK: "T#1", From: r[0], To: r[1]}, want)
		}
	},
	"empty partition": func(s *suite) {
		page, err := s.Table.Query(s.ctx, table.Query{PK: "nobody"})
		require.NoError(s, err)
		require.Empty(s, page.Items)
		require.Empty(s, page.Cursor)
	},
	"query returns whole rows": func(s *suite) {
		it := doc("T#1", "T", "x")
		it.Summary, it.Index = []byte("s"), map[table.Index]table.IndexKey{table.Due: {PK: "d", SK: "1"}}
		s.write(table.Put(it))
		items, _ := s.all(table.Query{PK: "T#1"})
		require.Equal(s, []table.Item{stored(it)}, items)
	},
	"default limit is a hundred": func(s *suite) {
		var sks []string
		for i := range 101 {
			sks = append(sks, fmt.Sprintf("%03d", i))
		}
		s.fill("T#1", sks)
		page, err := s.Table.Query(s.ctx, table.Query{PK: "T#1"})
		require.NoError(s, err)
		require.Len(s, page.Items, 100)
		require.NotEmpty(s, page.Cursor)
	},
	"a page ends before the store's own limit of bytes": func(s *suite) {
		for i := range 5 {
			it := table.Item{Key: table.Key{PK: "T#1", SK: fmt.Sprint(i)}, Doc: []byte(strings.Repeat("x", 300*1024))}
			s.write(table.Put(it))
		}
		require.Equal(s, []string{"0", "1", "2", "3", "4"}, s.sorts(table.Query{PK: "T#1"}))
	},
	"malformed queries are refused":      testMalformedQueries,
	"a cursor belongs to its query":      testCursorBound,
	"pages go on while rows come and go": testMovingPages,
}

// fill stores a row under each sort key.
func (s *suite) fill(pk string, sks []string) {
	s.Helper()
	for batch := range slices.Chunk(sks, table.MaxOps) {
		var ops []table.Op
		for _, sk := range batch {
			ops = append(ops, table.Put(doc(pk, sk, "x")))
		}
		s.write(ops...)
	}
}

// everyPage holds a query to what it should find, forwards and backwards, in pages of
// one, of three and of many.
func (s *suite) everyPage(q table.Query, want []string) {
	s.Helper()
	back := slices.Clone(want)
	slices.Reverse(back)
	for _, limit := range []int{1, 3, 1000} {
		q.Limit = limit
		q.Reverse = false
		require.Equal(s, want, s.sorts(q), "limit %d of %+v", limit, q)
		q.Reverse = true
		require.Equal(s, back, s.sorts(q), "limit %d of %+v", limit, q)
	}
}

func keep(all []string, is func(string) bool) []string {
	out := []string{}
	for _, s := range all {
		if is(s) {
			out = append(out, s)
		}
	}
	return out
}

func testMalformedQueries(s *suite) {
	for name, q := range map[string]table.Query{
		"no partition":      {},
		"no such index":     {Index: "other", PK: "T"},
		"limit too high":    {PK: "T", Limit: table.MaxLimit + 1},
		"limit below zero":  {PK: "T", Limit: -1},
		"prefix and from":   {PK: "T", Prefix: "a", From: "a"},
		"prefix and to":     {PK: "T", Prefix: "a", To: "b"},
		"long bound":        {PK: "T", From: strings.Repeat("s", table.MaxSortKey+1)},
		"bound not UTF-8":   {PK: "T", Prefix: "\xff"},
		"cursor of nothing": {PK: "T", Cursor: "no cursor"},
		"cursor of JSON":    {PK: "T", Cursor: "e30"},
	} {
		_, err := s.Table.Query(s.ctx, q)
		require.ErrorIs(s, err, table.ErrInvalid, name)
	}
}

func testCursorBound(s *suite) {
	s.fill("T#1", []string{"a1", "a2", "a3", "b"})
	s.fill("T#2", []string{"a1", "a2", "a3", "b"})
	q := table.Query{PK: "T#1", Prefix: "a", Limit: 1}
	page, err := s.Table.Query(s.ctx, q)
	require.NoError(s, err)
	q.Cursor = page.Cursor
	for name, change := range map[string]func(*table.Query){
		"partition": func(q *table.Query) { q.PK = "T#2" },
		"prefix":    func(q *table.Query) { q.Prefix = "" },
		"range":     func(q *table.Query) { q.Prefix, q.From = "", "a" },
		"direction": func(q *table.Query) { q.Reverse = true },
		"index":     func(q *table.Query) { q.Index = table.View },
		"content":   func(q *table.Query) { q.Cursor = q.Cursor[1:] },
	} {
		other := q
		change(&other)
		_, err := s.Table.Query(s.ctx, other)
		require.ErrorIs(s, err, table.ErrInvalid, name)
	}
	q.Limit = 2
	page, err = s.Table.Query(s.ctx, q)
	require.NoError(s, err, "the size of pages may change")
	require.Len(s, page.Items, 2)
	require.Equal(s, "a2", page.Items[0].SK)
}

// testMovingPages: the row a cursor stands on may be gone, and rows behind it may
// come; what was there all along is seen exactly once.
func testMovingPages(s *suite) {
	if s.lacks(MovingCursor) {
		return
	}
	s.fill("T#1", []string{"b", "d", "f", "h"})
	q := table.Query{PK: "T#1", Limit: 2}
	page, err := s.Table.Query(s.ctx, q)
	require.NoError(s, err)
	require.Len(s, page.Items, 2)
	s.write(table.Delete(table.Key{PK: "T#1", SK: "d"}, 1), table.Put(doc("T#1", "a", "x")), table.Put(doc("T#1", "c", "x")))
	q.Cursor = page.Cursor
	require.Equal(s, []string{"f", "h"}, s.sorts(q))
}
