package find

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/search"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// Bounds of one run of an Indexer. What is left over is for the next.
const (
	maxRows    = 40              // rows of touched messages
	maxEntries = 4096            // messages of a segment as it is first written
	maxBytes   = 8 * 1024 * 1024 // of their words
	maxMerges  = 4
	readAtOnce = 50 // messages
	races      = 5  // lost before a run gives up
)

// Indexer makes the words of messages findable, and takes them back. Runs may overlap, be
// repeated and die anywhere: a segment is listed in the transaction that strikes off what
// it was made of, so that each message is in one or still waits. Bytes that no list names
// are left behind by who dies or loses a race, and Sweep removes them.
type Indexer struct {
	Store *store.Store
	Blob  blob.Store
	Log   *slog.Logger // of segments that were lost; nil: nowhere
}

// Run takes what was touched since into a segment, takes what was changed or erased out of
// the older ones, and merges. more says that it stopped at its bound: not where another run
// is at the same, for that goes on.
func (x *Indexer) Run(ctx context.Context) (more bool, err error) {
	more, err = x.take(ctx)
	if errors.Is(err, table.ErrConflict) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for range maxMerges {
		merged, err := x.merge(ctx)
		if err != nil || !merged {
			return more, err
		}
	}
	return true, nil
}

// taking is one run over the rows of what was touched.
type taking struct {
	x       *Indexer
	ctx     context.Context
	tx      store.Tx
	from    string // names the first row
	entries []search.Entry
	bytes   int
}

func (x *Indexer) take(ctx context.Context) (more bool, err error) {
	rows, err := x.Store.Touched(ctx, maxRows)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	t := &taking{x: x, ctx: ctx, from: rows[0].Value.Key()}
	var all []store.Touched
	taken := 0
	for _, r := range rows {
		if taken > 0 && len(all)+len(r.Value.Messages) > maxEntries {
			break
		}
		all = append(all, r.Value.Messages...)
		t.tx.DeleteTouched(r)
		taken++
	}
	if err := t.old(all); err != nil {
		return false, err
	}
	if err := t.read(all); err != nil {
		return false, err
	}
	if err := t.flush(); err != nil {
		return false, err
	}
	return taken < len(rows) || len(rows) == maxRows, x.Store.Commit(ctx, &t.tx)
}

