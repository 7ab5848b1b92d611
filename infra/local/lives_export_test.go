package local_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local"
)

// exporting calls the API about exports.
func (l *life) exporting(t *testing.T, method, path, body string, status int) (v struct {
	ID, State string
	URL       *string
	Rows      *int
}) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, l.base+"/v1/exports"+path, bytes.NewReader([]byte(body)))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+local.DefaultAPIToken)
	req.Header.Set("Content-Type", "application/json")
	require.NoError(t, json.Unmarshal([]byte(ask(t, status, req, nil)), &v))
	return v
}

// A file that is asked for is made by itself, and downloaded by its link.
func TestLifeOfAnExport(t *testing.T) {
	t.Parallel()
	l := begin(t)
	w, err := l.WeChat(l.base)
	require.NoError(t, err)
	req, err := w.Text("oAnn", "7001", "我的杯子碎了", l.clock.Now())
	call(t, req, err)
	tk := l.find(t, "oAnn", 1)
	today := l.clock.Now().UTC()
	asked := `{"kind":"tickets","from":"` + today.AddDate(0, 0, -1).Format(time.DateOnly) + `","to":"` + today.AddDate(0, 0, 1).Format(time.DateOnly) + `"}`
	id := l.exporting(t, http.MethodPost, "", asked, http.StatusAccepted).ID
	soon(t, func() bool { return l.exporting(t, http.MethodGet, "/"+id, "", http.StatusOK).State == "done" })
	v := l.exporting(t, http.MethodGet, "/"+id, "", http.StatusOK)
	require.Equal(t, 1, *v.Rows)
	req, err = http.NewRequestWithContext(t.Context(), http.MethodGet, *v.URL, nil)
	require.Contains(t, ask(t, http.StatusOK, req, err), tk.ID.Number())
}
