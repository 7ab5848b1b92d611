package ticketing

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/policy/ask"
	"github.com/deskhook/deskhook/shared/policy/fallback"
	"github.com/deskhook/deskhook/shared/store"
)

// Bounds of a CSAT score.
const (
	CSATMin = 1
	CSATMax = 5
)

// askedKept is how many of a customer's survey times are remembered for the caps.
const askedKept = 5

// Window says whether a channel takes a message to an identity at a time.
type Window func(id desk.Identity, at time.Time) bool

// FireSurvey does what a survey's timer has promised: asks, or skips with the reason
// on the ticket, or lets the question expire. It does nothing for a past generation.
func (d *Desk) FireSurvey(ctx context.Context, id desk.SurveyID, gen int, at time.Time, open Window) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return d.attempt(ctx, func(int) error {
		row, err := d.Store.Survey(ctx, id)
		if err != nil {
			return err
		}
		v := &row.Value
		if v.Gen != gen || v.Due.IsZero() || v.Due.After(at) {
			return nil
		}
		f := &asking{desk: d, s: s, row: row, v: &row.Value, at: at, open: open}
		f.v = &f.row.Value
		if f.v.State != desk.SurveyPlanned {
			return f.expire(ctx)
		}
		return f.ask(ctx)
	})
}

// asking is one try of asking a survey.
type asking struct {
	desk *Desk
	s    *config.Settings
	row  store.Row[desk.Survey]
	v    *desk.Survey
	at   time.Time
	open Window
	tx   store.Tx
	said []desk.Decision // that it is asked another way
}

func (f *asking) expire(ctx context.Context) error {
	f.v.State, f.v.Due, f.v.Gen = desk.SurveyExpired, time.Time{}, f.v.Gen+1
	f.tx.PutSurvey(f.row)
	return f.desk.Store.Commit(ctx, &f.tx)
}

func (f *asking) ask(ctx context.Context) error {
	t, err := f.desk.Store.Ticket(ctx, f.v.Ticket)
	if err != nil {
		return err
	}
	id, err := f.desk.Store.Identity(ctx, f.v.To)
	if err != nil {
		return err
	}
	c, err := f.desk.Store.Customer(ctx, f.v.Customer)
	if err != nil && desk.KindOf(err) != desk.NotFound {
		return err
	}
	open := f.open == nil || f.open(id.Value, f.at)
	if !open && id.Value.Gone.IsZero() && !id.Value.OptedOut() {
		if id, open, err = f.elsewhere(ctx, t.Value, id); err != nil {
			return err
		}
	}
	why := ask.Skip(ask.Question{
		Survey: *f.v, Ticket: t.Value, Identity: id.Value, Customer: c.Value,
		WindowOpen: open,
		Enabled:    f.s.CSAT.Enabled, Cooldown: f.s.CSAT.Cooldown.D(), At: f.at,
	})
	if why != "" {
		return f.skip(ctx, t, why)
	}
	return f.send(ctx, t, id, c)
}

// elsewhere asks by mail or SMS where the ticket's channel takes no message now. There the
// link alone answers: a digit would count on the channel that the question never reached.
func (f *asking) elsewhere(ctx context.Context, t desk.Ticket, id store.Row[desk.Identity]) (store.Row[desk.Identity], bool, error) {
	to, err := Elsewhere(ctx, f.desk.Store, f.s, t, desk.Message{From: f.v.To, Purpose: "survey"})
	if err != nil || to.ID == "" {
		return id, false, err
	}
	f.said = append(f.said, fallback.Decision(f.v.To, to))
	f.v.To = to
	id, err = f.desk.Store.Identity(ctx, to)
	return id, true, err
}

