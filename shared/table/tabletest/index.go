package tabletest

import (
	"fmt"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
)

var indexTests = map[string]func(*suite){
	"pages through every index": func(s *suite) {
		for _, index := range table.Indexes {
			for i, sk := range bytewise {
				s.write(table.Put(indexed(fmt.Sprintf("%s#%d", index, i), index, "p", sk)))
			}
			s.write(table.Put(indexed(string(index)+"#else", index, "p2", "a")))
			s.settles(bytewise, table.Query{Index: index, PK: "p"})
			s.everyPage(table.Query{Index: index, PK: "p"}, bytewise)
			s.everyPage(table.Query{Index: index, PK: "p", Prefix: "a#"}, []string{"a#1", "a#10", "a#2"})
			s.everyPage(table.Query{Index: index, PK: "p", From: "Z", To: "aa"}, []string{"Z", "a", "a ", "a#1", "a#10", "a#2"})
			s.everyPage(table.Query{Index: index, PK: "p", To: "2"}, []string{" ", "#", "10"})
			s.everyPage(table.Query{Index: index, PK: "p", From: "你"}, []string{"你", "\uff61", "\U0001F600"})
		}
	},
	"indexes are apart": func(s *suite) {
		for _, index := range table.Indexes {
			s.write(table.Put(indexed("T#"+string(index), index, "same", string(index))))
		}
		for _, index := range table.Indexes {
			s.settles([]string{string(index)}, table.Query{Index: index, PK: "same"})
		}
	},
	"row enters, moves in and leaves its index": func(s *suite) {
		for _, index := range table.Indexes {
			it := doc("T#"+string(index), "T", "x")
			s.write(table.Put(it))
			place := func(pk, sk string) {
				it = stored(it)
				it.Index = map[table.Index]table.IndexKey{index: {PK: pk, SK: sk}}
				s.write(table.Put(it))
			}
			place("p", "1")
			s.settles([]string{"1"}, table.Query{Index: index, PK: "p"})
			place("p", "2")
			s.settles([]string{"2"}, table.Query{Index: index, PK: "p"})
			place("q", "2")
			s.settles([]string{}, table.Query{Index: index, PK: "p"})
			s.settles([]string{"2"}, table.Query{Index: index, PK: "q"})
			it = stored(it)
			it.Index = nil
			s.write(table.Put(it))
			s.settles([]string{}, table.Query{Index: index, PK: "q"})
			place("q", "3")
			s.settles([]string{"3"}, table.Query{Index: index, PK: "q"})
			s.write(table.Delete(it.Key, stored(it).Version))
			s.settles([]string{}, table.Query{Index: index, PK: "q"})
		}
	},
	"index carries keys and summary, due keys only": func(s *suite) {
		for _, index := range table.Indexes {
			it := indexed("T#"+string(index), index, "p", "1")
			it.Summary = []byte("short")
			it.Expires = s.Clock.Now().AddDate(1, 0, 0)
			s.write(table.Put(it))
			s.settles([]string{"1"}, table.Query{Index: index, PK: "p"})
			want := table.Item{Key: it.Key, Index: it.Index, Summary: it.Summary}
			if index == table.Due {
				want.Summary = nil
			}
			items, _ := s.all(table.Query{Index: index, PK: "p"})
			require.Equal(s, []table.Item{want}, items)
		}
	},
	"a changed summary reaches the index": func(s *suite) {
		it := indexed("T#1", table.View, "p", "1")
		s.write(table.Put(it))
		s.settles([]string{"1"}, table.Query{Index: table.View, PK: "p"})
		it = stored(it)
		it.Summary = []byte("new")
		s.write(table.Put(it))
		require.Eventually(s, func() bool {
			items, _ := s.all(table.Query{Index: table.View, PK: "p"})
			return len(items) == 1 && string(items[0].Summary) == "new"
		}, waitForIndex, pollIndex)
	},
	"many rows share an index key": testEqualIndexKeys,
}

// indexed is a row of its own partition that stands in one index.
func indexed(pk string, index table.Index, ipk, isk string) table.Item {
	it := doc(pk, "T", "x")
	it.Index = map[table.Index]table.IndexKey{index: {PK: ipk, SK: isk}}
	return it
}

// testEqualIndexKeys: each of them is seen once, in pages of any size, though in an
// order that the contract leaves open.
func testEqualIndexKeys(s *suite) {
	var want []string
	for i := range 9 {
		it := indexed(fmt.Sprintf("T#%d", i), table.Due, "p", "same")
		want = append(want, it.PK)
		s.write(table.Put(it))
	}
	s.write(table.Put(indexed("T#after", table.Due, "p", "same-")))
	s.settles([]string{"same", "same", "same", "same", "same", "same", "same", "same", "same", "same-"}, table.Query{Index: table.Due, PK: "p"})
	for _, limit := range []int{1, 2, 4, 100} {
		for _, reverse := range []bool{false, true} {
			items, _ := s.all(table.Query{Index: table.Due, PK: "p", To: "same-", Limit: limit, Reverse: reverse})
			var got []string
			for _, it := range items {
				got = append(got, it.PK)
			}
			slices.Sort(got)
			require.Equal(s, want, got)
		}
	}
}
