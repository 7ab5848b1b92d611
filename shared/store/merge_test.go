package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/table"
)

// shelves is a table whose pages end where they like, as those of a table do that reads so
// many bytes at once and leaves out what has expired.
type shelves struct {
	table.Table
	rows map[string][]string // by partition, the sort keys in order
	t    *rapid.T
}

func (s shelves) Query(_ context.Context, q table.Query) (table.Page, error) {
	rows := slices.DeleteFunc(slices.Clone(s.rows[q.PK]), func(sk string) bool { return sk < q.From || q.To != "" && sk >= q.To })
	if q.Reverse {
		slices.Reverse(rows)
	}
	at, _ := strconv.Atoi(q.Cursor)
	n := min(rapid.IntRange(1, q.Limit).Draw(s.t, "read"), len(rows)-at)
	var page table.Page
	for _, sk := range rows[at : at+n] {
		if !strings.HasSuffix(sk, "expired") {
			page.Items = append(page.Items, table.Item{Key: table.Key{PK: "T#" + sk}, Index: map[table.Index]table.IndexKey{q.Index: {SK: sk}}})
		}
	}
	if at += n; at < len(rows) {
		page.Cursor = strconv.Itoa(at)
	}
	return page, nil
}

// Several lists page as one: all of it in order, nothing twice and nothing left out,
// wherever the pages of each end.
func TestListsMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := shelves{rows: map[string][]string{}, t: t}
		var want []string
		var lists []table.Query
		for i := range rapid.IntRange(1, 4).Draw(t, "lists") {
			pk := fmt.Sprint(i)
			for n := range rapid.IntRange(0, 12).Draw(t, "rows") {
				sk := fmt.Sprintf("%02d#%d.%d", rapid.IntRange(0, 20).Draw(t, "at"), i, n)
				if rapid.IntRange(0, 3).Draw(t, "expired") == 0 {
					sk += "#expired"
				} else {
					want = append(want, sk)
				}
				s.rows[pk] = append(s.rows[pk], sk)
			}
			slices.Sort(s.rows[pk])
			lists = append(lists, table.Query{Index: table.View, PK: pk})
		}
		slices.Sort(want)
		reverse := rapid.Bool().Draw(t, "reverse")
		if reverse {
			slices.Reverse(want)
		}
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		var got []string
		for after := ""; ; {
			page, next, err := (&Store{T: s}).merge(t.Context(), lists, after, limit, reverse)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page), limit)
			for _, p := range page {
				got = append(got, p.sk)
			}
			if after = next; next == "" {
				break
			}
		}
		require.Equal(t, want, got)
	})
}
