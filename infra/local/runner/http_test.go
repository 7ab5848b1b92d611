package runner_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/runner"
	"github.com/deskhook/deskhook/infra/local/template"
	"github.com/deskhook/deskhook/shared/lambdaevent"
)

func serve(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.RemoteAddr = "203.0.113.5:4711"
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// AWS: a full match goes before a greedy one, a literal before a variable, $default
// last; another method of the same path is not found.
func TestRoutes(t *testing.T) {
	say := func(_ context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		return events.APIGatewayV2HTTPResponse{StatusCode: 200, Body: e.RouteKey + " " + e.PathParameters["account"] + e.PathParameters["proxy"]}, nil
	}
	h := open(t, fn("a", "{A: {Type: HttpApi, Properties: {Path: '/{proxy+}', Method: GET}}, B: {Type: HttpApi, Properties: {Path: '/hooks/{account}', Method: ANY}}, "+
		"C: {Type: HttpApi, Properties: {Path: /hooks/main, Method: POST}}, D: {Type: HttpApi, Properties: {Path: '/hooks/{proxy+}', Method: GET}}, E: {Type: HttpApi, Properties: {Path: /, Method: GET}}}"),
		map[string]any{"a": say})
	for _, tt := range []struct {
		method, path, want string
		status             int
	}{
		{"POST", "/hooks/main", "POST /hooks/main ", 200},
		{"GET", "/hooks/main", "ANY /hooks/{account} main", 200},
		{"GET", "/hooks/a%2Fb%20c", "ANY /hooks/{account} a/b c", 200},
		{"GET", "/hooks/a/b", "GET /hooks/{proxy+} a/b", 200},
		{"GET", "/x/y/", "GET /{proxy+} x/y/", 200},
		{"GET", "/", "GET / ", 200},
		{"POST", "/x", `{"message":"Not Found"}`, 404},
		{"POST", "/hooks/", `{"message":"Not Found"}`, 404},
	} {
		w := serve(h, tt.method, tt.path, "")
		require.Equal(t, tt.status, w.Code, tt.path)
		require.Equal(t, tt.want, w.Body.String(), tt.path)
	}
}

// What a function sees is what an HTTP API would hand it.
func TestHTTPEvent(t *testing.T) {
	var got events.APIGatewayV2HTTPRequest
	h := open(t, fn("a", "A: {Type: HttpApi}"), map[string]any{"a": func(_ context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		got = e
		return events.APIGatewayV2HTTPResponse{StatusCode: 201, Headers: map[string]string{"X-Y": "z", "Content-Length": "9"}, Cookies: []string{"a=1", "b=2"}, Body: "//4=", IsBase64Encoded: true}, nil
	}})
	w := serve(h, "POST", "http://desk.test/p%20q?x=1&x=2&y=%20", "Body=hi", "Content-Type", "application/x-www-form-urlencoded", "X-A", "1", "X-A", "2", "Cookie", "k=v; l=w", "X-Forwarded-For", "198.51.100.1")
	require.Equal(t, 201, w.Code)
	require.Equal(t, "\xff\xfe", w.Body.String())
	require.Equal(t, []string{"a=1", "b=2"}, w.Header().Values("Set-Cookie"))
	require.Equal(t, "z", w.Header().Get("X-Y"))
	require.Empty(t, w.Header().Get("Content-Length"))

	require.Equal(t, "2.0", got.Version)
	require.Equal(t, "/p%20q", got.RawPath)
	require.Equal(t, "x=1&x=2&y=%20", got.RawQueryString)
	require.Equal(t, map[string]string{"x": "1,2", "y": " "}, got.QueryStringParameters)
	require.Equal(t, "1,2", got.Headers["x-a"])
	require.Equal(t, "desk.test", got.Headers["host"])
	require.Equal(t, "198.51.100.1, 203.0.113.5", got.Headers["x-forwarded-for"])
	require.NotContains(t, got.Headers, "cookie")
	require.Equal(t, []string{"k=v", "l=w"}, got.Cookies)
	require.Equal(t, "203.0.113.5", got.RequestContext.HTTP.SourceIP)
	require.Equal(t, "$default", got.RequestContext.Stage)
	require.Equal(t, start.UnixMilli(), got.RequestContext.TimeEpoch)
	require.True(t, got.IsBase64Encoded, "a form's body comes in base64")
	req, err := lambdaevent.Request(got, "https://desk.test", start)
	require.NoError(t, err)
	require.Equal(t, "Body=hi", string(req.Body))

	serve(h, "POST", "/t", "好", "Content-Type", "text/plain; charset=utf-8")
	require.Equal(t, "好", got.Body)
	require.False(t, got.IsBase64Encoded)
}

// Faults get API Gateway's own answers and never the function's words.
func TestHTTPFaults(t *testing.T) {
	type resp = events.APIGatewayV2HTTPResponse
	for name, tt := range map[string]struct {
		handler any
		body    string
		status  int
		want    string
	}{
		"error":          {func() (resp, error) { return resp{}, errors.New("db at 10.0.0.1") }, "", 500, `{"message":"Internal Server Error"}`},
		"panic":          {func() (resp, error) { panic("customer said hello") }, "", 500, `{"message":"Internal Server Error"}`},
		"bad status":     {func() (resp, error) { return resp{StatusCode: 7}, nil }, "", 500, `{"message":"Internal Server Error"}`},
		"bad base64":     {func() (resp, error) { return resp{StatusCode: 200, Body: "!", IsBase64Encoded: true}, nil }, "", 500, `{"message":"Internal Server Error"}`},
		"large response": {func() (resp, error) { return resp{StatusCode: 200, Body: strings.Repeat("a", 6<<20)}, nil }, "", 500, `{"message":"Internal Server Error"}`},
		"no status code": {func() (map[string]int, error) { return map[string]int{"n": 1}, nil }, "", 200, `{"n":1}`},
		"over 10 MB":     {func() (resp, error) { return resp{StatusCode: 200}, nil }, strings.Repeat("a", 10<<20+1), 413, `{"message":"Request Entity Too Large"}`},
		"over 6 MB":      {func() (resp, error) { return resp{StatusCode: 200}, nil }, strings.Repeat("a", 5<<20), 413, `{"message":"Request Entity Too Large"}`},
		"wrong handler":  {42, "", 500, `{"message":"Internal Server Error"}`},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, fn("a", "A: {Type: HttpApi}"), map[string]any{"a": tt.handler})
			w := serve(h, "POST", "/", tt.body)
			require.Equal(t, tt.status, w.Code)
			require.Equal(t, tt.want, w.Body.String())
			require.NotContains(t, h.logs.String(), "hello", "a panic's value may hold a customer's words")
		})
	}
}