// old takes what was there before out of the segments that may hold it.
func (t *taking) old(all []store.Touched) error {
	gone := map[search.Doc]bool{}
	for _, m := range all {
		if m.Changed {
			gone[search.Doc{Ticket: m.Ticket, Message: m.Message}] = true
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return t.x.Drop(t.ctx, gone)
}

// read reads the messages as they are now, each once.
func (t *taking) read(all []store.Touched) error {
	docs := make([]search.Doc, len(all))
	for i, m := range all {
		docs[i] = search.Doc{Ticket: m.Ticket, Message: m.Message}
	}
	slices.SortFunc(docs, search.Doc.Compare)
	for chunk := range slices.Chunk(slices.Compact(docs), readAtOnce) {
		rows, err := t.x.Store.MessagesOf(t.ctx, chunk)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := t.add(r.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *taking) add(m desk.Message) error {
	words := search.Words(m)
	if words == "" {
		return nil
	}
	t.entries = append(t.entries, search.Entry{Doc: search.Doc{Ticket: m.Ticket, Message: m.ID}, Terms: search.Terms(words)})
	if t.bytes += len(words); len(t.entries) < maxEntries && t.bytes < maxBytes {
		return nil
	}
	return t.flush()
}

// flush writes a segment of what was read, and lists it in the run's transaction.
func (t *taking) flush() error {
	if len(t.entries) == 0 {
		return nil
	}
	standing, err := t.x.put(t.ctx, search.Build(t.entries), t.from)
	t.tx.PutSegment(standing)
	t.entries, t.bytes = nil, 0
	return err
}

// put writes a segment's bytes under a name made of them and of what they were made from.
// That is struck off when the name is listed, so that a name is listed once: neither are
// other bytes put under it, nor is it deleted after it came back.
func (x *Indexer) put(ctx context.Context, raw []byte, from string) (search.Standing, error) {
	sum := sha256.Sum256(append([]byte(from+"|"), raw...))
	id := hex.EncodeToString(sum[:12])
	standing, err := search.Stand(id, raw)
	if err != nil {
		return standing, err
	}
	return standing, x.Blob.Put(ctx, segmentKey(id), raw, blob.Options{})
}

// Drop takes messages out of every segment that holds them, one after the other.
func (x *Indexer) Drop(ctx context.Context, gone map[search.Doc]bool) error {
	lo, hi := "~", ""
	for d := range gone {
		lo, hi = min(lo, string(d.Message)), max(hi, string(d.Message))
	}
	for lost := 0; ; lost++ {
		rows, err := x.Store.Segments(ctx)
		if err != nil {
			return err
		}
		err = nil
		for _, r := range rows {
			if r.Value.Max < lo || r.Value.Min > hi {
				continue
			}
			if err = x.rewrite(ctx, gone, r); unreadable(err) {
				err = x.lose(ctx, r, err)
			}
			if err != nil {
				break
			}
		}
		// Merged meanwhile: the merge may hold what is to go.
		if !errors.Is(err, table.ErrConflict) || lost == races {
			return err
		}
	}
}

// rewrite puts what remains of a segment in its place, where it holds any that is to go.
func (x *Indexer) rewrite(ctx context.Context, gone map[search.Doc]bool, r store.Row[search.Standing]) error {
	raw, err := x.Blob.Get(ctx, segmentKey(r.Value.ID), 0)
	if err != nil {
		return err
	}
	holds, err := search.Holds(raw, gone)
	if err != nil || !holds {
		return err
	}
	left, err := search.Merge([][]byte{raw}, func(d search.Doc) bool { return gone[d] })
	if err != nil {
		return err
	}
	return x.replace(ctx, []store.Row[search.Standing]{r}, left)
}

// replace lists a segment in the place of others, and then deletes theirs. Empty bytes are
// no segment.
func (x *Indexer) replace(ctx context.Context, old []store.Row[search.Standing], raw []byte) error {
	var tx store.Tx
	for _, r := range old {
		tx.DeleteSegment(r)
	}
	if len(raw) > 0 {
		standing, err := x.put(ctx, raw, old[0].Value.ID)
		if err != nil {
			return err
		}
		tx.PutSegment(standing)
	}
	if err := x.Store.Commit(ctx, &tx); err != nil {
		return err
	}
	for _, r := range old {
		if err := x.Blob.Delete(ctx, segmentKey(r.Value.ID)); err != nil {
			return err
		}
	}
	return nil
}

// unreadable says that a segment's bytes are not there, or not what was written.
func unreadable(err error) bool {
	return errors.Is(err, blob.ErrNotFound) || errors.Is(err, search.ErrSegment)
}

// lose takes a segment off the list whose bytes can't be read, so that it doesn't stop all
// others; what it alone held is found again after a rebuild. ErrConflict where it was
// merged away meanwhile: bytes are deleted only after their row.
func (x *Indexer) lose(ctx context.Context, r store.Row[search.Standing], why error) error {
	var tx store.Tx
	tx.DeleteSegment(r)
	if err := x.Store.Commit(ctx, &tx); err != nil {
		return err
	}
	if x.Log != nil {
		x.Log.ErrorContext(ctx, "segment of the search lost: deskhook index makes its messages findable again",
			"segment", r.Value.ID, "messages", r.Value.Docs, "from", search.TimeOf(desk.MessageID(r.Value.Min)), "to", search.TimeOf(desk.MessageID(r.Value.Max)), "err", why)
	}
	return nil
}

// merge makes one segment of those that the plan names; false where it names none, or
// another run has been at them.
func (x *Indexer) merge(ctx context.Context) (bool, error) {
	old, err := x.planned(ctx)
	if err != nil || len(old) == 0 {
		return false, err
	}
	var raws [][]byte
	for _, r := range old {
		raw, err := x.Blob.Get(ctx, segmentKey(r.Value.ID), 0)
		if unreadable(err) {
			return unlessRaced(x.lose(ctx, r, err))
		}
		if err != nil {
			return false, err
		}
		raws = append(raws, raw)
	}
	raw, err := search.Merge(raws, nil)
	if err != nil {
		return x.loseBroken(ctx, old, raws, err)
	}
	return unlessRaced(x.replace(ctx, old, raw))
}

// planned are the segments to merge now.
func (x *Indexer) planned(ctx context.Context) ([]store.Row[search.Standing], error) {
	rows, err := x.Store.Segments(ctx)
	all := make([]search.Standing, len(rows))
	for i, r := range rows {
		all[i] = r.Value
	}
	var old []store.Row[search.Standing]
	for _, s := range search.Plan(all) {
		old = append(old, rows[slices.Index(all, s)])
	}
	return old, err
}

// loseBroken loses those of some segments that can't be read, since they can't be merged.
func (x *Indexer) loseBroken(ctx context.Context, old []store.Row[search.Standing], raws [][]byte, why error) (bool, error) {
	for i, r := range old {
		if _, err := search.Merge(raws[i:i+1], nil); unreadable(err) {
			return unlessRaced(x.lose(ctx, r, err))
		}
	}
	return false, why
}

func unlessRaced(err error) (bool, error) {
	if errors.Is(err, table.ErrConflict) {
		return false, nil
	}
	return err == nil, err
}

// sweepAge is how old bytes are that nobody will list any more.
const sweepAge = 24 * time.Hour

// Sweep removes the bytes that no list names, at most a thousand: what crashes and lost
// races left behind.
func (x *Indexer) Sweep(ctx context.Context, now time.Time) error {
	objects, err := x.Blob.List(ctx, segmentKey(""), "", 1000)
	if err != nil {
		return err
	}
	// Read after them: what is listed since is older than a day only if it was listed before.
	rows, err := x.Store.Segments(ctx)
	if err != nil {
		return err
	}
	for _, o := range objects {
		listed := slices.ContainsFunc(rows, func(r store.Row[search.Standing]) bool { return segmentKey(r.Value.ID) == o.Key })
		if listed || now.Sub(o.Modified) < sweepAge {
			continue
		}
		if err := x.Blob.Delete(ctx, o.Key); err != nil {
			return err
		}
	}
	return nil
}
