package ticketing

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/ask"
	"github.com/deskhook/deskhook/shared/policy/questions"
	"github.com/deskhook/deskhook/shared/store"
)

// ErrSurveyOver: the question has expired, was skipped or was never asked.
var ErrSurveyOver = errors.New("ticketing: the survey is over")

// ErrSurveySettled: it was answered more than desk.Changeable ago.
var ErrSurveySettled = errors.New("ticketing: the answer can't be changed any more")

// commentWithin is how long after a score the next words are its comment.
const commentWithin = 10 * time.Minute

// Answer records an answer to a survey; within desk.Changeable of the first the last one
// counts, all are kept. The same answer twice is kept once. Answers to questions that
// don't concern the customer are dropped; required ones may be missing: half an answer
// is better than none. It gives the survey as it then is.
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

// taken checks an answer against what was asked, and makes it whole.
func (d *Desk) taken(ctx context.Context, v desk.Survey, sc desk.Score) (desk.Score, error) {
	form, err := d.Questionnaire(ctx, v)
	if err != nil {
		return sc, err
	}
	if err := questions.Check(form, sc); err != nil {
		return sc, err
	}
	sc.Answers = questions.Keep(form, sc)
	sc.Kind, sc.Ticket, sc.Version = kindOf(v), v.Ticket, v.Version
	return sc, nil
}

// answer puts an answer and what follows from it into a transaction: the history, the
// score that counts, the customer's last score, the journal and the fact.
func (d *Desk) answer(ctx context.Context, tx *store.Tx, s *config.Settings, row *store.Row[desk.Survey], sc desk.Score) (bool, error) {
	v := &row.Value
	sc, err := d.taken(ctx, *v, sc)
	switch {
	case err != nil:
		return false, err
	case v.Asked.IsZero() || v.State == desk.SurveyExpired || !sc.At.Before(v.Expires):
		return false, ErrSurveyOver
	case sameAnswer(v.Score, sc):
		return false, nil // a double submit
	case v.Settled(sc.At):
		return false, ErrSurveySettled
	}
	t, err := d.Store.Ticket(ctx, v.Ticket)
	if err != nil {
		return false, err
	}
	c, err := d.Store.Customer(ctx, v.Customer)
	if err != nil && desk.KindOf(err) != desk.NotFound {
		return false, err
	}
	f := surveyFact(s, desk.FactAnswered, t.Value, *v, sc.At)
	f.Score = &sc.Value
	if v.Score != nil {
		was := v.Score.Value
		f.Was = &was
	} else {
		v.First, f.Took = sc.At, sc.At.Sub(v.Asked)
		if v.Uncounted, err = d.counted(ctx, *v, c.Value); err != nil {
			return false, err
		}
	}
	rescored := f.Was == nil || *f.Was != sc.Value
	v.Answers++
	v.Score, v.State, v.Answered = &sc, desk.SurveyAnswered, sc.At
	v.Due, v.Remind, v.Gen = time.Time{}, time.Time{}, v.Gen+1
	tx.PutSurvey(*row)
	tx.PutAnswer(v.ID, v.Answers, sc)
	if rescored && !v.Uncounted { // words added to a score change no figure
		tx.PutFact(desk.DeriveID("fact", "answered", string(v.ID), fmt.Sprint(v.Answers)), f)
	}
	if c.Exists() {
		c.Value.Scored(sc)
		tx.PutCustomer(c)
	}
	form, err := d.Questionnaire(ctx, *v)
	if err != nil {
		return false, err
	}
	if err := d.recordAnswer(ctx, tx, s, *v, form); err != nil {
		return false, err
	}
	_, most := sc.Kind.Bounds()
	j := journal(v.Ticket, desk.Actor{Kind: desk.ByCustomer}, sc.At, s.Version,
		said("survey.answered", "score", fmt.Sprint(sc.Value), "most", fmt.Sprint(most), "by", string(sc.By)))
	j.ID = desk.NewMessageID(sc.At, "answer", string(v.ID), fmt.Sprint(v.Answers))
	j.Text = sc.Comment
	if v.Uncounted {
		j.Decisions = append(j.Decisions, said("survey.counted_already"))
	}
	followed, err := d.followUp(ctx, tx, s, *v, t.Value, sc.At)
	if err != nil {
		return false, err
	}
	j.Decisions = append(j.Decisions, followed...)
	again, err := d.recovered(ctx, tx, s, *v, t.Value)
	if err != nil {
		return false, err
	}
	j.Decisions = append(j.Decisions, again...)
	if sc.Value == most && strings.TrimSpace(sc.Comment) != "" {
		j.Decisions = append(j.Decisions, said("feedback.praise", "owner", v.Assignee))
	}
	tx.PutMessage(store.Row[desk.Message]{Value: j})
	return true, nil
}

func sameAnswer(was *desk.Score, now desk.Score) bool {
	return was != nil && was.Value == now.Value && was.Comment == now.Comment && reflect.DeepEqual(was.Answers, now.Answers)
}

