// Package captcha asks Turnstile, hCaptcha or reCAPTCHA whether a person filled in a
// form, and tells pages how to show their widgets. The three providers share one
// protocol, siteverify, and differ in hosts, field names and a few words.
package captcha

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
)

const (
	// Timeout is how long a provider is waited for: the customer is waiting too.
	Timeout = 3 * time.Second
	// MaxToken is the longest Turnstile token taken, in bytes (Cloudflare: at most 2048
	// characters). Others document no limit; four times as much is taken of them.
	MaxToken = 2048
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 64 * 1024
)

// Result is what came of a check.
type Result int

// The results.
const (
	Passed  Result = iota
	Missing        // there was no token
	Expired        // the token is used up or too old: a new one mends it
	Failed         // the provider says no, or the token is of another page
	Robot          // reCAPTCHA v3's score is below the form's least
	Unknown        // no verdict: the provider didn't answer, or our secret is wrong
)

// Verdict is a result and its reason, a word for logs and the journal: a provider's
// error code, or timeout, status, answer, hostname, action, score, secret.
type Verdict struct {
	Result Result
	Why    string
}

// Check is one question to a provider.
type Check struct {
	Settings config.Captcha
	Secrets  []string // valid now; more than one while the secret is rotated
	Hosts    []string // that the page may stand on
	Action   string   // as Widget gives it
	Token    string
	RemoteIP string
	ID       string // of the submission: a repeat of it asks the same question
}

// Ask makes the check; it takes at most Timeout for each secret. It never fails: what
// can't be told is Unknown, and the form's settings say what becomes of that.
func Ask(ctx context.Context, do channel.Doer, c Check) Verdict {
	switch {
	case c.Token == "":
		return Verdict{Missing, "missing-input-response"}
	case len(c.Token) > MaxToken && c.Settings.Kind == config.Turnstile, len(c.Token) > 4*MaxToken:
		return Verdict{Failed, "too-long"}
	case len(c.Secrets) == 0:
		return Verdict{Unknown, "secret"}
	}
	var v Verdict
	for _, secret := range c.Secrets {
		a, why := post(ctx, do, c, secret)
		if why != "" {
			return Verdict{Unknown, why}
		}
		if v = a.verdict(c); !slices.Contains(badSecret, v.Why) {
			return v
		}
	}
	return v
}

// answer is siteverify's, of all providers.
type answer struct {
	Success  bool     `json:"success"`
	Hostname string   `json:"hostname"`
	Action   string   `json:"action"`
	Score    *float64 `json:"score"`
	Codes    []string `json:"error-codes"`
}

func post(ctx context.Context, do channel.Doer, c Check, secret string) (answer, string) {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, providers[c.Settings.Kind].verify, strings.NewReader(c.form(secret).Encode()))
	if err != nil {
		return answer{}, "settings"
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := do.Do(req)
	if err != nil {
		return answer{}, "timeout" // the error's text may hold the address asked, never needed
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, "timeout"
	}
	var a answer
	if err := json.Unmarshal(b, &a); err != nil || !a.Success && len(a.Codes) == 0 {
		return answer{}, unread(resp.StatusCode)
	}
	return a, "" // Turnstile says no with status 400 as well: what counts stands in the body
}

func unread(status int) string {
	if status != http.StatusOK {
		return "status"
	}
	return "answer"
}

func (c Check) form(secret string) url.Values {
	v := url.Values{"secret": {secret}, "response": {c.Token}}
	if c.RemoteIP != "" {
		v.Set("remoteip", c.RemoteIP)
	}
	switch c.Settings.Kind {
	case config.Turnstile: // a token is good once; the key makes a repeat the same once
		v.Set("idempotency_key", uuid(c.ID+" "+c.Token))
	case config.HCaptcha: // or a token of somebody's own site would do
		v.Set("sitekey", c.Settings.SiteKey)
	}
	return v
}

// uuid is derived from what it stands for (RFC 9562 5.8, version 8).
func uuid(of string) string {
	sum := sha256.Sum256([]byte("captcha " + of))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// What the codes mean for us. Any other code is the customer's token at fault.
var (
	badSecret = []string{"missing-input-secret", "invalid-input-secret"}
	ours      = append([]string{"internal-error", "missing-remoteip", "invalid-remoteip", "not-using-dummy-secret"}, badSecret...)
	expired   = []string{"timeout-or-duplicate", "invalid-or-already-seen-response", "expired-input-response", "already-seen-response"}
)

func (a answer) verdict(c Check) Verdict {
	if !a.Success {
		return refused(a.Codes)
	}
	switch {
	case !slices.Contains(c.Hosts, strings.ToLower(a.Hostname)):
		return Verdict{Failed, "hostname"}
	case providers[c.Settings.Kind].action && a.Action != c.Action && (a.Action != "" || c.Settings.Kind == config.ReCaptchaV3):
		return Verdict{Failed, "action"}
	case c.Settings.Kind == config.ReCaptchaV3 && (a.Score == nil || *a.Score < c.Settings.MinScore):
		return Verdict{Robot, "score"}
	}
	return Verdict{Result: Passed}
}

func refused(codes []string) Verdict {
	for _, code := range codes {
		if slices.Contains(ours, code) {
			return Verdict{Unknown, code}
		}
	}
	for _, code := range codes {
		if slices.Contains(expired, code) {
			return Verdict{Expired, code}
		}
	}
	if slices.Contains(codes, "missing-input-response") {
		return Verdict{Missing, "missing-input-response"}
	}
	return Verdict{Failed, known(codes)}
}

// known keeps what a provider says out of logs unless it looks like a code.
func known(codes []string) string {
	for _, code := range codes {
		if len(code) <= 40 && strings.Trim(code, "abcdefghijklmnopqrstuvwxyz-") == "" {
			return code
		}
	}
	return "refused"
}

// ErrRedirect: a provider doesn't redirect.
var ErrRedirect = errors.New("captcha: the provider redirects")

// Client is the HTTP client to ask with: it has the time limit, and the secret goes
// where it was sent and nowhere else.
func Client() *http.Client {
	return &http.Client{
		Timeout:       Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return ErrRedirect },
	}
}
