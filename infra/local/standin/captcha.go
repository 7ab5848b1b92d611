package standin

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// The keys and tokens that the providers publish for tests (Cloudflare "Testing",
// hCaptcha "Integration Testing: Test Keys", reCAPTCHA FAQ "I'd like to run automated
// tests"), and what siteverify answers to them.
const (
	turnstilePasses = "1x0000000000000000000000000000000AA"
	turnstileFails  = "2x0000000000000000000000000000000AA"
	turnstileSpent  = "3x0000000000000000000000000000000AA"
	turnstileToken  = "XXXX.DUMMY.TOKEN.XXXX"
	hcaptchaSecret  = "0x0000000000000000000000000000000000000000"
	hcaptchaSite    = "10000000-ffff-ffff-ffff-000000000001"
	hcaptchaToken   = "10000000-aaaa-bbbb-cccc-000000000001"
	recaptchaSecret = "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe"
)

// siteverify plays the three providers of captchas. A token is good once, but for the
// same idempotency key at Turnstile. reCAPTCHA v3 publishes no test keys: with the test
// secret a token "score:0.9:action" is answered as v3 would.
func (s *Standin) siteverify(req *http.Request) (*http.Response, *Message, error) {
	if err := req.ParseForm(); err != nil || req.Method != http.MethodPost || req.URL.RawQuery != "" {
		return captchaNo(req, "bad-request"), nil, nil
	}
	v := req.PostForm
	switch {
	case v.Get("secret") == "":
		return captchaNo(req, "missing-input-secret"), nil, nil
	case v.Get("response") == "":
		return captchaNo(req, "missing-input-response"), nil, nil
	case s.spent(req.URL.Hostname(), v):
		return captchaNo(req, usedUp[req.URL.Hostname()]), nil, nil
	}
	switch req.URL.Hostname() {
	case "challenges.cloudflare.com":
		return s.turnstile(req, v), nil, nil
	case "api.hcaptcha.com":
		return s.hcaptcha(req, v), nil, nil
	}
	return s.recaptcha(req, v), nil, nil
}

var usedUp = map[string]string{
	"challenges.cloudflare.com": "timeout-or-duplicate",
	"api.hcaptcha.com":          "invalid-or-already-seen-response",
	"www.google.com":            "timeout-or-duplicate",
}

// spent notes a token that doesn't belong to the test keys, and says whether it was
// used before.
func (s *Standin) spent(host string, v url.Values) bool {
	token := v.Get("response")
	if token == turnstileToken || token == hcaptchaToken {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := host + " " + token
	was, used := s.tokens[key]
	s.tokens[key] = v.Get("idempotency_key")
	return used && (was == "" || was != v.Get("idempotency_key"))
}

func (s *Standin) turnstile(req *http.Request, v url.Values) *http.Response {
	switch v.Get("secret") {
	case turnstilePasses:
		return s.captchaYes(req, map[string]any{"hostname": "example.com", "action": "", "cdata": ""})
	case turnstileFails:
		return captchaNo(req, "invalid-input-response")
	case turnstileSpent:
		return captchaNo(req, "timeout-or-duplicate")
	}
	return captchaNo(req, "invalid-input-secret")
}

func (s *Standin) hcaptcha(req *http.Request, v url.Values) *http.Response {
	switch {
	case v.Get("secret") != hcaptchaSecret:
		return captchaNo(req, "invalid-input-secret")
	case v.Get("response") != hcaptchaToken:
		return captchaNo(req, "not-using-dummy-passcode")
	case v.Get("sitekey") != "" && v.Get("sitekey") != hcaptchaSite:
		return captchaNo(req, "sitekey-secret-mismatch")
	}
	return s.captchaYes(req, map[string]any{"hostname": "dummy-key-pass", "credit": false})
}

func (s *Standin) recaptcha(req *http.Request, v url.Values) *http.Response {
	if v.Get("secret") != recaptchaSecret {
		return captchaNo(req, "invalid-input-secret")
	}
	more := map[string]any{"hostname": "testkey.google.com"}
	if parts := strings.Split(v.Get("response"), ":"); len(parts) >= 3 && parts[0] == "score" {
		more["score"], more["action"] = json.Number(parts[1]), parts[2]
	}
	return s.captchaYes(req, more)
}

func (s *Standin) captchaYes(req *http.Request, more map[string]any) *http.Response {
	more["success"], more["error-codes"] = true, []string{}
	more["challenge_ts"] = s.cfg.Now().UTC().Format("2006-01-02T15:04:05Z")
	return reply(req, http.StatusOK, more)
}

func captchaNo(req *http.Request, code string) *http.Response {
	return reply(req, http.StatusOK, map[string]any{"success": false, "error-codes": []string{code}})
}
