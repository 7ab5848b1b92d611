package s3_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const bucket, region, keyID, secretKey = "desk-blobs", "eu-central-1", "AKIDEXAMPLE", "secret"

// fake answers as S3 does for the few requests of this package, with S3's own codes
// ("Amazon S3 error responses") and its own check of presigned links ("Authenticating
// Requests: Using Query Parameters", written here from that page, not with the SDK).
// It proves what the adapter asks and how it reads the answer; S3's own behaviour,
// durability and permissions it does not prove.
type fake struct {
	mu      sync.Mutex
	objects map[string]stored
	offset  time.Duration
	failing string // a code to answer everything with
}

type stored struct {
	data        []byte
	contentType string
	modified    time.Time
}

func (f *fake) advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.offset += d
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	key, ok := strings.CutPrefix(r.URL.Path, "/"+bucket)
	key = strings.TrimPrefix(key, "/")
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, "IncompleteBody")
	case !ok:
		refuse(w, http.StatusNotFound, "NoSuchBucket")
	case f.failing != "":
		refuse(w, http.StatusForbidden, f.failing)
	case r.Header.Get("Authorization") == "" && !f.presigned(w, r):
	case key == "":
		f.list(w, r.URL.Query())
	case r.Method == http.MethodPut:
		f.put(w, r, key, body)
	case r.Method == http.MethodGet:
		f.get(w, r, key)
	case r.Method == http.MethodDelete:
		delete(f.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

func (f *fake) put(w http.ResponseWriter, r *http.Request, key string, body []byte) {
	if _, taken := f.objects[key]; taken && r.Header.Get("If-None-Match") == "*" {
		refuse(w, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	f.objects[key] = stored{body, r.Header.Get("Content-Type"), time.Now().Add(f.offset)}
}

func (f *fake) get(w http.ResponseWriter, r *http.Request, key string) {
	o, ok := f.objects[key]
	if !ok {
		refuse(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	q := r.URL.Query()
	w.Header().Set("Content-Type", o.contentType)
	for param, header := range map[string]string{
		"response-content-type": "Content-Type", "response-content-disposition": "Content-Disposition",
	} {
		if v := q.Get(param); v != "" {
			w.Header().Set(header, v)
		}
	}
	if span := r.Header.Get("Range"); span != "" {
		var from, to int
		_, _ = fmt.Sscanf(span, "bytes=%d-%d", &from, &to)
		if from >= len(o.data) {
			refuse(w, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
			return
		}
		o.data = o.data[from:min(to+1, len(o.data))]
		w.Header().Set("Content-Length", strconv.Itoa(len(o.data)))
		w.WriteHeader(http.StatusPartialContent)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(o.data)))
	_, _ = w.Write(o.data) // the client may hang up: it does where a blob is too large
}

type listing struct {
	XMLName  xml.Name `xml:"ListBucketResult"`
	Contents []listed
}

type listed struct {
	Key, LastModified string
	Size              int
}

func (f *fake) list(w http.ResponseWriter, q url.Values) {
	limit, err := strconv.Atoi(q.Get("max-keys"))
	if q.Get("list-type") != "2" || err != nil {
		refuse(w, http.StatusBadRequest, "InvalidArgument")
		return
	}
	var keys []string
	for k := range f.objects {
		if strings.HasPrefix(k, q.Get("prefix")) && k > q.Get("start-after") {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var out listing
	for _, k := range keys[:min(limit, len(keys))] {
		o := f.objects[k]
		out.Contents = append(out.Contents, listed{k, o.modified.UTC().Format("2006-01-02T15:04:05.000Z"), len(o.data)})
	}
	answer(w, http.StatusOK, out)
}

type refusal struct {
	XMLName       xml.Name `xml:"Error"`
	Code, Message string
}

func refuse(w http.ResponseWriter, status int, code string) {
	answer(w, status, refusal{Code: code, Message: "words of S3 that repeat the key"})
}

func answer(w http.ResponseWriter, status int, v any) {
	b, err := xml.Marshal(v)
	if err != nil {
		panic(fmt.Sprint("test server: ", err))
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// presigned checks a link's lifetime and signature, or answers.
func (f *fake) presigned(w http.ResponseWriter, r *http.Request) bool {
	q, err := url.ParseQuery(r.URL.RawQuery)
	at, terr := time.Parse("20060102T150405Z", q.Get("X-Amz-Date"))
	life, lerr := strconv.Atoi(q.Get("X-Amz-Expires"))
	switch {
	case err != nil, terr != nil, lerr != nil:
		refuse(w, http.StatusForbidden, "AccessDenied")
	case time.Now().Add(f.offset).After(at.Add(time.Duration(life) * time.Second)):
		refuse(w, http.StatusForbidden, "AccessDenied") // S3's text: Request has expired
	case q.Get("X-Amz-Signature") != signature(r, q):
		refuse(w, http.StatusForbidden, "SignatureDoesNotMatch")
	default:
		return true
	}
	return false
}

func signature(r *http.Request, q url.Values) string {
	date := q.Get("X-Amz-Date")
	scope := strings.Join([]string{date[:8], region, "s3", "aws4_request"}, "/")
	text := "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hash(canonical(r, q))
	k := []byte("AWS4" + secretKey)
	for _, part := range strings.Split(scope, "/") {
		k = sign(k, part)
	}
	return hex.EncodeToString(sign(k, text))
}

func canonical(r *http.Request, q url.Values) string {
	var pairs []string
	for name := range q {
		if name != "X-Amz-Signature" {
			pairs = append(pairs, escape(name)+"="+escape(q.Get(name)))
		}
	}
	slices.Sort(pairs)
	names := strings.Split(q.Get("X-Amz-SignedHeaders"), ";")
	var headers strings.Builder
	for _, n := range names {
		v := r.Header.Get(n)
		switch n {
		case "host":
			v = r.Host
		case "content-length":
			v = strconv.FormatInt(r.ContentLength, 10)
		}
		headers.WriteString(n + ":" + strings.TrimSpace(v) + "\n")
	}
	return strings.Join([]string{
		r.Method, strings.ReplaceAll(escape(r.URL.Path), "%2F", "/"), strings.Join(pairs, "&"),
		headers.String(), strings.Join(names, ";"), "UNSIGNED-PAYLOAD",
	}, "\n")
}

// escape is AWS's UriEncode: all but the unreserved characters of RFC 3986.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func sign(key []byte, s string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(s))
	return m.Sum(nil)
}
