package lambdaevent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// answering is what a handler may take to tell that its time was up.
const answering = 500 * time.Millisecond

// HTTP puts an ordinary http.Handler behind an HTTP API. The request carries the
// gateway's view: Host is the one that was called, RemoteAddr the source IP with port
// 0, the path is below the stage, cookies are back in their header. Several Set-Cookie
// headers each reach the browser; any other header set several times is joined by
// commas. A body that isn't UTF-8 travels as base64. A response over MaxPayload fails
// with ErrTooLarge, as Lambda would fail it. The request's own time ends a little before the
// function's: a handler whose store hangs still says so.
func HTTP(h http.Handler) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		if end, ok := ctx.Deadline(); ok {
			sooner, cancel := context.WithDeadline(ctx, end.Add(-answering))
			defer cancel()
			ctx = sooner
		}
		r, err := httpRequest(ctx, e)
		if err != nil {
			return events.APIGatewayV2HTTPResponse{}, err
		}
		w := &recorder{header: http.Header{}}
		h.ServeHTTP(w, r)
		return w.response(r.Method)
	}
}

func httpRequest(ctx context.Context, e events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	b, err := body(e)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, e.RequestContext.HTTP.Method, "/", bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: method", ErrMalformed)
	}
	r.URL = requestURL(belowStage(e), e.RawQueryString)
	r.RequestURI = r.URL.RequestURI()
	for name, values := range header(e) {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	r.Host = host(e)
	r.RemoteAddr = net.JoinHostPort(e.RequestContext.HTTP.SourceIP, "0")
	return r, nil
}

// requestURL keeps the path's own escaping where it has one. The gateway may hand over
// a path already decoded, which then may not parse: it is taken as it stands.
func requestURL(path, rawQuery string) *url.URL {
	u := &url.URL{Path: path, RawQuery: rawQuery}
	if decoded, err := url.PathUnescape(path); err == nil {
		u.Path, u.RawPath = decoded, path
	}
	return u
}

func host(e events.APIGatewayV2HTTPRequest) string {
	for name, value := range e.Headers {
		if strings.EqualFold(name, "host") {
			return value
		}
	}
	return e.RequestContext.DomainName
}

// recorder is the ResponseWriter that keeps what a handler wrote.
type recorder struct {
	header http.Header // the handler's, open until the first write
	sent   http.Header // as it stood then: net/http ignores later changes too
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status != 0 || status < 200 { // informational answers don't pass a gateway
		return
	}
	w.status, w.sent = status, w.header.Clone()
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		if w.header.Get("Content-Type") == "" && len(b) > 0 {
			w.header.Set("Content-Type", http.DetectContentType(b))
		}
		w.WriteHeader(http.StatusOK)
	}
	return w.body.Write(b)
}

func (w *recorder) response(method string) (events.APIGatewayV2HTTPResponse, error) {
	w.WriteHeader(http.StatusOK) // a handler that wrote nothing answers 200
	resp := events.APIGatewayV2HTTPResponse{StatusCode: w.status, Headers: map[string]string{}}
	for name, values := range w.sent {
		if name == "Set-Cookie" {
			resp.Cookies = values
			continue
		}
		resp.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	if method != http.MethodHead {
		resp.Body, resp.IsBase64Encoded = encode(w.body.Bytes())
	}
	return resp, fits(resp)
}

// fits refuses a response that Lambda would. Only a large one is measured exactly:
// escaping makes a byte at most six.
func fits(resp events.APIGatewayV2HTTPResponse) error {
	if len(resp.Body) < MaxPayload/8 {
		return nil
	}
	b, err := json.Marshal(resp)
	if err != nil {
		return fmt.Errorf("%w: response is not JSON", ErrMalformed)
	}
	if len(b) > MaxPayload {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(b), MaxPayload)
	}
	return nil
}
