package bolt

import (
	"bytes"
	"context"

	bbolt "go.etcd.io/bbolt"

	"github.com/deskhook/deskhook/shared/table"
)

// Query implements table.Table. An index is as fresh as the table here.
func (db *DB) Query(ctx context.Context, q table.Query) (table.Page, error) {
	q, err := q.Checked()
	if err != nil {
		return table.Page{}, err
	}
	from, err := q.Position()
	if err != nil {
		return table.Page{}, err
	}
	var page table.Page
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		w := newWalk(tx, q, from)
		page, err = w.page(tx, db.now().Unix())
		return err
	})
	return page, err
}

// walk goes through the raw keys of one query: those ≥ low and < high.
type walk struct {
	q         table.Query
	cursor    *bbolt.Cursor
	low, high []byte
}

func newWalk(tx *bbolt.Tx, q table.Query, from *table.Position) *walk {
	w := &walk{q: q, cursor: tx.Bucket(bucketOf(q.Index)).Cursor()}
	w.low, w.high = bounds(q)
	if from == nil {
		return w
	}
	at := entryOf(q, *from)
	if q.Reverse {
		w.high = at
	} else {
		// The key directly after a key is the key with a zero byte.
		w.low = append(at, 0)
	}
	return w
}

func bucketOf(i table.Index) []byte {
	if i == table.Primary {
		return bucketItems
	}
	return indexBucket(i)
}

// bounds are the raw keys between which the query's items lie.
func bounds(q table.Query) (low, high []byte) {
	raw := func(sk string) []byte { return itemKey(table.Key{PK: q.PK, SK: sk}) }
	if q.Index != table.Primary {
		raw = func(sk string) []byte { return indexPrefix(q.PK, sk) }
	}
	if q.Prefix != "" {
		return raw(q.Prefix), after(raw(q.Prefix))
	}
	if q.To == "" {
		return raw(q.From), after(partition(q.PK))
	}
	return raw(q.From), raw(q.To)
}

// after is the first key beyond all that begin with the prefix. A prefix begins with
// a length under 0xffff, so there always is one.
func after(prefix []byte) []byte {
	end := bytes.Clone(bytes.TrimRight(prefix, "\xff"))
	end[len(end)-1]++
	return end
}

func entryOf(q table.Query, p table.Position) []byte {
	if q.Index == table.Primary {
		return itemKey(p.Key)
	}
	return indexEntry(table.IndexKey{PK: q.PK, SK: p.Sort}, p.Key)
}

func (w *walk) first() []byte {
	if !w.q.Reverse {
		raw, _ := w.cursor.Seek(w.low)
		return w.within(raw)
	}
	if raw, _ := w.cursor.Seek(w.high); raw == nil {
		raw, _ = w.cursor.Last()
		return w.within(raw)
	}
	return w.next()
}

func (w *walk) next() []byte {
	move := w.cursor.Next
	if w.q.Reverse {
		move = w.cursor.Prev
	}
	raw, _ := move()
	return w.within(raw)
}

func (w *walk) within(raw []byte) []byte {
	if raw == nil || bytes.Compare(raw, w.low) < 0 || bytes.Compare(raw, w.high) >= 0 {
		return nil
	}
	return raw
}

// page looks at up to the query's limit of items and leaves out the expired ones.
func (w *walk) page(tx *bbolt.Tx, now int64) (table.Page, error) {
	var page table.Page
	var last table.Position
	raw := w.first()
	for range w.q.Limit {
		if raw == nil {
			return page, nil
		}
		it, pos, err := w.item(tx, raw)
		if err != nil {
			return table.Page{}, err
		}
		if !expired(it, now) {
			page.Items = append(page.Items, project(w.q.Index, it))
		}
		last, raw = pos, w.next()
	}
	if raw != nil {
		page.Cursor = w.q.CursorAt(last)
	}
	return page, nil
}

func (w *walk) item(tx *bbolt.Tx, raw []byte) (table.Item, table.Position, error) {
	if w.q.Index == table.Primary {
		key, err := parseItemKey(raw)
		if err != nil {
			return table.Item{}, table.Position{}, err
		}
		it, err := load(tx, key)
		return it, table.Position{Sort: key.SK, Key: key}, err
	}
	ik, key, err := parseIndexEntry(raw)
	if err != nil {
		return table.Item{}, table.Position{}, err
	}
	it, err := load(tx, key)
	return it, table.Position{Sort: ik.SK, Key: key}, err
}

// project leaves of an item what its index would hold on DynamoDB, so that nobody
// comes to rely on more.
func project(index table.Index, it table.Item) table.Item {
	if index == table.Primary {
		return it
	}
	out := table.Item{Key: it.Key, Index: map[table.Index]table.IndexKey{index: it.Index[index]}}
	if index != table.Due {
		out.Summary = it.Summary
	}
	return out
}
