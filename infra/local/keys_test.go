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

// Service keys are tried on one machine as they are on AWS: with their scope and their end.
func TestServiceKeysOpenALocalDesk(t *testing.T) {
	t.Parallel()
	l := begin(t)
	call := func(token, method, path, body string, status int) string {
		req, err := http.NewRequestWithContext(t.Context(), method, l.base+path, bytes.NewReader([]byte(body)))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", "key-1")
		return ask(t, status, req, nil)
	}
	until, err := json.Marshal(l.clock.Now().Add(24 * time.Hour))
	require.NoError(t, err)
	var made struct{ Key string }
	require.NoError(t, json.Unmarshal([]byte(call(local.DefaultAPIToken, http.MethodPost, "/v1/keys",
		`{"name":"reader","role":"lead","scope":"read","expires_at":`+string(until)+`}`, http.StatusCreated)), &made))
	call(made.Key, http.MethodGet, "/v1/tickets", "", http.StatusOK)
	call(made.Key, http.MethodPost, "/v1/customers", `{"email":"ann@x.test"}`, http.StatusForbidden)
	l.clock.Jump(25 * time.Hour)
	call(made.Key, http.MethodGet, "/v1/tickets", "", http.StatusUnauthorized)
}
