package store

import (
	"context"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Recovery reads the recovery of an asking about a ticket; Exists is false where there
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
	if !v.Recovered.IsZero() {
		it.Index[table.Mine] = table.IndexKey{
			PK: recoveredPK(v.Team, v.Recovered.UTC().Format(feedbackMonth)), SK: stamp(v.Recovered) + "#" + part(string(v.Survey)),
		}
	}
	put(tx, key, r, it)
}

// RecoveriesOf lists those of a ticket, at most 20.
func (s *Store) RecoveriesOf(ctx context.Context, t desk.TicketID) ([]Row[desk.Recovery], error) {
	rows, _, err := rowsOf[desk.Recovery](ctx, s, table.Query{PK: ticketPK(t), Prefix: "V#", Limit: 20})
	return rows, err
}

// Recoveries lists some teams' of one state, the first deadline first, after the cursor of
// the page before. Units: 0.5 per team and 4 kB of its list, and 1 per row.
func (s *Store) Recoveries(ctx context.Context, teams []string, st desk.RecoveryState, after string, limit int) ([]Row[desk.Recovery], string, error) {
	var lists []table.Query
	for _, team := range teams {
		lists = append(lists, table.Query{Index: table.View, PK: recoveryPK(team, st)})
	}
	all, next, err := s.merge(ctx, lists, after, limit, false)
	if err != nil {
		return nil, "", err
	}
	rows, err := s.recoveries(ctx, all, func(r desk.Recovery) bool { return r.State == st })
	return rows, next, err
}

// Recovered lists some teams' recoveries of a month (2006-01) after which the customer,
// asked again, was better content, newest first. Units as Recoveries.
func (s *Store) Recovered(ctx context.Context, teams []string, month, after string, limit int) ([]Row[desk.Recovery], string, error) {
	var lists []table.Query
	for _, team := range teams {
		lists = append(lists, table.Query{Index: table.Mine, PK: recoveredPK(team, month)})
	}
	all, next, err := s.merge(ctx, lists, after, limit, true)
	if err != nil {
		return nil, "", err
	}
	rows, err := s.recoveries(ctx, all, func(r desk.Recovery) bool { return !r.Recovered.IsZero() })
	return rows, next, err
}

// recoveries reads the rows of a page; those that don't fit are of an index that lags
// behind.
func (s *Store) recoveries(ctx context.Context, all []place, fits func(desk.Recovery) bool) ([]Row[desk.Recovery], error) {
	if len(all) == 0 {
		return nil, nil
	}
	keys := make([]table.Key, len(all))
	for i, p := range all {
		keys[i] = p.key
	}
	items, err := s.T.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	var out []Row[desk.Recovery]
	for _, it := range items {
		r, err := decode[desk.Recovery](it)
		if err != nil {
			return nil, err
		}
		if r.Exists() && fits(r.Value) {
			out = append(out, r)
		}
	}
	return out, nil
}

func isRecovery(key table.Key) bool {
	return strings.HasPrefix(key.PK, "T#") && strings.HasPrefix(key.SK, "V#")
}

// RecoveryKey is where a recovery lies.
func RecoveryKey(r desk.Recovery) table.Key { return recoveryKey(r.Ticket, r.Survey) }
