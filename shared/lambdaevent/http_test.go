package lambdaevent_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/lambdaevent"
)

// A handler written for net/http sees the request it would see behind any proxy.
func TestHTTPRequest(t *testing.T) {
	var e events.APIGatewayV2HTTPRequest
	load(t, "webhook.json", &e)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		require.Equal(t, "Body=hi%21", string(body))
		require.Equal(t, "/hooks/sms/main line", r.URL.Path)
		require.Equal(t, "/hooks/sms/main%20line", r.URL.EscapedPath())
		require.Equal(t, []string{"1", "2"}, r.URL.Query()["a"])
		require.Equal(t, "desk.example.org", r.Host)
		require.Equal(t, "198.51.100.7:0", r.RemoteAddr)
		require.Equal(t, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", r.Header.Get("X-Twilio-Signature"))
		c, err := r.Cookie("k2")
		require.NoError(t, err)
		require.Equal(t, "v2", c.Value)
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		w.Header().Add("Vary", "Origin")
		w.Header().Add("Vary", "Accept")
		w.WriteHeader(http.StatusCreated)
		w.Header().Set("Too-Late", "yes")
		_, _ = io.WriteString(w, "好")
	})
	resp, err := lambdaevent.HTTP(h)(t.Context(), e)
	require.NoError(t, err)
	require.Equal(t, events.APIGatewayV2HTTPResponse{
		StatusCode: 201, Headers: map[string]string{"vary": "Origin,Accept"}, Cookies: []string{"a=1", "b=2"}, Body: "好",
	}, resp)
}

// A store that hangs until the request's time is up leaves the handler time to say so.
func TestHTTPEndsBeforeTheFunction(t *testing.T) {
	var e events.APIGatewayV2HTTPRequest
	load(t, "webhook.json", &e)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	end, _ := ctx.Deadline()
	_, err := lambdaevent.HTTP(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		own, ok := r.Context().Deadline()
		require.True(t, ok)
		require.Equal(t, 500*time.Millisecond, end.Sub(own))
	}))(ctx, e)
	require.NoError(t, err)
}

func TestHTTPResponses(t *testing.T) {
	get := func(method string, h http.HandlerFunc) (events.APIGatewayV2HTTPResponse, error) {
		e := events.APIGatewayV2HTTPRequest{RawPath: "/"}
		e.RequestContext.HTTP.Method = method
		return lambdaevent.HTTP(h)(t.Context(), e)
	}
	silent, err := get("GET", func(http.ResponseWriter, *http.Request) {})
	require.NoError(t, err)
	require.Equal(t, 200, silent.StatusCode)

	binary, err := get("GET", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{0x89, 'P', 'N', 'G', 0xff}) })
	require.NoError(t, err)
	require.True(t, binary.IsBase64Encoded)
	require.Equal(t, "iVBOR/8=", binary.Body) // printf '\x89PNG\xff' | base64

	head, err := get("HEAD", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hi") })
	require.NoError(t, err)
	require.Empty(t, head.Body)
	require.Equal(t, "text/plain; charset=utf-8", head.Headers["content-type"])

	_, err = get("A B", func(http.ResponseWriter, *http.Request) {})
	require.ErrorIs(t, err, lambdaevent.ErrMalformed)
}

// Lambda refuses a response over 6 MB of JSON; what escaping adds counts too.
func TestHTTPResponseCap(t *testing.T) {
	var e events.APIGatewayV2HTTPRequest
	for _, tt := range []struct {
		body string
		ok   bool
	}{
		{strings.Repeat("a", 5<<20), true},
		{strings.Repeat("a", 6<<20), false},
		{strings.Repeat("\x01", 2<<20), false}, // six bytes each
	} {
		_, err := lambdaevent.HTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, tt.body) }))(t.Context(), e)
		if tt.ok {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, lambdaevent.ErrTooLarge)
	}
}
