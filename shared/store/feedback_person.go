package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// PersonFeedback reads a page of what a customer thinks, and whom they took in, newest
// first: of the records that fit, and a page with fewer may have more after it. The cursor
// is a place, so that the lists of several customers are walked as one. Units: for each of
// them 0.5 per 4 kB of the list, and 1 per row.
func (s *Store) PersonFeedback(ctx context.Context, c desk.Customer, fits func(FeedbackEntry) bool, cursor string, limit int) (rows []Row[desk.Feedback], next string, err error) {
	if !utf8.ValidString(cursor) || len(cursor) > maxAfter {
		return nil, "", fmt.Errorf("store: %w: cursor", table.ErrInvalid)
	}
	var all []table.Item
	more := false
	for _, id := range append([]desk.CustomerID{c.ID}, c.Aliases()...) {
		page, err := s.T.Query(ctx, table.Query{Index: table.Who, PK: feedbackWhoPK(id), To: cursor, Limit: limit, Reverse: true})
		if err != nil {
			return nil, "", err
		}
		all, more = append(all, page.Items...), more || page.Cursor != ""
	}
	slices.SortFunc(all, func(a, b table.Item) int { return strings.Compare(b.Index[table.Who].SK, a.Index[table.Who].SK) })
	if len(all) > limit {
		all, more = all[:limit], true
	}
	if more && len(all) > 0 {
		next = all[len(all)-1].Index[table.Who].SK
	}
	rows, err = s.feedbackRows(ctx, fitting(all, fits))
	return rows, next, err
}

func fitting(all []table.Item, fits func(FeedbackEntry) bool) (keys []table.Key) {
	for _, it := range all {
		var e FeedbackEntry
		if json.Unmarshal(it.Summary, &e) == nil && fits(e) {
			keys = append(keys, it.Key)
		}
	}
	return keys
}
