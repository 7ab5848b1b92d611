package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a desk had no time for is handed over again from there on.
func TestImportGoesOn(t *testing.T) {
	var asked []string
	desk := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		answers := []string{`"status":"partial","next_line":3,"counts":{"created":1},"items":[{"line":2,"result":"created"}]`, `"status":"completed","next_line":null,"counts":{"created":1,"unchanged":1}`}
		fmt.Fprintf(w, "{%s}", answers[len(asked)-1])
	}))
	defer desk.Close()
	file := filepath.Join(t.TempDir(), "c.csv")
	require.NoError(t, os.WriteFile(file, []byte("mail\na@x.test\nb@x.test\n"), 0o600))
	var out strings.Builder
	c := importCmd{File: file, Apply: true, Desk: desk.URL}
	require.NoError(t, c.Run(&world{ctx: t.Context(), out: &out}))
	require.Equal(t, []string{"preview=false", "preview=false&from_line=3"}, asked)
	require.Contains(t, out.String(), "1 unchanged, 2 created")
}

// A desk's refusal is told by line and column.
func TestImportTellsFaults(t *testing.T) {
	desk := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, `{"type":"about:blank","status":422,"detail":"The file has faults.","errors":[{"field":"tier","line":3,"message":"must be one of standard, vip"}]}`)
	}))
	defer desk.Close()
	file := filepath.Join(t.TempDir(), "c.csv")
	require.NoError(t, os.WriteFile(file, []byte("mail\n"), 0o600))
	var out strings.Builder
	c := importCmd{File: file, Desk: desk.URL}
	require.ErrorContains(t, c.Run(&world{ctx: t.Context(), out: &out}), "nothing was imported (422) The file has faults.")
	require.Equal(t, file+":3: tier must be one of standard, vip\n", out.String())
}
