package ticketing

import (
	"context"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/recover"
	"github.com/deskhook/deskhook/shared/store"
)

// recovered notes with a recovery what its customer answered when they were asked again,
// in that answer's transaction. The customer counts as recovered while the score that
// counts is the better one.
func (d *Desk) recovered(ctx context.Context, tx *store.Tx, s *config.Settings, v desk.Survey, t desk.Ticket) ([]desk.Decision, error) {
	if v.After == "" {
		return nil, nil
	}
	row, err := d.Store.Recovery(ctx, v.Ticket, v.After)
	if err != nil || !row.Exists() {
		return nil, err
	}
	at, was := v.Score.At, row.Value
	r := recover.AskedAgain(was, kindOf(v), v.Score.Value, s.Bad(v, v.Score.Value), at)
	r.By, r.Updated, r.V = desk.Actor{Kind: desk.ByCustomer}, at, s.Version
	row.Value = r
	tx.PutRecovery(row)
	kind, code := desk.FactRecovered, "recovery.recovered"
	switch {
	case was.Recovered.IsZero() == r.Recovered.IsZero():
		return nil, nil
	case r.Recovered.IsZero():
		kind, code = desk.FactUnrecovered, "recovery.unrecovered"
	}
	tx.PutFact(recoveryFactID(kind, r, fmt.Sprint(v.Answers)), recoveryFact(s, kind, r, t, at))
	return []desk.Decision{said(code)}, nil
}

// recoveryFact counts for the team that had the ticket when the recovery opened.
func recoveryFact(s *config.Settings, kind desk.FactKind, r desk.Recovery, t desk.Ticket, at time.Time) desk.Fact {
	f := fact(s, kind, t, at)
	f.Team, f.Assignee = r.Team, r.Owner
	return f
}

func recoveryFactID(kind desk.FactKind, r desk.Recovery, more ...string) string {
	return desk.DeriveID("fact", append([]string{string(kind), string(r.Ticket), string(r.Survey)}, more...)...)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
