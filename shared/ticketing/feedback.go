package ticketing

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/recover"
	"github.com/deskhook/deskhook/shared/policy/thread"
	"github.com/deskhook/deskhook/shared/store"
)

// recordAnswer keeps a survey's answer as a record of feedback, the same one however often
// the answer is changed. Its history lies with the survey.
func (d *Desk) recordAnswer(ctx context.Context, tx *store.Tx, s *config.Settings, v desk.Survey, form desk.Questionnaire) error {
	sc := *v.Score
	f := desk.Feedback{
		ID: desk.NewFeedbackID(desk.FromSurvey, v.Of, string(v.ID)), Source: desk.FromSurvey, Of: v.Of, Submission: string(v.ID),
		Version: int64(v.Answers), Kind: kindOf(v), Bad: s.Bad(v, sc.Value), Lang: v.Lang, Customer: v.Customer, From: v.To,
		Ticket: v.Ticket, Channel: v.To.Channel, Team: v.Team, Agent: v.Assignee, At: v.First, Changed: sc.At,
		By: desk.Actor{Kind: desk.ByCustomer}, V: s.Version, Answers: surveyAnswers(form, sc, v.Lang),
	}
	if _, most := sc.Kind.Bounds(); sc.Value == most && strings.TrimSpace(sc.Comment) != "" {
		f.Type = desk.Praise
	}
	row := store.Row[desk.Feedback]{}
	if v.Answers > 1 {
		was, err := d.Store.Feedback(ctx, f.ID)
		if err != nil {
			return err
		}
		row.Version = was.Version
		f.Topic, f.Told = was.Value.Topic, was.Value.Told
		if was.Exists() {
			f.At = was.Value.At
		}
	}
	row.Value = f
	tx.PutFeedback(row)
	return nil
}

// surveyAnswers are the score, the words beside it and what the further questions got.
func surveyAnswers(form desk.Questionnaire, sc desk.Score, lang string) []desk.FeedbackAnswer {
	least, most := sc.Kind.Bounds()
	out := []desk.FeedbackAnswer{{
		Question: desk.ScoreQuestion, Label: config.Text(form.Question).In(lang), Type: desk.AskScale, Number: &sc.Value, Min: least, Max: most,
	}}
	if sc.Comment != "" {
		out = append(out, desk.FeedbackAnswer{Question: desk.CommentQuestion, Type: desk.AskText, Text: sc.Comment})
	}
	for _, a := range sc.Answers {
		i := slices.IndexFunc(form.More, func(m desk.MoreQuestion) bool { return m.ID == a.Question })
		if i < 0 {
			continue
		}
		q := form.More[i]
		x := desk.FeedbackAnswer{Question: a.Question, Label: config.Text(q.Text).In(lang), Type: q.Type, Number: a.Number, Text: a.Text}
		if q.Type == desk.AskScale {
			x.Min, x.Max = q.Min, q.Max
		}
		for _, c := range q.Choices {
			if slices.Contains(a.Chosen, c.Value) {
				x.Chosen = append(x.Chosen, config.Text(c.Label).In(lang))
			}
		}
		out = append(out, x)
	}
	return out
}

// given makes a record of feedback that came in by itself: a form's or a review's.
func (r *receiving) given(src desk.FeedbackSource, of, submission string) desk.Feedback {
	g, in := r.in.Given, r.in
	f := desk.Feedback{
		ID: desk.NewFeedbackID(src, of, submission), Source: src, Of: of, Submission: submission, Version: g.Version, Type: g.Type,
		Lang: r.lang(), Customer: r.identity.Value.Customer, From: in.From, Channel: in.From.Channel, At: r.at, Changed: r.at,
		By: desk.Actor{Kind: desk.ByCustomer}, V: r.s.Version,
	}
	if g.Rating != nil {
		f.Answers = append(f.Answers, desk.FeedbackAnswer{Question: desk.ScoreQuestion, Type: desk.AskScale, Number: g.Rating, Min: g.Min, Max: g.Max})
		f.Bad = r.s.Feedback.Bad(*g.Rating, g.Min, g.Max)
	}
	if text := strings.TrimSpace(in.Text); text != "" {
		f.Answers = append(f.Answers, desk.FeedbackAnswer{Question: desk.CommentQuestion, Type: desk.AskText, Text: text})
	}
	f.Bad = f.Bad || f.Type == desk.Complaint
	return f
}

