package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"
)

// change is what one call wants written. The committer runs stage in the transaction
// it shares with all calls that wait at that moment, then, after the sync, apply, or
// undo if the transaction failed. All three run with DB.mu held, one change at a time.
//
// stage looks at memory, claims what it takes and writes; the call's own refusals are
// kept by the closure, so that one call never fails another. An error from stage means
// the file is at fault and fails the transaction.
type change struct {
	stage func(tx *bbolt.Tx) (wrote bool, err error)
	apply func()
	undo  func()
	bytes int
	done  chan error
}

// A transaction's size is bounded so that the first of a burst does not wait for all.
const (
	groupMax   = 1024
	groupBytes = 8 << 20
)

// submit hands a change to the committer and waits for it. After a context's end the
// outcome is unknown.
func (db *DB) submit(ctx context.Context, c *change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.done = make(chan error, 1)
	select {
	case <-db.quit:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	case db.changes <- c:
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// commitLoop is the only writer. While it syncs, the next callers queue up, and the
// next transaction takes them all: no timer, no delay for a lone caller.
func (db *DB) commitLoop() {
	for {
		select {
		case <-db.quit:
			return
		case c := <-db.changes:
			db.commit(db.gather(c))
		}
	}
}

func (db *DB) gather(first *change) []*change {
	group, size := []*change{first}, first.bytes
	for len(group) < groupMax && size < groupBytes {
		select {
		case c := <-db.changes:
			group, size = append(group, c), size+c.bytes
		default:
			return group
		}
	}
	return group
}

func (db *DB) commit(group []*change) {
	staged, err := db.write(group)
	if err != nil {
		err = fmt.Errorf("queue file: %w", err)
	}
	db.mu.Lock()
	if err == nil {
		for _, c := range staged {
			c.apply()
		}
	} else {
		for i := len(staged) - 1; i >= 0; i-- {
			staged[i].undo()
		}
	}
	db.mu.Unlock()
	for _, c := range group {
		c.done <- err
	}
}

// write stages the group and syncs it, unless nobody wrote anything.
func (db *DB) write(group []*change) (staged []*change, err error) {
	tx, err := db.file.Begin(true)
	if err != nil {
		return nil, err
	}
	wrote, staged, err := db.stage(tx, group)
	if err != nil || !wrote {
		if rerr := tx.Rollback(); err == nil {
			err = rerr
		}
		return staged, err
	}
	return staged, tx.Commit()
}

func (db *DB) stage(tx *bbolt.Tx, group []*change) (wrote bool, staged []*change, err error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, c := range group {
		w, err := c.stage(tx)
		staged, wrote = append(staged, c), wrote || w // with the failed one: it undoes its part
		if err != nil {
			return wrote, staged, err
		}
	}
	return wrote, staged, nil
}
