package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
	"github.com/deskhook/deskhook/shared/desk"
)

const accessToken = "57_access-token"

func token(context.Context) (string, error) { return accessToken, nil }

func sender(do channel.Doer) *client {
	a := channeltest.Account(safe, channeltest.At, current)
	a.HTTP = do
	return NewSender(a, Token{Now: token}, nil).(*client)
}

func outgoing(text string) channel.Outgoing {
	return channel.Outgoing{ID: "m1", To: desk.Address{Channel: desk.WeChat, Account: "main", ID: customer}, Text: text}
}

// errcode answers as the API page lists them: status 200 and the code in the body.
func errcode(code int, want channel.OutcomeKind) channeltest.Answer {
	n := strconv.Itoa(code)
	return channeltest.Answer{
		Name: "errcode " + n, Status: 200, Want: want, Code: n,
		Body: `{"errcode":` + n + `,"errmsg":"` + customer + ` said 您的快递 ` + accessToken + ` rid: 62a1b2c3-0a1b2c3d-1a2b3c4d"}`,
	}
}

// The sender reads Tencent's codes as the protocol sheet does, never repeats a call and
// gives away neither token nor words.
func TestSender(t *testing.T) {
	quota := errcode(45009, channel.OutcomeRateLimited)
	quota.RetryAfter = 7*time.Hour + 31*time.Minute // 16:30 in China, to a minute past midnight
	channeltest.RunSender(t, channeltest.SenderSpec{
		New:     func(do channel.Doer) channel.Sender { return sender(do) },
		Message: outgoing("您的快递 <已签收> & 谢谢"),
		Secrets: []string{accessToken, current["token"]},
		Check: func(t *testing.T, r *http.Request, body []byte) {
			require.Equal(t, "api.weixin.qq.com", r.Host)
			require.Equal(t, "POST /cgi-bin/message/custom/send?access_token="+accessToken, r.Method+" "+r.URL.String())
			require.Equal(t, `{"touser":"`+customer+`","msgtype":"text","text":{"content":"您的快递 <已签收> & 谢谢"}}`+"\n", string(body))
		},
		Answers: []channeltest.Answer{
			{Name: "ok", Status: 200, Body: `{"errcode":0,"errmsg":"ok"}`, Want: channel.OutcomeSent},
			{Name: "ok with an id", Status: 200, Body: `{"errcode":0,"msgid":24012345678901234}`, Want: channel.OutcomeSent, ProviderID: "24012345678901234"},
			errcode(-1, channel.OutcomeTransient),
			errcode(40001, channel.OutcomeAuth), errcode(40014, channel.OutcomeAuth), errcode(42001, channel.OutcomeAuth),
			errcode(40164, channel.OutcomeAuth), errcode(45162, channel.OutcomeAuth), errcode(48001, channel.OutcomeAuth),
			errcode(40003, channel.OutcomeBadRecipient), errcode(43004, channel.OutcomeBadRecipient), errcode(43101, channel.OutcomeBadRecipient),
			errcode(40007, channel.OutcomeRefused), errcode(40033, channel.OutcomeRefused), errcode(99999, channel.OutcomeRefused),
			quota, errcode(45011, channel.OutcomeRateLimited),
			errcode(45015, channel.OutcomeWindowClosed), errcode(45047, channel.OutcomeWindowClosed),
			{Name: "no errcode", Status: 200, Body: `{}`, Want: channel.OutcomeUnknown},
			{Name: "a page", Status: 200, Body: `<html>`, Want: channel.OutcomeUnknown},
			{Name: "nothing", Status: 200, Want: channel.OutcomeUnknown},
			{Name: "far too much", Status: 200, Body: strings.Repeat(" ", maxAnswer+1), Want: channel.OutcomeUnknown},
			{Name: "throttled", Status: 429, Header: map[string]string{"Retry-After": "30"}, Want: channel.OutcomeRateLimited, RetryAfter: 30 * time.Second},
			{Name: "throttled, no time", Status: 429, Want: channel.OutcomeRateLimited, RetryAfter: time.Minute},
			{Name: "not found", Status: 404, Want: channel.OutcomeRefused, Code: "404"},
			{Name: "broken", Status: 500, Want: channel.OutcomeUnknown, Code: "500"},
			{Name: "bad gateway", Status: 502, Want: channel.OutcomeUnknown},
			{Name: "accepted", Status: 202, Want: channel.OutcomeUnknown},
		},
	})
}

// doer answers a call in process.
type doer func(*http.Request) (*http.Response, error)

func (f doer) Do(r *http.Request) (*http.Response, error) { return f(r) }

func reply(kind, body string) *http.Response {
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body))}
}

