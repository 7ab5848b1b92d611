package memory

import (
	"context"
	"fmt"
	"slices"

	"github.com/deskhook/deskhook/shared/table"
)

// feed is the log of changes: the first kept has the sequence number first.
type feed struct {
	first   uint64
	log     []table.Change
	changed chan struct{} // closed and replaced with each change
}

func newFeed() feed { return feed{first: 1, changed: make(chan struct{})} }

func (f *feed) next() uint64 { return f.first + uint64(len(f.log)) }

func (f *feed) add(c table.Change) {
	c.Seq = table.FormatSeq(f.next())
	f.log = append(f.log, c)
	close(f.changed)
	f.changed = make(chan struct{})
}

// since is the place in the log of the first change after a sequence number.
func (f *feed) since(after uint64) int {
	if after < f.first {
		return 0
	}
	return int(min(after-f.first+1, uint64(len(f.log))))
}

// Changes implements table.Feed. After a sequence number that was trimmed away it goes
// on with the first change kept. Its items share their bytes and maps with what is kept:
// they are for reading.
func (db *DB) Changes(ctx context.Context, after string, limit int) ([]table.Change, error) {
	seq, err := table.ParseSeq(after)
	if err != nil {
		return nil, err
	}
	if limit < 1 {
		return nil, fmt.Errorf("%w: limit %d", table.ErrInvalid, limit)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	db.mu.RLock()
	defer db.mu.RUnlock()
	rest := db.feed.log[db.feed.since(seq):]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

// Wait implements table.Feed.
func (db *DB) Wait(ctx context.Context, after string) error {
	seq, err := table.ParseSeq(after)
	if err != nil {
		return err
	}
	for {
		db.mu.RLock()
		there, changed := db.feed.next()-1 > seq, db.feed.changed
		db.mu.RUnlock()
		if there {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// TrimFeed forgets the changes up to a sequence number, itself among them. Sequence
// numbers are never given twice.
func (db *DB) TrimFeed(upTo string) error {
	seq, err := table.ParseSeq(upTo)
	if err != nil {
		return err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	n := db.feed.since(seq)
	db.feed.log = append([]table.Change(nil), db.feed.log[n:]...)
	db.feed.first += uint64(n)
	return nil
}
