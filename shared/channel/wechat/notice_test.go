package wechat

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
)

const bothKinds = `,"template":{"id":"T1","data":{"thing1":"{{ticket.subject}}","character_string2":"{{ticket.number}}","time3":"{{time}}"}},` +
	`"subscribe_template":{"id":"S1","data":{"thing1":"您有新回复：{{answer}}","name2":"{{customer.name}}"}}}`

func noticer(do channel.Doer) *client {
	a := channeltest.Account(strings.TrimSuffix(safe, "}")+bothKinds, channeltest.At, current)
	a.HTTP = do
	page := func(m channel.Outgoing) string { return "https://desk.example/t/" + string(m.Ticket) + "?a=1&b=2" }
	return NewSender(a, Token{Now: token}, page).(*client)
}

func waiting(kind string) channel.Outgoing {
	m := outgoing("您的退款已经提交，预计三个工作日内\n原路退回到您的账户。")
	m.Ticket, m.Subject, m.Notice = "7K3Q9W", "{{answer}} 退款什么时候能到账？我已经等了三天了", kind
	return m
}

// Both kinds say what the settings have, cut to what a field takes, and lead to the page;
// what a customer wrote is no variable.
func TestNotices(t *testing.T) {
	var path, body string
	c := noticer(doer(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		path, body = r.URL.Path, string(b)
		return reply("application/json", `{"errcode":0,"errmsg":"ok","msgid":200163836}`), nil
	}))
	require.Equal(t, []string{NoticeTemplate, NoticeSubscribe}, c.Notices())
	out := c.Send(t.Context(), waiting(NoticeTemplate))
	require.Equal(t, channel.OutcomeSent, out.Kind)
	require.Equal(t, "200163836", out.ProviderID)
	require.Equal(t, "/cgi-bin/message/template/send", path)
	// channeltest.At is 16:30 in China
	require.JSONEq(t, `{"touser":"`+customer+`","template_id":"T1","url":"https://desk.example/t/7K3Q9W?a=1&b=2",
		"client_msg_id":"ONCE","data":{"thing1":{"value":"{{answer}} 退款什么时候能到…"},
		"character_string2":{"value":"DH-7K3Q-9W"},"time3":{"value":"2026-03-02 16:30"}}}`, strings.Replace(body, once(t, body), "ONCE", 1))

	require.Equal(t, channel.OutcomeSent, c.Send(t.Context(), waiting(NoticeSubscribe)).Kind)
	require.Equal(t, "/cgi-bin/message/subscribe/bizsend", path)
	require.JSONEq(t, `{"touser":"`+customer+`","template_id":"S1","page":"https://desk.example/t/7K3Q9W?a=1&b=2",
		"data":{"thing1":{"value":"您有新回复：您的退款已经提交，预计三个…"},"name2":{"value":"—"}}}`, body)
}

func once(t *testing.T, body string) string {
	_, rest, ok := strings.Cut(body, `"client_msg_id":"`)
	require.True(t, ok)
	id, _, _ := strings.Cut(rest, `"`)
	require.Len(t, id, 32)
	return id
}

// What Tencent's codes mean for a notice.
func TestNoticeRefused(t *testing.T) {
	for code, want := range map[string]channel.OutcomeKind{
		"43101": channel.OutcomeBadRecipient, "43004": channel.OutcomeBadRecipient, "40037": channel.OutcomeRefused,
		"47003": channel.OutcomeRefused, "45009": channel.OutcomeRateLimited, "48001": channel.OutcomeRefused, "40001": channel.OutcomeAuth,
	} {
		c := noticer(doer(func(*http.Request) (*http.Response, error) {
			return reply("application/json", `{"errcode":`+code+`,"errmsg":"no"}`), nil
		}))
		out := c.Send(t.Context(), waiting(NoticeTemplate))
		require.Equal(t, want, out.Kind, code)
		require.Equal(t, code, out.Code)
	}
}

// An account without templates gives no notice, and sends none that was asked for before.
func TestNoNotices(t *testing.T) {
	c := sender(doer(func(*http.Request) (*http.Response, error) { panic("called") }))
	require.Empty(t, c.Notices())
	require.Equal(t, channel.OutcomeRefused, c.Send(t.Context(), waiting(NoticeTemplate)).Kind)
}

// Faulty templates are refused with the settings, before anybody waits for a notice.
func TestNoticeSettings(t *testing.T) {
	for own, want := range map[string]string{
		`"template":{"data":{"thing1":"x"}}`:                           "template: id is missing",
		`"template":{"id":"T"}`:                                        "template: data is missing",
		`"subscribe_template":{"id":"T","data":{"thing1":" "}}`:        "subscribe_template: data: thing1: is empty",
		`"template":{"id":"T","data":{"thing1":"{{customer.phone}}"}}`: "there is no {{customer.phone}}",
		`"template":{"id":"T","data":{"a b":"x"}}`:                     "is no name of a field",
		`"template":{"id":"T","data":{"thing1":"x"},"more":1}`:         "unknown field",
	} {
		_, err := New(channeltest.Account(strings.TrimSuffix(safe, "}")+","+own+"}", channeltest.At, current))
		require.ErrorContains(t, err, want, own)
	}
	_, err := New(channeltest.Account(strings.TrimSuffix(safe, "}")+bothKinds, channeltest.At, current))
	require.NoError(t, err)
}
