package doctor_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/deskhook/doctor"
	"github.com/deskhook/deskhook/shared/config"
)

// fake is a desk's outside: its answers by path.
type fake map[string]string

func (f fake) start(t *testing.T) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/quarantine") && r.Header.Get("Authorization") != "Bearer the-token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		for _, key := range []string{r.URL.Path + "?" + r.URL.RawQuery, r.URL.Path} {
			if body, ok := f[key]; ok {
				fmt.Fprint(w, body)
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func healthy() fake {
	return fake{
		"/healthz": `{"status":"ok"}`, "/v1/health": `{"status":"ok"}`,
		"/local/state":   `{"tokens":[{"channel":"wechat","account":"main"}],"dead":{"inbound-dead.fifo":0}}`,
		"/v1/quarantine": `{"items":[],"next_cursor":null}`,
	}
}

func patient(t *testing.T, desk string) *doctor.Doctor {
	src, err := os.ReadFile("../../desk.yaml")
	require.NoError(t, err)
	return &doctor.Doctor{
		Source: src, File: "desk.yaml", Desk: desk, Token: "the-token", Secrets: config.LocalDefaults,
		HTTP: http.DefaultClient, Now: func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) },
	}
}

func report(t *testing.T, d *doctor.Doctor) (string, bool) {
	found := d.Check(t.Context())
	var b bytes.Buffer
	doctor.Print(&b, found)
	return b.String(), doctor.Ill(found)
}

// A good desk is well, and the exact addresses are told.
func TestWell(t *testing.T) {
	base := healthy().start(t)
	text, ill := report(t, patient(t, base))
	require.False(t, ill, text)
	for _, line := range []string{
		"desk.yaml has no faults", "wechat/main/token is the local default", base + "/v1/health answers",
		"wechat/main: " + base + "/webhooks/wechat/main", "sms/main: " + base + "/webhooks/sms/main",
		"generic/main: " + base + "/webhooks/generic/main", "webform/contact: " + base + "/forms/contact", "open a tunnel",
		"wechat/main has an access token", "dead letters  none", "quarantine    empty",
	} {
		require.Contains(t, text, line)
	}
}

// What is wrong is named, and makes the desk ill.
func TestIll(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*doctor.Doctor, fake)
		says   string
	}{
		"settings":          {func(d *doctor.Doctor, _ fake) { d.Source = []byte("colour: red\n") }, "desk.yaml:1: colour"},
		"account":           {edit("account_sid: AC0", "account_sid: AX0"), "accounts.sms[0].account_sid: should be AC"},
		"no secret":         {secrets(func(n string) (string, bool) { return "", false }), "wechat/main/token is missing: set DESKHOOK_SECRET_WECHAT_MAIN_TOKEN"},
		"weak":              {secrets(func(n string) (string, bool) { return "aaaaaaaaaaaaaaaaaaaaaaaa", n == "sms/main/auth_token" }), "sms/main/auth_token is weak"},
		"not well":          {func(_ *doctor.Doctor, f fake) { f["/v1/health"] = `{"status":"bad"}` }, "/v1/health answers 200, not that it is well"},
		"away":              {func(d *doctor.Doctor, _ fake) { d.Desk = "http://127.0.0.1:1" }, "make run"},
		"allow list":        {state(`{"tokens":[{"channel":"wechat","account":"main","error":"wechat: the caller's IP address 203.0.113.9 must be on the list (40164)"}]}`), "WECHAT REFUSES THE CALLER'S ADDRESS"},
		"the address":       {state(`{"tokens":[{"channel":"wechat","account":"main","error":"the caller's IP address 203.0.113.9 … (40164)"}]}`), "203.0.113.9"},
		"another token's":   {state(`{"tokens":[{"channel":"wechat","account":"main","error":"wechat: the app secret is wrong (40125)"}]}`), "the app secret is wrong"},
		"dead letters":      {state(`{"dead":{"inbound-dead.fifo":3,"jobs-dead":0}}`), "3 in inbound-dead.fifo"},
		"no state":          {func(_ *doctor.Doctor, f fake) { delete(f, "/local/state") }, "another version"},
		"a token":           {func(d *doctor.Doctor, _ fake) { d.Token = "other" }, "the API answers 401"},
		"quarantine":        {quarantined, "generic/main: unknown key"},
		"quarantine, total": {quarantined, "3 in the last 7 days"},
	} {
		t.Run(name, func(t *testing.T) {
			f := healthy()
			d := patient(t, f.start(t))
			c.change(d, f)
			text, ill := report(t, d)
			require.True(t, ill, text)
			require.Contains(t, text, c.says)
			require.NotContains(t, text, "aaaaaaaa", "no value of a secret")
		})
	}
}

