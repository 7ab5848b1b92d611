package local_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/local/provider"
	"github.com/deskhook/deskhook/infra/local/standin"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// A web form's life: the page, a submission and its repeat, a field to mend, a robot, an
// answer by mail, and a captcha.
func TestLifeOfAForm(t *testing.T) {
	t.Parallel()
	l := begin(t)
	id := regexp.MustCompile(`name="?_id"? value="?([^" >]+)`)
	var nonce string
	var tk desk.Ticket
	post := func(t *testing.T, status int, fields map[string]string) string {
		req, err := provider.Form(l.base, "contact", fields)
		return ask(t, status, req, err)
	}
	fields := func(mail, more, value string) map[string]string {
		f := map[string]string{"name": "Bo", "email": mail, "topic": "order", "message": "Where is it?", "_id": nonce}
		f[more] = value
		return f
	}
	walk(t, []step{
		{"the page", func(t *testing.T) {
			req, err := http.NewRequest(http.MethodGet, l.base+"/forms/contact?lang=en", nil)
			page := ask(t, http.StatusOK, req, err)
			require.Contains(t, page, "Contact us")
			found := id.FindStringSubmatch(page)
			require.NotNil(t, found, "the guard against a second press")
			nonce = found[1]
		}},
		{"a field to mend is named, and nothing is kept", func(t *testing.T) {
			require.Contains(t, post(t, http.StatusUnprocessableEntity, fields("no address", "phone", "")), "email")
		}},
		{"a submission opens a ticket, its repeat doesn't", func(t *testing.T) {
			for range 2 {
				post(t, http.StatusOK, fields("bo@customer.example", "phone", ""))
			}
			tk = l.find(t, "bo@customer.example", 1)
			require.Contains(t, l.wrote(t, tk.ID, 1).Text, "Where is it?")
		}},
		{"a robot is told that all is well, and lands in spam", func(t *testing.T) {
			post(t, http.StatusOK, fields("robot@customer.example", "_gotcha", "yes"))
			require.Equal(t, desk.StatusSpam, l.find(t, "robot@customer.example", 1).Status)
		}},
		{"the answer goes by mail", func(t *testing.T) {
			l.becomes(t, tk.ID, l.reply(t, tk.ID, "On its way."), desk.Sent, "")
			got := l.Standin.List(standin.Filter{Channel: desk.Email, Customer: "bo@customer.example", Outgoing: true})
			require.Len(t, got, 1)
			require.Contains(t, got[0].Text, "On its way.")
		}},
	})
}

// The secrets that Cloudflare publishes for tests (page "Testing"): with the first every
// token passes, with the second none.
const (
	turnstilePasses = "1x0000000000000000000000000000000AA"
	turnstileFails  = "2x0000000000000000000000000000000AA"
)

// A form behind a captcha: nothing is kept of whom its provider refuses, and when that is
// away the settings decide.
func TestLifeOfACaptcha(t *testing.T) {
	t.Parallel()
	behind := func(secret, onTimeout string) *life {
		return beginIn(t, map[string]string{"DESKHOOK_SECRET_WEBFORM_CONTACT_CAPTCHA_SECRET": secret}, func(s *config.Settings) {
			s.Forms[0].Captcha = config.Captcha{Kind: config.Turnstile, SiteKey: "1x00000000000000000000AA", OnTimeout: onTimeout, Hostnames: []string{"example.com"}} // as the test keys answer
		})
	}
	good, bad := behind(turnstilePasses, config.CaptchaAccept), behind(turnstileFails, config.CaptchaRefuse)
	post := func(t *testing.T, l *life, status int, mail, token string) {
		req, err := provider.Form(l.base, "contact", map[string]string{"email": mail, "topic": "order", "message": "Hello", "cf-turnstile-response": token})
		body := ask(t, status, req, err)
		require.Equal(t, status != http.StatusOK, strings.Contains(body, "captcha"))
	}
	walk(t, []step{
		{"no token", func(t *testing.T) { post(t, good, http.StatusUnprocessableEntity, "a@customer.example", "") }},
		{"a token that is refused", func(t *testing.T) {
			post(t, bad, http.StatusUnprocessableEntity, "a@customer.example", "XXXX.DUMMY.TOKEN.XXXX")
		}},
		{"a token that passes", func(t *testing.T) {
			post(t, good, http.StatusOK, "b@customer.example", "XXXX.DUMMY.TOKEN.XXXX")
			require.Equal(t, desk.StatusNew, good.find(t, "b@customer.example", 1).Status)
		}},
		{"the provider is away, and the settings accept", func(t *testing.T) {
			good.Standin.Fail(desk.WebForm, away...)
			post(t, good, http.StatusOK, "c@customer.example", "one")
			require.True(t, good.told(t, good.find(t, "c@customer.example", 1).ID, "spam.captcha_unknown"))
		}},
		{"the provider is away, and the settings refuse", func(t *testing.T) {
			bad.Standin.Fail(desk.WebForm, away...)
			post(t, bad, http.StatusServiceUnavailable, "c@customer.example", "one")
		}},
	})
}

// away: no connection, however often it is tried.
var away = []standin.Failure{{Kind: standin.FailDial}, {Kind: standin.FailDial}, {Kind: standin.FailDial}}
