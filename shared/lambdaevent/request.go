package lambdaevent

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/channel"
)

// Request gives a webhook call as its sender made it. publicURL is the desk's public
// base URL without a slash at its end: a signature covers the address the provider
// called, which the gateway's own host name and stage don't tell. Header names come in
// lower case; a header sent several times is one value joined by commas, as the
// gateway joins it; cookies are one "cookie" header. The body is decoded.
func Request(e events.APIGatewayV2HTTPRequest, publicURL string, now time.Time) (channel.Request, error) {
	body, err := body(e)
	if err != nil {
		return channel.Request{}, err
	}
	path := belowStage(e)
	return channel.Request{
		Method:   e.RequestContext.HTTP.Method,
		URL:      withQuery(publicURL+path, e.RawQueryString),
		Path:     path,
		RawQuery: e.RawQueryString,
		Header:   header(e),
		Body:     body,
		SourceIP: e.RequestContext.HTTP.SourceIP,
		At:       now,
	}, nil
}

// Response gives a channel's answer to the gateway. A body that isn't UTF-8 text
// travels as base64. Status 0 is 200.
func Response(r channel.Response) events.APIGatewayV2HTTPResponse {
	status := r.Status
	if status == 0 {
		status = 200
	}
	text, encoded := encode(r.Body)
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Headers: r.Header, Body: text, IsBase64Encoded: encoded}
}

func body(e events.APIGatewayV2HTTPRequest) ([]byte, error) {
	if !e.IsBase64Encoded {
		return []byte(e.Body), nil
	}
	b, err := base64.StdEncoding.DecodeString(e.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: body is not base64", ErrMalformed)
	}
	return b, nil
}

// belowStage cuts a named stage off the raw path; the $default stage is not in it.
func belowStage(e events.APIGatewayV2HTTPRequest) string {
	path := e.RawPath
	if stage := e.RequestContext.Stage; stage != "" && stage != "$default" {
		if rest, ok := strings.CutPrefix(path, "/"+stage); ok && (rest == "" || rest[0] == '/') {
			path = rest
		}
	}
	if path == "" {
		return "/"
	}
	return path
}

func withQuery(url, raw string) string {
	if raw == "" {
		return url
	}
	return url + "?" + raw
}

func header(e events.APIGatewayV2HTTPRequest) map[string][]string {
	h := make(map[string][]string, len(e.Headers)+1)
	for name, value := range e.Headers {
		h[strings.ToLower(name)] = []string{value}
	}
	if len(e.Cookies) > 0 {
		h["cookie"] = []string{strings.Join(e.Cookies, "; ")}
	}
	return h
}

// encode gives a body as a JSON string can carry it.
func encode(b []byte) (text string, base64Encoded bool) {
	if utf8.Valid(b) {
		return string(b), false
	}
	return base64.StdEncoding.EncodeToString(b), true
}
