package robots_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/robots"
)

var at = time.Unix(1772442000, 0)

const (
	secret = "SECdeadbeef"
	// Computed apart from this code, by Python's hmac and base64 modules (DingTalk's by
	// openssl dgst -sha256 -hmac too):
	//   hmac.new(secret, "1772442000000\n" + secret, sha256)
	//   hmac.new("1772442000\n" + secret, b"", sha256)
	signDingTalk = "JZIEWn+rmaRw3vKyqvw/G9PNYFsAWFN6UnZAfj8JqSs="
	signFeishu   = "19MgCyoR4A6K/KIanCaBHavHQeJENuG5GkCt1aOBILo="
	inQuery      = "JZIEWn%2BrmaRw3vKyqvw%2FG9PNYFsAWFN6UnZAfj8JqSs%3D" // urllib.parse.quote_plus(signDingTalk)
)

func TestForms(t *testing.T) {
	for name, c := range map[string]struct {
		kind    config.RobotKind
		address string
		secret  string
		url     string
		body    string
	}{
		"wecom": {config.WeCom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", "",
			"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", `{"msgtype":"text","text":{"content":"hi <@all> & you"}}`},
		"dingtalk": {config.DingTalk, "https://oapi.dingtalk.com/robot/send?access_token=k", secret,
			"https://oapi.dingtalk.com/robot/send?access_token=k&sign=" + inQuery + "&timestamp=1772442000000", `{"msgtype":"text","text":{"content":"hi <@all> & you"}}`},
		"dingtalk, unsigned": {config.DingTalk, "https://oapi.dingtalk.com/robot/send?access_token=k", "",
			"https://oapi.dingtalk.com/robot/send?access_token=k", `{"msgtype":"text","text":{"content":"hi <@all> & you"}}`},
		"feishu": {config.Feishu, "https://open.feishu.cn/open-apis/bot/v2/hook/k", secret, "https://open.feishu.cn/open-apis/bot/v2/hook/k",
			`{"timestamp":"1772442000","sign":"` + signFeishu + `","msg_type":"text","content":{"text":"hi ＜@all＞ & you"}}`},
		"slack": {config.Slack, "https://hooks.slack.com/services/T/B/k", "", "https://hooks.slack.com/services/T/B/k",
			`{"text":"hi &lt;@all&gt; &amp; you","mrkdwn":false,"unfurl_links":false,"unfurl_media":false}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := robots.Make(c.kind, c.address, c.secret, "hi <@all> & you", at)
			require.NoError(t, err)
			require.Equal(t, c.url, got.URL)
			require.JSONEq(t, c.body, string(got.Body))
			if name == "dingtalk" {
				u, err := url.Parse(got.URL)
				require.NoError(t, err)
				require.Equal(t, signDingTalk, u.Query().Get("sign"))
			}
		})
	}
}

// A bad address is refused without being told on.
func TestBadAddress(t *testing.T) {
	for _, bad := range []string{"", "http://qyapi.weixin.qq.com/x?key=k", "https://", "https://me:secret@x.test/", "://k"} {
		_, err := robots.Make(config.WeCom, bad, "", "hi", at)
		require.ErrorIs(t, err, robots.ErrURL)
		require.NotContains(t, err.Error(), "key=k")
	}
	_, err := robots.Make("qq", "https://x.test/", "", "hi", at)
	require.ErrorIs(t, err, robots.ErrKind)
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		kind   config.RobotKind
		status int
		body   string
		want   robots.Answer
	}{
		{config.WeCom, 200, `{"errcode":0,"errmsg":"ok"}`, robots.Answer{Taken: true, Code: 200}},
		{config.WeCom, 200, `{"errcode":45009,"errmsg":"api freq out of limit"}`, robots.Answer{Slow: true, Code: 45009}},
		{config.WeCom, 200, `{"errcode":93000,"errmsg":"invalid webhook url"}`, robots.Answer{Code: 93000}},
		{config.WeCom, 200, `{"errcode":-1,"errmsg":"system busy"}`, robots.Answer{Again: true, Code: -1}},
		{config.WeCom, 200, `<html>`, robots.Answer{Code: 200}},
		{config.WeCom, 200, `{}`, robots.Answer{Code: 200}},
		{config.WeCom, 404, `{"errcode":0}`, robots.Answer{Code: 404}},
		{config.DingTalk, 200, `{"errcode":310000,"errmsg":"sign not match"}`, robots.Answer{Code: 310000}},
		{config.DingTalk, 200, `{"errcode":130101,"errmsg":"send too fast"}`, robots.Answer{Slow: true, Code: 130101}},
		{config.Feishu, 200, `{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}`, robots.Answer{Taken: true, Code: 200}},
		{config.Feishu, 200, `{"StatusCode":0,"StatusMessage":"success"}`, robots.Answer{Taken: true, Code: 200}},
		{config.Feishu, 200, `{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}`, robots.Answer{Code: 19021}},
		{config.Feishu, 200, `{"code":11232,"msg":"frequency limited"}`, robots.Answer{Slow: true, Code: 11232}},
		{config.Feishu, 400, `{"code":9499,"msg":"too many request"}`, robots.Answer{Slow: true, Code: 9499}},
		{config.Slack, 200, "ok", robots.Answer{Taken: true, Code: 200}},
		{config.Slack, 200, `{"ok":false}`, robots.Answer{Code: 200}},
		{config.Slack, 403, "action_prohibited", robots.Answer{Code: 403}},
		{config.Slack, 429, "", robots.Answer{Slow: true, Code: 429}},
		{config.Slack, 500, "rollup_error", robots.Answer{Again: true, Code: 500}},
	} {
		require.Equal(t, c.want, robots.Read(c.kind, c.status, []byte(c.body)), "%s %d %s", c.kind, c.status, c.body)
	}
}

// Whatever a subject says, it calls nobody and breaks no form; and no answer is read as
// taken and to be tried again at once.
func TestTextsAreHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{`<at user_id="all">x</at>`, "<!channel>", strings.Repeat("长", 1500)})).Draw(t, "text")
		kind := rapid.SampledFrom(config.RobotTypes).Draw(t, "kind")
		got, err := robots.Make(kind, "https://x.test/?key=k", "", text, at)
		require.NoError(t, err)
		require.True(t, json.Valid(got.Body) && utf8.Valid(got.Body))
		require.Less(t, len(got.Body), 16_000)
		if kind == config.Feishu || kind == config.Slack {
			var body struct {
				Text    string
				Content struct{ Text string }
			}
			require.NoError(t, json.Unmarshal(got.Body, &body))
			require.NotContains(t, body.Text+body.Content.Text, "<")
		}
		a := robots.Read(kind, rapid.IntRange(100, 599).Draw(t, "status"), []byte(rapid.String().Draw(t, "body")))
		require.False(t, a.Taken && (a.Slow || a.Again))
	})
}