func (f *asking) skip(ctx context.Context, t store.Row[desk.Ticket], why string) error {
	f.v.State, f.v.Why, f.v.Due, f.v.Gen = desk.SurveySkipped, why, time.Time{}, f.v.Gen+1
	f.tx.PutSurvey(f.row)
	j := journal(f.v.Ticket, desk.Actor{Kind: desk.ByDesk}, f.at, f.s.Version, said("survey.skipped", "why", why))
	f.tx.PutMessage(store.Row[desk.Message]{Value: j})
	f.tx.PutFact(desk.DeriveID("fact", "skipped", string(f.v.ID)), fact(f.s, desk.FactSurveySkipped, t.Value, f.at))
	return f.desk.Store.Commit(ctx, &f.tx)
}

func (f *asking) send(ctx context.Context, t store.Row[desk.Ticket], id store.Row[desk.Identity], c store.Row[desk.Customer]) error {
	v := f.v
	v.State, v.Asked, v.Gen = desk.SurveyAsked, f.at, v.Gen+1
	v.Expires = f.at.Add(f.s.CSAT.Expires.D())
	v.Due = v.Expires
	text := f.s.CSAT.Question.In(v.Lang)
	url := links.Survey(f.s.Desk.PublicURL, f.desk.Key, v.ID, v.Expires)
	enqueue(&f.tx, &t.Value, desk.Message{
		ID: desk.NewMessageID(f.at, "survey", string(v.ID)), By: desk.Actor{Kind: desk.ByDesk}, At: f.at,
		From: v.To, Subject: t.Value.Subject, Text: strings.TrimSpace(text) + "\n" + url,
		Purpose: "survey", Survey: v.ID, Lang: v.Lang, V: f.s.Version,
		Decisions: append([]desk.Decision{said("survey.asked")}, f.said...),
	})
	f.tx.PutTicket(t)
	if oneTicketEach(v.To.Channel) && len(f.said) == 0 {
		id.Value.Pending = &desk.Question{Survey: v.ID, Expires: v.Expires}
		f.tx.PutIdentity(id)
	}
	if c.Exists() {
		c.Value.Asked = append(c.Value.Asked, f.at)
		if n := len(c.Value.Asked); n > askedKept {
			c.Value.Asked = c.Value.Asked[n-askedKept:]
		}
		f.tx.PutCustomer(c)
	}
	f.tx.PutSurvey(f.row)
	f.tx.PutFact(desk.DeriveID("fact", "asked", string(v.ID)), fact(f.s, desk.FactSurveySent, t.Value, f.at))
	return f.desk.Store.Commit(ctx, &f.tx)
}

// ErrSurveyOver: the question has expired, was skipped or was never asked.
var ErrSurveyOver = errors.New("ticketing: the survey is over")

// Answer records an answer to a survey; the last one counts, all are kept. The same
// answer twice is kept once. It gives the survey as it then is.
func (d *Desk) Answer(ctx context.Context, id desk.SurveyID, sc desk.Score) (desk.Survey, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return desk.Survey{}, err
	}
	var out desk.Survey
	err = d.attempt(ctx, func(int) error {
		row, err := d.Store.Survey(ctx, id)
		if err != nil {
			return err
		}
		var tx store.Tx
		changed, err := d.answer(ctx, &tx, s, &row, sc)
		out = row.Value
		if err != nil || !changed {
			return err
		}
		return d.Store.Commit(ctx, &tx)
	})
	return out, err
}

