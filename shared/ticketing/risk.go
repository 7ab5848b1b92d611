package ticketing

import (
	"context"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/lifecycle"
	"github.com/deskhook/deskhook/shared/store"
)

// LookAtRisk judges how likely a customer is to leave, tells it where that has changed
// since the last look, and sets when to look next. Only a desk whose settings have
// somebody to tell keeps looking. One who is gone is nobody's concern. Units: 3 R and 1
// per address and ticket; 2 W where it has changed.
func (d *Desk) LookAtRisk(ctx context.Context, id desk.CustomerID, at time.Time) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	act := Act{By: desk.Actor{Kind: desk.ByDesk}, At: at}
	return d.attempt(ctx, func(int) error {
		row, err := d.Store.Customer(ctx, id)
		if desk.KindOf(err) == desk.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		c := &row.Value
		was := *c
		if !s.Tells(desk.EventChurnRiskChanged) {
			c.Risk, c.RiskNext = "", time.Time{}
			return d.putRisk(ctx, was, row, nil)
		}
		k, err := d.known(ctx, *c)
		if err != nil {
			return err
		}
		v := lifecycle.Judge(s.LifecycleRules(), k, at)
		c.Risk, c.RiskNext = string(v.Level), lifecycle.Next(s.LifecycleRules(), k, at)
		return d.putRisk(ctx, was, row, told(s.Version, act, was, v))
	})
}

// told is the journal's row of a level that has changed; one who was never looked at
// counts as low.
func told(settings int64, act Act, was desk.Customer, v lifecycle.Verdict) *desk.Message {
	before := was.Risk
	if before == "" {
		before = string(lifecycle.Low)
	}
	if before == string(v.Level) {
		return nil
	}
	reasons := make([]string, len(v.Reasons))
	for i, r := range v.Reasons {
		reasons[i] = r.Code
	}
	j := journal("", act.By, act.At, settings, said(lifecycle.RiskChanged,
		"was_risk", before, "risk", string(v.Level), "stage", string(v.Stage), "reasons", strings.Join(reasons, ", ")))
	return &j
}

func (d *Desk) putRisk(ctx context.Context, was desk.Customer, row store.Row[desk.Customer], j *desk.Message) error {
	if was.Risk == row.Value.Risk && was.RiskNext.Equal(row.Value.RiskNext) {
		return nil
	}
	var tx store.Tx
	tx.PutCustomer(row)
	if j != nil {
		tx.PutCustomerEvent(row.Value.ID, *j)
	}
	return d.Store.Commit(ctx, &tx)
}
