package find

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/search"
	"github.com/deskhook/deskhook/shared/store"
)

// Bounds of one page of word search: what costs most.
const (
	// maxSegments is how many segments a page looks into, beside those that overlap where
	// it begins; what is older is on the next page.
	maxSegments = 64
	// maxCandidates is how many messages a page reads.
	maxCandidates = 200
	atOnce        = 8  // segments opened together
	batch         = 25 // messages read together
)

// Blob is the part of a blob store that finding needs.
type Blob interface {
	GetRange(ctx context.Context, key string, at, n int64) ([]byte, error)
}

// segmentKey is where a segment's bytes lie.
func segmentKey(id string) string { return "search/" + id }

// Hit is a ticket with its newest message that has the words.
type Hit struct {
	Ticket  store.Row[desk.Ticket]
	Message desk.Message
	Snippet []search.Part
}

// words is one page of word search on its way.
type words struct {
	f     *Finder
	ctx   context.Context
	ask   Ask
	query search.Query
	terms []string
	hi    search.Doc // all that comes after it
	lo    string     // and whose message's id is not below it

	todo    []search.Standing // not opened yet, the newest end first
	opened  int
	streams []*stream
	read    int        // messages
	prev    search.Doc // candidate before
	last    search.Doc // how far the page has come
	more    bool
	again   bool // the second try: what is missing now is no merge
	partial bool
	hits    []Hit
	tickets map[desk.TicketID]bool
}

// stream are the candidates of one segment, the newest first.
type stream struct {
	seg     *search.Segment
	from    search.Source
	numbers []uint32
	block   int
	docs    []search.Doc
	err     error
}

// head is the next candidate; false after the last.
func (s *stream) head() (search.Doc, bool) {
	if s.err != nil || len(s.numbers) == 0 {
		return search.Doc{}, false
	}
	n := s.numbers[0]
	if b := search.Block(n); s.docs == nil || b != s.block {
		s.docs, s.err = s.seg.Read(s.from, b)
		if s.block = b; s.err != nil {
			return search.Doc{}, false
		}
	}
	return s.docs[int(n)%search.DocsBlock], true
}

// words fills in the page of messages that have the words asked for.
func (f *Finder) words(ctx context.Context, ask Ask, after search.Doc, again bool, out *Found) error {
	w := &words{f: f, ctx: ctx, ask: ask, query: search.Parse(ask.Q), hi: after, last: after, again: again, tickets: map[desk.TicketID]bool{}}
	if w.query.Empty() {
		return nil
	}
	w.terms = w.query.Terms()
	if !ask.From.IsZero() {
		w.lo = search.IDAt(ask.From)
	}
	if to := search.IDAt(ask.To); !ask.To.IsZero() && to < string(w.hi.Message) {
		w.hi = search.Doc{Message: desk.MessageID(to)}
	}
	rows, err := f.Store.Segments(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Value.Max >= w.lo && r.Value.Min <= string(w.hi.Message) {
			w.todo = append(w.todo, r.Value)
		}
	}
	slices.SortFunc(w.todo, func(a, b search.Standing) int { return strings.Compare(b.Max, a.Max) })
	if err := w.page(); err != nil {
		return err
	}
	out.Hits, out.Partial = w.hits, w.partial
	if w.more {
		out.Next, out.Back = placeOf(w.last), timeOf(w.last)
	}
	return nil
}

// page reads candidates until it is full, or nothing is left.
func (w *words) page() error {
	for w.read < maxCandidates {
		docs, err := w.candidates(batch)
		if err != nil || len(docs) == 0 {
			return err
		}
		full, err := w.hold(docs)
		if err != nil || full {
			w.more = true
			return err
		}
	}
	w.more = true
	return nil
}

// candidates are the next n over all segments, the newest first.
func (w *words) candidates(n int) ([]search.Doc, error) {
	var out []search.Doc
	for len(out) < n {
		d, from, err := w.newest()
		if err != nil {
			return nil, err
		}
		if from == nil || string(d.Message) < w.lo {
			return out, nil
		}
		from.numbers = from.numbers[1:]
		if d.Compare(w.hi) > 0 && d != w.prev { // a merge and what it merged may both be listed
			out = append(out, d)
		}
		w.prev = d
	}
	return out, nil
}

