// Package deadletters is what people and programs can do about what was given up: give it
// to its queue once more, or drop it. It only writes rows; relay sends what was redriven.
//
// A redrive is safe to repeat, as each message behind the queues is: what was applied is
// known as seen, nudges and timers are read again, jobs find their work done.
package deadletters

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

// Queues are those that letters may be of: the desk's, and the change feed.
var Queues = append(slices.Clone(queue.Names), store.Feed)

// Act is who does something, and when, under which version of the settings.
type Act struct {
	By       desk.Actor
	At       time.Time
	Settings int64
}

// Desk does it.
type Desk struct{ Store *store.Store }

// Reader is the function that a queue's messages are for: in its log stands why they
// failed.
func Reader(d store.DeadLetter) string {
	switch d.Queue {
	case queue.Inbound:
		return "tickets"
	case queue.Outbound:
		return "delivery"
	case queue.SESMail:
		return "email"
	case store.Feed:
		return d.About.Reader
	}
	return string(d.Queue)
}

// toldFor is how long after it was sent a letter may be redriven that tells somebody
// something. By which they were told already is kept for 30 days: see store.PutHook.
const toldFor = 29 * 24 * time.Hour

// Why a letter can't be redriven.
var (
	ErrFigures = desk.Errorf(desk.Conflict, "figures are mended by a recount (deskhook recount), not by a redrive")
	ErrLate    = desk.Errorf(desk.Conflict, "it is older than 29 days: whom it has told already is forgotten")
)

// Refused says why a letter can't be redriven at a time; nil where it can. What figures
// was given up on is mended by a recount: its records can't be told from those that it has
// counted.
func Refused(d store.DeadLetter, at time.Time) error {
	if d.Queue == store.Feed && d.About.Reader != "relay" {
		return ErrFigures
	}
	tells := d.Queue == store.Feed || d.Queue == queue.Jobs && (d.About.Kind == work.JobHook || d.About.Kind == work.JobNotice)
	if tells && at.Sub(d.Sent) > toldFor {
		return ErrLate
	}
	return nil
}

// Get reads one; NotFound where there is none.
func (d Desk) Get(ctx context.Context, q queue.Name, id string) (store.DeadLetter, error) {
	row, err := d.row(ctx, q, id)
	return row.Value, err
}

func (d Desk) row(ctx context.Context, q queue.Name, id string) (store.Row[store.DeadLetter], error) {
	if !slices.Contains(Queues, q) {
		return store.Row[store.DeadLetter]{}, desk.Errorf(desk.NotFound, "no such dead letter")
	}
	row, err := d.Store.DeadLetter(ctx, q, id)
	if err == nil && !row.Exists() {
		err = desk.Errorf(desk.NotFound, "no such dead letter")
	}
	return row, err
}

// Redrive gives a letter to its queue once more. Conflict where that was done, or an
// older one of the same sender lies before it: order would be lost.
func (d Desk) Redrive(ctx context.Context, a Act, q queue.Name, id string) (store.DeadLetter, error) {
	return d.change(ctx, q, id, func(l *store.DeadLetter) error {
		if err := Refused(*l, a.At); err != nil {
			return err
		}
		if l.Group != "" {
			oldest, err := d.Store.OldestDead(ctx, q, id)
			if err != nil {
				return err
			}
			if oldest < id {
				return desk.Errorf(desk.Conflict, "an older one of the same sender lies before it: redrive or drop that first")
			}
		}
		l.Redriven, l.By, l.Settings = a.At, a.By, a.Settings
		return nil
	})
}

// Drop throws a letter's bytes away for good; that it was there, and who dropped it,
// stays until its life is over.
func (d Desk) Drop(ctx context.Context, a Act, q queue.Name, id string) (store.DeadLetter, error) {
	return d.change(ctx, q, id, func(l *store.DeadLetter) error {
		l.Dropped, l.By, l.Settings, l.Body = a.At, a.By, a.Settings, ""
		return nil
	})
}

func (d Desk) change(ctx context.Context, q queue.Name, id string, do func(*store.DeadLetter) error) (store.DeadLetter, error) {
	row, err := d.row(ctx, q, id)
	if err != nil {
		return row.Value, err
	}
	if !row.Value.Open() {
		return row.Value, errDone
	}
	if err := do(&row.Value); err != nil {
		return row.Value, err
	}
	var tx store.Tx
	tx.PutDeadLetter(row)
	err = d.Store.Commit(ctx, &tx)
	if errors.Is(err, table.ErrConflict) {
		return row.Value, errDone
	}
	return row.Value, err
}

var errDone = desk.Errorf(desk.Conflict, "it was redriven or dropped already")

// RedriveAll redrives a page of a queue's open letters, each sender's in their order. It
// says how many; a further page follows while next isn't empty. What can't be redriven, or
// somebody else has done meanwhile, is passed over.
func (d Desk) RedriveAll(ctx context.Context, a Act, q queue.Name, cursor string, limit int) (n int, next string, err error) {
	list, next, err := d.Store.DeadLetters(ctx, q, true, cursor, limit)
	if err != nil {
		return 0, "", err
	}
	for _, l := range list {
		_, err := d.change(ctx, q, l.ID, func(l *store.DeadLetter) error {
			if err := Refused(*l, a.At); err != nil {
				return err
			}
			l.Redriven, l.By, l.Settings = a.At, a.By, a.Settings
			return nil
		})
		switch {
		case err == nil:
			n++
		case desk.KindOf(err) != desk.Conflict && desk.KindOf(err) != desk.NotFound:
			return n, "", err
		}
	}
	return n, next, nil
}

// Count is how many open letters a queue has, up to MaxCount; more says that there are
// more than that.
type Count struct {
	Queue queue.Name
	Open  int
	More  bool
}

// MaxCount is how far open letters are counted.
const MaxCount = 99

// Counts counts the open letters of each queue: 0.5 r each, 4 r where there are many.
func (d Desk) Counts(ctx context.Context) ([]Count, error) {
	var out []Count
	for _, q := range Queues {
		list, next, err := d.Store.DeadLetters(ctx, q, true, "", MaxCount)
		if err != nil {
			return nil, fmt.Errorf("dead letters of %s: %w", q, err)
		}
		out = append(out, Count{q, len(list), next != ""})
	}
	return out, nil
}

// Keep lays down what was found. Found again it is the same: after a crash between this
// and its deletion. One that had been redriven or dropped meanwhile is open once more,
// since it can't be told from one that came back: twice is mended behind the queue, lost
// would be lost.
func (d Desk) Keep(ctx context.Context, l store.DeadLetter) error {
	var tx store.Tx
	tx.PutDeadLetter(store.Row[store.DeadLetter]{Value: l})
	err := d.Store.Commit(ctx, &tx)
	if !errors.Is(err, table.ErrConflict) {
		return err
	}
	return d.Reopen(ctx, l)
}

// Reopen lays a letter down as not done, whatever was done about it.
func (d Desk) Reopen(ctx context.Context, l store.DeadLetter) error {
	row, err := d.Store.DeadLetter(ctx, l.Queue, l.ID)
	if err != nil || row.Exists() && row.Value.Open() {
		return err
	}
	l.Again = row.Value.Again + 1
	l.Redriven, l.Dropped, l.By = time.Time{}, time.Time{}, desk.Actor{}
	row.Value = l
	var tx store.Tx
	tx.PutDeadLetter(row)
	return d.Store.Commit(ctx, &tx)
}
