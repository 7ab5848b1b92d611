package consolefn_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// A message is marked on its ticket's page, shows in the list, and the mark is undone.
func TestMark(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "a dark mode would be nice")
	page := w.page("/console/tickets/" + id.Number() + "?lang=en")
	at := regexpFind(t, page, `action="([^"]*/mark)"`)
	mark := func(as string) int {
		return w.do("POST", at, url.Values{"csrf": {field(t, page, "csrf")}, "type": {as}}).StatusCode
	}
	require.Equal(t, http.StatusSeeOther, mark("suggestion"))
	require.Contains(t, w.page("/console/tickets/"+id.Number()+"?lang=en"), "Marked: Suggestion")
	require.Contains(t, w.page("/console/feedback?lang=en&type=suggestion&source=message"), "dark mode")
	require.Equal(t, http.StatusSeeOther, mark(""))
	require.NotContains(t, w.page("/console/feedback?lang=en"), "dark mode")
	require.Equal(t, http.StatusUnprocessableEntity, mark("task"))
}

// Satisfied is what the settings' good_score says, on every page of figures.
func TestGoodScoreOfSettings(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Asking.GoodScore = 5
	var tx store.Tx
	tx.Add(store.FigureKey("all", "2026-11-22"), map[string]int64{"csat_5": 1, "csat_4": 3, "answered": 4})
	require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
	require.Contains(t, w.page("/console/figures?lang=en"), "<strong>25%</strong>")
	require.Contains(t, w.page("/console/figures/surveys?lang=en"), "<strong>25%</strong>")
}

// An agent of a team sees its survey figures and no other's.
func TestSurveyFiguresOfOneTeam(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Agents[0].Teams = []string{"repairs"}
	for cut, score := range map[string]string{"all": "csat_1", kpi.TeamCut("service"): "csat_1", kpi.TeamCut("repairs"): "csat_5"} {
		var tx store.Tx
		tx.Add(store.FigureKey(cut, "2026-11-22"), map[string]int64{score: 1, "answered": 1, "survey_sent": 1})
		require.NoError(t, w.desk.Store.Commit(t.Context(), &tx))
	}
	page := w.page("/console/figures/surveys?lang=en")
	require.Contains(t, page, "<strong>100%</strong>")
	require.Contains(t, page, "Repairs")
	require.NotContains(t, page, "By channel")
	require.NotContains(t, page, ">Service<")
}

// Customers won back are listed with both scores, and counted.
func TestWonBack(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Asking.Cooldown, w.s.Surveys[0].Cooldown = 0, 0
	id := w.comes("1", "hello")
	act := func() ticketing.Act {
		return ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy"}, At: w.tick()}
	}
	ask := func(survey desk.SurveyID, score int) {
		row, err := w.desk.Store.Survey(t.Context(), survey)
		require.NoError(t, err)
		w.now = row.Value.Due.Add(time.Second)
		require.NoError(t, w.desk.FireSurvey(t.Context(), survey, row.Value.Gen, w.now, nil))
		_, err = w.desk.Answer(t.Context(), survey, desk.Score{Value: score, At: w.tick(), By: "page"})
		require.NoError(t, err)
	}
	survey, err := w.desk.AskSurvey(t.Context(), act(), id, "csat", desk.WhenAsked, "")
	require.NoError(t, err)
	ask(survey, 1)
	require.Contains(t, w.page("/console/recoveries?lang=en&state=recovered"), "Nobody was won back")
	var r desk.Recovery
	for _, s := range []desk.RecoveryState{desk.RecoveryDone, desk.RecoveryAskedAgain} {
		r, err = w.desk.ChangeRecovery(t.Context(), act(), survey, ticketing.RecoveryChange{State: &s})
		require.NoError(t, err)
	}
	ask(r.Again, 5)
	page := w.page("/console/recoveries?lang=en&state=recovered")
	require.Contains(t, page, "<strong>1 / 5</strong> → <strong>5 / 5</strong>")
	require.Contains(t, page, id.Number())
}

// A wish is taken up from the list, and done; the page says how many are told.
func TestTopicsPage(t *testing.T) {
	w := newWorld(t).signIn()
	id := w.comes("m1", "a dark mode would be nice")
	got := w.messages(id, desk.FromCustomer)[0]
	act := ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "lin"}, At: w.tick()}
	require.NoError(t, w.desk.MarkMessage(t.Context(), act, id, got.ID, desk.Suggestion))
	page := w.page("/console/feedback?lang=en&type=suggestion")
	at := regexpFind(t, page, `action="(/console/feedback/[^"]*/topic)"`)
	take := func(fields url.Values) *http.Response {
		fields.Set("csrf", field(t, page, "csrf"))
		fields.Set("back", "?type=suggestion")
		return w.do("POST", at, fields)
	}
	resp := take(url.Values{"title": {"Dark <mode>"}})
	require.Equal(t, "/console/feedback?type=suggestion", resp.Header.Get("Location"))
	require.Contains(t, w.page("/console/feedback?lang=en"), "taken up")
	require.Equal(t, http.StatusSeeOther, take(url.Values{"let_go": {"1"}}).StatusCode)
	require.Equal(t, http.StatusSeeOther, take(url.Values{"title": {"Dark <mode>"}}).StatusCode)
	topics := w.page("/console/topics?lang=en")
	require.Contains(t, topics, "Dark &lt;mode&gt;")
	done := regexpFind(t, topics, `action="(/console/topics/[^"]*/done)"`)
	require.Equal(t, http.StatusUnprocessableEntity, w.do("POST", done, url.Values{"csrf": {field(t, page, "csrf")}, "text-zh-CN": {"好了"}}).StatusCode)
	require.Equal(t, http.StatusSeeOther, w.do("POST", done, url.Values{"csrf": {field(t, page, "csrf")}, "text-en": {"It is there."}}).StatusCode)
	require.Contains(t, w.page("/console/topics?lang=en&state=done"), "It is there.")
	require.Contains(t, w.page("/console/topics?lang=zh-CN"), "这里还没有需求")
}
