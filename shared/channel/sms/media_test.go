package sms_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/deskhook/deskhook/shared/channel/sms"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/stretchr/testify/require"
)

const mediaURL = "https://api.twilio.com/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/MM1/Media/ME1"

func fetcher(t *testing.T, do doer) *sms.Sender {
	t.Helper()
	a := account(good)
	a.HTTP = do
	s, err := sms.NewSender(a)
	require.NoError(t, err)
	return s
}

func answering(status int, body string) doer {
	return func(r *http.Request) (*http.Response, error) {
		_, pass, _ := r.BasicAuth()
		if pass != "first-token" {
			return nil, errors.New("not signed in")
		}
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"image/png; q=1"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

func TestFetchMedia(t *testing.T) {
	m, err := fetcher(t, answering(200, "picture")).FetchMedia(t.Context(), mediaURL, 7)
	require.NoError(t, err)
	require.Equal(t, "picture", string(m.Data))
	require.Equal(t, "image/png", m.Type)
	for status, kind := range map[int]desk.Kind{404: desk.NotFound, 401: desk.Forbidden, 503: desk.Transient, 302: desk.Transient} {
		_, err = fetcher(t, answering(status, "")).FetchMedia(t.Context(), mediaURL, 7)
		require.Equal(t, kind, desk.KindOf(err), status)
	}
	_, err = fetcher(t, answering(200, "picture!")).FetchMedia(t.Context(), mediaURL, 7)
	require.Equal(t, desk.TooLarge, desk.KindOf(err))
	_, err = fetcher(t, func(*http.Request) (*http.Response, error) { return nil, errors.New("first-token") }).FetchMedia(t.Context(), mediaURL, 7)
	require.Equal(t, desk.Transient, desk.KindOf(err))
	require.NotContains(t, err.Error(), "first-token")
}

// Twilio keeps files elsewhere and says where: its own servers are followed to, without
// the account's credentials, and nobody else is.
func TestFetchMediaFollowsToTwiliosServers(t *testing.T) {
	for to, want := range map[string]desk.Kind{
		"https://mms.twiliocdn.com/AC1/f?Signature=x":                            "",
		"https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/f":          "",
		"https://s3-external-1.amazonaws.com/somebody.example/f":                 desk.Forbidden,
		"https://s3-external-1.amazonaws.com/media.twiliocdn.com/../other/f":     desk.Forbidden,
		"https://twiliocdn.com.evil.example/f":                                   desk.Forbidden,
		"http://mms.twiliocdn.com/f":                                             desk.Forbidden,
		"https://mms.twiliocdn.com:8443/f":                                       desk.Forbidden,
		"https://169.254.169.254/latest":                                         desk.Forbidden,
		"/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/again": desk.Forbidden,
	} {
		calls := 0
		m, err := fetcher(t, func(r *http.Request) (*http.Response, error) {
			if calls++; calls == 1 {
				return &http.Response{StatusCode: 307, Header: http.Header{"Location": {to}}, Body: http.NoBody}, nil
			}
			require.Empty(t, r.Header.Get("Authorization"), "credentials are for Twilio's API alone")
			return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"image/png"}}, Body: io.NopCloser(strings.NewReader("picture"))}, nil
		}).FetchMedia(t.Context(), mediaURL, 7)
		if want == "" {
			require.NoError(t, err, to)
			require.Equal(t, "picture", string(m.Data))
			continue
		}
		require.Equal(t, want, desk.KindOf(err), to)
		require.Equal(t, 1, calls, to)
	}
	_, err := fetcher(t, func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 307, Header: http.Header{"Location": {"https://mms.twiliocdn.com/f"}}, Body: http.NoBody}, nil
	}).FetchMedia(t.Context(), mediaURL, 7)
	require.Equal(t, desk.Transient, desk.KindOf(err), "a circle ends")
}

// The reference comes in with a message: no other host is ever called with our token.
func TestFetchMediaOnlyAtTwilio(t *testing.T) {
	s := fetcher(t, func(*http.Request) (*http.Response, error) { panic("called") })
	for _, ref := range []string{
		"", "media:1", "http://api.twilio.com/x", "https://api.twilio.com.evil.example/x",
		"https://api.twilio.com@evil.example/x", "https://169.254.169.254/latest", "https://api.twilio.com:8443/x",
	} {
		_, err := s.FetchMedia(t.Context(), ref, 7)
		require.Equal(t, desk.Invalid, desk.KindOf(err), ref)
	}
}

// Without a public address Twilio is given none to call back.
func TestNoCallbackWithoutAddress(t *testing.T) {
	a := account(good)
	a.PublicURL = ""
	a.HTTP = doer(func(r *http.Request) (*http.Response, error) {
		require.NoError(t, r.ParseForm())
		require.NotContains(t, r.PostForm, "StatusCallback")
		return nil, errors.New("enough")
	})
	s, err := sms.NewSender(a)
	require.NoError(t, err)
	s.Send(t.Context(), message("hello"))
}
