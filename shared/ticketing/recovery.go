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

// followUp opens the recovery of a bad answer, or brings it up to a changed one, in the
// answer's transaction.
func (d *Desk) followUp(ctx context.Context, tx *store.Tx, s *config.Settings, v desk.Survey, t desk.Ticket, at time.Time) ([]desk.Decision, error) {
	bad := s.Bad(v, v.Score.Value)
	if !bad && v.Answers <= 1 {
		return nil, nil // a first good answer: nothing to look for
	}
	row, err := d.Store.Recovery(ctx, v.Ticket, v.ID)
	if err != nil || !row.Exists() && (!bad || s.Recoveries.Disabled) {
		return nil, err
	}
	was := row.Value
	r := &row.Value
	var ds []desk.Decision
	if !row.Exists() {
		*r = recover.Open(desk.Recovery{
			Survey: v.ID, Ticket: v.Ticket, Customer: v.Customer, Team: t.Team, Owner: s.RecoveryOwner(t),
			Kind: kindOf(v), Of: v.Of, Score: v.Score.Value,
		}, s.RecoveryRules(), at)
		tx.PutFact(recoveryFactID(desk.FactRecoveryOpened, *r), recoveryFact(s, desk.FactRecoveryOpened, *r, t, at))
		ds = append(ds, said("recovery.opened", "at", r.Deadline.UTC().Format(time.RFC3339), "owner", r.Owner))
	} else if *r = recover.Rescored(was, v.Score.Value, bad); *r == was {
		return nil, nil
	}
	switch {
	case r.State == desk.RecoveryDropped && was.State != r.State:
		ds = append(ds, said("recovery.dropped"))
	case was.State == desk.RecoveryDropped && was.State != r.State:
		ds = append(ds, said("recovery.reopened", "at", r.Deadline.UTC().Format(time.RFC3339)))
	}
	r.By, r.Updated, r.V = desk.Actor{Kind: desk.ByCustomer}, at, s.Version
	tx.PutRecovery(row)
	return ds, nil
}

// FireRecovery escalates a follow-up that nobody has begun in time, once: it goes to a
// lead, and the ticket tells. A past generation does nothing.
func (d *Desk) FireRecovery(ctx context.Context, t desk.TicketID, id desk.SurveyID, gen int, at time.Time) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return d.attempt(ctx, func(int) error {
		row, err := d.Store.Recovery(ctx, t, id)
		if err != nil || !row.Exists() {
			return err
		}
		r, over := recover.Fire(row.Value, gen, at)
		if !over {
			return nil
		}
		if lead := s.LeadOf(r.Team); lead != "" {
			r.Owner = lead
		}
		r.By, r.Updated, r.V = desk.Actor{Kind: desk.ByDesk}, at, s.Version
		row.Value = r
		var tx store.Tx
		tx.PutRecovery(row)
		j := journal(t, r.By, at, s.Version, said("recovery.due", "owner", r.Owner))
		j.ID = desk.NewMessageID(at, "recovery.due", string(id)) // a ticket may have two in one minute
		tx.PutMessage(store.Row[desk.Message]{Value: j})
		return d.Store.Commit(ctx, &tx)
	})
}

// RecoveryChange is what a person changes of a recovery; what is nil or empty stays.
type RecoveryChange struct {
	State *desk.RecoveryState
	Owner *string // an agent's id; "" = nobody
	Note  string  // kept on the ticket's timeline, for agents only
}

// Recovery reads the follow-up of an asking, or of a record of feedback by its id;
// NotFound where there is none.
func (d *Desk) Recovery(ctx context.Context, id desk.SurveyID) (store.Row[desk.Recovery], error) {
	v, err := d.Store.Survey(ctx, id)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		f, ferr := d.Store.Feedback(ctx, desk.FeedbackID(id))
		if ferr != nil || f.Value.Ticket == "" {
			return store.Row[desk.Recovery]{}, firstError(ferr, err)
		}
		v.Value.Ticket, err = f.Value.FollowedIn(), nil
	}
	if err != nil {
		return store.Row[desk.Recovery]{}, err
	}
	row, err := d.Store.Recovery(ctx, v.Value.Ticket, id)
	if err == nil && !row.Exists() {
		err = desk.Errorf(desk.NotFound, "no such recovery")
	}
	return row, err
}

