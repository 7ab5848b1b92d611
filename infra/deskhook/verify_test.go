package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// command runs one command line in an empty environment.
func command(t *testing.T, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = execute(&world{ctx: t.Context(), in: strings.NewReader(""), out: &o, err: &e, getenv: func(string) string { return "" }}, args)
	return code, o.String(), e.String()
}

// The exit code tells a valid call, one that is not, and a faulty question apart; the
// judgement is printed in the first two.
func TestVerifyExitCodes(t *testing.T) {
	at := func(args ...string) []string {
		return append([]string{"verify", "sms", "--request", "verify/testdata/sms-message.http", "--at", "2026-03-02T08:30:00Z"}, args...)
	}
	for name, c := range map[string]struct {
		args []string
		code int
	}{
		"valid":             {at("--url", "https://desk.example.com", "--set", "auth_token=a,token;with=signs"), 0},
		"valid, unix time":  {[]string{"verify", "wechat", "--request", "verify/testdata/wechat-check.http", "--at", "1714036510", "--set", "token=AAAAA", "--set", "max_age=60"}, 0},
		"stale":             {[]string{"verify", "wechat", "--request", "verify/testdata/wechat-check.http", "--at", "1714036600", "--set", "token=AAAAA", "--set", "max_age=60"}, 1},
		"with the settings": {at("--settings", "../desk.yaml", "--url", "https://desk.example.com", "--set", "auth_token=a,token;with=signs"), 0},
		"not valid":         {at("--url", "https://desk.example.com", "--set", "auth_token=other"), 1},
		"no such file":      {[]string{"verify", "sms", "--request", "verify/testdata/none.http"}, 2},
		"no request":        {[]string{"verify", "sms"}, 2},
		"bad time":          {[]string{"verify", "sms", "--request", "verify/testdata/sms-message.http", "--at", "noon"}, 2},
		"no key":            {at("--set", "auth_token"), 2},
		"no such channel":   {[]string{"verify", "fax", "--request", "verify/testdata/sms-message.http"}, 2},
		"no settings":       {at("--settings", "none.yaml"), 2},
		"no mail":           {[]string{"verify", "email", "--request", "verify/testdata/email-notice.http", "--set", "mail=none.eml"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := command(t, c.args...)
			require.Equal(t, c.code, code, out+errs)
			if code == 2 {
				require.Empty(t, out)
				require.NotEmpty(t, errs)
				return
			}
			var got map[string]any
			require.NoError(t, json.Unmarshal([]byte(out), &got))
			require.Equal(t, code == 0, got["valid"])
			require.Empty(t, errs)
			for _, key := range []string{"why", "answer", "envelopes", "messages"} {
				require.Contains(t, got, key)
			}
		})
	}
}
