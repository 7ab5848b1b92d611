package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// FeedbackEntry is what the list of feedback tells of a record: what it is filtered by.
type FeedbackEntry struct {
	ID      desk.FeedbackID     `json:"id"`
	Source  desk.FeedbackSource `json:"s"`
	Type    desk.Type           `json:"y,omitempty"`
	Kind    desk.SurveyKind     `json:"k,omitempty"`
	Score   *int                `json:"n,omitempty"`
	Channel desk.Channel        `json:"h"`
	Team    string              `json:"tm,omitempty"`
	Agent   string              `json:"g,omitempty"`
}

func entryOf(f desk.Feedback) FeedbackEntry {
	e := FeedbackEntry{ID: f.ID, Source: f.Source, Type: f.Type, Kind: f.Kind, Channel: f.Channel, Team: f.Team, Agent: f.Agent}
	if a, ok := f.Score(); ok {
		e.Score = a.Number
	}
	return e
}

// Feedback reads one record; Exists is false where there is none.
func (s *Store) Feedback(ctx context.Context, id desk.FeedbackID) (Row[desk.Feedback], error) {
	return get[desk.Feedback](ctx, s, feedbackKey(id))
}

// PutFeedback writes a record: in the list of its month, its customer's and its topic's,
// unless it was taken back.
func (tx *Tx) PutFeedback(r Row[desk.Feedback]) {
	f := r.Value
	it := table.Item{}
	if !f.Gone {
		sk := feedbackSK(f)
		it.Summary = marshalSummary(entryOf(f))
		it.Index = map[table.Index]table.IndexKey{
			table.View: {PK: feedbackPK(f.At.UTC().Format(feedbackMonth)), SK: sk},
			table.Who:  {PK: feedbackWhoPK(f.Customer), SK: sk},
		}
		if f.Topic != "" {
			it.Index[table.Mine] = table.IndexKey{PK: topicRecordsPK(f.Topic), SK: sk}
		}
	}
	put(tx, feedbackKey(f.ID), r, it)
}

// PutEarlier keeps the nth version of a record, from 1, beside the one that counts.
func (tx *Tx) PutEarlier(n int, r Row[desk.Feedback]) {
	put(tx, feedbackEarlierKey(r.Value.ID, n), r, table.Item{})
}

// EarlierPage is how many versions Earlier reads at most.
const EarlierPage = 50

// Earlier reads the versions of a record that were replaced, after the nth, the first
// first: a page of them, from which the next n is counted on.
func (s *Store) Earlier(ctx context.Context, id desk.FeedbackID, n int) ([]Row[desk.Feedback], error) {
	key := feedbackEarlierKey(id, n+1)
	rows, _, err := rowsOf[desk.Feedback](ctx, s, table.Query{PK: key.PK, From: key.SK, To: "H$", Limit: EarlierPage})
	return rows, err
}

// FeedbackOf lists a customer's records, newest first. Units: 0.5 per 4 kB of the list and
// 1 per row.
func (s *Store) FeedbackOf(ctx context.Context, c desk.CustomerID, cursor string, limit int) ([]Row[desk.Feedback], string, error) {
	return s.feedbackIn(ctx, table.Query{Index: table.Who, PK: feedbackWhoPK(c), Cursor: cursor, Limit: limit, Reverse: true})
}

// FeedbackOn lists the records tied to a topic, the first first. Units as FeedbackOf.
func (s *Store) FeedbackOn(ctx context.Context, t desk.TopicID, cursor string, limit int) ([]Row[desk.Feedback], string, error) {
	rows, next, err := s.feedbackIn(ctx, table.Query{Index: table.Mine, PK: topicRecordsPK(t), Cursor: cursor, Limit: limit})
	var out []Row[desk.Feedback]
	for _, r := range rows {
		if r.Value.Topic == t {
			out = append(out, r)
		}
	}
	return out, next, err
}

func (s *Store) feedbackIn(ctx context.Context, q table.Query) ([]Row[desk.Feedback], string, error) {
	page, err := s.T.Query(ctx, q)
	if err != nil || len(page.Items) == 0 {
		return nil, page.Cursor, err
	}
	keys := make([]table.Key, len(page.Items))
	for i, it := range page.Items {
		keys[i] = it.Key
	}
	rows, err := s.feedbackRows(ctx, keys)
	return rows, page.Cursor, err
}

