package store

import (
	"context"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Quarantined is something authentic that could not be applied, kept with the reason.
type Quarantined struct {
	ID       string       `json:"id"`
	At       time.Time    `json:"at"`
	Channel  desk.Channel `json:"ch"`
	Account  string       `json:"ac"`
	Reason   string       `json:"why"` // in words; never the customer's
	Envelope []byte       `json:"env"` // as it came from the queue
	Blob     string       `json:"b,omitempty"`

	// What became of it since; a release that fails again stands here as not released.
	Released time.Time `json:"rel,omitzero"` // given to the queue once more
	Dropped  time.Time `json:"drp,omitzero"` // its bytes are gone
	By       string    `json:"by,omitempty"` // who released or dropped it
	Again    int       `json:"n,omitempty"`  // releases that failed
}

// Open says whether it still waits for somebody.
func (q Quarantined) Open() bool { return q.Released.IsZero() && q.Dropped.IsZero() }

// quarantineLife is how long the quarantine keeps what nobody looked at.
const quarantineLife = 90 * 24 * time.Hour

// PutQuarantine keeps it. Its key comes from the envelope, so that a second try
// conflicts.
func (tx *Tx) PutQuarantine(q Quarantined) {
	put(tx, quarantineKey(q.At, q.ID), Row[Quarantined]{Value: q},
		table.Item{Expires: q.At.Add(quarantineLife).Truncate(time.Second)})
}

// Quarantine lists what was put aside on a day (2006-01-02, UTC), newest first.
func (s *Store) Quarantine(ctx context.Context, day, cursor string, limit int) ([]Row[Quarantined], string, error) {
	return rowsOf[Quarantined](ctx, s, table.Query{PK: quarantinePK(day), Cursor: cursor, Limit: limit, Reverse: true})
}

// QuarantineOf reads one entry back; Exists is false where there is none.
func (s *Store) QuarantineOf(ctx context.Context, at time.Time, id string) (Row[Quarantined], error) {
	return get[Quarantined](ctx, s, quarantineKey(at, id))
}

// ChangeQuarantine writes an entry that was read before, with what is left of its life.
func (tx *Tx) ChangeQuarantine(r Row[Quarantined]) {
	put(tx, quarantineKey(r.Value.At, r.Value.ID), r,
		table.Item{Expires: r.Value.At.Add(quarantineLife).Truncate(time.Second)})
}

// ReleasedOf tells a change of the feed that released an entry of the quarantine: what
// relay gives to the queue once more.
func ReleasedOf(c table.Change) (Quarantined, bool) {
	if !strings.HasPrefix(c.Key.PK, "X#") || !c.New.Exists() {
		return Quarantined{}, false
	}
	now, err := decode[Quarantined](c.New)
	if err != nil || now.Value.Released.IsZero() {
		return Quarantined{}, false
	}
	was, err := decode[Quarantined](c.Old)
	return now.Value, err == nil && !was.Value.Released.Equal(now.Value.Released)
}
