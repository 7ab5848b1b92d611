package folder

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
)

// grant is what a link allows; all of it is signed.
type grant struct {
	method  string // GET or PUT
	key     string
	expires int64 // Unix seconds: good before
	size    int64 // PUT: of the body
	opt     blob.Options
}

// sum signs the grant. Lengths stand before the parts, so that no two grants have the
// same bytes.
func (g grant) sum(secret []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	for _, part := range []string{
		"deskhook blob link 1", g.method, g.key, strconv.FormatInt(g.expires, 10),
		strconv.FormatInt(g.size, 10), g.opt.ContentType, g.opt.FileName,
	} {
		fmt.Fprintf(mac, "%d:%s", len(part), part) // a hash takes every write
	}
	return mac.Sum(nil)
}

func (s *Store) link(g grant) string {
	q := url.Values{"e": {strconv.FormatInt(g.expires, 10)}}
	for name, v := range map[string]string{"t": g.opt.ContentType, "n": g.opt.FileName} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if g.size > 0 {
		q.Set("l", strconv.FormatInt(g.size, 10))
	}
	q.Set("s", base64.RawURLEncoding.EncodeToString(g.sum(s.secret)))
	u := *s.base
	u.Path, u.RawQuery = u.Path+"/"+g.key, q.Encode()
	return u.String()
}

// grantOf reads a grant back from a request for key; false if it is not signed, or is
// over.
func (s *Store) grantOf(r *http.Request, key string) (grant, bool) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return grant{}, false
	}
	g := grant{method: r.Method, key: key, opt: blob.Options{ContentType: q.Get("t"), FileName: q.Get("n")}}
	if g.method == http.MethodHead {
		g.method = http.MethodGet
	}
	if g.expires, err = strconv.ParseInt(q.Get("e"), 10, 64); err != nil {
		return grant{}, false
	}
	if l := q.Get("l"); l != "" {
		if g.size, err = strconv.ParseInt(l, 10, 64); err != nil {
			return grant{}, false
		}
	}
	given, err := base64.RawURLEncoding.Strict().DecodeString(q.Get("s"))
	if err != nil || !hmac.Equal(given, g.sum(s.secret)) {
		return grant{}, false
	}
	return g, s.now().Unix() < g.expires
}

// until rounds up: a link lives at least ttl.
func (s *Store) until(ttl time.Duration) int64 {
	return s.now().Add(ttl + time.Second - 1).Unix()
}

// SignGet implements blob.Store.
func (s *Store) SignGet(_ context.Context, key string, ttl time.Duration, opt blob.Options) (string, error) {
	if err := errors.Join(blob.CheckKey(key), blob.CheckLink(ttl)); err != nil {
		return "", err
	}
	return s.link(grant{method: http.MethodGet, key: key, expires: s.until(ttl), opt: opt}), nil
}

// SignPut implements blob.Store.
func (s *Store) SignPut(_ context.Context, key string, size int64, ttl time.Duration, opt blob.Options) (string, error) {
	if err := errors.Join(blob.CheckKey(key), blob.CheckLink(ttl), blob.CheckSize(size)); err != nil {
		return "", err
	}
	opt.FileName = ""
	return s.link(grant{method: http.MethodPut, key: key, expires: s.until(ttl), size: size, opt: opt}), nil
}
