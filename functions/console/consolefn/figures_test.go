package consolefn_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/kpi"
	"github.com/deskhook/deskhook/shared/store"
)

// happened counts facts as the figures' function does.
func (w *world) happened(facts ...desk.Fact) {
	w.t.Helper()
	for _, f := range facts {
		for _, s := range kpi.Count(f) {
			var tx store.Tx
			tx.Add(store.FigureKey(s.Cut, s.Day), s.Counters)
			require.NoError(w.t, w.desk.Store.Commit(w.t.Context(), &tx))
		}
	}
}

func tileOf(t *testing.T, page, name string) string {
	t.Helper()
	return regexpFind(t, page, `<strong>([^<]*)</strong>\s*<details id="tile-\d"><summary>`+regexp.QuoteMeta(name)+`<`)
}

// The page shows the days asked for, of whom they are asked, each figure with its
// definition, each chart with its table.
func TestFigures(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Accounts = []config.Account{{Channel: desk.SMS, Name: "main"}}
	five := 5
	day := func(ago int) string { return w.now.AddDate(0, 0, -ago).Format(time.DateOnly) }
	w.happened(
		desk.Fact{Kind: desk.FactOpened, Day: day(0), Channel: desk.SMS, Team: "service"},
		desk.Fact{Kind: desk.FactOpened, Day: day(0), Channel: desk.WebForm, Team: "repairs"},
		desk.Fact{Kind: desk.FactOpened, Day: day(6), Channel: desk.SMS, Team: "repairs"},
		desk.Fact{Kind: desk.FactOpened, Day: day(40), Channel: desk.SMS, Team: "repairs"},
		desk.Fact{Kind: desk.FactFirstAnswered, Day: day(0), Channel: desk.SMS, Team: "service", Took: 10 * time.Minute},
		desk.Fact{Kind: desk.FactAnswered, Day: day(1), Channel: desk.SMS, Team: "service", Survey: desk.CSAT, Score: &five},
	)
	for query, opened := range map[string]string{
		"": "3", "?days=90": "4", "?days=junk": "3", "?of=team:service": "1", "?of=channel:sms": "2", "?of=team:nobody": "3",
		"?from=" + day(40) + "&to=" + day(6): "2", "?from=" + day(6) + "&to=" + day(40): "3", "?from=" + day(40) + "&to=" + day(40) + "&of=team:repairs": "1",
	} {
		require.Equal(t, opened, tileOf(t, w.page("/console/figures"+query), "Opened"), query)
	}
	page := w.page("/console/figures?lang=zh-CN")
	require.Equal(t, "100%", tileOf(t, page, "满意率"))
	require.Contains(t, page, kpi.Definition("first_response", "zh-CN"))
	require.Len(t, regexpAll(page, "<figure"), 6)
	require.Len(t, regexpAll(page, "<tbody>"), 6, "a table each")
	require.Contains(t, page, "<svg")
	require.NotContains(t, page, "style=")
	require.Contains(t, w.page("/console/figures?of=team:service&lang=en"), "Nothing in these days yet.")
	require.Len(t, regexpAll(w.page("/console/figures?of=team:service"), "<figure"), 5, "messages know no team")

	for query, still := range map[string]bool{"": false, "?days=90": false, "?from=" + day(3) + "&to=" + day(0): false, "?from=" + day(3) + "&to=" + day(1): true, "?from=" + day(3) + "&to=" + day(-2): false} {
		require.Equal(t, still, strings.Contains(w.page("/console/figures"+query), " data-still"), "%s: days that are over don't change", query)
	}

	resp := w.do("GET", "/console/fragment/figures?lang=en", nil)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Equal(t, http.StatusNotModified, w.do("GET", "/console/fragment/figures?lang=en", nil, "If-None-Match", resp.Header.Get("ETag")).StatusCode)
	w.happened(desk.Fact{Kind: desk.FactOpened, Day: day(0), Channel: desk.SMS, Team: "service"})
	require.Equal(t, "4", tileOf(t, w.page("/console/fragment/figures?lang=en"), "Opened"), "what has come since")
}

// A long range is drawn by weeks, so that the page stays small.
func TestFiguresOfALongTime(t *testing.T) {
	w := newWorld(t).signIn()
	five := 5
	for ago := range 100 {
		d := w.now.AddDate(0, 0, -ago).Format(time.DateOnly)
		w.happened(desk.Fact{Kind: desk.FactOpened, Day: d}, desk.Fact{Kind: desk.FactResolved, Day: d, Took: time.Hour}, desk.Fact{Kind: desk.FactFirstAnswered, Day: d, Took: time.Minute},
			desk.Fact{Kind: desk.FactAnswered, Day: d, Survey: desk.CSAT, Score: &five})
	}
	last := w.now.Format(time.DateOnly)
	for query, bins := range map[string]int{"?days=28": 28, "?days=90": 13, "?from=2020-01-01&to=" + last: 15} {
		page := w.page("/console/figures" + query)
		require.Less(t, len(page), 100_000, query)
		chart := page[strings.Index(page, `id="chart-tickets"`):strings.Index(page, `id="chart-messages"`)]
		require.Len(t, regexpAll(chart, `<rect class="day"`), bins, query)
		require.Len(t, regexpAll(chart, `class="s0" x=`), bins, query)
	}
	require.Equal(t, "100", tileOf(t, w.page("/console/figures?from=2020-01-01&to="+last), "Opened"), "no more than 100 days")
}

// Who sees only their team sees its figures, and no channel's.
func TestFiguresOfOnesTeam(t *testing.T) {
	w := newWorld(t).signIn()
	w.s.Agents[0].Teams = []string{"service"}
	day := w.now.Format(time.DateOnly)
	w.happened(desk.Fact{Kind: desk.FactOpened, Day: day, Channel: desk.WebForm, Team: "service"}, desk.Fact{Kind: desk.FactOpened, Day: day, Channel: desk.WebForm, Team: "repairs"})
	for _, query := range []string{"", "?of=team:repairs", "?of=channel:webform", "?of=team:service"} {
		page := w.page("/console/figures" + query)
		require.Equal(t, "1", tileOf(t, page, "Opened"), query)
		require.NotContains(t, page, `value="channel:webform"`)
		require.NotContains(t, page, `value="team:repairs"`)
	}
}