// A menu goes out as msgmenu, with its head and choices as they are.
func TestSendMenu(t *testing.T) {
	var got map[string]any
	s := sender(doer(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		require.NotContains(t, string(b), `\u`)
		require.NoError(t, json.Unmarshal(b, &got))
		return reply("application/json", `{"errcode":0}`), nil
	}))
	m := outgoing("满意吗？")
	m.Menu = []channel.Choice{{ID: "s-1-5", Text: "非常满意 <3\u2028"}, {ID: "s-1-1", Text: "不满意"}}
	require.Equal(t, channel.OutcomeSent, s.Send(t.Context(), m).Kind)
	require.Equal(t, map[string]any{"touser": customer, "msgtype": "msgmenu", "msgmenu": map[string]any{
		"head_content": "满意吗？", "tail_content": "",
		"list": []any{map[string]any{"id": "s-1-5", "content": "非常满意 <3\n"}, map[string]any{"id": "s-1-1", "content": "不满意"}},
	}}, got)
	m.MenuHead = "请评价"
	s.Send(t.Context(), m)
	require.Equal(t, "请评价", got["msgmenu"].(map[string]any)["head_content"])
}

// What can't be sent as one message is refused before anything leaves.
func TestSendRefuses(t *testing.T) {
	s := sender(doer(func(*http.Request) (*http.Response, error) {
		t.Fatal("a call left")
		return nil, nil
	}))
	long, nobody, file := outgoing(strings.Repeat("长", MaxText/3+1)), outgoing("hi"), outgoing("hi")
	nobody.To.ID = ""
	file.Attachments = []desk.Attachment{{Name: "a.pdf"}}
	menu := channel.Outgoing{To: long.To, Menu: []channel.Choice{{ID: "1", Text: "a"}}}
	for want, ms := range map[channel.OutcomeKind][]channel.Outgoing{
		channel.OutcomeRefused:      {long, file, menu, outgoing(""), outgoing(" \x00"[1:])},
		channel.OutcomeBadRecipient: {nobody},
	} {
		for _, m := range ms {
			require.Equal(t, want, s.Send(t.Context(), m).Kind)
		}
	}
}

// Without a token nothing leaves, and the reason doesn't quote the token's keeper.
func TestSendWithoutToken(t *testing.T) {
	for _, f := range []func(context.Context) (string, error){
		func(context.Context) (string, error) { return "", errors.New("app secret 123") },
		func(context.Context) (string, error) { return "", nil },
	} {
		got := NewSender(channeltest.Account(safe, channeltest.At), Token{Now: f}, nil).Send(t.Context(), outgoing("hi"))
		require.Equal(t, channel.OutcomeTransient, got.Kind)
		require.NotContains(t, got.Reason, "123")
	}
}

// The reply windows: 5 in 48 hours after a message, 3 in a minute after a follow.
func TestWindow(t *testing.T) {
	now := channeltest.At
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, c := range map[string]struct {
		id   desk.Identity
		open bool
		left int
	}{
		"never wrote":             {desk.Identity{}, false, 0},
		"wrote":                   {desk.Identity{LastIn: ago(time.Hour)}, true, 5},
		"two sent":                {desk.Identity{LastIn: ago(time.Hour), Sent: 2}, true, 3},
		"all sent":                {desk.Identity{LastIn: ago(time.Hour), Sent: 5}, true, 0},
		"more than all":           {desk.Identity{LastIn: ago(time.Hour), Sent: 9}, true, 0},
		"two days ago":            {desk.Identity{LastIn: ago(48 * time.Hour)}, false, 5},
		"just followed":           {desk.Identity{Followed: ago(30 * time.Second)}, true, 3},
		"followed long ago":       {desk.Identity{Followed: ago(time.Hour)}, false, 0},
		"followed again":          {desk.Identity{LastIn: ago(72 * time.Hour), Followed: ago(30 * time.Second)}, true, 3},
		"wrote and then followed": {desk.Identity{LastIn: ago(time.Hour), Followed: ago(30 * time.Second)}, true, 5},
		"gone":                    {desk.Identity{LastIn: ago(time.Hour), Gone: ago(time.Minute)}, false, 0},
		"gone and back":           {desk.Identity{LastIn: ago(time.Minute), Gone: ago(time.Hour), Followed: ago(time.Minute)}, true, 5},
	} {
		for _, w := range []channel.Windower{open(t, safe, current), sender(nil)} {
			until, left := w.Window(c.id)
			require.False(t, until.IsZero(), name)
			require.Equal(t, c.open, until.After(now), name)
			if c.open || left == 0 {
				require.Equal(t, c.left, left, name)
			}
		}
	}
}
