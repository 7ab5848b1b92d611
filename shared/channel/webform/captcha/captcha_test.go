package captcha_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel/webform/captcha"
	"github.com/deskhook/deskhook/shared/config"
)

// provider answers with what it was given and keeps what it was asked.
type provider struct {
	status  int
	answers []string // the last one for all calls after
	err     error
	asked   []url.Values
	urls    []string
}

func (p *provider) Do(r *http.Request) (*http.Response, error) {
	if p.err != nil {
		return nil, p.err
	}
	b, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(b))
	p.asked, p.urls = append(p.asked, form), append(p.urls, r.Method+" "+r.URL.String()+" "+r.Header.Get("Content-Type"))
	status := p.status
	if status == 0 {
		status = 200
	}
	answer := p.answers[min(len(p.asked), len(p.answers))-1]
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(answer))}, nil
}

func check(kind config.CaptchaKind) captcha.Check {
	return captcha.Check{
		Settings: config.Captcha{Kind: kind, SiteKey: "site", MinScore: 0.5}, Secrets: []string{"secret"},
		Hosts: []string{"shop.example"}, Action: "contact", Token: "token", RemoteIP: "203.0.113.5", ID: "submission1",
	}
}

// The providers' documented answers (Cloudflare "Validate the token", hCaptcha
// "Verify the user response server side", Google "Verifying the user's response"),
// with this test's host in place of theirs.
func TestVerdicts(t *testing.T) {
	tests := []struct {
		name   string
		kind   config.CaptchaKind
		status int
		answer string
		want   captcha.Result
		why    string
	}{
		{"turnstile", config.Turnstile, 200, `{"success":true,"challenge_ts":"2022-02-28T15:14:30.096Z","hostname":"shop.example","error-codes":[],"action":"contact","cdata":"sessionid-123456789"}`, captcha.Passed, ""},
		{"turnstile without action", config.Turnstile, 200, `{"success":true,"hostname":"shop.example","error-codes":[]}`, captcha.Passed, ""},
		{"turnstile of another form", config.Turnstile, 200, `{"success":true,"hostname":"shop.example","action":"login"}`, captcha.Failed, "action"},
		{"another site's token", config.Turnstile, 200, `{"success":true,"hostname":"evil.example","action":"contact"}`, captcha.Failed, "hostname"},
		{"no hostname", config.Turnstile, 200, `{"success":true}`, captcha.Failed, "hostname"},
		{"turnstile forged", config.Turnstile, 200, `{"success":false,"error-codes":["invalid-input-response"]}`, captcha.Failed, "invalid-input-response"},
		{"turnstile used", config.Turnstile, 200, `{"success":false,"error-codes":["timeout-or-duplicate"]}`, captcha.Expired, "timeout-or-duplicate"},
		{"turnstile in trouble", config.Turnstile, 200, `{"success":false,"error-codes":["internal-error"]}`, captcha.Unknown, "internal-error"},
		{"our secret is wrong", config.Turnstile, 400, `{"success":false,"error-codes":["invalid-input-secret"]}`, captcha.Unknown, "invalid-input-secret"},
		{"hcaptcha", config.HCaptcha, 200, `{"success":true,"challenge_ts":"2020-11-01T12:00:00Z","hostname":"shop.example","credit":true}`, captcha.Passed, ""},
		{"hcaptcha used", config.HCaptcha, 200, `{"success":false,"error-codes":["invalid-or-already-seen-response"]}`, captcha.Expired, "invalid-or-already-seen-response"},
		{"hcaptcha of another key", config.HCaptcha, 200, `{"success":false,"error-codes":["sitekey-secret-mismatch"]}`, captcha.Failed, "sitekey-secret-mismatch"},
		{"recaptcha v2", config.ReCaptchaV2, 200, `{"success":true,"challenge_ts":"2020-11-01T12:00:00Z","hostname":"shop.example"}`, captcha.Passed, ""},
		{"recaptcha malformed", config.ReCaptchaV2, 200, `{"success":false,"error-codes":["bad-request"]}`, captcha.Failed, "bad-request"},
		{"recaptcha v3", config.ReCaptchaV3, 200, `{"success":true,"score":0.5,"action":"contact","challenge_ts":"2020-11-01T12:00:00Z","hostname":"shop.example"}`, captcha.Passed, ""},
		{"recaptcha v3, a robot", config.ReCaptchaV3, 200, `{"success":true,"score":0.1,"action":"contact","hostname":"shop.example"}`, captcha.Robot, "score"},
		{"recaptcha v3, of v2's key", config.ReCaptchaV3, 200, `{"success":true,"hostname":"shop.example"}`, captcha.Failed, "action"},
		{"recaptcha v3, no score", config.ReCaptchaV3, 200, `{"success":true,"action":"contact","hostname":"shop.example"}`, captcha.Robot, "score"},
		{"down", config.Turnstile, 503, `<html>`, captcha.Unknown, "status"},
		{"not siteverify", config.Turnstile, 200, `{}`, captcha.Unknown, "answer"},
		{"strange words", config.Turnstile, 200, `{"success":false,"error-codes":["Mail me at a@b"]}`, captcha.Failed, "refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &provider{status: tt.status, answers: []string{tt.answer}}
			require.Equal(t, captcha.Verdict{Result: tt.want, Why: tt.why}, captcha.Ask(t.Context(), p, check(tt.kind)))
		})
	}
}

