package runner

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// Limits of an HTTP API (AWS: "Quotas for HTTP APIs").
const (
	maxBody        = 10 * 1024 * 1024
	maxHeader      = 10240 // request line and headers
	gatewayTimeout = 30 * time.Second
)

// ServeHTTP is the HTTP API: it finds the route, calls its function and answers as
// API Gateway does, faults included: 404 without a route, 413 and 431 over the limits,
// 500 when the call failed or answered with something else than a response, 503 after
// 30 s or without free concurrency.
func (r *Runner) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	rt, params, ok := r.find(req.Method, req.URL.EscapedPath())
	if !ok {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	if headerSize(req) > maxHeader {
		refuse(w, http.StatusRequestHeaderFieldsTooLarge, "Request Header Fields Too Large")
		return
	}
	body, err := io.ReadAll(io.LimitReader(req.Body, maxBody+1))
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, "Bad Request")
		return
	case len(body) > maxBody:
		refuse(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	payload, err := json.Marshal(r.httpEvent(req, rt, params, body))
	if err != nil {
		refuse(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	out, err := r.throughGateway(req, rt, payload)
	if err != nil {
		refuseFor(w, err)
		return
	}
	answer(w, out)
}

var errGateway = errors.New("runner: the gateway's 30 s are over")

// throughGateway waits for a call as long as the gateway does; the function may go on.
func (r *Runner) throughGateway(req *http.Request, rt route, payload []byte) ([]byte, error) {
	if r.cfg.Synchronous || rt.fn.Timeout < gatewayTimeout {
		return r.invoke(req.Context(), rt.fn, rt.key, 0, payload)
	}
	type result struct {
		out []byte
		err error
	}
	done := make(chan result, 1)
	go func() {
		out, err := r.invoke(req.Context(), rt.fn, rt.key, 0, payload)
		done <- result{out, err}
	}()
	select {
	case res := <-done:
		return res.out, res.err
	case <-r.cfg.Clock.After(gatewayTimeout):
		return nil, errGateway
	}
}

func refuseFor(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, errGateway), errors.Is(err, ErrThrottled), errors.Is(err, ErrStopped):
		refuse(w, http.StatusServiceUnavailable, "Service Unavailable")
	case errors.Is(err, ErrTooLarge):
		refuse(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
	default:
		refuse(w, http.StatusInternalServerError, "Internal Server Error")
	}
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"message":%q}`, message)
}

func headerSize(req *http.Request) int {
	n := len(req.Method) + len(req.RequestURI) + len(req.Proto) + 4
	for name, values := range req.Header {
		for _, v := range values {
			n += len(name) + len(v) + 4
		}
	}
	return n
}

// httpEvent is the payload, format 2.0.
func (r *Runner) httpEvent(req *http.Request, rt route, params map[string]string, body []byte) events.APIGatewayV2HTTPRequest {
	now := r.cfg.Clock.Now().UTC()
	ip, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil {
		ip = req.RemoteAddr
	}
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: rt.key, RawPath: req.URL.EscapedPath(), RawQueryString: req.URL.RawQuery,
		Headers: joinHeaders(req, ip), PathParameters: params, QueryStringParameters: joinQuery(req),
	}
	for _, line := range req.Header.Values("Cookie") {
		for c := range strings.SplitSeq(line, ";") {
			e.Cookies = append(e.Cookies, strings.TrimSpace(c))
		}
	}
	e.Body, e.IsBase64Encoded = asBody(req.Header.Get("Content-Type"), body)
	e.RequestContext = events.APIGatewayV2HTTPRequestContext{
		RouteKey: rt.key, AccountID: "000000000000", Stage: "$default", APIID: "local",
		RequestID: fmt.Sprintf("local-%d", now.UnixNano()), DomainName: hostOnly(req.Host), DomainPrefix: "local",
		Time: now.Format("02/Jan/2006:15:04:05 -0700"), TimeEpoch: now.UnixMilli(),
		HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
			Method: req.Method, Path: req.URL.Path, Protocol: req.Proto, SourceIP: ip, UserAgent: req.UserAgent(),
		},
	}
	return e
}

func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}

func joinHeaders(req *http.Request, ip string) map[string]string {
	h := map[string]string{"host": req.Host}
	for name, values := range req.Header {
		if name != "Cookie" {
			h[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	if before := h["x-forwarded-for"]; before != "" {
		ip = before + ", " + ip
	}
	h["x-forwarded-for"] = ip
	if h["x-forwarded-proto"] == "" {
		h["x-forwarded-proto"] = "http"
	}
	return h
}

func joinQuery(req *http.Request) map[string]string {
	q := map[string]string{}
	for name, values := range req.URL.Query() {
		q[name] = strings.Join(values, ",")
	}
	if len(q) == 0 {
		return nil
	}
	return q
}

// asBody leaves text as it is and encodes the rest, as an HTTP API does: a form's
// body, which is no text/* type, comes in base64.
func asBody(contentType string, body []byte) (string, bool) {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	kind = strings.TrimSpace(kind)
	text := strings.HasPrefix(kind, "text/") || kind == "application/json" || kind == "application/xml" || kind == "application/javascript"
	if len(body) == 0 || text && utf8.Valid(body) {
		return string(body), false
	}
	return base64.StdEncoding.EncodeToString(body), true
}

// answer turns a function's output into the HTTP response. Output without a statusCode
// is itself the body, as payload format 2.0 says.
func answer(w http.ResponseWriter, out []byte) {
	var probe struct {
		StatusCode json.RawMessage `json:"statusCode"`
	}
	if json.Unmarshal(out, &probe) != nil || probe.StatusCode == nil {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(out)
		return
	}
	var resp events.APIGatewayV2HTTPResponse
	body, err := decodeResponse(out, &resp)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	for name, value := range resp.Headers {
		if !hopByHop[strings.ToLower(name)] {
			w.Header().Set(name, value)
		}
	}
	for _, c := range resp.Cookies {
		w.Header().Add("Set-Cookie", c)
	}
	if w.Header().Get("Content-Type") == "" && len(body) > 0 {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = w.Write(body)
}

var hopByHop = map[string]bool{"connection": true, "transfer-encoding": true, "content-length": true, "keep-alive": true}

func decodeResponse(out []byte, resp *events.APIGatewayV2HTTPResponse) ([]byte, error) {
	if err := json.Unmarshal(out, resp); err != nil {
		return nil, err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 599 {
		return nil, fmt.Errorf("%w: status", ErrFailed)
	}
	if !resp.IsBase64Encoded {
		return []byte(resp.Body), nil
	}
	return base64.StdEncoding.DecodeString(resp.Body)
}
