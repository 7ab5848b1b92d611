package genericfn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/generic/genericfn"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
)

// The signature was made with Python: base64(hmac_sha256(b"a secret of 32 bytes for testing", "msg_1.1772438400." + body)).
const (
	secret  = "whsec_YSBzZWNyZXQgb2YgMzIgYnl0ZXMgZm9yIHRlc3Rpbmc="
	message = `{"type":"message","from":{"id":"u-1"},"text":"where is it"}`
	good    = "v1,bcrK0G4NfT+84KwUKSE8aqOKJ0JaKa0YAKfjIBzPVzk="
)

type memQueue struct {
	queue.Queue
	sent []queue.Message
	err  error
}

func (q *memQueue) Send(_ context.Context, _ queue.Name, m ...queue.Message) error {
	if q.err == nil {
		q.sent = append(q.sent, m...)
	}
	return q.err
}

type rig struct {
	*genericfn.Handler
	queue *memQueue
	log   *bytes.Buffer
}

func newRig() *rig {
	r := &rig{queue: &memQueue{}, log: &bytes.Buffer{}}
	r.Handler = &genericfn.Handler{
		Settings: func(context.Context) (*config.Settings, error) {
			return &config.Settings{Accounts: []config.Account{
				{Channel: desk.Generic, Name: "main", Settings: json.RawMessage(`{}`)},
				{Channel: desk.Generic, Name: "nosecret", Settings: json.RawMessage(`{}`)},
				{Channel: desk.SMS, Name: "sms"},
			}}, nil
		},
		Secrets: func(name string) (string, bool, error) { return secret, name == "generic/main/secret", nil },
		Queue:   r.queue,
		Blob:    struct{ blob.Store }{},
		Now:     func() time.Time { return time.Unix(1772438401, 0) },
		Log:     slog.New(slog.NewJSONHandler(r.log, nil)),
	}
	return r
}

// invoke goes through Lambda's own JSON, as on AWS.
func (r *rig) invoke(t *testing.T, method, path, sig, body string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	e := events.APIGatewayV2HTTPRequest{RawPath: path, Body: body, Headers: map[string]string{
		"Webhook-Id": "msg_1", "Webhook-Timestamp": "1772438400", "Webhook-Signature": sig,
	}}
	e.RequestContext.HTTP.Method = method
	in, err := json.Marshal(e)
	require.NoError(t, err)
	out, err := lambda.NewHandler(r.Handle).Invoke(t.Context(), in)
	require.NoError(t, err)
	var resp events.APIGatewayV2HTTPResponse
	require.NoError(t, json.Unmarshal(out, &resp))
	for _, word := range []string{secret, "u-1", "where"} {
		require.NotContains(t, r.log.String(), word, "promise 11: no secret and no customer text in a log")
		require.NotContains(t, resp.Body, word)
	}
	return resp
}

// A good call is kept under its sender and its webhook-id, and answered with nothing.
func TestReceives(t *testing.T) {
	r := newRig()
	resp := r.invoke(t, "POST", "/webhooks/generic/main", good, message)
	require.Equal(t, 200, resp.StatusCode)
	require.Empty(t, resp.Body)
	require.Len(t, r.queue.sent, 1)
	e, err := receive.Decode(r.queue.sent[0].Body)
	require.NoError(t, err)
	require.Equal(t, "u-1", e.Order)
	require.Equal(t, "msg_1", e.Dedup)
	require.Equal(t, message, string(e.Body))
}

// What is not proven, not known, too large or not kept is never answered with success.
func TestRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		method, path, sig, body string
		queue                   error
		want                    int
	}{
		"wrong signature": {"POST", "/webhooks/generic/main", "v1,AAAA", message, nil, 403},
		"no signature":    {"POST", "/webhooks/generic/main", "", message, nil, 403},
		"another body":    {"POST", "/webhooks/generic/main", good, message + " ", nil, 403},
		"unknown account": {"POST", "/webhooks/generic/other", good, message, nil, 404},
		"of another kind": {"POST", "/webhooks/generic/sms", good, message, nil, 404},
		"longer path":     {"POST", "/webhooks/generic/main/status", good, message, nil, 404},
		"no secret":       {"POST", "/webhooks/generic/nosecret", good, message, nil, 500},
		"too large":       {"POST", "/webhooks/generic/main", good, strings.Repeat("x", generic.BodyLimit+1), nil, 413},
		"queue is down":   {"POST", "/webhooks/generic/main", good, message, errors.New("down"), 500},
		"not a POST":      {"GET", "/webhooks/generic/main", good, "", nil, 405},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig()
			r.queue.err = c.queue
			require.Equal(t, c.want, r.invoke(t, c.method, c.path, c.sig, c.body).StatusCode)
			require.Empty(t, r.queue.sent)
		})
	}
}
