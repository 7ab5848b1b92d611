package wechat

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
	"github.com/deskhook/deskhook/shared/desk"
)

func ask(t *testing.T, do doer) (channel.Person, string, error) {
	a, refused := channeltest.Account(safe, channeltest.At, current), ""
	a.HTTP = do
	p, err := NewWhoIs(a, Token{
		Now:     func(context.Context) (string, error) { return accessToken, nil },
		Refused: func(_ context.Context, token string) { refused = token },
	}).WhoIs(t.Context(), "o6_bmjrPTlm6_2sgVt7hMZOPfL2M")
	if err != nil {
		require.NotContains(t, err.Error(), accessToken)
	}
	return p, refused, err
}

// user/info is asked with the OpenID, and its unionid taken; an account that is bound to no
// open platform gets none, and that is an answer, too.
func TestWhoIs(t *testing.T) {
	for body, want := range map[string]string{
		`{"subscribe":1,"openid":"o6_bmjrPTlm6_2sgVt7hMZOPfL2M","language":"zh_CN","subscribe_time":1382694957,"unionid":"o6_bmasdasdsad6_2sgVt7hMZOPfL","remark":"","groupid":0,"tagid_list":[128,2],"subscribe_scene":"ADD_SCENE_QR_CODE","qr_scene":98765,"qr_scene_str":""}`: "o6_bmasdasdsad6_2sgVt7hMZOPfL",
		`{"subscribe":0,"openid":"o6_bmjrPTlm6_2sgVt7hMZOPfL2M"}`:             "",
		`{"errcode":0,"subscribe":0,"openid":"o6_bmjrPTlm6_2sgVt7hMZOPfL2M"}`: "",
	} {
		got, refused, err := ask(t, func(r *http.Request) (*http.Response, error) {
			require.Equal(t, "GET https://api.weixin.qq.com/cgi-bin/user/info?access_token="+accessToken+"&lang=zh_CN&openid=o6_bmjrPTlm6_2sgVt7hMZOPfL2M", r.Method+" "+r.URL.String())
			return reply("application/json", body), nil
		})
		require.NoError(t, err)
		require.Empty(t, refused)
		require.Equal(t, want, got.Union)
	}
}

// What passes is told from what doesn't: the one is asked again, the other noted.
func TestWhoIsErrors(t *testing.T) {
	for body, want := range map[string]desk.Kind{
		`{"errcode":-1,"errmsg":"system error"}`:                              desk.Transient,
		`{"errcode":40001,"errmsg":"invalid credential ` + accessToken + `"}`: desk.Transient,
		`{"errcode":42001}`:                                           desk.Transient,
		`{"errcode":45009}`:                                           desk.Throttled,
		`{"errcode":40164}`:                                           desk.Forbidden,
		`{"errcode":40013}`:                                           desk.Forbidden,
		`{"errcode":40003,"errmsg":"invalid openid"}`:                 desk.NotFound,
		`{"errcode":48001,"errmsg":"api unauthorized"}`:               desk.NotFound,
		`{"errcode":99999}`:                                           desk.NotFound,
		`{"subscribe":1,"openid":"somebody-else","unionid":"theirs"}`: desk.Transient,
		`<html>gateway</html>`:                                        desk.Transient,
	} {
		got, refused, err := ask(t, func(*http.Request) (*http.Response, error) { return reply("application/json", body), nil })
		require.Error(t, err, body)
		require.Equal(t, want, desk.KindOf(err), body)
		require.Empty(t, got)
		require.Equal(t, strings.Contains(body, "40001") || strings.Contains(body, "42001"), refused == accessToken, body)
	}
	_, _, err := ask(t, func(*http.Request) (*http.Response, error) { return nil, context.DeadlineExceeded })
	require.Equal(t, desk.Transient, desk.KindOf(err))
}

// Who comes or writes is to be looked up where the account has it on; who leaves is not.
func TestLookUpIsMarked(t *testing.T) {
	for own, want := range map[string]bool{`{}`: false, `{"unionid":true}`: true, `{"unionid":false}`: false} {
		for _, kind := range []string{"subscribe", "unsubscribe"} {
			ins, err := ParseOf([]byte(own), channel.Envelope{Account: "main", Body: []byte("<xml><FromUserName>oA</FromUserName><CreateTime>1700000000</CreateTime><MsgType>event</MsgType><Event>" + kind + "</Event></xml>")})
			require.NoError(t, err)
			require.Len(t, ins, 1)
			require.Equal(t, want && kind == "subscribe", ins[0].LookUp, "%s %s", own, kind)
		}
	}
}
