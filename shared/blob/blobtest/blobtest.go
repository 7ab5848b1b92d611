// Package blobtest is the suite that every blob engine passes. An engine runs it with
//
//	blobtest.Run(t, func(t *testing.T) blobtest.Harness { … })
package blobtest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/blob"
)

// Harness is one engine with a fresh, empty store.
type Harness struct {
	Store blob.Store
	// Client reaches the signed links.
	Client *http.Client
	// Advance lets d pass for the links' lifetime.
	Advance func(d time.Duration)
}

// Run runs the suite; open is called once per test.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, group := range []map[string]func(*testing.T, *suite){store, links} {
		for name, test := range group {
			t.Run(name, func(t *testing.T) { test(t, &suite{open(t)}) })
		}
	}
}

type suite struct{ Harness }

func (s *suite) put(t *testing.T, key, data string) {
	t.Helper()
	require.NoError(t, s.Store.Put(t.Context(), key, []byte(data), blob.Options{}))
}

func (s *suite) holds(t *testing.T, key, want string) {
	t.Helper()
	got, err := s.Store.Get(t.Context(), key, 0)
	require.NoError(t, err)
	require.Equal(t, want, string(got))
}

func (s *suite) lacks(t *testing.T, key string) {
	t.Helper()
	_, err := s.Store.Get(t.Context(), key, 0)
	require.ErrorIs(t, err, blob.ErrNotFound)
}

func (s *suite) list(t *testing.T, prefix, after string, limit int) []string {
	t.Helper()
	objs, err := s.Store.List(t.Context(), prefix, after, limit)
	require.NoError(t, err)
	keys := make([]string, 0, len(objs))
	for _, o := range objs {
		keys = append(keys, o.Key)
	}
	return keys
}

// fetch follows a link.
func (s *suite) fetch(t *testing.T, link string) (status int, h http.Header, body string) {
	t.Helper()
	return s.do(t, http.MethodGet, link, "", nil)
}

// upload sends what the contract says that a PUT carries.
func (s *suite) upload(t *testing.T, link, contentType, body string) int {
	t.Helper()
	status, _, _ := s.do(t, http.MethodPut, link, body, http.Header{
		"Content-Type": {contentType}, "If-None-Match": {"*"},
	})
	return status
}

func (s *suite) do(t *testing.T, method, link, body string, h http.Header) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, link, strings.NewReader(body))
	require.NoError(t, err)
	if h != nil {
		req.Header = h
	}
	res, err := s.Client.Do(req)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	var buf bytes.Buffer
	_, err = io.Copy(&buf, res.Body)
	require.NoError(t, err)
	return res.StatusCode, res.Header, buf.String()
}