// answersQuestion applies a bare digit, a tap on the menu or, just after it, a comment,
// where the conversation waits for one; everything else is an ordinary message.
func (r *receiving) answersQuestion(ctx context.Context) (bool, error) {
	q, tap := r.identity.Value.Pending, r.in.Choice
	if id, value, ok := MenuScore(tap); ok && (q == nil || q.Survey != id) {
		q = &desk.Question{Survey: id, Expires: r.at.Add(time.Second)}
		tap = value
	} else if ok {
		tap = value
	}
	if q == nil || !r.at.Before(q.Expires) {
		return false, nil
	}
	row, err := r.desk.Store.Survey(ctx, q.Survey)
	if desk.KindOf(err) == desk.NotFound && err != nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	v := row.Value
	value, ok := questions.Digits(kindOf(v), r.in.Text)
	if tapped, isTap := questions.Digits(kindOf(v), tap); isTap {
		value, ok = tapped, true
	}
	comment := ""
	if !ok && v.Score == nil {
		if value, comment, ok, err = r.worded(ctx, v); err != nil {
			return false, err
		}
	}
	switch {
	case v.Customer != r.identity.Value.Customer && r.in.Choice != "" && r.identity.Value.Pending == nil:
		return false, nil // somebody else's menu
	case r.when().Before(v.Asked.Truncate(time.Second)):
		return false, nil // written before we asked; providers' clocks count seconds
	case !q.Comment.IsZero() && !r.when().Before(q.Comment):
		r.identity.Value.Pending = nil // the time for it is over; write puts the identity
		return false, nil
	case ok && len(r.in.Attachments) == 0:
		return r.scores(ctx, &row, value, comment)
	case !q.Comment.IsZero() && v.Score != nil && ask.IsComment(r.in.Text, len(r.in.Attachments)):
		return r.comments(ctx, &row)
	}
	return false, nil
}

// worded reads a first score that was typed with words. Only what begins as one is worth
// reading the questions for.
func (r *receiving) worded(ctx context.Context, v desk.Survey) (value int, comment string, ok bool, err error) {
	if !questions.MayBeWorded(r.in.Text) {
		return 0, "", false, nil
	}
	form, err := r.desk.Questionnaire(ctx, v)
	if err != nil {
		return 0, "", false, err
	}
	var labels []string
	for _, c := range menu(form, desk.WeChat, v.Lang) {
		labels = append(labels, c.Text)
	}
	value, comment, ok = questions.Worded(kindOf(v), r.in.Text, labels)
	return value, comment, ok, nil
}

// scores applies a digit, and what was written with it.
func (r *receiving) scores(ctx context.Context, row *store.Row[desk.Survey], value int, comment string) (bool, error) {
	again := row.Value.Score != nil
	sc := desk.Score{Value: value, Comment: comment, At: r.at, By: r.in.From.Channel}
	if again {
		sc.Comment, sc.Answers = row.Value.Score.Comment, row.Value.Score.Answers
	}
	changed, err := r.desk.answer(ctx, &r.tx, r.s, row, sc)
	if err != nil || !changed && !again {
		return false, notOver(err)
	}
	r.identity.Value.Pending = &desk.Question{Survey: row.Value.ID, Expires: r.at.Add(commentWithin), Comment: r.when().Add(commentWithin)}
	r.answered(row.Value, said("survey.digit", "score", fmt.Sprint(value)))
	if again {
		r.tx.PutIdentity(r.identity)
		return true, nil
	}
	return true, r.thank(ctx, row.Value)
}

// comments adds words to the score just given.
func (r *receiving) comments(ctx context.Context, row *store.Row[desk.Survey]) (bool, error) {
	sc := *row.Value.Score
	sc.At, sc.By = r.at, r.in.From.Channel
	sc.Comment = strings.TrimSpace(strings.TrimSpace(sc.Comment) + "\n" + strings.TrimSpace(r.in.Text))
	if changed, err := r.desk.answer(ctx, &r.tx, r.s, row, sc); err != nil || !changed {
		return false, notOver(err)
	}
	r.answered(row.Value, said("survey.comment"))
	r.tx.PutIdentity(r.identity)
	return true, nil
}

// answered keeps what the customer wrote in the ticket, which stays as it is.
func (r *receiving) answered(v desk.Survey, d desk.Decision) {
	r.identity.Value.Wrote(r.when())
	m := r.newMessage(v.Ticket)
	m.Decisions = []desk.Decision{d}
	r.tx.PutMessage(store.Row[desk.Message]{Value: m})
	r.seen = store.Seen{Ticket: m.Ticket, Message: m.ID}
}

// MenuID is what a score offered in a menu is called by; MenuScore reads it.
func MenuID(id desk.SurveyID, score string) string { return "s-" + string(id) + "-" + score }

// MenuScore reads what MenuID wrote.
func MenuScore(choice string) (id desk.SurveyID, score string, ok bool) {
	rest, ok := strings.CutPrefix(choice, "s-")
	i := strings.LastIndexByte(rest, '-')
	if !ok || i < 1 {
		return "", "", false
	}
	return desk.SurveyID(rest[:i]), rest[i+1:], true
}

// notOver lets a digit that answers nothing any more be an ordinary message.
func notOver(err error) error {
	if errors.Is(err, ErrSurveyOver) || errors.Is(err, ErrSurveySettled) {
		return nil
	}
	return err
}

// thank answers a digit, so that the customer knows that it was counted.
func (r *receiving) thank(ctx context.Context, v desk.Survey) error {
	defer r.tx.PutIdentity(r.identity)
	form, err := r.desk.Questionnaire(ctx, v)
	if err != nil {
		return err
	}
	text := r.s.ThanksFor(form, v).In(v.Lang)
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
