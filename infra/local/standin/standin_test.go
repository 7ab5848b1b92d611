package standin_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/desk"
)

// world is a stand-in, its clock, and calls to it.
type world struct {
	*standin.Standin
	now time.Time
}

func open(t *testing.T, change ...func(*standin.Config)) *world {
	t.Helper()
	w := &world{now: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
	cfg := standin.Config{Now: func() time.Time { return w.now }, Secret: func(c desk.Channel, account string) (string, bool) {
		return "secret of " + account, account == "wx1" || account == "AC1"
	}}
	for _, c := range change {
		c(&cfg)
	}
	s, err := standin.Open(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	w.Standin = s
	return w
}

func (w *world) do(t *testing.T, method, target, body string, header ...string) (int, map[string]any, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := (&http.Client{Transport: w}).Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { require.NoError(t, resp.Body.Close()) }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	out := map[string]any{}
	require.NoError(t, json.Unmarshal(b, &out))
	return resp.StatusCode, out, nil
}

const (
	tokenURL  = "https://api.weixin.qq.com/cgi-bin/stable_token"
	sendURL   = "https://api.weixin.qq.com/cgi-bin/message/custom/send?access_token="
	twilioURL = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
	sesURL    = "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails"
)

func (w *world) token(t *testing.T) string {
	t.Helper()
	_, out, err := w.do(t, "POST", tokenURL, `{"grant_type":"client_credential","appid":"wx1","secret":"secret of wx1"}`)
	require.NoError(t, err)
	require.IsType(t, "", out["access_token"], "%v", out)
	return out["access_token"].(string)
}

// developers.weixin.qq.com, stable_token: repeated calls give the same token; it lives
// two hours, is renewed up to five minutes early, and old and new are then both good.
func TestWeChatToken(t *testing.T) {
	w := open(t)
	first := w.token(t)
	w.now = w.now.Add(time.Hour)
	require.Equal(t, first, w.token(t))
	w.now = w.now.Add(56 * time.Minute)
	second := w.token(t)
	require.NotEqual(t, first, second)
	ok := `{"touser":"o1","msgtype":"text","text":{"content":"好"}}`
	for _, tt := range []struct {
		later time.Duration
		token string
		code  float64
	}{
		{0, first, 0}, {0, second, 0}, {8 * time.Minute, first, 0}, {2 * time.Minute, first, 42001}, {0, second, 0}, {0, "made up", 40001}, {0, "", 40001}, {0, "a_zz_b", 40001},
	} {
		w.now = w.now.Add(tt.later)
		_, out, err := w.do(t, "POST", sendURL+url.QueryEscape(tt.token), ok)
		require.NoError(t, err)
		require.Equal(t, tt.code, out["errcode"])
	}
	for body, code := range map[string]float64{
		`{`:                                  47001,
		`{"grant_type":"x"}`:                 40002,
		`{"grant_type":"client_credential"}`: 40013,
		`{"grant_type":"client_credential","appid":"wx1","secret":"else"}`: 40125,
	} {
		_, out, err := w.do(t, "POST", tokenURL, body)
		require.NoError(t, err)
		require.Equal(t, code, out["errcode"], body)
	}
}

// The error codes are those of the API page message/custom/send; the HTTP status is
// always 200.
func TestWeChatSend(t *testing.T) {
	w := open(t)
	target := sendURL + w.token(t)
	for body, code := range map[string]float64{
		`{"touser":"o1","msgtype":"text","text":{"content":"您好 <b>"}}`:                                            0,
		`{"touser":"o1","msgtype":"msgmenu","msgmenu":{"head_content":"满意吗","list":[{"id":"1","content":"满意"}]}}`: 0,
		`not json`: 47001,
		`{"touser":"o1","msgtype":"text","text":{"content":"\u597d"}}`:                           40033,
		`{"msgtype":"text","text":{"content":"x"}}`:                                              40003,
		`{"touser":"o1","msgtype":"hologram"}`:                                                   40008,
		`{"touser":"o1","msgtype":"text","text":{"content":""}}`:                                 44004,
		`{"touser":"o1","msgtype":"text","text":{"content":"` + strings.Repeat("好", 683) + `"}}`: 45002,
	} {
		status, out, err := w.do(t, "POST", target, body)
		require.NoError(t, err)
		require.Equal(t, 200, status)
		require.Equal(t, code, out["errcode"], body)
	}
	got := w.List(standin.Filter{Channel: desk.WeChat})
	require.Len(t, got, 2, "what is refused isn't in the outbox")
	for _, m := range got {
		require.Equal(t, "o1", m.Customer)
		require.Equal(t, "wx1", m.Desk)
	}
	_, out, err := w.do(t, "GET", strings.Replace(target, "message/custom/send", "media/get", 1)+"&media_id=x", "")
	require.NoError(t, err)
	require.EqualValues(t, 40007, out["errcode"])
	_, out, err = w.do(t, "GET", "https://api.weixin.qq.com/other", "")
	require.NoError(t, err)
	require.EqualValues(t, 40066, out["errcode"])
}

// twilio.com docs, Message resource and error codes.
func TestTwilio(t *testing.T) {
	w := open(t)
	// printf 'AC1:secret of AC1' | base64
	auth := []string{"Authorization", "Basic QUMxOnNlY3JldCBvZiBBQzE=", "Content-Type", "application/x-www-form-urlencoded"}
	status, out, err := w.do(t, "POST", twilioURL, "To=%2B8613800138000&From=%2B15005550006&Body=%E6%82%A8%E5%A5%BD&StatusCallback=https%3A%2F%2Fdesk.test%2Fs", auth...)
	require.NoError(t, err)
	require.Equal(t, 201, status)
	require.Regexp(t, "^SM[0-9a-f]{32}$", out["sid"])
	require.Equal(t, "queued", out["status"])
	require.Equal(t, "1", out["num_segments"])
	got := w.List(standin.Filter{})
	require.Len(t, got, 1)
	require.Equal(t, standin.Message{ID: out["sid"].(string), At: w.now, Channel: desk.SMS, Desk: "+15005550006", Customer: "+8613800138000", Text: "您好", Callback: "https://desk.test/s"}, got[0])

	for body, want := range map[string]struct{ status, code int }{
		"From=%2B1&Body=x":                                                {400, 21604},
		"To=13800138000&From=%2B1&Body=x":                                 {400, 21211},
		"To=%2B8613800138000&Body=x":                                      {400, 21603},
		"To=%2B8613800138000&From=%2B1":                                   {400, 21602},
		"To=%2B8613800138000&From=%2B1&Body=" + strings.Repeat("x", 1601): {400, 21617},
		"%zz": {400, 20001},
	} {
		status, out, err := w.do(t, "POST", twilioURL, body, auth...)
		require.NoError(t, err)
		require.Equal(t, want.status, status, body)
		require.EqualValues(t, want.code, out["code"], body)
	}
	status, out, err = w.do(t, "POST", twilioURL, "", "Authorization", "Basic QUMxOndyb25n")
	require.NoError(t, err)
	require.Equal(t, 401, status)
	require.EqualValues(t, 20003, out["code"])
	status, _, err = w.do(t, "GET", "https://api.twilio.com/other", "")
	require.NoError(t, err)
	require.Equal(t, 404, status)
}

const rawMail = "From: =?utf-8?B?56S65L6L5a6i5pyN?= <help@desk.example>\r\nTo: Lin <lin@customer.example>\r\nReply-To: <help+tag@desk.example>\r\n" +
	"Subject: =?utf-8?Q?Re=3A_=E8=AE=A2=E5=8D=95?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"=E6=82=A8=E5=A5=BD=\r\n!\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--c--\r\n" +
	"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\n\r\nx\r\n--b--\r\n"

func sesBody(raw string) string {
	return `{"Content":{"Raw":{"Data":"` + base64.StdEncoding.EncodeToString([]byte(raw)) + `"}}}`
}

// SES v2 SendEmail: POST /v2/email/outbound-emails, signed, answers {"MessageId"}.
func TestSES(t *testing.T) {
	w := open(t)
	signed := []string{"Authorization", "AWS4-HMAC-SHA256 Credential=local"}
	status, out, err := w.do(t, "POST", sesURL, sesBody(rawMail), signed...)
	require.NoError(t, err)
	require.Equal(t, 200, status)
	id := out["MessageId"].(string)
	got := w.List(standin.Filter{})
	require.Len(t, got, 1)
	require.Equal(t, standin.Message{
		ID: id, At: w.now, Channel: desk.Email, Desk: "示例客服 <help@desk.example>", Customer: "lin@customer.example", Subject: "Re: 订单",
		Text: "您好!", Files: []string{"a.pdf"}, MessageID: id + "@email.amazonses.com", ReplyTo: "help+tag@desk.example",
	}, got[0])

	status, _, err = w.do(t, "POST", sesURL, `{"FromEmailAddress":"a@desk.example","Destination":{"ToAddresses":["b@customer.example"]},"Content":{"Simple":{"Subject":{"Data":"S"},"Body":{"Text":{"Data":"T"}}}}}`, signed...)
	require.NoError(t, err)
	require.Equal(t, 200, status)
	for name, tt := range map[string]struct {
		target, body string
		header       []string
		want         int
	}{
		"unsigned":  {sesURL, sesBody(rawMail), nil, 403},
		"not json":  {sesURL, "{", signed, 400},
		"no mail":   {sesURL, `{"Content":{}}`, signed, 400},
		"no header": {sesURL, sesBody("hello"), signed, 400},
		"nobody":    {sesURL, sesBody("From: a@b.example\r\n\r\nx"), signed, 400},
		"elsewhere": {strings.Replace(sesURL, "outbound-emails", "x", 1), "", signed, 404},
	} {
		status, _, err := w.do(t, "POST", tt.target, tt.body, tt.header...)
		require.NoError(t, err, name)
		require.Equal(t, tt.want, status, name)
	}
	require.Len(t, w.List(standin.Filter{}), 2)
}

// Promise 3 is tested against these: refused, not reached, accepted with the answer
// lost. Only the last leaves a message behind.
func TestScriptedFailures(t *testing.T) {
	w := open(t)
	target := sendURL + w.token(t)
	w.Fail(desk.WeChat, standin.Failure{Kind: standin.FailDial}, standin.Failure{Kind: standin.FailCode, Code: 45015},
		standin.Failure{Kind: standin.FailTimeout}, standin.Failure{}, standin.Failure{Kind: standin.FailAfterAccept})
	w.Fail(desk.SMS, standin.Failure{Kind: standin.FailCode, Code: 20429, RetryAfter: 7})
	w.Fail(desk.Email, standin.Failure{Kind: standin.FailCode, Code: 500})
	w.token(t) // no part of the script
	send := func() (map[string]any, error) {
		_, out, err := w.do(t, "POST", target, `{"touser":"o1","msgtype":"text","text":{"content":"x"}}`)
		return out, err
	}
	_, err := send()
	var dial *net.OpError
	require.ErrorAs(t, err, &dial)
	require.Equal(t, "dial", dial.Op)
	out, err := send()
	require.NoError(t, err)
	require.EqualValues(t, 45015, out["errcode"])
	_, err = send()
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Empty(t, w.List(standin.Filter{}))
	_, err = send()
	require.NoError(t, err)
	_, err = send()
	require.ErrorIs(t, err, context.DeadlineExceeded)
	got := w.List(standin.Filter{})
	require.Len(t, got, 2)
	require.True(t, got[1].Lost)
	_, err = send()
	require.NoError(t, err, "the script is over")

	req, err := http.NewRequestWithContext(t.Context(), "POST", twilioURL, nil)
	require.NoError(t, err)
	resp, err := w.RoundTrip(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 429, resp.StatusCode)
	require.Equal(t, "7", resp.Header.Get("Retry-After"))
	status, _, err := w.do(t, "POST", sesURL, "")
	require.NoError(t, err)
	require.Equal(t, 500, status)
}

// Nothing leaves the machine.
func TestUnknownHostsCanNotBeReached(t *testing.T) {
	_, _, err := open(t).do(t, "GET", "https://example.org/", "")
	var dial *net.OpError
	require.ErrorAs(t, err, &dial)
	require.Equal(t, "dial", dial.Op)
}

func TestOutboxSurvivesARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "outbox.jsonl")
	keep := func(c *standin.Config) { c.File = file }
	w := open(t, keep)
	target := sendURL + w.token(t)
	for range 2 {
		_, _, err := w.do(t, "POST", target, `{"touser":"o1","msgtype":"text","text":{"content":"x"}}`)
		require.NoError(t, err)
	}
	want := w.List(standin.Filter{})
	require.NoError(t, w.Close())
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := strings.SplitAfter(string(data), "\n")
	require.NoError(t, os.WriteFile(file, []byte(lines[0]+lines[0]+"broken\n"+lines[1]+`{"id":"cut`), 0o600))

	again := open(t, keep)
	require.Equal(t, want, again.List(standin.Filter{}))
	_, _, err = again.do(t, "POST", target, `{"touser":"o1","msgtype":"text","text":{"content":"y"}}`)
	require.NoError(t, err, "tokens outlive a restart")
	require.NoError(t, again.Close())
	third := open(t, keep)
	require.Len(t, third.List(standin.Filter{}), 3)
}

