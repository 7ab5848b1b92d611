package store

import (
	"context"
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

// PutSurvey writes one asking, with its timer while it has one.
func (tx *Tx) PutSurvey(r Row[desk.Survey]) {
	key := surveyKey(r.Value.ID)
	put(tx, key, r, withDue(table.Item{}, key, r.Value.Due))
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
