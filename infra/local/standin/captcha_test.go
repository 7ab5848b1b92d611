package standin_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/channel/webform/captcha"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// The providers' published test keys and tokens give what they publish for them.
func TestCaptchas(t *testing.T) {
	tests := []struct {
		kind                config.CaptchaKind
		site, secret, token string
		want                captcha.Result
	}{
		{config.Turnstile, "1x00000000000000000000AA", "1x0000000000000000000000000000000AA", "XXXX.DUMMY.TOKEN.XXXX", captcha.Passed},
		{config.Turnstile, "2x00000000000000000000AB", "2x0000000000000000000000000000000AA", "XXXX.DUMMY.TOKEN.XXXX", captcha.Failed},
		{config.Turnstile, "1x00000000000000000000AA", "3x0000000000000000000000000000000AA", "XXXX.DUMMY.TOKEN.XXXX", captcha.Expired},
		{config.Turnstile, "1x00000000000000000000AA", "something else", "XXXX.DUMMY.TOKEN.XXXX", captcha.Unknown},
		{config.HCaptcha, "10000000-ffff-ffff-ffff-000000000001", "0x0000000000000000000000000000000000000000", "10000000-aaaa-bbbb-cccc-000000000001", captcha.Passed},
		{config.HCaptcha, "10000000-ffff-ffff-ffff-000000000001", "0x0000000000000000000000000000000000000000", "a real token", captcha.Failed},
		{config.HCaptcha, "another", "0x0000000000000000000000000000000000000000", "10000000-aaaa-bbbb-cccc-000000000001", captcha.Failed},
		{config.ReCaptchaV2, "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI", "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe", "any", captcha.Passed},
		{config.ReCaptchaV3, "any", "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe", "score:0.9:contact", captcha.Passed},
		{config.ReCaptchaV3, "any", "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe", "score:0.2:contact", captcha.Robot},
		{config.ReCaptchaV3, "any", "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe", "score:0.9:login", captcha.Failed},
	}
	for _, tt := range tests {
		w := open(t, func(*standin.Config) {})
		got := captcha.Ask(t.Context(), &http.Client{Transport: w}, captcha.Check{
			Settings: config.Captcha{Kind: tt.kind, SiteKey: tt.site, MinScore: 0.5}, Secrets: []string{tt.secret},
			Hosts: []string{"example.com", "dummy-key-pass", "testkey.google.com"}, Action: "contact", Token: tt.token, ID: "s1",
		})
		require.Equal(t, tt.want, got.Result, "%+v: %s", tt, got.Why)
	}
}

// A token is good once; Turnstile takes a repeat of the same question.
func TestCaptchaTokensAreUsedUp(t *testing.T) {
	w := open(t, func(*standin.Config) {})
	ask := func(kind config.CaptchaKind, secret, id string) captcha.Result {
		return captcha.Ask(t.Context(), &http.Client{Transport: w}, captcha.Check{
			Settings: config.Captcha{Kind: kind}, Secrets: []string{secret}, Hosts: []string{"example.com", "testkey.google.com"}, Token: "t1", ID: id,
		}).Result
	}
	require.Equal(t, captcha.Passed, ask(config.Turnstile, "1x0000000000000000000000000000000AA", "s1"))
	require.Equal(t, captcha.Passed, ask(config.Turnstile, "1x0000000000000000000000000000000AA", "s1"))
	require.Equal(t, captcha.Expired, ask(config.Turnstile, "1x0000000000000000000000000000000AA", "s2"))
	google := "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe"
	require.Equal(t, captcha.Passed, ask(config.ReCaptchaV2, google, "s1"))
	require.Equal(t, captcha.Expired, ask(config.ReCaptchaV2, google, "s1"))
}

// Scripted faults are of the provider, not of the customer.
func TestCaptchaFails(t *testing.T) {
	w := open(t, func(*standin.Config) {})
	w.Fail(desk.WebForm, standin.Failure{Kind: standin.FailTimeout}, standin.Failure{Kind: standin.FailCode, Code: 503})
	for _, why := range []string{"timeout", "status"} {
		got := captcha.Ask(t.Context(), &http.Client{Transport: w}, captcha.Check{
			Settings: config.Captcha{Kind: config.Turnstile}, Secrets: []string{"x"}, Token: "t1",
		})
		require.Equal(t, captcha.Verdict{Result: captcha.Unknown, Why: why}, got)
	}
	resp, err := (&http.Client{Transport: w}).Get("https://api.hcaptcha.com/siteverify?" + url.Values{"secret": {"x"}}.Encode())
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	b := make([]byte, 100)
	n, _ := resp.Body.Read(b)
	require.JSONEq(t, `{"success":false,"error-codes":["bad-request"]}`, string(b[:n]))
}
