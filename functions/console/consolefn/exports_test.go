package consolefn_test

import (
	"context"
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/console/consolefn"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// exported is what jobs do: the file is there.
func (w *world) exported(row store.Row[desk.Export]) {
	w.t.Helper()
	row.Value.State, row.Value.Rows, row.Value.Blob = desk.ExportDone, 3, "exports/x.csv"
	var tx store.Tx
	tx.PutExport(row)
	require.NoError(w.t, w.deps.Store.Commit(w.t.Context(), &tx))
}

// unnoted is a table whose audit takes nothing.
type unnoted struct{ table.Table }

func (u unnoted) Write(ctx context.Context, ops ...table.Op) error {
	if strings.HasPrefix(ops[0].Item.PK, "A#") {
		return errors.New("the audit takes nothing")
	}
	return u.Table.Write(ctx, ops...)
}

// Where it can't be noted who takes data away in bulk, nobody is given it.
func TestExportsAreNotGivenUnnoted(t *testing.T) {
	w := newWorld(t).signIn()
	w.index()
	w.exported(store.Row[desk.Export]{Value: desk.Export{ID: "x1", Kind: desk.ExportTickets, By: desk.Actor{Kind: desk.ByAgent, ID: "lin"}, Role: "agent", At: w.now, From: w.now, To: w.now}})
	noted := w.deps.Store
	w.deps.Store = store.New(unnoted{noted.T})
	w.handler = consolefn.New(w.deps)
	resp := w.do("GET", "/console/exports/x1/file", nil)
	require.GreaterOrEqual(t, resp.StatusCode, 500)
	require.Empty(t, resp.Header.Get("Location"))
	require.NotContains(t, body(t, resp), "exports/x.csv")

	w.deps.Store = noted
	w.handler = consolefn.New(w.deps)
	require.Contains(t, w.do("GET", "/console/exports/x1/file", nil).Header.Get("Location"), "exports/x.csv")
}

// An agent asks for a file, sees it coming, and downloads it; nobody else does.
func TestExports(t *testing.T) {
	w := newWorld(t).signIn()
	w.index()
	page := w.page("/console/exports?lang=en")
	require.Contains(t, page, "None yet")
	form := url.Values{"csrf": {field(t, page, "csrf")}, "kind": {"answers"}, "from": {"2026-11-01"}, "to": {"2026-11-22"}, "status": {"open"}}
	require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/exports", form).StatusCode)
	page = w.page("/console/exports?lang=en")
	require.Contains(t, page, "Being made")
	require.NotContains(t, page, "data-still", "it looks for the file by itself")
	require.Contains(t, w.page("/console/fragment/exports?lang=en"), "Being made")
	rows, err := w.deps.Store.Exports(t.Context(), "lin", 10)
	require.NoError(t, err)
	require.Equal(t, desk.ExportAnswers, rows[0].Value.Kind)

	w.exported(rows[0])
	require.Contains(t, w.page("/console/fragment/exports?lang=en"), "data-still", "an open page needs to look no more")
	page = w.page("/console/exports?lang=en")
	require.Contains(t, page, "3 rows")
	file := regexp.MustCompile(`href="(/console/exports/[^"]+/file)"`).FindStringSubmatch(page)[1]
	require.Contains(t, w.do("GET", file, nil).Header.Get("Location"), "http://files.test/exports/x.csv")
	noted, _, err := w.deps.Store.Audit(t.Context(), "2026-11-22", "", 5)
	require.NoError(t, err)
	require.Equal(t, "GET /console/exports/{id}/file", noted[0].What)
	require.NotEqual(t, noted[0].What, noted[1].What, "a row for each download")
	require.Equal(t, http.StatusNotFound, w.do("GET", "/console/exports/other/file", nil).StatusCode)

	form.Set("to", "2027-11-22")
	require.Equal(t, http.StatusUnprocessableEntity, w.do("POST", "/console/exports", form).StatusCode)
}

// A list hands over to the export what it shows.
func TestExportOfAList(t *testing.T) {
	w := newWorld(t).signIn()
	w.index()
	link := func(page string) string {
		return html.UnescapeString(regexpFind(t, page, `href="(/console/exports\?[^"]*)"`))
	}
	form := w.page(link(w.page("/console?view=resolved&team=repairs&lang=en")))
	require.Contains(t, form, `<option value="repairs" selected>`)
	require.Contains(t, form, `<option value="resolved" selected>`)
	require.Contains(t, form, "data-still")
	form = w.page(link(w.page("/console/feedback?team=service&from=2026-11-03&to=2026-11-09&lang=en")))
	for _, kept := range []string{`<option value="answers" selected>`, `<option value="service" selected>`, `value="2026-11-03"`, `value="2026-11-09"`} {
		require.Contains(t, form, kept)
	}
}