// answer puts an answer and what follows from it into a transaction: the history, the
// score that counts, the customer's last score, the journal and the fact.
func (d *Desk) answer(ctx context.Context, tx *store.Tx, s *config.Settings, row *store.Row[desk.Survey], sc desk.Score) (bool, error) {
	v := &row.Value
	if sc.Value < CSATMin || sc.Value > CSATMax {
		return false, desk.FieldError("score", "must be between %d and %d", CSATMin, CSATMax)
	}
	if v.Asked.IsZero() || v.State == desk.SurveyExpired || !sc.At.Before(v.Expires) {
		return false, ErrSurveyOver
	}
	if v.Score != nil && v.Score.Value == sc.Value && v.Score.Comment == sc.Comment {
		return false, nil // a double submit
	}
	t, err := d.Store.Ticket(ctx, v.Ticket)
	if err != nil {
		return false, err
	}
	c, err := d.Store.Customer(ctx, v.Customer)
	if err != nil && desk.KindOf(err) != desk.NotFound {
		return false, err
	}
	f := fact(s, desk.FactAnswered, t.Value, sc.At)
	f.Score = &sc.Value
	if v.Score != nil {
		was := v.Score.Value
		f.Was = &was
	}
	sc.Kind, sc.Ticket = v.Kind, v.Ticket
	v.Answers++
	v.Score, v.State, v.Answered = &sc, desk.SurveyAnswered, sc.At
	v.Due, v.Gen = time.Time{}, v.Gen+1
	tx.PutSurvey(*row)
	tx.PutAnswer(v.ID, v.Answers, sc)
	tx.PutFact(desk.DeriveID("fact", "answered", string(v.ID), fmt.Sprint(v.Answers)), f)
	if c.Exists() {
		c.Value.LastScore = &sc
		tx.PutCustomer(c)
	}
	j := journal(v.Ticket, desk.Actor{Kind: desk.ByCustomer}, sc.At, s.Version,
		said("survey.answered", "score", fmt.Sprint(sc.Value), "by", string(sc.By)))
	j.ID = desk.NewMessageID(sc.At, "answer", string(v.ID), fmt.Sprint(v.Answers))
	j.Text = sc.Comment
	tx.PutMessage(store.Row[desk.Message]{Value: j})
	return true, nil
}

// answersQuestion applies a bare digit where the conversation waits for one; everything
// else is an ordinary message.
func (r *receiving) answersQuestion(ctx context.Context) (bool, error) {
	q := r.identity.Value.Pending
	if q == nil {
		return false, nil
	}
	value, ok := digit(r.in.Text)
	if !ok || !r.at.Before(q.Expires) {
		return false, nil
	}
	row, err := r.desk.Store.Survey(ctx, q.Survey)
	if err != nil {
		return false, err
	}
	if r.when().Before(row.Value.Asked.Truncate(time.Second)) {
		return false, nil // written before we asked; providers' clocks count seconds
	}
	changed, err := r.desk.answer(ctx, &r.tx, r.s, &row, desk.Score{Value: value, At: r.at, By: r.in.From.Channel})
	if err != nil || !changed {
		return false, notOver(err)
	}
	r.identity.Value.Pending = nil
	r.identity.Value.Wrote(r.when())
	m := r.newMessage(row.Value.Ticket)
	m.Decisions = []desk.Decision{said("survey.digit", "score", fmt.Sprint(value))}
	r.tx.PutMessage(store.Row[desk.Message]{Value: m})
	r.seen = store.Seen{Ticket: m.Ticket, Message: m.ID}
	return true, r.thank(ctx, row.Value)
}

// notOver lets a digit that answers nothing any more be an ordinary message.
func notOver(err error) error {
	if errors.Is(err, ErrSurveyOver) {
		return nil
	}
	return err
}

// thank answers a digit, so that the customer knows that it was counted.
func (r *receiving) thank(ctx context.Context, v desk.Survey) error {
	defer r.tx.PutIdentity(r.identity)
	text := r.s.CSAT.Thanks.In(v.Lang)
	if text == "" {
		return nil
	}
	t, err := r.desk.Store.Ticket(ctx, v.Ticket)
	if err != nil {
		return err
	}
	enqueue(&r.tx, &t.Value, desk.Message{
		ID: desk.NewMessageID(r.at.Add(time.Millisecond), "thanks", string(v.ID), r.in.ID), By: desk.Actor{Kind: desk.ByDesk},
		At: r.at, From: v.To, Text: text, Purpose: "thanks", Lang: v.Lang, V: r.s.Version,
	})
	r.tx.PutTicket(t)
	return nil
}

// digit reads a bare CSAT digit, full width ones included.
func digit(s string) (int, bool) {
	s = strings.TrimSpace(s)
	for i := CSATMin; i <= CSATMax; i++ {
		if s == fmt.Sprint(i) || s == string(rune('０'+i)) {
			return i, true
		}
	}
	return 0, false
}