// feedbackRows reads records; an index may lag behind, so those taken back are left out.
func (s *Store) feedbackRows(ctx context.Context, keys []table.Key) ([]Row[desk.Feedback], error) {
	if len(keys) == 0 {
		return nil, nil
	}
	rows, err := read[desk.Feedback](ctx, s, keys)
	var out []Row[desk.Feedback]
	for _, r := range rows {
		if !r.Value.Gone {
			out = append(out, r)
		}
	}
	return out, err
}

// FeedbackQuery says which records are looked for; what is empty holds for all.
type FeedbackQuery struct {
	From, To time.Time // from From on, before To; both needed
	Fits     func(FeedbackEntry) bool
}

// FeedbackPage is a page of them, newest first.
type FeedbackPage struct {
	Rows []Row[desk.Feedback]
	// Next is where the next page begins; "" at the end. Until is how far back the list
	// was searched where the page isn't full although there is more.
	Next  string
	Until time.Time
}

// What one page may look at: entries, and partitions, of which there is one a month.
const (
	feedbackStep  = 250
	feedbackLooks = 8
)

// FindFeedback lists the records that a query finds, newest first. A page is full unless
// the list ends or some 2,000 entries were looked at; Next then goes on. Units: 0.5 per
// 4 kB looked at, at most 120, and 1 per row. An ErrInvalid is a cursor that isn't one.
func (s *Store) FindFeedback(ctx context.Context, q FeedbackQuery, cursor string, limit int) (FeedbackPage, error) {
	before := stamp(q.To)
	if cursor != "" {
		at, err := time.Parse(timeKey, cursor[:min(len(cursor), len(timeKey))])
		if err != nil || len(cursor) > 100 {
			return FeedbackPage{}, table.ErrInvalid
		}
		if at.Before(q.To) {
			before = cursor
		}
	}
	w := &feedbackWalk{store: s, q: q, before: before, month: monthBefore(before), limit: limit}
	for range feedbackLooks {
		done, err := w.look(ctx)
		if err != nil {
			return FeedbackPage{}, err
		}
		if done {
			break
		}
	}
	rows, err := s.feedbackRows(ctx, w.keys)
	out := FeedbackPage{Rows: rows}
	if !w.over {
		out.Next = w.before
		if len(w.keys) < limit {
			out.Until, _ = time.Parse(timeKey, w.before[:len(timeKey)])
		}
	}
	return out, err
}

// monthBefore is the first day of the month in which what sorts before a key may lie.
func monthBefore(key string) time.Time {
	at, _ := time.Parse(timeKey, key[:len(timeKey)])
	if len(key) == len(timeKey) { // a bound, and nothing lies at it
		at = at.Add(-time.Millisecond)
	}
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// feedbackWalk goes back through the months.
type feedbackWalk struct {
	store  *Store
	q      FeedbackQuery
	before string    // the sort key that was looked at last
	month  time.Time // that it is in
	limit  int
	keys   []table.Key
	over   bool // nothing is left
}

// look reads one piece; done says that the page is full or the list has ended.
func (w *feedbackWalk) look(ctx context.Context) (done bool, err error) {
	page, err := w.store.T.Query(ctx, table.Query{
		Index: table.View, PK: feedbackPK(w.month.Format(feedbackMonth)), From: stamp(w.q.From), To: w.before, Limit: feedbackStep, Reverse: true,
	})
	if err != nil {
		return false, err
	}
	for i, it := range page.Items {
		w.before = it.Index[table.View].SK
		var e FeedbackEntry
		if json.Unmarshal(it.Summary, &e) != nil || w.q.Fits != nil && !w.q.Fits(e) {
			continue
		}
		if w.keys = append(w.keys, it.Key); len(w.keys) == w.limit {
			w.over = i == len(page.Items)-1 && page.Cursor == "" && !w.earlier()
			return true, nil
		}
	}
	if page.Cursor != "" {
		return false, nil
	}
	w.over = !w.earlier()
	return w.over, nil
}

// earlier goes to the month before; false where that lies before all that is asked for.
func (w *feedbackWalk) earlier() bool {
	if !w.month.After(w.q.From) {
		return false
	}
	w.before, w.month = stamp(w.month), w.month.AddDate(0, -1, 0)
	return true
}
