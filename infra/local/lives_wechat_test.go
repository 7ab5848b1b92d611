package local_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

const greeting = "您好，有什么可以帮您？"

func welcoming(s *config.Settings) {
	for i, a := range s.Accounts {
		if a.Channel == desk.WeChat {
			s.Accounts[i].Settings = json.RawMessage(strings.Replace(string(a.Settings), "{", `{"welcome":{"zh-CN":"`+greeting+`"},`, 1))
		}
	}
}

// opened decrypts a passive reply with Go's own AES, as "消息加解密说明" tells.
func opened(t *testing.T, key, body string) string {
	var in struct{ Encrypt string }
	require.NoError(t, xml.Unmarshal([]byte(body), &in))
	k, err := base64.StdEncoding.DecodeString(key + "=")
	require.NoError(t, err)
	b, err := base64.StdEncoding.DecodeString(in.Encrypt)
	require.NoError(t, err)
	block, err := aes.NewCipher(k)
	require.NoError(t, err)
	cipher.NewCBCDecrypter(block, k[:16]).CryptBlocks(b, b)
	return string(b)
}

// wechatCodes are the return codes of message/custom/send (API page), and what an agent
// reads of each. Those that may pass are tried again by themselves.
var wechatCodes = []struct {
	code  int
	state desk.SendState
	words string
	wait  time.Duration // put the clock forward by it until the message has gone
	token bool          // another access token is got first
}{
	{-1, desk.Queued, "busy", time.Minute, false},
	{40001, desk.Queued, "access token", time.Minute, true},
	{40014, desk.Queued, "access token is invalid", time.Minute, true},
	{42001, desk.Queued, "access token has expired", time.Minute, true},
	{40003, desk.Failed, "no such OpenID", 0, false},
	{40007, desk.Failed, "media file", 0, false},
	{40033, desk.Failed, "characters", 0, false},
	{43004, desk.Failed, "no longer follows", 0, false},
	{43101, desk.Failed, "refused", 0, false},
	{45009, desk.Queued, "day's quota", 3 * time.Hour, false},
	{45015, desk.Failed, "48 hours", 0, false},
	{45047, desk.Failed, "until the customer writes again", 0, false},
	{45162, desk.Queued, "type of message", time.Minute, false},
	{48001, desk.Queued, "may not use this API", time.Minute, false},
}