// formFeedback keeps a submission of a form that is for feedback, with the ticket that it
// opened and in the same transaction.
func (r *receiving) formFeedback(ctx context.Context, t *desk.Ticket, m *desk.Message) error {
	form, ok := r.s.Form(r.in.Form)
	if r.in.Given == nil || r.in.Spam != "" || !ok {
		return nil
	}
	f := r.given(desk.FromForm, form.ID, r.in.ID)
	for _, field := range form.Fields {
		i := slices.IndexFunc(r.in.Fields, func(x desk.Field) bool { return x.Name == field.Name })
		if i < 0 || field.Role != "" {
			continue // the role says where it stands already
		}
		a := desk.FeedbackAnswer{Question: field.Name, Label: r.in.Fields[i].Label, Type: desk.AskText, Text: r.in.Fields[i].Value}
		if field.Type == config.FieldChoice {
			a.Type, a.Text, a.Chosen = desk.AskChoice, "", []string{r.in.Fields[i].Value}
		}
		f.Answers = append(f.Answers, a)
	}
	if f.Type != "" {
		t.Type = f.Type
	}
	return r.recorded(ctx, store.Row[desk.Feedback]{Value: f}, t, m)
}

// recorded puts a record into the transaction of the message that it came with, and what
// follows from it.
func (r *receiving) recorded(ctx context.Context, row store.Row[desk.Feedback], t *desk.Ticket, m *desk.Message) error {
	f := &row.Value
	f.Ticket, f.Message, f.Team = t.ID, m.ID, t.Team
	if f.Agent == "" {
		f.Agent = t.Assignee
	}
	m.Decisions = append(m.Decisions, said(desk.RecordedMessage, "source", string(f.Source), "type", string(f.Type)))
	r.tx.PutFeedback(row)
	ds, err := r.desk.followFeedback(ctx, &r.tx, r.s, *f, *t, r.at)
	m.Decisions = append(m.Decisions, ds...)
	return err
}

// followFeedback opens the follow-up of a record where the settings want one, in the
// record's transaction; one that is there already stays as it is.
func (d *Desk) followFeedback(ctx context.Context, tx *store.Tx, s *config.Settings, f desk.Feedback, t desk.Ticket, at time.Time) ([]desk.Decision, error) {
	if s.Recoveries.Disabled || !s.Feedback.Follows(f) {
		return nil, nil
	}
	row, err := d.Store.Recovery(ctx, f.FollowedIn(), desk.SurveyID(f.ID))
	if err != nil || row.Exists() && row.Value.State != desk.RecoveryDropped {
		return nil, err
	}
	if row.Exists() { // marked, taken back, marked again
		row.Value = recover.Rescored(row.Value, row.Value.Score, true)
	} else {
		r := desk.Recovery{Survey: desk.SurveyID(f.ID), Feedback: f.ID, Ticket: t.ID, Customer: f.Customer, Team: t.Team, Owner: s.RecoveryOwner(t)}
		if a, ok := f.Score(); ok {
			r.Score, r.Most = *a.Number, a.Max
		}
		row.Value = recover.Open(r, s.RecoveryRules(), at)
		tx.PutFact(recoveryFactID(desk.FactRecoveryOpened, row.Value), recoveryFact(s, desk.FactRecoveryOpened, row.Value, t, at))
	}
	row.Value.By, row.Value.Updated, row.Value.V = f.By, at, s.Version
	tx.PutRecovery(row)
	return []desk.Decision{said("recovery.opened", "at", row.Value.Deadline.UTC().Format(time.RFC3339), "owner", row.Value.Owner)}, nil
}