// newest is the newest of the streams' heads, once every segment that may hold a newer
// one is open; nil where there is none, or too many would have to be opened.
func (w *words) newest() (search.Doc, *stream, error) {
	for {
		var best search.Doc
		var from *stream
		for _, s := range w.streams {
			d, ok := s.head()
			if s.err != nil {
				if err := w.fault(s.err); err != nil {
					return best, nil, err
				}
				s.numbers, s.err = nil, nil
			}
			if ok && (from == nil || d.Compare(best) < 0) {
				best, from = d, s
			}
		}
		if len(w.todo) == 0 || from != nil && string(best.Message) > w.todo[0].Max {
			return best, from, nil
		}
		if w.opened >= maxSegments && w.todo[0].Max < string(w.hi.Message) {
			w.more = true
			w.last = search.Doc{Message: desk.MessageID(w.todo[0].Max)}
			return best, nil, nil
		}
		if err := w.open(); err != nil {
			return best, nil, err
		}
	}
}

// open opens the next segments, together.
func (w *words) open() error {
	n := min(len(w.todo), atOnce)
	streams := make([]*stream, n)
	var all sync.WaitGroup
	for i, s := range w.todo[:n] {
		all.Go(func() { streams[i] = w.f.stream(w.ctx, s, w.terms, string(w.hi.Message)) })
	}
	all.Wait()
	w.todo, w.opened = w.todo[n:], w.opened+n
	for _, s := range streams {
		if s.err == nil {
			w.streams = append(w.streams, s)
		} else if err := w.fault(s.err); err != nil {
			return err
		}
	}
	return nil
}

// errMerged: a segment that was listed is there no more, since another holds what it held.
var errMerged = errors.New("find: merged away meanwhile")

// fault says what a segment's fault is to the page: a broken or lost one is left out, and
// that told.
func (w *words) fault(err error) error {
	switch missing := errors.Is(err, blob.ErrNotFound); {
	case missing && !w.again:
		return errMerged
	case missing || errors.Is(err, search.ErrSegment):
		w.partial = true
		return nil
	}
	return err
}

func (f *Finder) stream(ctx context.Context, of search.Standing, terms []string, newest string) *stream {
	s := &stream{from: func(at, n int) ([]byte, error) {
		return f.Blob.GetRange(ctx, segmentKey(of.ID), int64(at), int64(n))
	}}
	if s.seg, s.err = f.footer(of, s.from); s.err != nil {
		return s
	}
	if s.numbers, s.err = s.seg.All(s.from, terms); s.err != nil {
		return s
	}
	first := s.seg.First(newest)
	for len(s.numbers) > 0 && s.numbers[0] < first {
		s.numbers = s.numbers[1:]
	}
	return s
}

// maxFooters bounds how many footers an instance keeps, some 25 kB each.
const maxFooters = 200

// footer reads a segment's, once: it never changes.
func (f *Finder) footer(of search.Standing, from search.Source) (*search.Segment, error) {
	f.mu.Lock()
	seg := f.footers[of.ID]
	f.mu.Unlock()
	if seg != nil {
		return seg, nil
	}
	raw, err := from(of.Size-of.Footer, of.Footer)
	if err != nil {
		return nil, err
	}
	if seg, err = search.Open(of.Size, raw); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.footers == nil || len(f.footers) >= maxFooters {
		f.footers = map[string]*search.Segment{}
	}
	f.footers[of.ID] = seg
	return seg, nil
}

// hold reads candidates and keeps what still has the words, in tickets that the asker may
// see, one hit a ticket; full once the page is.
func (w *words) hold(docs []search.Doc) (full bool, err error) {
	w.read += len(docs)
	rows, err := w.f.Store.MessagesOf(w.ctx, docs)
	if err != nil {
		return false, err
	}
	found := map[search.Doc]desk.Message{}
	var ids []desk.TicketID
	for _, r := range rows {
		if w.query.Match(search.Words(r.Value)) {
			found[search.Doc{Ticket: r.Value.Ticket, Message: r.Value.ID}] = r.Value
			ids = append(ids, r.Value.Ticket)
		}
	}
	slices.Sort(ids)
	heads, err := w.f.Store.Tickets(w.ctx, slices.Compact(ids)...)
	if err != nil {
		return false, err
	}
	for _, d := range docs {
		w.last = d
		m, ok := found[d]
		i := slices.IndexFunc(heads, func(r store.Row[desk.Ticket]) bool { return r.Value.ID == d.Ticket })
		if !ok || i < 0 || w.tickets[d.Ticket] || heads[i].Value.Status == desk.StatusSpam || !w.ask.Shows(heads[i].Value) {
			continue
		}
		w.tickets[d.Ticket] = true
		w.hits = append(w.hits, Hit{heads[i], m, w.query.Snippet(w.ask.mask(search.Words(m)))})
		if len(w.hits) == w.ask.Limit {
			return true, nil
		}
	}
	return false, nil
}

// placeOf is a place in the results as a cursor.
func placeOf(d search.Doc) string { return string(d.Message) + "~" + string(d.Ticket) }

func timeOf(d search.Doc) time.Time { return search.TimeOf(d.Message) }