// An Official Account's life: the endpoint check, a follower, texts, a picture, answers,
// each refusal, tokens that end, and the end of following.
func TestLifeOfWeChat(t *testing.T) {
	t.Parallel()
	l := begin(t, welcoming)
	w, err := l.WeChat(l.base)
	require.NoError(t, err)
	ann := desk.Address{Channel: desk.WeChat, Account: "main", ID: "oAnn"}
	var tk desk.Ticket
	n := 0
	text := func(t *testing.T, who, words string) {
		n++
		req, err := w.Text(who, fmt.Sprint(7000+n), words, l.clock.Now())
		call(t, req, err)
	}
	sent := func(n int) []standin.Message {
		var got []standin.Message
		soon(t, func() bool {
			got = l.Standin.List(standin.Filter{Channel: desk.WeChat, Customer: "oAnn", Outgoing: true})
			return len(got) >= n
		})
		return got
	}
	walk(t, []step{
		{"the endpoint check echoes, a wrong token doesn't", func(t *testing.T) {
			req, err := w.Check("4375120948345356249", l.clock.Now())
			require.Equal(t, "4375120948345356249", ask(t, http.StatusOK, req, err))
			wrong := w
			wrong.Token = "guessed"
			req, err = wrong.Check("1", l.clock.Now())
			ask(t, http.StatusForbidden, req, err)
		}},
		{"a follower is welcomed, encrypted", func(t *testing.T) {
			req, err := w.Event("oAnn", "subscribe", "", l.clock.Now())
			require.Contains(t, opened(t, w.AESKey, ask(t, http.StatusOK, req, err)), greeting)
			soon(t, func() bool { return !l.identity(t, ann).Followed.IsZero() })
		}},
		{"a text opens a ticket, its repeat doesn't", func(t *testing.T) {
			req, err := w.Text("oAnn", "1001", "我要退款", l.clock.Now())
			require.Equal(t, "success", ask(t, http.StatusOK, req, err))
			req, err = w.Text("oAnn", "1001", "我要退款", l.clock.Now())
			require.Equal(t, "success", ask(t, http.StatusOK, req, err))
			tk = l.find(t, "oAnn", 1)
			require.Equal(t, "我要退款", l.wrote(t, tk.ID, 1).Text)
		}},
		{"a picture is fetched", func(t *testing.T) {
			req, err := w.Image("oAnn", "1002", l.Standin.WeChatMedia("image/jpeg", "a.jpg", []byte("a picture")), l.clock.Now())
			call(t, req, err)
			require.Equal(t, "a picture", l.fetched(t, tk.ID, 2))
		}},
		{"an unknown type is taken", func(t *testing.T) {
			req, err := w.Event("oAnn", "some_new_event", "", l.clock.Now())
			require.Equal(t, "success", ask(t, http.StatusOK, req, err))
			soon(t, func() bool { return l.told(t, tk.ID, "event.received") })
		}},
		{"the answer arrives", func(t *testing.T) {
			m := l.reply(t, tk.ID, "马上处理 <3")
			l.becomes(t, tk.ID, m, desk.Sent, "")
			require.Equal(t, "马上处理 <3", sent(1)[0].Text)
		}},
		{"each refusal, as the agent sees it", func(t *testing.T) { l.wechatRefusals(t, text) }},
		{"no answer in time is uncertain", func(t *testing.T) {
			text(t, "oAnn", "还在吗")
			l.wrote(t, tk.ID, 3)
			l.Standin.Fail(desk.WeChat, standin.Failure{Kind: standin.FailAfterAccept})
			m := l.reply(t, tk.ID, "在的")
			l.becomes(t, tk.ID, m, desk.Uncertain, "may have gone out")
			require.True(t, l.told(t, tk.ID, "send.uncertain"))
		}},
		{"an address that isn't allowed shows, and passes", func(t *testing.T) { l.notAllowed(t) }},
		{"who unfollows gets nothing more", func(t *testing.T) {
			req, err := w.Event("oAnn", "unsubscribe", "", l.clock.Now())
			call(t, req, err)
			soon(t, func() bool { return !l.identity(t, ann).Gone.IsZero() })
			before := len(sent(0))
			m := l.reply(t, tk.ID, "再见")
			l.becomes(t, tk.ID, m, desk.Failed, "no longer follows")
			require.Len(t, sent(0), before)
		}},
	})
}

// wechatRefusals meets one customer with each code. What may pass goes out in the end; what
// was refused for its token does so only after another was got.
func (l *life) wechatRefusals(t *testing.T, text func(t *testing.T, who, words string)) {
	for _, c := range wechatCodes {
		who := fmt.Sprint("oCode", c.code)
		text(t, who, "你好")
		id, before := l.find(t, who, 1).ID, l.token(t).Version
		l.Standin.Fail(desk.WeChat, standin.Failure{Kind: standin.FailCode, Code: c.code})
		m := l.reply(t, id, "您好")
		l.becomes(t, id, m, c.state, c.words)
		require.Equal(t, c.state == desk.Failed, l.told(t, id, "send.failed"), "%d", c.code)
		if c.state == desk.Failed {
			continue
		}
		l.later(t, c.wait, func() bool { return l.message(t, id, m).State == desk.Sent })
		if c.token {
			soon(t, func() bool { return l.token(t).Version >= before+2 && !l.token(t).Value.Stale }) // marked, and replaced
		}
	}
}

func (l *life) token(t *testing.T) store.Row[store.Token] {
	row, err := l.Store.Token(context.Background(), desk.WeChat, "main")
	require.NoError(t, err)
	return row
}

// notAllowed: Tencent doesn't give a token to an address that isn't on its list.
func (l *life) notAllowed(t *testing.T) {
	fault := func() string {
		var st struct{ Tokens []struct{ Error string } }
		l.local(t, "/local/state", &st)
		require.Len(t, st.Tokens, 1)
		return st.Tokens[0].Error
	}
	l.Standin.RefuseTokens(40164)
	l.later(t, time.Hour, func() bool { return fault() != "" })
	require.Contains(t, fault(), "203.0.113.9")
	require.Contains(t, fault(), "40164")
	l.Standin.RefuseTokens(0)
	l.later(t, time.Minute, func() bool { return fault() == "" })
}
