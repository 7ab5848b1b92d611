package store

import (
	"slices"
	"strconv"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// FeedbackFilter says which records of feedback are wanted; what is empty holds for all.
type FeedbackFilter struct {
	Source   desk.FeedbackSource
	Type     desk.Type       // complaint, suggestion or praise
	Kind     desk.SurveyKind // csat, nps, ces: answers to such surveys
	Channel  desk.Channel
	Team     string
	Agent    string
	Min, Max *int // of the score; either leaves out what has none
}

// Fits says whether a record is wanted.
func (f FeedbackFilter) Fits(e FeedbackEntry) bool {
	scored := f.Min == nil && f.Max == nil ||
		e.Score != nil && (f.Min == nil || *e.Score >= *f.Min) && (f.Max == nil || *e.Score <= *f.Max)
	return scored && among(f.Source, e.Source) && among(f.Type, e.Type) && among(f.Kind, e.Kind) &&
		among(f.Channel, e.Channel) && among(f.Team, e.Team) && among(f.Agent, e.Agent)
}

func among[T ~string](asked, value T) bool { return asked == "" || asked == value }

// maxScore bounds what a filter may ask for: ratings go up to 100.
const maxScore = 100

// ReadFeedbackFilter reads a filter from parameters: source, type, kind, channel, team,
// agent, score_min, score_max. The error is a *desk.Error that names the parameter.
func ReadFeedbackFilter(get func(name string) string) (f FeedbackFilter, err error) {
	f.Channel, f.Team, f.Agent = desk.Channel(get("channel")), get("team"), get("agent")
	if f.Source, err = oneOf(get, "source", desk.FeedbackSources); err != nil {
		return f, err
	}
	if f.Type, err = oneOf(get, "type", desk.FeedbackTypes); err != nil {
		return f, err
	}
	if f.Kind, err = oneOf(get, "kind", desk.SurveyKinds); err != nil {
		return f, err
	}
	if f.Min, err = scoreOf(get, "score_min"); err != nil {
		return f, err
	}
	if f.Max, err = scoreOf(get, "score_max"); err == nil && f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		err = desk.FieldError("score_min", "is more than score_max")
	}
	return f, err
}

func oneOf[T ~string](get func(string) string, name string, values []T) (T, error) {
	v := T(get(name))
	if v == "" || slices.Contains(values, v) {
		return v, nil
	}
	names := make([]string, len(values))
	for i, x := range values {
		names[i] = string(x)
	}
	return "", desk.FieldError(name, "must be one of %s", strings.Join(names, ", "))
}

func scoreOf(get func(string) string, name string) (*int, error) {
	v := get(name)
	if v == "" {
		return nil, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > maxScore {
		return nil, desk.FieldError(name, "must be a whole number from 0 to %d", maxScore)
	}
	return &n, nil
}
