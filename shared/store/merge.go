package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/table"
)

// place is where a row stands in a list.
type place struct {
	key table.Key
	sk  string
}

// maxAfter bounds a cursor, in bytes.
const maxAfter = 200

// merge reads the first places of several lists as one, after the sort key that the page
// before gave; "" is the beginning, and of next the end.
func (s *Store) merge(ctx context.Context, lists []table.Query, after string, limit int, reverse bool) (all []place, next string, err error) {
	if !utf8.ValidString(after) || len(after) > maxAfter {
		return nil, "", fmt.Errorf("store: %w: cursor", table.ErrInvalid)
	}
	order := func(a, b place) int { return strings.Compare(a.sk, b.sk) }
	if reverse {
		order = func(a, b place) int { return strings.Compare(b.sk, a.sk) }
	}
	var ends []place // of those that go on
	for _, q := range lists {
		q.Limit, q.Reverse = limit, reverse
		part, more, err := s.places(ctx, beyond(q, after))
		if err != nil {
			return nil, "", err
		}
		if all = append(all, part...); more {
			ends = append(ends, part[len(part)-1])
		}
	}
	slices.SortFunc(all, order)
	// A row of two lists at once: an index lags behind.
	all = slices.CompactFunc(all, func(a, b place) bool { return a.sk == b.sk && a.key.PK == b.key.PK })
	more := len(ends) > 0
	if more { // beyond the first of their ends a list may have more that comes before another's
		end := slices.MinFunc(ends, order)
		all = slices.DeleteFunc(all, func(p place) bool { return order(p, end) > 0 })
	}
	if len(all) > limit {
		all, more = all[:limit], true
	}
	if more {
		next = all[len(all)-1].sk
	}
	return all, next, nil
}

// beyond narrows a list to what comes after a sort key.
func beyond(q table.Query, after string) table.Query {
	switch {
	case after == "":
	case q.Reverse && (q.To == "" || after < q.To):
		q.To = after
	case !q.Reverse:
		q.From = max(q.From, after+"\x00") // the first that comes after it
	}
	return q
}

// places reads the first of a list, at least one where there are more.
func (s *Store) places(ctx context.Context, q table.Query) (all []place, more bool, err error) {
	for {
		page, err := s.T.Query(ctx, q)
		if err != nil {
			return nil, false, err
		}
		for _, it := range page.Items {
			if strings.HasPrefix(it.PK, "T#") {
				all = append(all, place{it.Key, it.Index[q.Index].SK})
			}
		}
		if page.Cursor == "" || len(all) > 0 {
			return all, page.Cursor != "", nil
		}
		q.Cursor = page.Cursor // all that it looked at has expired
	}
}
