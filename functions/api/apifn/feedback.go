package apifn

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

type feedbackView struct {
	ID           string           `json:"id"`
	Source       string           `json:"source"`
	Of           *string          `json:"of"`
	SubmissionID string           `json:"submission_id"`
	SurveyID     *string          `json:"survey_id"`
	Type         *string          `json:"type"`
	Kind         *string          `json:"kind"`
	Score        *int             `json:"score"`
	Scale        *scaleView       `json:"scale"`
	Bad          bool             `json:"bad"`
	Comment      string           `json:"comment"`
	Answers      []feedbackAnswer `json:"answers"`
	Language     string           `json:"language"`
	CustomerID   string           `json:"customer_id"`
	Ticket       *string          `json:"ticket"`
	MessageID    *string          `json:"message_id"`
	Channel      string           `json:"channel"`
	Team         string           `json:"team"`
	AgentID      *string          `json:"agent_id"`
	TopicID      *string          `json:"topic_id"`
	ToldAt       *time.Time       `json:"told_at"`
	At           time.Time        `json:"at"`
	ChangedAt    time.Time        `json:"changed_at"`
	Edits        int              `json:"edits"`
}

type scaleView struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

type feedbackAnswer struct {
	Question string     `json:"question"`
	Label    string     `json:"label"`
	Type     string     `json:"type"`
	Number   *int       `json:"number,omitempty"`
	Scale    *scaleView `json:"scale,omitempty"`
	Chosen   []string   `json:"chosen,omitempty"`
	Text     string     `json:"text,omitempty"`
}

func viewFeedback(f desk.Feedback) feedbackView {
	v := feedbackView{
		ID: string(f.ID), Source: string(f.Source), Of: orNull(f.Of), SubmissionID: f.Submission, Type: orNull(string(f.Type)),
		Kind: orNull(string(f.Kind)), Bad: f.Bad, Comment: f.Words(), Answers: []feedbackAnswer{}, Language: f.Lang,
		CustomerID: string(f.Customer), MessageID: orNull(string(f.Message)), Channel: string(f.Channel), Team: f.Team,
		AgentID: orNull(f.Agent), TopicID: orNull(string(f.Topic)), ToldAt: moment(f.Told), At: f.At, ChangedAt: f.Changed, Edits: f.Edits,
	}
	if f.Ticket != "" {
		v.Ticket = orNull(f.Ticket.Number())
	}
	if f.Source == desk.FromSurvey {
		v.SurveyID = orNull(f.Submission)
	}
	if a, ok := f.Score(); ok {
		v.Score, v.Scale = a.Number, &scaleView{a.Min, a.Max}
	}
	for _, a := range f.Answers {
		x := feedbackAnswer{Question: a.Question, Label: a.Label, Type: string(a.Type), Number: a.Number, Chosen: a.Chosen, Text: a.Text}
		if a.Number != nil {
			x.Scale = &scaleView{a.Min, a.Max}
		}
		v.Answers = append(v.Answers, x)
	}
	return v
}

type feedbackPageView struct {
	Items         []feedbackView `json:"items"`
	NextCursor    *string        `json:"next_cursor"`
	SearchedUntil *time.Time     `json:"searched_until"`
}

// maxFeedbackDays bounds what one list goes over.
const maxFeedbackDays = 366

func (a *api) listFeedback(c *call) error {
	p, err := c.monthly("source", "type", "kind", "score_min", "score_max", "channel", "team", "agent", "from", "to")
	if err != nil {
		return err
	}
	q, err := a.feedbackQuery(c, p)
	if err != nil {
		return err
	}
	found, err := a.Store.FindFeedback(c.ctx, q, p.cursor, p.limit)
	if err != nil {
		return refusedCursor(err)
	}
	items := viewAll(found.Rows, func(r store.Row[desk.Feedback]) feedbackView { return viewFeedback(r.Value) })
	return c.json(http.StatusOK, feedbackPageView{items, p.next(found.Next), moment(found.Until)})
}

// seesFeedback says whether a record is of a team whose feedback the caller sees.
func (c *call) seesFeedback(e store.FeedbackEntry) bool {
	return allow.May(c.who, allow.Read, allow.Object{Kind: allow.Feedback, Team: e.Team}) == allow.Yes
}

