package memory

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/deskhook/deskhook/shared/table"
)

// entry is a row's place in a partition: its sort key there, and itself, which makes it
// unique.
type entry struct {
	sort string
	key  table.Key
}

func compare(a, b entry) int {
	return cmp.Or(strings.Compare(a.sort, b.sort), strings.Compare(a.key.PK, b.key.PK), strings.Compare(a.key.SK, b.key.SK))
}

// list is one partition of the table or of an index, in order.
type list struct{ entries []entry }

func (l *list) find(e entry) (int, bool) { return slices.BinarySearchFunc(l.entries, e, compare) }

func (l *list) insert(e entry) {
	if i, ok := l.find(e); !ok {
		l.entries = slices.Insert(l.entries, i, e)
	}
}

func (l *list) remove(e entry) {
	if i, ok := l.find(e); ok {
		l.entries = slices.Delete(l.entries, i, i+1)
	}
}

// from is the place of the first entry whose sort key isn't below.
func (l *list) from(key string) int {
	i, _ := slices.BinarySearchFunc(l.entries, key, func(e entry, s string) int { return strings.Compare(e.sort, s) })
	return i
}

// within are the entries that a query asks for, after its cursor.
func (l *list) within(q table.Query, at *table.Position) []entry {
	low, high := l.from(q.From), len(l.entries)
	switch {
	case q.Prefix != "":
		low = l.from(q.Prefix)
		high = low + sort.Search(len(l.entries)-low, func(i int) bool { return !strings.HasPrefix(l.entries[low+i].sort, q.Prefix) })
	case q.To != "":
		high = l.from(q.To)
	}
	if at != nil {
		i, found := l.find(entry{at.Sort, at.Key})
		if q.Reverse {
			high = min(high, i)
		} else if low = max(low, i); found {
			low = max(low, i+1)
		}
	}
	return l.entries[low:max(low, high)]
}

// Query implements table.Table. An index is as fresh as the table here.
func (db *DB) Query(ctx context.Context, q table.Query) (table.Page, error) {
	q, err := q.Checked()
	if err != nil {
		return table.Page{}, err
	}
	at, err := q.Position()
	if err != nil {
		return table.Page{}, err
	}
	if err := ctx.Err(); err != nil {
		return table.Page{}, err
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	var page table.Page
	l := db.lists[q.Index][q.PK]
	if l == nil {
		return page, nil
	}
	return db.page(q, l.within(q, at)), nil
}

// page looks at up to the query's limit of entries and leaves out the expired rows.
func (db *DB) page(q table.Query, es []entry) (page table.Page) {
	now := db.now()
	for n := range es {
		e := es[n]
		if q.Reverse {
			e = es[len(es)-1-n]
		}
		if it := db.seen(e.key, now); it.Exists() {
			page.Items = append(page.Items, project(q.Index, it))
		}
		if n+1 == q.Limit {
			if n+1 < len(es) {
				page.Cursor = q.CursorAt(table.Position{Sort: e.sort, Key: e.key})
			}
			return page
		}
	}
	return page
}

// First is the sort key of the first entry of an index's partition, expired rows among
// them; false where it is empty. For whoever moves a clock to the next timer.
func (db *DB) First(index table.Index, pk string) (string, bool) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	l := db.lists[index][pk]
	if l == nil || len(l.entries) == 0 {
		return "", false
	}
	return l.entries[0].sort, true
}

// project leaves of an item what its index would hold on DynamoDB, so that nobody comes
// to rely on more.
func project(index table.Index, it table.Item) table.Item {
	if index == table.Primary {
		return clone(it)
	}
	out := table.Item{Key: it.Key, Index: map[table.Index]table.IndexKey{index: it.Index[index]}}
	if index != table.Due {
		out.Summary = slices.Clone(it.Summary)
	}
	return out
}