func TestHTTPHeaderLimit(t *testing.T) {
	h := open(t, fn("a", "A: {Type: HttpApi}"), map[string]any{"a": func() error { return nil }})
	require.Equal(t, 431, serve(h, "GET", "/", "", "X-Long", strings.Repeat("a", 10240)).Code)
}

// real builds a runner on the bubble's clock with one function behind GET /.
func real(t *testing.T, timeout string, handler any) *runner.Runner {
	t.Helper()
	tpl, err := template.Parse("t.yaml", []byte("Resources:\n"+strings.Replace(fn("a", "A: {Type: HttpApi}"), "Timeout: 10", "Timeout: "+timeout, 1)), nil)
	require.NoError(t, err)
	r, err := runner.New(runner.Config{Template: tpl, Clock: runner.RealClock{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Functions: map[string]runner.Constructor{"a": func(func(string) string) (any, error) { return handler, nil }}})
	require.NoError(t, err)
	return r
}

// A function over its own time is 500; the gateway itself gives up after 30 s.
func TestHTTPTimeouts(t *testing.T) {
	sleepy := func(d time.Duration) any {
		return func(ctx context.Context) error {
			select {
			case <-time.After(d):
			case <-ctx.Done():
			}
			return nil
		}
	}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		require.Equal(t, 500, serve(real(t, "10", sleepy(time.Hour)), "GET", "/", "").Code)
		require.Equal(t, 10*time.Second, time.Since(began))
	})
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		r := real(t, "60", sleepy(40*time.Second))
		require.Equal(t, 503, serve(r, "GET", "/", "").Code)
		require.Equal(t, 30*time.Second, time.Since(began))
		time.Sleep(11 * time.Second)
		require.Len(t, r.Recent(), 1, "the function itself goes on")
		require.Empty(t, r.Recent()[0].Error)
	})
}

// Stopping lets calls finish, then refuses new ones.
func TestRunStopsGracefully(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := real(t, "20", func() (events.APIGatewayV2HTTPResponse, error) {
			time.Sleep(5 * time.Second)
			return events.APIGatewayV2HTTPResponse{StatusCode: 204}, nil
		})
		ctx, stop := context.WithCancel(t.Context())
		ran := make(chan error)
		go func() { ran <- r.Run(ctx) }()
		code := make(chan int)
		go func() { code <- serve(r, "GET", "/", "").Code }()
		time.Sleep(time.Second)
		stop()
		require.Equal(t, 204, <-code)
		require.NoError(t, <-ran)
		require.Equal(t, 503, serve(r, "GET", "/", "").Code)
	})
}

// Whatever is called, the gateway answers, and a function never sees a path parameter
// that its route has not.
func FuzzServeHTTP(f *testing.F) {
	f.Add("GET", "/hooks/a%2Fb", "x=1", "text/plain", []byte("hello"))
	f.Add("POST", "//..//%zz", "%", "", []byte{0xff})
	f.Fuzz(func(t *testing.T, method, path, query, contentType string, body []byte) {
		h := real(t, "3", func(_ context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
			require.Empty(t, e.PathParameters)
			_, err := lambdaevent.Request(e, "https://desk.test", start)
			return events.APIGatewayV2HTTPResponse{StatusCode: 200}, err
		})
		req := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(string(body)))
		req.Method, req.URL.Path, req.URL.RawQuery = method, path, query
		req.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		require.Contains(t, []int{200, 431}, w.Code)
	})
}