// listCustomersFeedback lists what a customer thinks, and whom they took in.
func (a *api) listCustomersFeedback(c *call) error {
	q, err := c.list()
	if err != nil {
		return err
	}
	row, err := a.Store.Customer(c.ctx, desk.CustomerID(c.r.PathValue("id")))
	if err != nil {
		return notKeyed(err)
	}
	rows, next, err := a.Store.PersonFeedback(c.ctx, row.Value, c.seesFeedback, q.cursor, q.limit)
	return answerPage(c, q, rows, next, err, func(r store.Row[desk.Feedback]) feedbackView { return viewFeedback(r.Value) })
}

// feedbackQuery reads the filters. Days are those of the desk's zone, a month is UTC's.
func (a *api) feedbackQuery(c *call, p asked) (q store.FeedbackQuery, err error) {
	f, err := store.ReadFeedbackFilter(p.get)
	if err != nil {
		var e *desk.Error
		if errors.As(err, &e) {
			err = badParameter(e.Field, e.Text)
		}
		return q, err
	}
	q.Fits = func(e store.FeedbackEntry) bool { return f.Fits(e) && c.seesFeedback(e) }
	if p.get("from") == "" && p.get("to") == "" {
		q.From, _ = time.Parse("2006-01", p.period)
		q.To = q.From.AddDate(0, 1, 0)
		return q, nil
	}
	if p.get("month") != "" {
		return q, badParameter("month", "doesn't go with from and to")
	}
	s, err := a.Settings(c.ctx)
	if err != nil {
		return q, err
	}
	if q.From, err = p.date("from", time.DateOnly, s.Desk.Location()); err != nil {
		return q, err
	}
	if q.To, err = p.date("to", time.DateOnly, s.Desk.Location()); err != nil {
		return q, err
	}
	if q.To.IsZero() {
		q.To = c.at.In(s.Desk.Location())
	}
	q.To = time.Date(q.To.Year(), q.To.Month(), q.To.Day()+1, 0, 0, 0, 0, s.Desk.Location())
	if q.From.IsZero() {
		q.From = q.To.AddDate(0, -1, 0)
	}
	switch {
	case !q.From.Before(q.To):
		return q, badParameter("from", "is after to")
	case q.To.Sub(q.From) > maxFeedbackDays*24*time.Hour+time.Hour:
		return q, badParameter("from", "is more than 366 days before to")
	}
	return q, nil
}

// oneFeedback reads the record in the address, for whom the lists show it to.
func (a *api) oneFeedback(c *call) (store.Row[desk.Feedback], error) {
	row, err := a.Store.Feedback(c.ctx, desk.FeedbackID(c.r.PathValue("id")))
	switch {
	case err != nil:
		return row, notKeyed(err)
	case !row.Exists() || row.Value.Gone || allow.May(c.who, allow.Read, allow.Object{Kind: allow.Feedback, Team: row.Value.Team}) != allow.Yes:
		return row, desk.Errorf(desk.NotFound, "no such feedback")
	}
	return row, nil
}

// changedFeedback is oneFeedback for who changes the record: its ticket's journal tells of
// it, so they must see that as well.
func (a *api) changedFeedback(c *call) (store.Row[desk.Feedback], error) {
	row, err := a.oneFeedback(c)
	if err == nil && row.Value.Ticket != "" && !c.who.Everywhere() {
		_, err = a.ticketOf(c, row.Value.Ticket)
	}
	return row, err
}

type feedbackHistoryView struct {
	feedbackView
	Earlier []feedbackView `json:"earlier"`
}

func (a *api) getFeedback(c *call) error {
	if _, err := c.params(); err != nil {
		return err
	}
	row, err := a.oneFeedback(c)
	if err != nil {
		return err
	}
	earlier, err := a.Store.Earlier(c.ctx, row.Value.ID, 0)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, feedbackHistoryView{viewFeedback(row.Value),
		viewAll(earlier, func(r store.Row[desk.Feedback]) feedbackView { return viewFeedback(r.Value) })})
}

// markBody is the body of PUT /v1/tickets/{number}/messages/{id}/mark.
type markBody struct {
	Type desk.Type `json:"type"`
}

func (a *api) putMark(c *call) error {
	var in markBody
	if err := c.body(&in); err != nil {
		return err
	}
	return a.onMessage(c, http.StatusOK, func(ctx context.Context, act ticketing.Act, t desk.TicketID, id desk.MessageID) error {
		if in.Type == "" {
			return badField("type", "is missing")
		}
		return a.Desk.MarkMessage(ctx, act, t, id, in.Type)
	})
}

func (a *api) deleteMark(c *call) error {
	return a.onMessage(c, http.StatusOK, func(ctx context.Context, act ticketing.Act, t desk.TicketID, id desk.MessageID) error {
		return a.Desk.MarkMessage(ctx, act, t, id, "")
	})
}
