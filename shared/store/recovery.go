package store

import (
	"context"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Recovery reads the follow-up of an asking about a ticket; Exists is false where there
// is none.
func (s *Store) Recovery(ctx context.Context, t desk.TicketID, id desk.SurveyID) (Row[desk.Recovery], error) {
	return get[desk.Recovery](ctx, s, recoveryKey(t, id))
}

// PutRecovery writes one: with its timer while it has one, in its team's list by state
// and deadline.
func (tx *Tx) PutRecovery(r Row[desk.Recovery]) {
	v := r.Value
	key := recoveryKey(v.Ticket, v.Survey)
	it := withDue(table.Item{}, key, v.Timer)
	if it.Index == nil {
		it.Index = map[table.Index]table.IndexKey{}
	}
	it.Index[table.View] = recoveryIndex(v)
	put(tx, key, r, it)
}

// RecoveriesOf lists those of a ticket, at most 20.
func (s *Store) RecoveriesOf(ctx context.Context, t desk.TicketID) ([]Row[desk.Recovery], error) {
	rows, _, err := rowsOf[desk.Recovery](ctx, s, table.Query{PK: ticketPK(t), Prefix: "V#", Limit: 20})
	return rows, err
}

// Recoveries lists a team's of one state, the first deadline first. Units: 0.5 per 8 kB
// of the list and 1 per row.
func (s *Store) Recoveries(ctx context.Context, team string, st desk.RecoveryState, cursor string, limit int) ([]Row[desk.Recovery], string, error) {
	page, err := s.T.Query(ctx, table.Query{Index: table.View, PK: recoveryPK(team, st), Cursor: cursor, Limit: limit})
	if err != nil || len(page.Items) == 0 {
		return nil, page.Cursor, err
	}
	keys := make([]table.Key, len(page.Items))
	for i, it := range page.Items {
		keys[i] = it.Key
	}
	items, err := s.T.Get(ctx, keys...)
	if err != nil {
		return nil, "", err
	}
	var out []Row[desk.Recovery]
	for _, it := range items {
		r, err := decode[desk.Recovery](it)
		if err != nil {
			return nil, "", err
		}
		if r.Exists() && r.Value.State == st { // an index may lag behind
			out = append(out, r)
		}
	}
	return out, page.Cursor, nil
}

func isRecovery(key table.Key) bool {
	return strings.HasPrefix(key.PK, "T#") && strings.HasPrefix(key.SK, "V#")
}

// RecoveryKey is where a recovery lies.
func RecoveryKey(r desk.Recovery) table.Key { return recoveryKey(r.Ticket, r.Survey) }