func edit(from, to string) func(*doctor.Doctor, fake) {
	return func(d *doctor.Doctor, _ fake) { d.Source = bytes.Replace(d.Source, []byte(from), []byte(to), 1) }
}

func secrets(find func(string) (string, bool)) func(*doctor.Doctor, fake) {
	return func(d *doctor.Doctor, _ fake) {
		d.Secrets = func(n string) (string, bool, error) { v, ok := find(n); return v, ok, nil }
	}
}

func state(json string) func(*doctor.Doctor, fake) {
	return func(_ *doctor.Doctor, f fake) { f["/local/state"] = json }
}

func quarantined(_ *doctor.Doctor, f fake) {
	one := `{"channel":"generic","account":"main","reason":"unknown key"}`
	f["/v1/quarantine?limit=100&day=2026-03-01"] = `{"items":[` + one + `,` + one + `],"next_cursor":"a b"}`
	f["/v1/quarantine?limit=100&day=2026-03-01&cursor=a+b"] = `{"items":[` + one + `]}`
}

// A deployed desk's secrets are not seen from here, unless they are the ones that
// everybody knows.
func TestDeployed(t *testing.T) {
	d := patient(t, "https://desk.invalid")
	d.HTTP = roundTrip(func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		fmt.Fprint(w, `{"status":"ok","items":[]}`)
		return w.Result(), nil
	})
	d.Secrets = func(string) (string, bool, error) { return "", false, nil }
	text, ill := report(t, d)
	require.False(t, ill, text)
	require.Contains(t, text, "https://desk.invalid/webhooks/wechat/main")
	require.NotContains(t, text, "healthz")
	d.Secrets = config.LocalDefaults
	text, ill = report(t, d)
	require.True(t, ill)
	require.Contains(t, text, "which everybody knows")
	require.ErrorIs(t, d.Watch(t.Context(), &bytes.Buffer{}), doctor.ErrNotLocal)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) Do(r *http.Request) (*http.Response, error) { return f(r) }

// Watching tells of what comes after it began, and why it was refused.
func TestWatch(t *testing.T) { synctest.Test(t, watch) }

func watch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	d := patient(t, "http://127.0.0.1:3000")
	calls := 0
	d.HTTP = roundTrip(func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		switch calls++; r.URL.Query().Get("after") {
		case "0":
			fmt.Fprint(w, `{"calls":[{"n":4,"channel":"sms","account":"old","status":403,"reason":"unauthentic"}]}`)
		case "4":
			fmt.Fprint(w, `{"calls":[{"n":5,"channel":"wechat","account":"main","method":"GET","status":200},
				{"n":6,"channel":"sms","account":"main","method":"POST","status":403,"reason":"unauthentic"},
				{"n":7,"channel":"email","reason":"received"},
				{"n":8,"channel":"wechat","account":"main","status":200,"reason":"shadow: signature differs"},
				{"n":9,"channel":"generic","account":"x","status":404,"reason":"unknown_account"}]}`)
		default:
			cancel()
			fmt.Fprint(w, `{"calls":[]}`)
		}
		return w.Result(), nil
	})
	var out bytes.Buffer
	require.NoError(t, d.Watch(ctx, &out))
	for _, line := range []string{
		"wechat/main    GET answered 200: the address check is good", "sms/main       REFUSED with 403 (unauthentic): nothing proves",
		"desk.public_url", "email          taken", "taken in shadow mode; it would be refused: signature differs", "REFUSED with 404 (unknown_account)",
	} {
		require.Contains(t, out.String(), line)
	}
	require.NotContains(t, out.String(), "old")
}
