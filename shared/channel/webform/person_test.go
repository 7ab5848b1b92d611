package webform_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel/webform"
	"github.com/deskhook/deskhook/shared/channel/webform/captcha"
)

// guarded is the form with a captcha that gives a verdict, and the list of what was asked.
func guarded(t *testing.T, settings string, v captcha.Verdict) (*webform.Channel, *[]string) {
	t.Helper()
	c, err := newForm(strings.Replace(contact, `"id":"main",`, `"id":"main","captcha":`+settings+`,`, 1))
	require.NoError(t, err)
	asked := &[]string{}
	c.Captcha = func(_ context.Context, token, ip, id string) captcha.Verdict {
		*asked = append(*asked, token+" "+ip+" "+id)
		return v
	}
	return c, asked
}

const turnstile = `{"kind":"turnstile","site_key":"site","on_timeout":"accept"}`

// What the customer can mend is said at the captcha, in their language.
func TestCaptchaRefusals(t *testing.T) {
	for result, want := range map[captcha.Result][2]string{
		captcha.Missing: {"请完成人机验证。", "Please complete the check that you're a person."},
		captcha.Expired: {"人机验证已过期，请重新验证后提交。", "The check has expired. Please do it once more and send again."},
		captcha.Failed:  {"人机验证未通过，请重试。", "That check didn't go through. Please try again."},
	} {
		c, _ := guarded(t, turnstile, captcha.Verdict{Result: result})
		for i, lang := range []string{"zh-CN", "en"} {
			_, err := c.Verify(t.Context(), post(urlencoded, goodForm+"&_lang="+lang))
			require.Equal(t, map[string]string{"captcha": want[i]}, refusedFields(t, err))
		}
	}
}

// The token, the gateway's address and the submission's id are what the provider is
// asked about; the id is the same for a repeat.
func TestCaptchaIsAsked(t *testing.T) {
	c, asked := guarded(t, turnstile, captcha.Verdict{})
	r := post(urlencoded, goodForm+"&cf-turnstile-response=tok&_id=n1")
	r.SourceIP = "203.0.113.5"
	e := envelope(t, c, r)
	r.At = r.At.Add(time.Hour)
	envelope(t, c, r)
	require.Equal(t, []string{"tok 203.0.113.5 " + e.Dedup, "tok 203.0.113.5 " + e.Dedup}, *asked)
	ins, err := c.Parse(e)
	require.NoError(t, err)
	require.Empty(t, ins[0].Marks)
	require.Empty(t, ins[0].Spam)
}

// A token is good once: a field to mend, or a robot in the trap, doesn't burn it.
func TestCaptchaIsAskedLast(t *testing.T) {
	c, asked := guarded(t, turnstile, captcha.Verdict{})
	_, err := c.Verify(t.Context(), post(urlencoded, "email=x&message=y&cf-turnstile-response=tok"))
	require.Error(t, err)
	_, err = c.Verify(t.Context(), post(urlencoded, "_gotcha=x&cf-turnstile-response=tok"))
	require.NoError(t, err)
	require.Empty(t, *asked)
}

// Without a verdict the form's settings decide, and the ticket says so.
func TestNoVerdict(t *testing.T) {
	away := captcha.Verdict{Result: captcha.Unknown, Why: "timeout"}
	c, _ := guarded(t, turnstile, away)
	ins, err := c.Parse(envelope(t, c, post(urlencoded, goodForm)))
	require.NoError(t, err)
	require.Equal(t, "spam.captcha_unknown", ins[0].Marks[0].Code)
	require.Equal(t, map[string]string{"why": "timeout"}, ins[0].Marks[0].Args)

	c, _ = guarded(t, `{"kind":"turnstile","site_key":"site","on_timeout":"refuse"}`, away)
	r := post(urlencoded, goodForm)
	_, err = c.Verify(t.Context(), r)
	require.Contains(t, refusedFields(t, err), "captcha")
	require.Equal(t, 503, c.Refuse(r, err).Status)

	c.Captcha = nil // nobody wired it: never as if it had been passed
	_, err = c.Verify(t.Context(), r)
	require.Error(t, err)
}

// A low score is nothing a person could mend: it is kept, out of sight.
func TestLowScoreIsSpam(t *testing.T) {
	c, _ := guarded(t, `{"kind":"recaptcha_v3","site_key":"site","min_score":0.5}`, captcha.Verdict{Result: captcha.Robot, Why: "score"})
	ins, err := c.Parse(envelope(t, c, post(urlencoded, goodForm)))
	require.NoError(t, err)
	require.Equal(t, "captcha_score", ins[0].Spam)
}

// The page that shows the form again shows the captcha too, and lets in its provider
// alone.
func TestRefusalShowsTheWidget(t *testing.T) {
	c, _ := guarded(t, turnstile, captcha.Verdict{Result: captcha.Missing})
	resp := answer(t, c, post(urlencoded, goodForm, "accept", browser, "accept-language", "zh-CN"))
	require.Equal(t, 422, resp.Status)
	require.Contains(t, string(resp.Body), `<li class="bad">请完成人机验证。</li>`)
	require.Contains(t, string(resp.Body), `<div class="cf-turnstile" data-sitekey="site" data-action="main" data-language="zh-cn"></div>`)
	require.Contains(t, resp.Header["content-security-policy"], "script-src https://challenges.cloudflare.com")

	c, _ = guarded(t, `{"kind":"recaptcha_v3","site_key":"site"}`, captcha.Verdict{Result: captcha.Missing})
	resp = answer(t, c, post(urlencoded, goodForm, "accept", browser))
	require.Contains(t, string(resp.Body), `<script src="/assets/captcha.js" defer>`)
	require.Contains(t, resp.Header["content-security-policy"], "script-src 'self' https://www.recaptcha.net/recaptcha/")
	require.NotContains(t, answer(t, form(t), post(urlencoded, "email=x", "accept", browser)).Header["content-security-policy"], "script-src")
}
