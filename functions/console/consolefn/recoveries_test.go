package consolefn_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// A bad score shows in the list and beside its ticket, and is moved on from either.
func TestFollowUps(t *testing.T) {
	w := newWorld(t).signIn()
	require.Contains(t, w.page("/console/recoveries?lang=en"), "No recovery is due")
	id := w.comes("1", "hello")
	survey, err := w.desk.AskSurvey(t.Context(), ticketing.Act{By: desk.Actor{Kind: desk.ByAgent, ID: "amy"}, At: w.tick()}, id, "csat", desk.WhenAsked, "")
	require.NoError(t, err)
	row, err := w.desk.Store.Survey(t.Context(), survey)
	require.NoError(t, err)
	at := row.Value.Due.Add(time.Second)
	require.NoError(t, w.desk.FireSurvey(t.Context(), survey, row.Value.Gen, at, nil))
	_, err = w.desk.Answer(t.Context(), survey, desk.Score{Value: 1, At: at, By: "page"})
	require.NoError(t, err)

	page := w.page("/console/recoveries?lang=en")
	require.Contains(t, page, id.Number())
	require.Contains(t, page, "1 / 5")
	require.Contains(t, page, `<a href="/console/customers/`+string(w.ticket(id).Customer)+`">Mei</a>`, "whom to get in touch with")
	require.Contains(t, w.page("/console/recoveries?lang=zh-CN"), "待回访")
	ticket := w.page("/console/tickets/" + id.Number() + "?lang=en")
	require.Contains(t, ticket, "<h2>Recovery</h2>")
	csrf := field(t, page, "csrf")
	post := func(fields ...string) {
		form := url.Values{"csrf": {csrf}}
		for i := 0; i < len(fields); i += 2 {
			form.Set(fields[i], fields[i+1])
		}
		require.Equal(t, 303, w.do("POST", "/console/recoveries/"+string(survey), form).StatusCode)
	}
	post("state", "contacted", "text", "called him", "back", "?state=due")
	post("owner", "")
	require.NotContains(t, w.page("/console/recoveries?lang=en"), id.Number())
	require.Contains(t, w.page("/console/recoveries?lang=en&state=contacted"), id.Number())
	require.Contains(t, w.page("/console/tickets/"+id.Number()+"?lang=en"), "called him")
}

// Those won back are of a month and a team: a link that changes one leaves the other.
func TestWonBackLinks(t *testing.T) {
	w := newWorld(t).signIn()
	page := w.page("/console/recoveries?lang=en&state=recovered&team=repairs&month=2026-09")
	for _, link := range []string{
		"?month=2026-08&amp;state=recovered&amp;team=repairs", "?month=2026-10&amp;state=recovered&amp;team=repairs",
		"?month=2026-09&amp;state=recovered&amp;team=service", "?state=due&amp;team=repairs",
	} {
		require.Contains(t, page, `"`+link+`"`)
	}
	require.Contains(t, page, "month=2026-09&amp;state=recovered&amp;team=repairs\" lang=", "in the other language")
	require.NotContains(t, w.page("/console/recoveries?state=recovered"), "2026-12", "a month to come")
	require.Contains(t, w.page("/console/recoveries?state=recovered"), "?month=2026-10&amp;state=recovered&amp;team=")
}