// Form-encoded POST, never a GET: the secret stands in no address.
func TestQuestion(t *testing.T) {
	pass := `{"success":true,"hostname":"shop.example","action":"contact","score":0.9}`
	for kind, want := range map[config.CaptchaKind]string{
		config.Turnstile:   "https://challenges.cloudflare.com/turnstile/v0/siteverify",
		config.HCaptcha:    "https://api.hcaptcha.com/siteverify",
		config.ReCaptchaV2: "https://www.google.com/recaptcha/api/siteverify",
		config.ReCaptchaV3: "https://www.google.com/recaptcha/api/siteverify",
	} {
		p := &provider{answers: []string{pass}}
		require.Equal(t, captcha.Passed, captcha.Ask(t.Context(), p, check(kind)).Result)
		require.Equal(t, []string{"POST " + want + " application/x-www-form-urlencoded"}, p.urls)
		require.Equal(t, "secret", p.asked[0].Get("secret"))
		require.Equal(t, "token", p.asked[0].Get("response"))
		require.Equal(t, "203.0.113.5", p.asked[0].Get("remoteip"))
		require.Equal(t, kind == config.HCaptcha, p.asked[0].Get("sitekey") == "site")
	}
}

// A repeat of one submission doesn't burn its token: Turnstile gets the same UUID, and
// another for anything else.
func TestIdempotencyKey(t *testing.T) {
	p := &provider{answers: []string{`{"success":true,"hostname":"shop.example"}`}}
	c := check(config.Turnstile)
	captcha.Ask(t.Context(), p, c)
	captcha.Ask(t.Context(), p, c)
	c.ID = "submission2"
	captcha.Ask(t.Context(), p, c)
	key := p.asked[0].Get("idempotency_key")
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, key)
	require.Equal(t, key, p.asked[1].Get("idempotency_key"))
	require.NotEqual(t, key, p.asked[2].Get("idempotency_key"))
}

// While the secret is rotated, the other value is tried where one isn't known.
func TestRotation(t *testing.T) {
	p := &provider{answers: []string{`{"success":false,"error-codes":["invalid-input-secret"]}`, `{"success":true,"hostname":"shop.example"}`}}
	c := check(config.Turnstile)
	c.Secrets = []string{"new", "old"}
	require.Equal(t, captcha.Passed, captcha.Ask(t.Context(), p, c).Result)
	require.Equal(t, "old", p.asked[1].Get("secret"))
}

// What needs no provider asks none.
func TestNothingToAsk(t *testing.T) {
	p := &provider{answers: []string{`{"success":true}`}}
	c := check(config.Turnstile)
	c.Token = ""
	require.Equal(t, captcha.Missing, captcha.Ask(t.Context(), p, c).Result)
	c.Token = strings.Repeat("x", captcha.MaxToken+1)
	require.Equal(t, captcha.Failed, captcha.Ask(t.Context(), p, c).Result)
	c = check(config.Turnstile)
	c.Secrets = nil
	require.Equal(t, captcha.Verdict{Result: captcha.Unknown, Why: "secret"}, captcha.Ask(t.Context(), p, c))
	require.Empty(t, p.asked)
}

type silent struct{}

func (silent) Do(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// A provider that doesn't answer holds nobody up for longer than the limit.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		v := captcha.Ask(context.Background(), silent{}, check(config.Turnstile))
		require.Equal(t, captcha.Verdict{Result: captcha.Unknown, Why: "timeout"}, v)
		require.Equal(t, captcha.Timeout, time.Since(begin))
	})
	v := captcha.Ask(t.Context(), &provider{err: errors.New("dial secret")}, check(config.HCaptcha))
	require.Equal(t, captcha.Verdict{Result: captcha.Unknown, Why: "timeout"}, v)
}

// A page lets in its form's provider and no other.
func TestPolicy(t *testing.T) {
	base := "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'"
	of := func(kind config.CaptchaKind) captcha.Widget {
		return captcha.WidgetOf(config.Form{ID: "contact-us", Captcha: config.Captcha{Kind: kind, SiteKey: "site"}}, "zh-CN")
	}
	require.Equal(t, base, of("").Allow(base))
	require.Equal(t, captcha.Widget{}, of(""))
	got := of(config.Turnstile).Allow(base)
	require.Equal(t, "default-src 'none'; script-src https://challenges.cloudflare.com 'self'; style-src 'self'; frame-src https://challenges.cloudflare.com 'self'", got)
	require.Contains(t, of(config.HCaptcha).Allow(base), "; connect-src https://hcaptcha.com https://*.hcaptcha.com")
	require.NotContains(t, of(config.ReCaptchaV2).Allow(base), "hcaptcha")
	require.Equal(t, "https://www.recaptcha.net/recaptcha/api.js?hl=zh-CN&render=site", of(config.ReCaptchaV3).Script)
	require.Equal(t, "contact_us", of(config.ReCaptchaV3).Action)
}

// Any answer gives a verdict; only success on our host passes.
func FuzzAnswer(f *testing.F) {
	f.Add(`{"success":true,"hostname":"shop.example"}`)
	f.Add(`{"success":false,"error-codes":["timeout-or-duplicate"]}`)
	f.Add(`{"success":true,"hostname":1}`)
	f.Fuzz(func(t *testing.T, answer string) {
		v := captcha.Ask(t.Context(), &provider{answers: []string{answer}}, check(config.HCaptcha))
		require.LessOrEqual(t, len(v.Why), 40)
		if v.Result == captcha.Passed {
			require.Contains(t, strings.ToLower(answer), `success`)
		}
	})
}
