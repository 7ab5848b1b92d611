package smsfn_test

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

	"github.com/deskhook/deskhook/functions/sms/smsfn"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
)

// Signatures by: printf %s "$URL$SORTED_FIELDS" | openssl dgst -sha1 -hmac the-auth-token -binary | base64
const (
	theToken   = "the-auth-token"
	message    = "MessageSid=SM0000000000000000000000000000000a&From=%2B15551234567&To=%2B15005550006&Body=where+is+it"
	messageSig = "2XWF9EKLarecOtweTuMK5acj0Qg="
	status     = "MessageSid=SM0000000000000000000000000000000b&MessageStatus=delivered&To=%2B15551234567&From=%2B15005550006"
	statusSig  = "TEXUiktfeEuektyc2otMtcT6wVs="
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
	*smsfn.Handler
	queue *memQueue
	log   *bytes.Buffer
	desk  config.Desk
}

func newRig() *rig {
	r := &rig{queue: &memQueue{}, log: &bytes.Buffer{}, desk: config.Desk{PublicURL: "https://desk.example.com"}}
	account := json.RawMessage(`{"account_sid":"AC0123456789abcdef0123456789abcdef","number":"+15005550006"}`)
	r.Handler = &smsfn.Handler{
		Settings: func(context.Context) (*config.Settings, error) {
			return &config.Settings{Desk: r.desk, Accounts: []config.Account{
				{Channel: desk.SMS, Name: "main", Settings: account},
				{Channel: desk.SMS, Name: "nosecret", Settings: account},
				{Channel: desk.WeChat, Name: "wechat"},
			}}, nil
		},
		Secrets: func(name string) (string, bool, error) { return theToken, name == "sms/main/auth_token", nil },
		Queue:   r.queue,
		Blob:    struct{ blob.Store }{},
		Now:     func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) },
		Log:     slog.New(slog.NewJSONHandler(r.log, nil)),
	}
	return r
}

// invoke goes through Lambda's own JSON, as on AWS.
func (r *rig) invoke(t *testing.T, method, path, query, sig, body string) events.APIGatewayV2HTTPResponse {
	t.Helper()
	e := events.APIGatewayV2HTTPRequest{
		RawPath: path, RawQueryString: query, Body: body,
		Headers: map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": sig},
	}
	e.RequestContext.HTTP.Method = method
	in, err := json.Marshal(e)
	require.NoError(t, err)
	out, err := lambda.NewHandler(r.Handle).Invoke(t.Context(), in)
	require.NoError(t, err)
	var resp events.APIGatewayV2HTTPResponse
	require.NoError(t, json.Unmarshal(out, &resp))
	for _, secret := range []string{theToken, "15551234567", "where"} {
		require.NotContains(t, r.log.String(), secret, "promise 11: no secret and no customer text in a log")
		require.NotContains(t, resp.Body, secret)
	}
	return resp
}

// A good call is kept and answered with TwiML that says nothing.
func TestReceives(t *testing.T) {
	r := newRig()
	resp := r.invoke(t, "POST", "/webhooks/sms/main", "", messageSig, message)
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, "text/xml", resp.Headers["content-type"])
	require.Equal(t, `<?xml version="1.0" encoding="UTF-8"?><Response/>`, resp.Body)
	require.Len(t, r.queue.sent, 1)
	e, err := receive.Decode(r.queue.sent[0].Body)
	require.NoError(t, err)
	require.Equal(t, "+15551234567", e.Order)
	require.Equal(t, message, string(e.Body))
}

// What became of our message comes in the customer's own row, with our ids.
func TestStatus(t *testing.T) {
	r := newRig()
	require.Equal(t, 200, r.invoke(t, "POST", "/webhooks/sms/main/status", "m=00ff&t=7K3Q9W", statusSig, status).StatusCode)
	r.invoke(t, "POST", "/webhooks/sms/main", "", messageSig, message)
	require.Len(t, r.queue.sent, 2)
	require.Equal(t, r.queue.sent[0].Group, r.queue.sent[1].Group)
	e, err := receive.Decode(r.queue.sent[0].Body)
	require.NoError(t, err)
	require.Equal(t, "00ff", e.Meta["m"])
	require.Equal(t, "7K3Q9W", e.Meta["t"])
}

// What is not proven, not known, too large or not kept is never answered with success.
func TestRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		method, path, query, sig, body string
		queue                          error
		want                           int
	}{
		"wrong signature": {"POST", "/webhooks/sms/main", "", statusSig, message, nil, 403},
		"no signature":    {"POST", "/webhooks/sms/main", "", "", message, nil, 403},
		"another address": {"POST", "/webhooks/sms/main", "a=b", messageSig, message, nil, 403},
		"unknown account": {"POST", "/webhooks/sms/other", "", messageSig, message, nil, 404},
		"of another kind": {"POST", "/webhooks/sms/wechat", "", messageSig, message, nil, 404},
		"longer path":     {"POST", "/webhooks/sms/main/other", "", messageSig, message, nil, 404},
		"no secret":       {"POST", "/webhooks/sms/nosecret", "", messageSig, message, nil, 500},
		"too large":       {"POST", "/webhooks/sms/main", "", messageSig, strings.Repeat("x", 128<<10+1), nil, 413},
		"queue is down":   {"POST", "/webhooks/sms/main", "", messageSig, message, errors.New("down"), 500},
		"not a POST":      {"GET", "/webhooks/sms/main", "", messageSig, "", nil, 405},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig()
			r.queue.err = c.queue
			resp := r.invoke(t, c.method, c.path, c.query, c.sig, c.body)
			require.Equal(t, c.want, resp.StatusCode)
			require.Empty(t, r.queue.sent)
			require.NotContains(t, resp.Body, "<Response/>")
		})
	}
}