func TestWait(t *testing.T) {
	w := open(t, func(c *standin.Config) { c.Inject = func(context.Context, standin.Inbound) error { return nil } })
	got := make(chan []standin.Message)
	go func() {
		m, _ := w.Wait(t.Context(), standin.Filter{Customer: "o1"}, 1)
		got <- m
	}()
	require.NoError(t, w.Write(t.Context(), standin.Inbound{Channel: desk.WeChat, From: " o1 ", Text: "你好"}))
	require.Equal(t, "你好", (<-got)[0].Text)
	require.Empty(t, w.List(standin.Filter{Outgoing: true}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.Wait(ctx, standin.Filter{}, 9)
	require.ErrorIs(t, err, context.Canceled)
}

func TestWriteRefusals(t *testing.T) {
	ok := standin.Inbound{Channel: desk.SMS, From: "+8613800138000", Text: "x"}
	require.ErrorIs(t, open(t).Write(t.Context(), ok), standin.ErrInbound, "nothing takes it")
	broken := errors.New("desk says 403")
	w := open(t, func(c *standin.Config) { c.Inject = func(context.Context, standin.Inbound) error { return broken } })
	require.ErrorIs(t, w.Write(t.Context(), ok), broken)
	for _, bad := range []standin.Inbound{{}, {Channel: desk.WebForm, From: "a", Text: "b"}, {Channel: desk.SMS, Text: "b"}, {Channel: desk.SMS, From: "a", Text: " "}} {
		require.ErrorIs(t, w.Write(t.Context(), bad), standin.ErrInbound)
	}
	require.Empty(t, w.List(standin.Filter{}), "what the desk didn't take isn't shown as sent")
}

// The desk's own bytes are read here, but whatever comes is answered.
func FuzzSES(f *testing.F) {
	f.Add(rawMail)
	f.Fuzz(func(t *testing.T, raw string) {
		s, err := standin.Open(standin.Config{})
		require.NoError(t, err)
		req, err := http.NewRequestWithContext(t.Context(), "POST", sesURL, strings.NewReader(sesBody(raw)))
		require.NoError(t, err)
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 x")
		resp, err := s.RoundTrip(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	})
}
