package wechat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
	"github.com/deskhook/deskhook/shared/desk"
)

const appSecret = "0123456789abcdef0123456789abcdef"

func fetch(t *testing.T, do doer) (string, time.Time, error) {
	a := channeltest.Account(safe, channeltest.At, map[string]string{"app_secret": appSecret})
	a.HTTP = do
	return FetchToken(t.Context(), a)
}

// A token is asked of stable_token, never forced, and lives as long as Tencent says.
func TestFetchToken(t *testing.T) {
	got, expires, err := fetch(t, func(r *http.Request) (*http.Response, error) {
		require.Equal(t, "https://api.weixin.qq.com/cgi-bin/stable_token", r.URL.String())
		b, _ := io.ReadAll(r.Body)
		require.JSONEq(t, `{"grant_type":"client_credential","appid":"`+appID+`","secret":"`+appSecret+`","force_refresh":false}`, string(b))
		return reply("application/json", `{"access_token":"T-1","expires_in":7200}`), nil
	})
	require.NoError(t, err)
	require.Equal(t, "T-1", got)
	require.Equal(t, channeltest.At.Add(2*time.Hour), expires)
}

// Errors say what to do, by Kind and in words, and hold no secret.
func TestFetchTokenErrors(t *testing.T) {
	for body, want := range map[string]struct {
		kind desk.Kind
		text string
	}{
		`{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1-2-3"}`: {desk.Forbidden, "IP address 203.0.113.7 must be on the account's allow list"},
		`{"errcode":40164,"errmsg":"invalid ip ` + appSecret + `"}`:                                                {desk.Forbidden, "IP address must be on the account's allow list"},
		`{"errcode":40125,"errmsg":"invalid appsecret ` + appSecret + `"}`:                                         {desk.Forbidden, "app secret is wrong"},
		`{"errcode":40013}`:                      {desk.Forbidden, "app id is wrong"},
		`{"errcode":50004}`:                      {desk.Forbidden, "50004"},
		`{"errcode":-1}`:                         {desk.Transient, "busy"},
		`{"errcode":45009}`:                      {desk.Throttled, "45009"},
		`{"access_token":"","expires_in":7200}`:  {desk.Transient, "without a token"},
		`{"access_token":"T","expires_in":-100}`: {desk.Transient, "without a token"},
		`<html>`:                                 {desk.Transient, "no JSON"},
	} {
		_, _, err := fetch(t, func(*http.Request) (*http.Response, error) { return reply("application/json", body), nil })
		require.Equal(t, want.kind, desk.KindOf(err), body)
		require.ErrorContains(t, err, want.text)
		require.NotContains(t, err.Error(), appSecret)
	}
	_, _, err := fetch(t, func(r *http.Request) (*http.Response, error) { return nil, errors.New(appSecret) })
	require.Equal(t, desk.Transient, desk.KindOf(err))
	require.NotContains(t, err.Error(), appSecret)
	_, _, err = FetchToken(context.Background(), channeltest.Account(`{}`, channeltest.At))
	require.ErrorContains(t, err, "app_id")
	_, _, err = FetchToken(context.Background(), channeltest.Account(safe, channeltest.At, map[string]string{"app_secret": ""}))
	require.ErrorContains(t, err, "app_secret")
}

func media(t *testing.T, ref string, max int64, do doer) (channel.Media, error) {
	a := channeltest.Account(safe, channeltest.At, current)
	a.HTTP = do
	m, err := NewMediaFetcher(a, Token{Now: token}).FetchMedia(t.Context(), ref, max)
	if err != nil {
		require.NotContains(t, err.Error(), accessToken)
		require.Empty(t, m.Data)
	}
	return m, err
}

// A picture comes as it is, with its type and a name that is no path.
func TestFetchMedia(t *testing.T) {
	m, err := media(t, "media:M&1", 8, func(r *http.Request) (*http.Response, error) {
		require.Equal(t, "https://api.weixin.qq.com/cgi-bin/media/get?access_token="+accessToken+"&media_id=M%261", r.URL.String())
		resp := reply("image/jpeg", "12345678")
		resp.Header.Set("Content-Disposition", `attachment; filename="../../M1.jpg"`)
		return resp, nil
	})
	require.NoError(t, err)
	require.Equal(t, channel.Media{Type: "image/jpeg", Name: "M1.jpg", Data: []byte("12345678")}, m)
}

