package wechatfn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/functions/wechat/wechatfn"
	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
)

// The call and the check are Tencent's own examples (page "消息推送").
const (
	check     = "signature=f464b24fc39322e44b38aa78f5edd27bd1441696&echostr=4375120948345356249&timestamp=1714036504&nonce=1514711492"
	query     = "signature=6c5c811b55cc85e0e1b54100749188c20beb3f5d&timestamp=1714112445&nonce=415670741&openid=o9AgO5Kd5ggOC-bXrbNODIiE3bGY&encrypt_type=aes&msg_signature=046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
	body      = `{"ToUserName": "gh_97417a04a28d", "Encrypt": "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="}`
	clear     = `{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}`
	openID    = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
	theToken  = "AAAAA"
	theAESKey = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
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
	*wechatfn.Handler
	queue *memQueue
	log   *bytes.Buffer
}

func newRig() rig {
	r := rig{queue: &memQueue{}, log: &bytes.Buffer{}}
	r.Handler = &wechatfn.Handler{
		Settings: func(context.Context) (*config.Settings, error) {
			return &config.Settings{Accounts: []config.Account{
				{Channel: desk.WeChat, Name: "main", Settings: json.RawMessage(`{"app_id":"wxba5fad812f8e6fb9"}`)},
				{Channel: desk.WeChat, Name: "broken", Settings: json.RawMessage(`{"app_id":"wx1","mode":"none"}`)},
				{Channel: desk.SMS, Name: "sms", Settings: json.RawMessage(`{}`)},
			}}, nil
		},
		Secrets: func(name string) (string, bool, error) {
			v, ok := map[string]string{
				"wechat/main/token": theToken, "wechat/main/encoding_aes_key": theAESKey, "wechat/broken/token": theToken,
			}[name]
			return v, ok, nil
		},
		Queue: r.queue,
		Blob:  struct{ blob.Store }{},
		Now:   func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) },
		Log:   slog.New(slog.NewJSONHandler(r.log, nil)),
	}
	return r
}

// invoke goes through Lambda's own JSON, as on AWS.
func (r rig) invoke(t *testing.T, method, account, query, body string) events.APIGatewayV2HTTPResponse {
	e := events.APIGatewayV2HTTPRequest{RawPath: "/webhooks/wechat/" + account, RawQueryString: query, Body: body}
	e.RequestContext.HTTP.Method = method
	in, err := json.Marshal(e)
	require.NoError(t, err)
	out, err := lambda.NewHandler(r.Handle).Invoke(t.Context(), in)
	require.NoError(t, err)
	var resp events.APIGatewayV2HTTPResponse
	require.NoError(t, json.Unmarshal(out, &resp))
	for _, secret := range []string{theAESKey, openID, "hello world"} {
		require.NotContains(t, r.log.String(), secret, "promise 11: no secret and no customer text in a log")
		require.NotContains(t, resp.Body, secret)
	}
	return resp
}

// A good call is kept decrypted and answered with seven bytes.
func TestReceives(t *testing.T) {
	r := newRig()
	resp := r.invoke(t, "POST", "main", query, body)
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, "success", resp.Body)
	require.Len(t, r.queue.sent, 1)
	e, err := receive.Decode(r.queue.sent[0].Body)
	require.NoError(t, err)
	require.JSONEq(t, clear, string(e.Body))
	require.Equal(t, openID, e.Order)
	r.invoke(t, "POST", "main", query, body)
	require.Equal(t, r.queue.sent[0].Dedup, r.queue.sent[1].Dedup, "Tencent's retry is known for one")
}

// The console's check of the address gets its echostr back.
func TestHandshake(t *testing.T) {
	resp := newRig().invoke(t, "GET", "main", check, "")
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, "4375120948345356249", resp.Body)
}

// What is not proven, not known, too large or not kept is never answered with success.
func TestRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		method, account, query, body string
		queue                        error
		want                         int
	}{
		"wrong signature": {"POST", "main", strings.Replace(query, "msg_signature=0", "msg_signature=1", 1), body, nil, 403},
		"no signature":    {"POST", "main", "", body, nil, 403},
		"unknown account": {"POST", "other", query, body, nil, 404},
		"of another kind": {"POST", "sms", query, body, nil, 404},
		"too large":       {"POST", "main", query, strings.Repeat("x", 64<<10+1), nil, 413},
		"broken settings": {"POST", "broken", query, body, nil, 500},
		"queue is down":   {"POST", "main", query, body, errors.New("down"), 500},
		"not a POST":      {"PUT", "main", query, body, nil, 405},
		"bad check":       {"GET", "main", url.Values{"echostr": {"<script>"}}.Encode(), "", nil, 403},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig()
			r.queue.err = c.queue
			resp := r.invoke(t, c.method, c.account, c.query, c.body)
			require.Equal(t, c.want, resp.StatusCode)
			require.Empty(t, r.queue.sent)
			require.NotContains(t, resp.Body, "success")
			require.NotContains(t, resp.Body, "script")
		})
	}
}

// The account may also come as the route's parameter.
func TestAccountOfTheRoute(t *testing.T) {
	r := newRig()
	e := events.APIGatewayV2HTTPRequest{RawPath: "/", RawQueryString: query, Body: body, PathParameters: map[string]string{"account": "main"}}
	e.RequestContext.HTTP.Method = "POST"
	resp, err := r.Handle(t.Context(), e)
	require.NoError(t, err)
	require.Equal(t, "success", resp.Body)
}
