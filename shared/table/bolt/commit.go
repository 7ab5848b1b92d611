package bolt

import (
	"context"
	"errors"
	"fmt"
	"time"

	bbolt "go.etcd.io/bbolt"
)

// maxGroup bounds a commit, so that the first of a group doesn't wait for hundreds.
const maxGroup = 256

// work is one writer's part of a commit. It returns how many rows it changed. An error
// of its own must come before its first change: the rest of the group is still
// committed. A fault of the file is wrapped in brokenError and ends the whole group.
type work func(tx *bbolt.Tx, now time.Time) (int, error)

// brokenError marks an error after which the transaction can't be committed.
type brokenError struct{ error }

func (e brokenError) Unwrap() error { return e.error }

// pending is a writer that waits for its commit.
type pending struct {
	ctx   context.Context
	do    work
	count int
	err   error
	ready chan struct{}
}

// submit hands work to the committer and waits for the commit.
func (db *DB) submit(ctx context.Context, do work) (int, error) {
	p := &pending{ctx: ctx, do: do, ready: make(chan struct{})}
	select {
	case db.writes <- p:
	case <-db.quit:
		return 0, ErrClosed
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case <-p.ready:
		return p.count, p.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// commitLoop is the only goroutine that writes to the file.
func (db *DB) commitLoop() {
	defer close(db.done)
	for {
		select {
		case <-db.quit:
			return
		case first := <-db.writes:
			db.commit(db.group(first))
		}
	}
}

// group collects whoever is waiting already; it waits for nobody.
func (db *DB) group(first *pending) []*pending {
	group := []*pending{first}
	for len(group) < maxGroup {
		select {
		case p := <-db.writes:
			group = append(group, p)
		default:
			return group
		}
	}
	return group
}

func (db *DB) commit(group []*pending) {
	last, err := db.commitTx(group)
	for _, p := range group {
		if err != nil {
			p.count, p.err = 0, err
		}
		close(p.ready)
	}
	if err == nil {
		db.announce(last)
	}
}

// commitTx runs the group in one transaction and returns the log's last sequence
// number. If nobody changed anything, nothing is synced.
func (db *DB) commitTx(group []*pending) (last uint64, err error) {
	tx, err := db.file.Begin(true)
	if err != nil {
		return 0, err
	}
	// After Commit this does nothing.
	defer func() { _ = tx.Rollback() }()
	changed, now := 0, db.now()
	for _, p := range group {
		if p.err = p.ctx.Err(); p.err != nil {
			continue
		}
		p.count, p.err = p.do(tx, now)
		if broken := (brokenError{}); errors.As(p.err, &broken) {
			return 0, broken.error
		}
		changed += p.count
	}
	last = tx.Bucket(bucketLog).Sequence()
	if changed == 0 {
		return last, nil
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("table/bolt: commit: %w", err)
	}
	return last, nil
}

// announce wakes those who wait for changes.
func (db *DB) announce(last uint64) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if last == db.last {
		return
	}
	db.last = last
	close(db.changed)
	db.changed = make(chan struct{})
}
