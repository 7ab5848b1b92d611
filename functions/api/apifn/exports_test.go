package apifn_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/store"
)

// exported is what jobs do: the file is there.
func (b *bench) exported(id string) {
	b.t.Helper()
	row, err := b.rows.Export(b.t.Context(), "amy", id)
	require.NoError(b.t, err)
	require.Equal(b.t, "agent", row.Value.Role)
	row.Value.State, row.Value.Rows, row.Value.Blob = desk.ExportDone, 3, "exports/x.csv"
	require.NoError(b.t, b.files.Put(b.t.Context(), "exports/x.csv", []byte("x"), blob.Options{}))
	var tx store.Tx
	tx.PutExport(row)
	require.NoError(b.t, b.rows.Commit(b.t.Context(), &tx))
}

// Where it can't be noted who takes data away in bulk, nobody is given it.
func TestExportsAreNotGivenUnnoted(t *testing.T) {
	b := newBench(t)
	id := b.do("POST", "/v1/exports", `{"kind":"tickets","from":"2026-03-01","to":"2026-03-02"}`).is(202).json()["id"].(string)
	b.exported(id)
	read := func() *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/v1/exports/"+id, nil)
		r.Header.Set("Authorization", "Bearer "+agentToken)
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		return w
	}
	b.mute = true
	w := read()
	require.Equal(t, 500, w.Code)
	require.NotContains(t, w.Body.String(), "blobs/")
	b.mute = false
	require.Contains(t, read().Body.String(), "/blobs/exports/x.csv")
}

// An export is asked for, made by jobs, and read by a link that only who asked gets, and
// that is noted before it is given.
func TestExports(t *testing.T) {
	b := newBench(t)
	body := `{"kind":"tickets","from":"2026-03-01","to":"2026-03-02"}`
	v := b.do("POST", "/v1/exports", body).is(202).json()
	require.Equal(t, "waiting", v["state"])
	require.Equal(t, "2026-03-02", v["to"])
	id := v["id"].(string)
	require.Nil(t, b.do("GET", "/v1/exports/"+id, "").is(200).json()["url"])
	require.Len(t, b.do("GET", "/v1/exports", "").is(200).items(), 1)

	b.exported(id)
	v = b.do("GET", "/v1/exports/"+id, "").is(200).json()
	require.Contains(t, v["url"], "https://desk.test/blobs/exports/x.csv")
	require.Equal(t, "3", fmt.Sprint(v["rows"]))
	require.NotEmpty(t, v["url_expires_at"])
	b.as(leadToken, "GET", "/v1/exports/"+id, "").is(404)
	noted := b.as(leadToken, "GET", "/v1/audit", "").is(200)
	require.Equal(t, 3, strings.Count(string(noted.body), "GET /v1/exports/{id}"), "once for each look, the refused one too")

	for field, bad := range map[string]string{
		"kind": `{"kind":"x","from":"2026-03-01","to":"2026-03-02"}`, "from": `{"kind":"tickets","from":"1","to":"2026-03-02"}`,
		"to": `{"kind":"tickets","from":"2026-03-01","to":"2026-12-02"}`, "team": `{"kind":"tickets","from":"2026-03-01","to":"2026-03-02","team":"x"}`,
	} {
		b.do("POST", "/v1/exports", bad).names(422, field)
	}
	b.people(map[string]allow.Principal{"support": inTeam("amy", allow.Agent, "support")})
	b.as("support", "GET", "/v1/exports/"+id, "").is(409) // it was made for all teams
	b.as("support", "POST", "/v1/exports", `{"kind":"tickets","from":"2026-03-01","to":"2026-03-02","team":"sales"}`).names(422, "team")
}
