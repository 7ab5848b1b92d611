package blobtest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/blob"
)

var links = map[string]func(*testing.T, *suite){
	"a link downloads":                            download,
	"a link's download has its name":              downloadName,
	"a link to nothing":                           downloadAbsent,
	"a link ends":                                 linkEnds,
	"a link is for its key and method alone":      linkBound,
	"a link that was changed":                     linkChanged,
	"a link takes one upload":                     upload,
	"an upload of another size":                   uploadSize,
	"an upload of another type":                   uploadType,
	"an upload never replaces":                    uploadTaken,
	"an upload's link ends":                       uploadEnds,
	"a link's lifetime and size are within reach": linkBounds,
}

func (s *suite) signGet(t *testing.T, key string, opt blob.Options) string {
	t.Helper()
	link, err := s.Store.SignGet(t.Context(), key, time.Minute, opt)
	require.NoError(t, err)
	return link
}

func (s *suite) signPut(t *testing.T, key string, size int64) string {
	t.Helper()
	link, err := s.Store.SignPut(t.Context(), key, size, time.Minute, blob.Options{ContentType: "image/png"})
	require.NoError(t, err)
	return link
}

// refused is any 4xx: S3 and a folder word it differently.
func refused(t *testing.T, status int) {
	t.Helper()
	require.GreaterOrEqual(t, status, 400)
	require.Less(t, status, 500)
}

func download(t *testing.T, s *suite) {
	s.put(t, "mail/a=1.eml", "<script>")
	status, h, body := s.fetch(t, s.signGet(t, "mail/a=1.eml", blob.Options{}))
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "<script>", body)
	require.Equal(t, "application/octet-stream", h.Get("Content-Type"))
	require.True(t, strings.HasPrefix(h.Get("Content-Disposition"), "attachment"))
}

func downloadName(t *testing.T, s *suite) {
	require.NoError(t, s.Store.Put(t.Context(), "k", []byte("x"), blob.Options{ContentType: "text/html"}))
	_, h, _ := s.fetch(t, s.signGet(t, "k", blob.Options{ContentType: "application/pdf", FileName: "发票 (1).pdf"}))
	require.Equal(t, "application/pdf", h.Get("Content-Type"))
	require.Equal(t, "attachment; filename*=utf-8''%E5%8F%91%E7%A5%A8%20%281%29.pdf", h.Get("Content-Disposition"))
}

func downloadAbsent(t *testing.T, s *suite) {
	status, _, _ := s.fetch(t, s.signGet(t, "none", blob.Options{}))
	require.Equal(t, http.StatusNotFound, status)
}

func linkEnds(t *testing.T, s *suite) {
	s.put(t, "k", "x")
	link := s.signGet(t, "k", blob.Options{})
	s.Advance(50 * time.Second)
	status, _, _ := s.fetch(t, link)
	require.Equal(t, http.StatusOK, status)
	s.Advance(12 * time.Second)
	status, _, body := s.fetch(t, link)
	require.Equal(t, http.StatusForbidden, status)
	require.NotEqual(t, "x", body)
}

func linkBound(t *testing.T, s *suite) {
	s.put(t, "one", "1")
	s.put(t, "two", "2")
	link := s.signGet(t, "one", blob.Options{})
	status, _, _ := s.fetch(t, strings.Replace(link, "one", "two", 1))
	require.Equal(t, http.StatusForbidden, status)
	refused(t, s.upload(t, link, "application/octet-stream", "overwritten"))
	s.holds(t, "one", "1")
	status, _, _ = s.do(t, http.MethodDelete, link, "", nil)
	refused(t, status)
	s.holds(t, "one", "1")
	status, _, _ = s.fetch(t, s.signPut(t, "one", 1))
	refused(t, status)
}

func linkChanged(t *testing.T, s *suite) {
	s.put(t, "k", "x")
	link := s.signGet(t, "k", blob.Options{FileName: "safe.pdf"})
	bare, _, _ := strings.Cut(link, "?")
	for _, bad := range []string{bare, bare + "?", strings.Replace(link, "safe.pdf", "evil.exe", 1), link[:len(link)-1] + "%", link + "0"} {
		status, _, _ := s.fetch(t, bad)
		refused(t, status)
	}
}

func upload(t *testing.T, s *suite) {
	link := s.signPut(t, "up/load", 5)
	require.Equal(t, http.StatusOK, s.upload(t, link, "image/png", "12345"))
	s.holds(t, "up/load", "12345")
	require.Equal(t, http.StatusPreconditionFailed, s.upload(t, link, "image/png", "54321"))
	s.holds(t, "up/load", "12345")
}

func uploadSize(t *testing.T, s *suite) {
	link := s.signPut(t, "k", 5)
	refused(t, s.upload(t, link, "image/png", "123456"))
	refused(t, s.upload(t, link, "image/png", "1234"))
	s.lacks(t, "k")
}

func uploadType(t *testing.T, s *suite) {
	refused(t, s.upload(t, s.signPut(t, "k", 5), "text/html", "12345"))
	s.lacks(t, "k")
}

func uploadTaken(t *testing.T, s *suite) {
	s.put(t, "k", "mine")
	require.Equal(t, http.StatusPreconditionFailed, s.upload(t, s.signPut(t, "k", 5), "image/png", "12345"))
	s.holds(t, "k", "mine")
}

func uploadEnds(t *testing.T, s *suite) {
	link := s.signPut(t, "k", 5)
	s.Advance(time.Minute + 2*time.Second)
	require.Equal(t, http.StatusForbidden, s.upload(t, link, "image/png", "12345"))
	s.lacks(t, "k")
}

func linkBounds(t *testing.T, s *suite) {
	for _, ttl := range []time.Duration{0, -time.Minute, blob.MaxLink + time.Second} {
		_, err := s.Store.SignGet(t.Context(), "k", ttl, blob.Options{})
		require.ErrorIs(t, err, blob.ErrInvalid)
		_, err = s.Store.SignPut(t.Context(), "k", 1, ttl, blob.Options{})
		require.ErrorIs(t, err, blob.ErrInvalid)
	}
	_, err := s.Store.SignPut(t.Context(), "k", 0, time.Minute, blob.Options{})
	require.ErrorIs(t, err, blob.ErrInvalid)
	_, err = s.Store.SignPut(t.Context(), "k", blob.MaxBytes+1, time.Minute, blob.Options{})
	require.ErrorIs(t, err, blob.ErrTooLarge)
}