// ChangeRecovery moves a recovery on, gives it to somebody else or notes something about
// it; the ticket's timeline tells. Moved to asked_again it plans an asking, for which all
// rules about whom to ask and how often count. It gives the recovery as it then is.
func (d *Desk) ChangeRecovery(ctx context.Context, act Act, id desk.SurveyID, c RecoveryChange) (desk.Recovery, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return desk.Recovery{}, err
	}
	if c.Owner != nil && *c.Owner != "" {
		if _, ok := s.Agent(*c.Owner); !ok {
			return desk.Recovery{}, desk.FieldError("owner", "there is no agent %q", *c.Owner)
		}
	}
	if len(c.Note) > maxText {
		return desk.Recovery{}, desk.FieldError("note", "has %d bytes, at most %d are taken", len(c.Note), maxText)
	}
	var out desk.Recovery
	err = d.attempt(ctx, func(int) error {
		row, err := d.Recovery(ctx, id)
		if err != nil {
			return err
		}
		x := &recovering{desk: d, s: s, act: act, row: row}
		x.r = &x.row.Value
		err = x.change(ctx, c)
		out = *x.r
		return err
	})
	return out, err
}

// recovering is one try of changing a recovery.
type recovering struct {
	desk *Desk
	s    *config.Settings
	act  Act
	row  store.Row[desk.Recovery]
	r    *desk.Recovery // &row.Value
	tx   store.Tx
	said []desk.Decision
}

func (x *recovering) change(ctx context.Context, c RecoveryChange) error {
	if done, err := x.desk.before(ctx, x.act, x.r.Ticket); err != nil || done.Exists() {
		return err
	}
	if c.Owner != nil && *c.Owner != x.r.Owner {
		x.said = append(x.said, said("recovery.owner", "before", x.r.Owner, "owner", *c.Owner))
		x.r.Owner = *c.Owner
	}
	if c.State != nil {
		if err := x.move(ctx, *c.State); err != nil {
			return err
		}
	}
	if c.Note != "" && len(x.said) == 0 {
		x.said = append(x.said, said("recovery.note"))
	}
	if len(x.said) == 0 {
		return x.act.onceUnchanged(ctx, x.desk.Store, x.r.Ticket)
	}
	x.r.By, x.r.Updated, x.r.V = x.act.By, x.act.At, x.s.Version
	j := journal(x.r.Ticket, x.act.By, x.act.At, x.s.Version, x.said...)
	j.ID = desk.NewMessageID(x.act.At, "recovery", string(x.r.Survey), x.act.By.ID, fmt.Sprint(x.row.Version), c.Note)
	j.Text = c.Note
	x.tx.PutMessage(store.Row[desk.Message]{Value: j})
	x.tx.PutRecovery(x.row)
	x.act.once(&x.tx, x.r.Ticket, j.ID)
	return x.desk.Store.Commit(ctx, &x.tx)
}

var moved = map[desk.RecoveryState]string{
	desk.RecoveryContacted: "recovery.contacted", desk.RecoveryDone: "recovery.done", desk.RecoveryAskedAgain: "recovery.asked_again",
}

func (x *recovering) move(ctx context.Context, to desk.RecoveryState) error {
	was := *x.r
	r, err := recover.Move(was, to, x.act.At)
	if err != nil || r == was {
		return err
	}
	*x.r = r
	x.said = append(x.said, said(moved[to]))
	switch to {
	case desk.RecoveryDone:
		t, err := x.desk.Store.Ticket(ctx, r.Ticket)
		x.tx.PutFact(recoveryFactID(desk.FactRecoveryDone, r), recoveryFact(x.s, desk.FactRecoveryDone, r, t.Value, x.act.At))
		return err
	case desk.RecoveryAskedAgain:
		return x.askAgain(ctx)
	}
	return nil
}

// askAgain plans the asking that shows whether the follow-up helped.
func (x *recovering) askAgain(ctx context.Context) error {
	of := x.s.Recoveries.AskAgain
	if of == "" {
		of = x.r.Of
	}
	def, ok := x.s.Survey(of)
	if !ok || def.Disabled {
		return desk.FieldError("state", "the survey that would ask again is gone or disabled")
	}
	t, err := x.desk.Store.Ticket(ctx, x.r.Ticket)
	if err != nil {
		return err
	}
	id := desk.SurveyID(desk.DeriveID("survey", "again", string(x.r.Survey)))
	v := newSurvey(def, id, t.Value, desk.WhenAsked, x.act.At)
	v.After, x.r.Again = x.r.Survey, id
	x.said = append(x.said, said("survey.planned", "at", v.Due.UTC().Format(time.RFC3339)))
	x.tx.PutSurvey(store.Row[desk.Survey]{Value: v})
	return nil
}
