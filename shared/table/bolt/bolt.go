// Package bolt is the embedded engine of the table: one bbolt file, for a desk that
// runs on one machine. It keeps its own change feed, written in the same commit as
// the change.
//
// Writers that arrive while a commit is being synced are committed together by the
// next one. This is not bbolt's DB.Batch: that waits 10 ms for company, and re-runs
// everyone's function when one of them fails, which here is an ordinary lost race.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	bbolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/deskhook/deskhook/shared/table"
)

// ErrClosed: the DB was closed. A Write that gets it was not applied.
var ErrClosed = errors.New("table/bolt: closed")

// ErrInUse: another process holds the file.
var ErrInUse = errors.New("table/bolt: file in use")

// lockTimeout is how long Open waits for another process to let go of the file: long
// enough for one that is just stopping.
const lockTimeout = time.Second

// Options of a DB. The zero value is the safe choice.
type Options struct {
	// NoSync doesn't wait for the disk: a crash of the machine (not of the process)
	// may lose or damage the file. For tests.
	NoSync bool
}

// DB is the engine. It is safe for concurrent use.
type DB struct {
	file   *bbolt.DB
	now    func() time.Time
	writes chan *pending
	quit   chan struct{}
	done   chan struct{}
	close  func() error

	mu      sync.Mutex
	last    uint64        // sequence number of the last committed change
	changed chan struct{} // closed and replaced when last grows
}

var (
	_ table.Table = (*DB)(nil)
	_ table.Feed  = (*DB)(nil)
)

// Open opens the file, or makes it with mode 0600. The time comes from now, which
// decides what has expired. If another process holds the file, the error is ErrInUse
// and names the file.
func Open(path string, now func() time.Time, o Options) (*DB, error) {
	file, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:      lockTimeout,
		NoSync:       o.NoSync,
		FreelistType: bbolt.FreelistMapType,
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%w: %s: another desk runs on it", ErrInUse, path)
	}
	if err != nil {
		return nil, fmt.Errorf("table/bolt: open %s: %w", path, err)
	}
	db := &DB{
		file: file, now: now,
		writes:  make(chan *pending),
		quit:    make(chan struct{}),
		done:    make(chan struct{}),
		changed: make(chan struct{}),
	}
	if err := file.Update(db.prepare); err != nil {
		return nil, errors.Join(fmt.Errorf("table/bolt: prepare %s: %w", path, err), file.Close())
	}
	db.close = sync.OnceValue(db.shut)
	go db.commitLoop()
	return db, nil
}

// Close finishes the commit under way and closes the file. Later calls get ErrClosed.
func (db *DB) Close() error { return db.close() }

func (db *DB) shut() error {
	close(db.quit)
	<-db.done
	return db.file.Close()
}

// prepare makes the buckets and finds where the log ended.
func (db *DB) prepare(tx *bbolt.Tx) error {
	names := [][]byte{bucketItems, bucketLog, bucketExpiry}
	for _, index := range table.Indexes {
		names = append(names, indexBucket(index))
	}
	for _, name := range names {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	db.last = tx.Bucket(bucketLog).Sequence()
	return nil
}

// Get implements table.Table.
func (db *DB) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	if err := table.ValidateKeys(keys); err != nil {
		return nil, err
	}
	items := make([]table.Item, len(keys))
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		now := db.now().Unix()
		for i, key := range keys {
			it, err := load(tx, key)
			if err != nil {
				return err
			}
			items[i] = present(it, now)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// Write implements table.Table. When it returns nil the change is on the disk. If ctx
// ends first the outcome is unknown, as after any other error that is none of the
// table's own.
func (db *DB) Write(ctx context.Context, ops ...table.Op) error {
	if err := table.Validate(ops); err != nil {
		return err
	}
	if len(ops) == 0 {
		return nil
	}
	_, err := db.submit(ctx, func(tx *bbolt.Tx, now time.Time) (int, error) {
		return apply(tx, ops, now)
	})
	return err
}

// Sweep deletes up to limit rows that have expired and returns how many it deleted.
// Readers never see expired rows, swept or not; each deletion is a change in the feed,
// as the deletions of DynamoDB's TTL are.
func (db *DB) Sweep(ctx context.Context, limit int) (int, error) {
	return db.submit(ctx, func(tx *bbolt.Tx, now time.Time) (int, error) {
		return sweep(tx, now, limit)
	})
}

func (db *DB) view(ctx context.Context, fn func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := db.file.View(fn)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}

// present hides an expired item.
func present(it table.Item, now int64) table.Item {
	if expired(it, now) {
		return table.Item{Key: it.Key}
	}
	return it
}

func expired(it table.Item, now int64) bool {
	at := expiry(it)
	return at != 0 && at <= now
}
