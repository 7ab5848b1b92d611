// Package bolt is the queue on one machine: SQS's contract (groups in order, leases,
// dead letters, dedup for five minutes) over one bbolt file.
//
// What survives: a Send or Delete that returned nil, also through kill -9 and, unless
// Options.NoSync, through a power cut. Leases live in memory alone, so a crash makes
// what was in flight visible again: delivery is at least once. A receive is counted
// when the message comes back, so a receive that ended in a crash is not.
//
// The index of all messages is held in memory, about 200 bytes each; bodies stay in
// the file. All time comes from the now function given to Open.
package bolt

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/deskhook/deskhook/shared/queue"
)

// Errors of the engine itself, found with errors.Is.
var (
	ErrHeld   = errors.New("queue file held by another process") // another desk runs on it
	ErrClosed = errors.New("queue closed")                       // after Close; a Send under way may or may not have happened
)

// Options of Open. The zero value is good.
type Options struct {
	// NoSync leaves flushing to the operating system: what was sent survives the
	// process, not a power cut. For simulations and tests.
	NoSync bool
	// LockWait is how long Open waits for another process to let go of the file;
	// default one second.
	LockWait time.Duration
}

// DB is an open queue file. It is safe for concurrent use, and implements queue.Queue.
type DB struct {
	file  *bbolt.DB
	now   func() time.Time
	epoch uint64 // counts openings: no receipt outlives its own

	mu     sync.Mutex // guards queues' memory; never held over a sync
	queues map[queue.Name]*memory
	specs  []Spec

	changes   chan *change
	quit      chan struct{}
	closed    sync.Once
	committer sync.WaitGroup
}

var _ queue.Queue = (*DB)(nil)

// Open opens or makes the file at path and readies the queues of specs. Messages of a
// queue that is not among them stay in the file untouched. An error is ErrHeld if
// another process has the file, and names the file. now must not be nil; it may stand
// still but should not go back.
func Open(path string, now func() time.Time, specs []Spec, opt Options) (*DB, error) {
	specs, err := checkSpecs(specs)
	if err != nil {
		return nil, err
	}
	file, err := openFile(path, opt)
	if err != nil {
		return nil, err
	}
	db := &DB{
		file: file, now: now, specs: specs,
		queues:  map[queue.Name]*memory{},
		changes: make(chan *change), quit: make(chan struct{}),
	}
	if err := db.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("queue file %s: %w", path, err), file.Close())
	}
	db.committer.Go(db.commitLoop)
	return db, nil
}

func openFile(path string, opt Options) (*bbolt.DB, error) {
	wait := opt.LockWait
	if wait <= 0 {
		wait = time.Second
	}
	// The free list is found again at opening instead of written at each commit: half
	// the bytes per sync.
	file, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: wait, NoSync: opt.NoSync, NoFreelistSync: true,
		FreelistType: bbolt.FreelistMapType, InitialMmapSize: 1 << 26,
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, fmt.Errorf("%s: %w: another desk runs", path, ErrHeld)
	case err != nil:
		return nil, fmt.Errorf("queue file %s: %w", path, err)
	}
	return file, nil
}

// Close ends the engine. Waiting calls return ErrClosed; leases are forgotten, as by a
// crash. A second Close does nothing.
func (db *DB) Close() error {
	var err error
	db.closed.Do(func() {
		close(db.quit)
		db.committer.Wait()
		err = db.file.Close()
	})
	return err
}

// Specs returns the queues with their defaults filled in, in the order given to Open.
func (db *DB) Specs() []Spec { return append([]Spec(nil), db.specs...) }

func (db *DB) queue(name queue.Name) (*memory, error) {
	if q := db.queues[name]; q != nil { // the map itself never changes after Open
		return q, nil
	}
	return nil, fmt.Errorf("%w: no queue %q", queue.ErrUnknown, name)
}

func (db *DB) isClosed() bool {
	select {
	case <-db.quit:
		return true
	default:
		return false
	}
}
