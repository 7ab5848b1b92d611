package wechat

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

func withFile(kind string, data string) channel.Outgoing {
	m := outgoing("")
	m.Attachments = []desk.Attachment{{Name: "收据 “1”.jpg", Type: kind, Data: []byte(data)}}
	return m
}

// A picture is laid with Tencent and then sent by its media id, as the pages
// "新增临时素材" and "发送客服消息" have it.
func TestSendFile(t *testing.T) {
	for kind, want := range map[string]struct{ upload, name, sent string }{
		"image/jpeg": {"image", "image.jpg", `"msgtype":"image","image":{"media_id":"M-1"}}`},
		"image/PNG":  {"image", "image.png", `"msgtype":"image","image":{"media_id":"M-1"}}`},
		"audio/amr":  {"voice", "voice.amr", `"msgtype":"voice","voice":{"media_id":"M-1"}}`},
		"video/mp4":  {"video", "video.mp4", `"msgtype":"video","video":{"media_id":"M-1","title":"收据 “1”.jpg"}}`},
	} {
		var calls []string
		got := sender(doer(func(r *http.Request) (*http.Response, error) {
			calls = append(calls, r.URL.Path)
			require.Equal(t, accessToken, r.URL.Query().Get("access_token"))
			if len(calls) == 1 {
				require.Equal(t, want.upload, r.URL.Query().Get("type"))
				f, h, err := r.FormFile("media")
				require.NoError(t, err)
				require.Equal(t, want.name, h.Filename)
				require.Equal(t, strings.ToLower(kind), h.Header.Get("Content-Type"))
				b, _ := io.ReadAll(f)
				require.Equal(t, "bytes", string(b))
				return reply("application/json", `{"type":"image","media_id":"M-1","created_at":1672500000}`), nil
			}
			b, _ := io.ReadAll(r.Body)
			require.Equal(t, `{"touser":"`+customer+`",`+want.sent+"\n", string(b))
			return reply("application/json", `{"errcode":0}`), nil
		})).Send(t.Context(), withFile(kind, "bytes"))
		require.Equal(t, channel.OutcomeSent, got.Kind, got.Reason)
		require.Equal(t, []string{"/cgi-bin/media/upload", "/cgi-bin/message/custom/send"}, calls)
	}
}

// While the file is being uploaded there is no message: whatever goes wrong, nothing was
// accepted, and what may pass is tried again. A message that was handed over is as
// uncertain as any other.
func TestSendFileFails(t *testing.T) {
	status := func(code int) func() (*http.Response, error) {
		return func() (*http.Response, error) {
			r := reply("text/html", "")
			r.StatusCode = code
			return r, nil
		}
	}
	body := func(s string) func() (*http.Response, error) {
		return func() (*http.Response, error) { return reply("application/json", s), nil }
	}
	for name, c := range map[string]struct {
		answer func() (*http.Response, error)
		want   channel.OutcomeKind
	}{
		"no connection": {func() (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: errors.New("x")} }, channel.OutcomeTransient},
		"no answer":     {func() (*http.Response, error) { return nil, errors.New(accessToken) }, channel.OutcomeTransient},
		"a bad gateway": {status(502), channel.OutcomeTransient},
		"throttled":     {status(429), channel.OutcomeRateLimited},
		"a page":        {body("<html>"), channel.OutcomeTransient},
		"no media id":   {body(`{"type":"image"}`), channel.OutcomeTransient},
		"busy":          {body(`{"errcode":-1}`), channel.OutcomeTransient},
		"token expired": {body(`{"errcode":42001}`), channel.OutcomeAuth},
		"wrong type":    {body(`{"errcode":40005,"errmsg":"invalid file type"}`), channel.OutcomeRefused},
		"too large":     {body(`{"errcode":45001}`), channel.OutcomeRefused},
		"quota":         {body(`{"errcode":45009}`), channel.OutcomeRateLimited},
	} {
		calls := 0
		got := sender(doer(func(*http.Request) (*http.Response, error) { calls++; return c.answer() })).Send(t.Context(), withFile("image/png", "x"))
		require.Equal(t, c.want, got.Kind, name)
		require.NotEmpty(t, got.Reason)
		require.NotContains(t, got.Reason, accessToken)
		require.Equal(t, 1, calls, "%s: nothing is sent after it", name)
	}
	calls := 0
	got := sender(doer(func(*http.Request) (*http.Response, error) {
		if calls++; calls == 1 {
			return reply("application/json", `{"media_id":"M"}`), nil
		}
		return nil, errors.New("cut")
	})).Send(t.Context(), withFile("image/png", "x"))
	require.Equal(t, channel.OutcomeUnknown, got.Kind)
}

// What WeChat has no message for is refused before anything is called.
func TestSendFileRefused(t *testing.T) {
	two := withFile("image/png", "x")
	two.Attachments = append(two.Attachments, two.Attachments[0])
	text := withFile("image/png", "x")
	text.Text = "look"
	for _, m := range []channel.Outgoing{withFile("application/pdf", "x"), withFile("image/png", ""), two, text} {
		got := sender(doer(func(*http.Request) (*http.Response, error) { panic("called") })).Send(t.Context(), m)
		require.Equal(t, channel.OutcomeRefused, got.Kind)
	}
}