// review applies a rating that somebody gave elsewhere: one record for each review,
// however often it is handed over. A newer version replaces the record and is kept with
// its history; an older one, and the same once more, changes nothing.
func (r *receiving) review(ctx context.Context) error {
	g := r.in.Given
	if g.Version == 0 {
		g.Version = r.when().UnixMilli()
	}
	id := desk.NewFeedbackID(desk.FromReview, r.in.From.Account, g.ID)
	row, err := r.desk.Store.Feedback(ctx, id)
	if err != nil {
		return err
	}
	if row.Exists() {
		r.seen = store.Seen{Ticket: row.Value.Ticket, Message: row.Value.Message}
	}
	if row.Exists() && g.Version <= row.Value.Version {
		return nil
	}
	r.know()
	f := r.given(desk.FromReview, r.in.From.Account, g.ID)
	if row.Exists() && sameFeedback(row.Value, f) {
		return nil // handed over once more, later
	}
	if row.Exists() {
		was := row.Value
		r.tx.PutEarlier(was.Edits+1, store.Row[desk.Feedback]{Value: was})
		f.At, f.Edits, f.Ticket, f.Message, f.Team, f.Agent = was.At, was.Edits+1, was.Ticket, was.Message, was.Team, was.Agent
		f.Topic, f.Told = was.Topic, was.Told
	}
	row.Value = f
	return r.placeReview(ctx, row)
}

func sameFeedback(a, b desk.Feedback) bool {
	x, xOK := a.Score()
	y, yOK := b.Score()
	return a.Type == b.Type && a.Words() == b.Words() && xOK == yOK && (!xOK || *x.Number == *y.Number && x.Max == y.Max && x.Min == y.Min)
}

// placeReview lays a review into a ticket where it has one or opens one; otherwise with
// its customer alone.
func (r *receiving) placeReview(ctx context.Context, row store.Row[desk.Feedback]) error {
	f := row.Value
	if f.Ticket != "" {
		return r.editReview(ctx, row)
	}
	if !r.s.Feedback.Opens(f.Bad) {
		r.identity.Value.Address = r.in.From
		m := r.newMessage("")
		m.Kind, m.Decisions = desk.Journal, append([]desk.Decision{said(desk.RecordedMessage, "source", string(f.Source), "type", string(f.Type))}, r.proving.said...)
		m.Fields = append(m.Fields, ratingField(f)...)
		row.Value.Team = defaultTeam(r.s, r.in.From, "")
		r.tx.PutCustomerEvent(f.Customer, m)
		r.tx.PutFeedback(row)
		r.tx.PutIdentity(r.identity)
		r.seen = store.Seen{Message: m.ID}
		return nil
	}
	r.in.Fields = append(r.in.Fields, ratingField(f)...)
	r.reviewed = &row
	candidates, refs, err := r.candidates(ctx)
	if err != nil {
		return err
	}
	v := thread.Choose(thread.Question{In: r.in, At: r.at, Candidates: toThread(candidates), ReopenWithin: r.s.Tickets.ReopenWithin.D()})
	ticket, err := r.place(ctx, v, candidates)
	if err != nil {
		return err
	}
	return r.write(ctx, ticket, v, refs)
}

// editReview tells the review's ticket of its new version.
func (r *receiving) editReview(ctx context.Context, row store.Row[desk.Feedback]) error {
	f := row.Value
	t, err := r.desk.Store.Ticket(ctx, f.Ticket)
	if err != nil {
		return err
	}
	m := r.newMessage(f.Ticket)
	m.Kind, m.Fields = desk.Journal, append(m.Fields, ratingField(f)...)
	m.Decisions = []desk.Decision{said("feedback.edited")}
	r.tx.PutFeedback(row)
	ds, err := r.desk.followFeedback(ctx, &r.tx, r.s, f, t.Value, r.at)
	m.Decisions = append(m.Decisions, ds...)
	r.tx.PutMessage(store.Row[desk.Message]{Value: m})
	r.tx.PutIdentity(r.identity)
	r.seen = store.Seen{Ticket: f.Ticket, Message: m.ID}
	return err
}

// ratingField shows a rating with its scale, as the ticket's timeline does.
func ratingField(f desk.Feedback) []desk.Field {
	a, ok := f.Score()
	if !ok {
		return nil
	}
	return []desk.Field{{Name: "rating", Value: scaled(a)}}
}
