package consolefn_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/store"
)

// The page draws its chart without inline style, gives the table beside it and says what
// each figure means; a zero is a value.
func TestSurveyFigures(t *testing.T) {
	w := newWorld(t).signIn()
	require.Contains(t, w.page("/console/figures/surveys?lang=zh-CN"), "口径")
	zero, five, day := 0, 5, w.tick().In(time.UTC).Format(time.DateOnly)
	var tx store.Tx
	for _, f := range []desk.Fact{
		{Kind: desk.FactSurveySent, Of: "csat", Def: "0a1b2c3d", Variant: "a", Day: day, Channel: desk.SMS},
		{Kind: desk.FactAnswered, Survey: desk.NPS, Of: "csat", Def: "0a1b2c3d", Variant: "a", Day: day, Channel: desk.SMS, Score: &zero},
		{Kind: desk.FactAnswered, Survey: desk.CSAT, Of: "csat", Day: day, Channel: desk.WeChat, Score: &five},
	} {
		for _, s := range kpi.Count(f) {
			tx = store.Tx{}
			tx.Add(store.FigureKey(s.Cut, s.Day), s.Counters)
			require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
		}
	}
	page := w.page("/console/figures/surveys?lang=en")
	require.Contains(t, page, "-100", "all are detractors")
	require.Contains(t, page, "<svg")
	require.NotContains(t, page, "style=")
	require.Contains(t, page, "0a1b2c3d")
	require.Contains(t, page, "No variant can be called better yet")
	require.Contains(t, page, kpi.Definition("csat", "en"))
}

// An interval ends where the scale does, and the tile says how many answers of each kind there
// are: the mean is of one kind alone.
func TestAnswersByKind(t *testing.T) {
	w := newWorld(t).signIn()
	day := w.now.In(w.s.Desk.Location()).Format(time.DateOnly)
	for i, score := range []int{1, 1, 1, 5, 9} {
		kind := desk.CSAT
		if score == 9 {
			kind = desk.NPS
		}
		for _, s := range kpi.Count(desk.Fact{Kind: desk.FactAnswered, Survey: kind, Of: "csat", Def: "0a1b2c3d", Variant: string(rune('a' + i/4)), Day: day, Channel: desk.SMS, Score: &score}) {
			var tx store.Tx
			tx.Add(store.FigureKey(s.Cut, s.Day), s.Counters)
			require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
		}
	}
	require.Contains(t, w.page("/console/figures/surveys?lang=en"), "2.00 (1.00–")
	require.Contains(t, w.page("/console/figures?lang=en"), "mean 2.0 · 4 answers · NPS 1")
}

// Of whom an agent sees their teams, each day of a team is read once.
func TestSurveyFiguresReadOnce(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Agents[0].Teams = []string{"service"}
	read := w.counted()
	w.page("/console/figures/surveys")
	require.Equal(t, 1, read.of[store.FigureKey(kpi.TeamCut("service"), w.now.In(w.s.Desk.Location()).Format(time.DateOnly))])
}
