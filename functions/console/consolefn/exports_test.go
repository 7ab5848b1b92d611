package consolefn_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// An agent asks for a file, sees it coming, and downloads it; nobody else does.
func TestExports(t *testing.T) {
	w := newWorld(t).signIn()
	w.index()
	page := w.page("/console/exports?lang=en")
	require.Contains(t, page, "None yet")
	form := url.Values{"csrf": {field(t, page, "csrf")}, "kind": {"answers"}, "from": {"2026-11-01"}, "to": {"2026-11-22"}, "status": {"open"}}
	require.Equal(t, http.StatusSeeOther, w.do("POST", "/console/exports", form).StatusCode)
	require.Contains(t, w.page("/console/exports?lang=en"), "Being made")
	rows, err := w.deps.Store.Exports(t.Context(), "lin", 10)
	require.NoError(t, err)
	require.Equal(t, desk.ExportAnswers, rows[0].Value.Kind)

	row := rows[0]
	row.Value.State, row.Value.Rows, row.Value.Blob = desk.ExportDone, 3, "exports/x.csv"
	var tx store.Tx
	tx.PutExport(row)
	require.NoError(t, w.deps.Store.Commit(t.Context(), &tx))
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
