package folder_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/blob/blobtest"
	"github.com/deskhook/deskhook/shared/blob/folder"
)

var secret = []byte("a secret of the links, for tests")

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func fresh(t testing.TB) (*folder.Store, *clock, string) {
	t.Helper()
	c, dir := &clock{t: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}, t.TempDir()
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	s, err := folder.Open(dir, srv.URL+"/files/", secret, c.Now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	h = s.Handler()
	return s, c, dir
}

// The folder keeps all that the suite asks.
func TestSuite(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blobtest.Harness {
		s, c, _ := fresh(t)
		return blobtest.Harness{Store: s, Client: http.DefaultClient, Advance: c.Advance}
	})
}

// The rule: what can't sign or be reached is refused at opening.
func TestOpenRefuses(t *testing.T) {
	for _, base := range []string{"", "/files", "ftp://x/", "http://x/?q", "http://%"} {
		_, err := folder.Open(t.TempDir(), base, secret, time.Now)
		require.Error(t, err, base)
	}
	_, err := folder.Open(t.TempDir(), "http://x", []byte("short"), time.Now)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "short\"")
}

// The promise: a download can't act in the desk's origin, whatever is in it.
func TestDownloadHeaders(t *testing.T) {
	s, _, _ := fresh(t)
	require.NoError(t, s.Put(t.Context(), "x.html", []byte("<script>alert(1)</script>"), blob.Options{}))
	link, err := s.SignGet(t.Context(), "x.html", time.Minute, blob.Options{ContentType: "text/html", FileName: "x.html"})
	require.NoError(t, err)
	w := serve(t, s, http.MethodGet, link)
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "attachment; filename=x.html", w.Header().Get("Content-Disposition"))
	require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
	require.Equal(t, "sandbox; default-src 'none'", w.Header().Get("Content-Security-Policy"))
	require.Equal(t, "private, no-store", w.Header().Get("Cache-Control"))
	require.Equal(t, http.StatusOK, serve(t, s, http.MethodHead, link).Code)
	require.Equal(t, http.StatusForbidden, serve(t, s, http.MethodPost, link).Code)
}

func serve(t testing.TB, s *folder.Store, method, link string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, link, nil))
	return w
}

// The promise: no path leads out, through dots, escapes or a symbolic link.
func TestNoTraversal(t *testing.T) {
	s, _, dir := fresh(t)
	outside := filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.WriteFile(outside, []byte("outside"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "link")))
	_, err := s.Get(t.Context(), "link", 0)
	require.Error(t, err)
	for _, path := range []string{"/files/../x", "/files/%2e%2e/x", "/files//x", "/files/", "/x", "/files/%25tmp/x"} {
		require.Equal(t, http.StatusNotFound, serve(t, s, http.MethodGet, path+"?e=99999999999&s=AAAA").Code, path)
	}
}

// The promise: a crash's leftovers don't stay for ever, and nothing else is left.
func TestLeavesNothing(t *testing.T) {
	s, c, dir := fresh(t)
	old, young := filepath.Join(dir, "%tmp", "old"), filepath.Join(dir, "%tmp", "young")
	for _, f := range []string{old, young} {
		require.NoError(t, os.WriteFile(f, nil, 0o600))
	}
	long := time.Now().Add(-48 * time.Hour)
	require.NoError(t, os.Chtimes(old, long, long))
	again, err := folder.Open(dir, "http://x", secret, c.Now)
	require.NoError(t, err)
	defer func() { require.NoError(t, again.Close()) }()
	require.NoFileExists(t, old)
	require.FileExists(t, young)
	require.NoError(t, os.Remove(young))

	require.NoError(t, s.Put(t.Context(), "a/b/c", []byte("x"), blob.Options{}))
	require.NoError(t, s.Delete(t.Context(), "a/b/c"))
	require.NoDirExists(t, filepath.Join(dir, "a+"))
	left, err := os.ReadDir(filepath.Join(dir, "%tmp"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// The promise: of two uploads at once by the same link one is taken, whole.
func TestUploadRace(t *testing.T) {
	s, _, _ := fresh(t)
	link, err := s.SignPut(t.Context(), "k", 4, time.Minute, blob.Options{})
	require.NoError(t, err)
	var wg sync.WaitGroup
	codes := make([]int, 8)
	for i := range codes {
		wg.Go(func() {
			r := httptest.NewRequestWithContext(context.Background(), http.MethodPut, link, strings.NewReader("1234"))
			r.Header.Set("Content-Type", "application/octet-stream")
			r.Header.Set("If-None-Match", "*")
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			codes[i] = w.Code
		})
	}
	wg.Wait()
	won := 0
	for _, c := range codes {
		if c == http.StatusOK {
			won++
		} else {
			require.Equal(t, http.StatusPreconditionFailed, c)
		}
	}
	require.Equal(t, 1, won)
}

// The promise: no request without the secret is answered with a blob, or a panic.
func FuzzHandler(f *testing.F) {
	s, _, _ := fresh(f)
	require.NoError(f, s.Put(f.Context(), "k", []byte("x"), blob.Options{}))
	f.Add("GET", "/files/k", "e=1&s=x")
	f.Add("PUT", "/files/../k", "e=99999999999&l=1&s=AAAA")
	f.Fuzz(func(t *testing.T, method, path, query string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Method, r.URL.Path, r.URL.RawQuery = method, path, query
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		require.GreaterOrEqual(t, w.Code, 400)
	})
}
