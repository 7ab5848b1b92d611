package store

import (
	"context"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// ExportLife is how long an export is kept, its file too.
const ExportLife = 7 * 24 * time.Hour

// Export reads one that somebody asked for; NotFound where there is none.
func (s *Store) Export(ctx context.Context, by, id string) (Row[desk.Export], error) {
	r, err := get[desk.Export](ctx, s, exportKey(by, id))
	return must(r, err, "export")
}

// Exports lists what somebody asked for, the newest first.
func (s *Store) Exports(ctx context.Context, by string, limit int) ([]Row[desk.Export], error) {
	rows, _, err := rowsOf[desk.Export](ctx, s, table.Query{PK: exportPK(by), Limit: limit, Reverse: true})
	return rows, err
}

// PutExport writes one; it goes by itself.
func (tx *Tx) PutExport(r Row[desk.Export]) {
	put(tx, exportKey(r.Value.By.ID, r.Value.ID), r, table.Item{Expires: r.Value.At.Add(ExportLife).Truncate(time.Second)})
}

// ExportOf tells a change of the feed that put a new export: what jobs is to make.
func ExportOf(c table.Change) (desk.Export, bool) {
	if c.Old.Exists() || !strings.HasPrefix(c.Key.PK, "Y#") {
		return desk.Export{}, false
	}
	r, err := decode[desk.Export](c.New)
	return r.Value, err == nil && r.Exists() && r.Value.State == desk.ExportWaiting
}

// TicketsOpened lists a team's tickets of one status opened in a time, to not included,
// the oldest first. Units: 0.5 r per 4 kB.
func (s *Store) TicketsOpened(ctx context.Context, team string, st desk.Status, from, to time.Time, cursor string, limit int) (TicketPage, error) {
	return s.ticketIDs(ctx, table.Query{Index: table.View, PK: viewPK(team, st), From: stamp(from), To: stamp(to), Cursor: cursor, Limit: limit})
}
