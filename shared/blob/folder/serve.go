package folder

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"

	"github.com/deskhook/deskhook/shared/blob"
)

// Handler serves the signed links. It wants requests with the whole path of the base
// URL. Answers are S3's: 403 for a link that is not ours, was changed or is over; 404;
// 412 for an upload where the key is taken. A download is never shown in the desk's
// own origin: it is an attachment, its type is not guessed, and it is sandboxed.
func (s *Store) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
		h.Set("Cache-Control", "private, no-store")
		h.Set("Referrer-Policy", "no-referrer")
		key, ok := strings.CutPrefix(r.URL.Path, s.base.Path+"/")
		if !ok || blob.CheckKey(key) != nil {
			fail(w, http.StatusNotFound)
			return
		}
		// A page of another address uploads here, as to the bucket: what may be put says
		// the link, and no answer tells anything.
		if r.Method == http.MethodOptions || r.Method == http.MethodPut {
			h.Set("Access-Control-Allow-Origin", "*")
		}
		if r.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", "PUT")
			h.Set("Access-Control-Allow-Headers", "content-type, if-none-match")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		g, ok := s.grantOf(r, key)
		switch {
		case !ok:
			fail(w, http.StatusForbidden)
		case g.method == http.MethodGet:
			s.serveGet(w, r, g)
		case g.method == http.MethodPut:
			s.servePut(w, r, g)
		}
	})
}

func fail(w http.ResponseWriter, code int) { http.Error(w, http.StatusText(code), code) }

func (s *Store) serveGet(w http.ResponseWriter, r *http.Request, g grant) {
	f, info, err := s.open(g.key)
	if errors.Is(err, blob.ErrNotFound) {
		fail(w, http.StatusNotFound)
		return
	}
	if err != nil {
		fail(w, http.StatusInternalServerError)
		return
	}
	defer func() { _ = f.Close() }() // was only read
	w.Header().Set("Content-Type", g.opt.Type())
	w.Header().Set("Content-Disposition", g.opt.Disposition())
	http.ServeContent(w, r, "", info.ModTime(), f)
}

func (s *Store) servePut(w http.ResponseWriter, r *http.Request, g grant) {
	switch {
	case r.Header.Get("Content-Type") != g.opt.Type(), r.ContentLength != g.size, r.Header.Get("If-None-Match") != "*":
		fail(w, http.StatusForbidden) // as S3, where these headers are part of the signature
		return
	case s.taken(g.key): // asked before the body is read, decided by the link below
		fail(w, http.StatusPreconditionFailed)
		return
	}
	tmp, err := s.aside(&exactly{r: http.MaxBytesReader(w, r.Body, g.size), left: g.size})
	if err != nil {
		fail(w, http.StatusBadRequest)
		return
	}
	err = s.install(tmp, g.key, s.root.Link) // a link, unlike a rename, never replaces
	switch {
	case errors.Is(err, fs.ErrExist):
		fail(w, http.StatusPreconditionFailed)
	case err != nil:
		fail(w, http.StatusInternalServerError)
	default:
		_ = s.root.Remove(tmp) // a second name of the same file: Open sweeps it if this fails
		w.WriteHeader(http.StatusOK)
	}
}

func (s *Store) taken(key string) bool {
	_, file := place(key)
	_, err := s.root.Lstat(file)
	return err == nil
}

// exactly makes a body that ends early an error.
type exactly struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (e *exactly) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if err == io.EOF && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
