package lambdaevent_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/lambdaevent"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func load(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, into))
}

// A signature covers the address that was called: the public base, the path below the
// stage, the raw query.
func TestRequestIsTheCallAsItWasMade(t *testing.T) {
	var e events.APIGatewayV2HTTPRequest
	load(t, "webhook.json", &e)
	r, err := lambdaevent.Request(e, "https://desk.example.org/base", noon)
	require.NoError(t, err)
	require.Equal(t, channel.Request{
		Method: "POST", Path: "/hooks/sms/main%20line", RawQuery: "a=1&b=%E4%BD%A0&a=2",
		URL: "https://desk.example.org/base/hooks/sms/main%20line?a=1&b=%E4%BD%A0&a=2",
		Header: map[string][]string{
			"x-twilio-signature": {"0/KCTR6DLpKmkAf8muzZqo1nDgQ="}, "content-type": {"application/x-www-form-urlencoded"},
			"accept": {"text/xml,text/plain"}, "host": {"desk.example.org"}, "x-forwarded-for": {"203.0.113.9"}, "cookie": {"k1=v1; k2=v2"},
		},
		Body: []byte("Body=hi%21"), SourceIP: "198.51.100.7", At: noon,
	}, r)
}

func TestRequestStage(t *testing.T) {
	for _, tt := range []struct{ stage, raw, want string }{
		{"$default", "/a/b", "/a/b"},
		{"prod", "/prod", "/"},
		{"prod", "/production/x", "/production/x"},
		{"", "", "/"},
	} {
		e := events.APIGatewayV2HTTPRequest{RawPath: tt.raw}
		e.RequestContext.Stage = tt.stage
		r, err := lambdaevent.Request(e, "", noon)
		require.NoError(t, err)
		require.Equal(t, tt.want, r.Path)
	}
}

func TestRequestRefusesWhatIsNotBase64(t *testing.T) {
	_, err := lambdaevent.Request(events.APIGatewayV2HTTPRequest{Body: "private words!", IsBase64Encoded: true}, "", noon)
	require.ErrorIs(t, err, lambdaevent.ErrMalformed)
	require.NotContains(t, err.Error(), "private")
}

func TestResponse(t *testing.T) {
	text := lambdaevent.Response(channel.Response{Header: map[string]string{"content-type": "text/plain"}, Body: []byte("success")})
	require.Equal(t, events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"content-type": "text/plain"}, Body: "success"}, text)
	// printf '\377\376' | base64
	bin := lambdaevent.Response(channel.Response{Status: 418, Body: []byte{0xff, 0xfe}})
	require.Equal(t, events.APIGatewayV2HTTPResponse{StatusCode: 418, Body: "//4=", IsBase64Encoded: true}, bin)
}

func FuzzRequest(f *testing.F) {
	b, err := os.ReadFile("testdata/webhook.json")
	require.NoError(f, err)
	f.Add(b)
	f.Fuzz(func(_ *testing.T, b []byte) {
		var e events.APIGatewayV2HTTPRequest
		if json.Unmarshal(b, &e) == nil {
			_, _ = lambdaevent.Request(e, "https://desk.example.org", noon)
		}
	})
}