// A video's address is followed on Tencent's servers and nowhere else, once.
func TestFetchVideo(t *testing.T) {
	for address, want := range map[string]string{
		"http://vweixinf.tc.qq.com/1?x=2":         "https://vweixinf.tc.qq.com/1?x=2",
		"https://mp.weixin.qq.com/v":              "https://mp.weixin.qq.com/v",
		"http://169.254.169.254/latest":           "",
		"https://weixin.qq.com.evil.example/v":    "",
		"https://evilweixin.qq.com/v":             "",
		"https://a@mp.weixin.qq.com/v":            "",
		"https://mp.weixin.qq.com:8443/v":         "",
		"file:///etc/passwd":                      "",
		"https://mp.weixin.qq.com@127.0.0.1/":     "",
		"https://mp.weixin.qq.com/\x00":           "",
		"//mp.weixin.qq.com/v":                    "",
		"https://127.0.0.1/?x=mp.weixin.qq.com/v": "",
	} {
		var called []string
		m, err := media(t, "media:V", 99, func(r *http.Request) (*http.Response, error) {
			called = append(called, r.URL.String())
			if len(called) == 1 {
				return reply("text/plain", `{"video_url":"`+strings.ReplaceAll(address, "\x00", `\u0000`)+`"}`), nil
			}
			return reply("video/mp4", "film"), nil
		})
		if want == "" {
			require.Equal(t, desk.Forbidden, desk.KindOf(err), address)
			require.Len(t, called, 1)
			continue
		}
		require.NoError(t, err, address)
		require.Equal(t, "film", string(m.Data))
		require.Equal(t, want, called[1])
	}
	_, err := media(t, "media:V", 99, func(*http.Request) (*http.Response, error) {
		return reply("application/json", `{"video_url":"https://mp.weixin.qq.com/v"}`), nil
	})
	require.Equal(t, desk.Transient, desk.KindOf(err), "an address that leads to an address")
}

// A picture that came with an address alone is got from Tencent's servers and no other.
func TestFetchPicture(t *testing.T) {
	m, err := media(t, "picture:http://mmbiz.qpic.cn/mmbiz_jpg/abc/0", 8, func(r *http.Request) (*http.Response, error) {
		require.Equal(t, "https://mmbiz.qpic.cn/mmbiz_jpg/abc/0", r.URL.String())
		return reply("image/jpeg", "12345678"), nil
	})
	require.NoError(t, err)
	require.Equal(t, "12345678", string(m.Data))
	_, err = media(t, "picture:https://127.0.0.1/a.jpg", 8, nil)
	require.Equal(t, desk.Invalid, desk.KindOf(err))
	_, err = media(t, "picture:https://mmbiz.qpic.cn/a", 8, func(*http.Request) (*http.Response, error) {
		resp := reply("text/html", "")
		resp.StatusCode = 404
		return resp, nil
	})
	require.Equal(t, desk.NotFound, desk.KindOf(err))
}

// An error is JSON behind a good status; its kind says whether to come again.
func TestFetchMediaErrors(t *testing.T) {
	for body, want := range map[string]desk.Kind{
		`{"errcode":40007}`: desk.NotFound,
		`{"errcode":42001}`: desk.Forbidden,
		`{"errcode":45009}`: desk.Throttled,
		`{"errcode":-1}`:    desk.Transient,
		`{}`:                desk.Transient,
		`<html>`:            desk.Transient,
	} {
		_, err := media(t, "media:M", 99, func(*http.Request) (*http.Response, error) {
			return reply("application/json; encoding=utf-8", body), nil
		})
		require.Equal(t, want, desk.KindOf(err), body)
	}
	_, err := media(t, "media:M", 3, func(*http.Request) (*http.Response, error) { return reply("image/png", "1234"), nil })
	require.Equal(t, desk.TooLarge, desk.KindOf(err))
	_, err = media(t, "media:M", 3, func(*http.Request) (*http.Response, error) { return nil, errors.New(accessToken) })
	require.Equal(t, desk.Transient, desk.KindOf(err))
	_, err = media(t, "media:M", 3, func(*http.Request) (*http.Response, error) {
		resp := reply("image/png", "")
		resp.StatusCode = 502
		return resp, nil
	})
	require.Equal(t, desk.Transient, desk.KindOf(err))
	for _, ref := range []string{"", "media:", "https://example.com/a.jpg"} {
		_, err = media(t, ref, 3, nil)
		require.Equal(t, desk.Invalid, desk.KindOf(err), ref)
	}
}
