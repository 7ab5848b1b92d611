package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

func isConflict(err error) bool { return errors.Is(err, table.ErrConflict) }

// Survey reads one asking; NotFound where there is none.
func (s *Store) Survey(ctx context.Context, id desk.SurveyID) (Row[desk.Survey], error) {
	r, err := get[desk.Survey](ctx, s, surveyKey(id))
	return must(r, err, "survey")
}

// Wave reads a scheduled survey's calendar; Exists is false before it was first armed.
func (s *Store) Wave(ctx context.Context, survey string) (Row[desk.Wave], error) {
	return get[desk.Wave](ctx, s, waveKey(survey))
}

// PutWave writes a scheduled survey's calendar with its timer.
func (tx *Tx) PutWave(r Row[desk.Wave]) {
	key := waveKey(r.Value.Survey)
	put(tx, key, r, withDue(table.Item{}, key, r.Value.Due))
}

// Questions reads what a survey asked in one version; Exists is false before it was
// first asked.
func (s *Store) Questions(ctx context.Context, survey, version string) (Row[desk.Questionnaire], error) {
	return get[desk.Questionnaire](ctx, s, questionsKey(survey, version))
}

// PutQuestions keeps what a survey asks, once for each version.
func (tx *Tx) PutQuestions(version string, r Row[desk.Questionnaire]) {
	put(tx, questionsKey(r.Value.Survey, version), r, table.Item{})
}

// FeedbackSummary is what the list of feedback tells of an answer.
type FeedbackSummary struct {
	Survey   desk.SurveyID   `json:"sv"`
	Ticket   desk.TicketID   `json:"t"`
	Customer desk.CustomerID `json:"c"`
	Kind     desk.SurveyKind `json:"k"`
	Value    int             `json:"v"`
	Comment  string          `json:"w,omitempty"` // the beginning
	Channel  desk.Channel    `json:"ch"`
	Team     string          `json:"tm,omitempty"`
	At       int64           `json:"at,omitempty"` // unix seconds
	Agent    string          `json:"ag,omitempty"` // whom it concerns
}

// PutSurvey writes one asking: with its timer while it has one, in the list of
// feedback once answered.
func (tx *Tx) PutSurvey(r Row[desk.Survey]) {
	v := r.Value
	key := surveyKey(v.ID)
	it := withDue(table.Item{}, key, v.Due)
	if v.Score != nil {
		it.Summary = marshalSummary(FeedbackSummary{
			Survey: v.ID, Ticket: v.Ticket, Customer: v.Customer, Kind: v.Kind, Value: v.Score.Value,
			Comment: clip(v.Score.Comment, 60), Channel: v.Score.By, Team: v.Team, At: v.Answered.Unix(), Agent: v.Assignee,
		})
		if it.Index == nil {
			it.Index = map[table.Index]table.IndexKey{}
		}
		it.Index[table.View] = table.IndexKey{PK: feedbackPK(v.Answered.UTC().Format("2006-01")), SK: stamp(v.Answered) + "#" + part(string(v.ID))}
	}
	put(tx, key, r, it)
}

// PutAnswer keeps an answer beside its survey: the history, the last one counts.
func (tx *Tx) PutAnswer(id desk.SurveyID, n int, sc desk.Score) {
	put(tx, answerKey(id, n), Row[desk.Score]{Value: sc}, table.Item{})
}

// ChangeAnswer writes the nth answer (from 1) as it was read and changed.
func (tx *Tx) ChangeAnswer(id desk.SurveyID, n int, r Row[desk.Score]) {
	put(tx, answerKey(id, n), r, table.Item{})
}

// Answers reads all answers to one asking, the first first.
func (s *Store) Answers(ctx context.Context, id desk.SurveyID) ([]Row[desk.Score], error) {
	rows, _, err := rowsOf[desk.Score](ctx, s, table.Query{PK: surveyKey(id).PK, Prefix: "A#", Limit: 100})
	return rows, err
}

// Feedback lists the answers of a month (2006-01), newest first.
func (s *Store) Feedback(ctx context.Context, month, cursor string, limit int) ([]FeedbackSummary, string, error) {
	page, err := s.T.Query(ctx, table.Query{Index: table.View, PK: feedbackPK(month), Cursor: cursor, Limit: limit, Reverse: true})
	if err != nil {
		return nil, "", err
	}
	var out []FeedbackSummary
	for _, it := range page.Items {
		var f FeedbackSummary
		if json.Unmarshal(it.Summary, &f) == nil && f.Survey != "" {
			out = append(out, f)
		}
	}
	return out, page.Cursor, nil
}
