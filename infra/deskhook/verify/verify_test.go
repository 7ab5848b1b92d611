package verify_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/infra/deskhook/verify"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
)

// The recorded calls in testdata are made by testdata/make.py, which signs with Python
// and openssl; two of them are the providers' own examples.

var at = time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)

func read(t *testing.T, name string) []byte {
	b, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return b
}

func settings(t *testing.T) *config.Settings {
	src, err := os.ReadFile("../../desk.yaml")
	require.NoError(t, err)
	s, _, err := config.Load(src, "desk.yaml")
	require.NoError(t, err)
	return s
}

// pairs reads "key=value key=value".
func pairs(set string) (out []verify.Pair) {
	for _, p := range strings.Fields(set) {
		k, v, _ := strings.Cut(p, "=")
		out = append(out, verify.Pair{Key: k, Value: v})
	}
	return out
}

const (
	wechatKey = "YSBrZXkgb2YgMzIgYnl0ZXMgZm9yIGZpeHR1cmVzISE"
	wechatSet = "token=AAAAA app_id=wxba5fad812f8e6fb9 encoding_aes_key=" + wechatKey
	smsSet    = "auth_token=a,token;with=signs"
)

type judgement struct {
	name, channel, file, url, set string
	valid                         bool
	why                           string // is in it
	status                        int
	body                          string // is in the answer's
	order, dedup                  string
	text                          string // of the one message
}

var judgements = []judgement{
	{"wechat, safe", "wechat", "wechat-safe.http", "", wechatSet, true, "signature is good", 200, "success", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "24563", "我的快递到哪里了？"},
	{"wechat, rotated key", "wechat", "wechat-safe.http", "", "token=AAAAA app_id=wxba5fad812f8e6fb9 encoding_aes_key=" + strings.Repeat("A", 43) + " encoding_aes_key/previous=" + wechatKey, true, "signature is good", 200, "success", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "24563", "我的快递到哪里了？"},
	{"wechat, altered", "wechat", "wechat-safe-altered.http", "", wechatSet, false, "signature differs", 403, "Forbidden", "", "", ""},
	{"wechat, another token", "wechat", "wechat-safe.http", "", "token=BBBBB app_id=wxba5fad812f8e6fb9 encoding_aes_key=" + wechatKey, false, "signature differs", 403, "Forbidden", "", "", ""},
	{"wechat, another account's", "wechat", "wechat-safe.http", "", "token=AAAAA app_id=wx1 encoding_aes_key=" + wechatKey, false, "can't be decrypted", 403, "Forbidden", "", "", ""},
	{"wechat, another key", "wechat", "wechat-safe.http", "", "token=AAAAA app_id=wxba5fad812f8e6fb9 encoding_aes_key=" + strings.Repeat("A", 43), false, "can't be decrypted", 403, "Forbidden", "", "", ""},
	{"wechat, stale", "wechat", "wechat-safe.http", "", wechatSet + " max_age=300", false, "timestamp", 403, "Forbidden", "", "", ""},
	{"wechat, shadow", "wechat", "wechat-safe.http", "", strings.Replace(wechatSet, "AAAAA", "BBBBB", 1) + " shadow=true", false, "shadow mode", 200, "success", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "24563", "我的快递到哪里了？"},
	{"wechat, plain", "wechat", "wechat-plain.http", "", "token=AAAAA mode=plain", true, "signature is good", 200, "success", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "24563", "我的快递到哪里了？"},
	{"wechat, plain assumed", "wechat", "wechat-plain.http", "", "token=AAAAA", true, "plaintext mode was assumed", 200, "success", "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "24563", "我的快递到哪里了？"},
	{"wechat, plain to a safe account", "wechat", "wechat-plain.http", "", wechatSet, false, "no encrypted message", 403, "Forbidden", "", "", ""},
	{"wechat, Tencent's check", "wechat", "wechat-check.http", "", "token=AAAAA", true, "address check", 200, "4375120948345356249", "", "", ""},
	{"wechat, check with the address", "wechat", "wechat-check.http", "https://desk.example.com/webhooks/wechat/main", "token=AAAAA", true, "address check", 200, "4375120948345356249", "", "", ""},
	{"wechat, check with another token", "wechat", "wechat-check.http", "", "token=AAAAB", false, "signature differs", 403, "Forbidden", "", "", ""},

	{"Twilio's example, whole address", "sms", "twilio-page.http", "https://mycompany.com/myapp.php?foo=1&bar=2", "auth_token=12345", true, "quarantine", 200, "<Response/>", "*", "*", ""},
	{"Twilio's example, base", "sms", "twilio-page.http", "https://mycompany.com/", "auth_token=12345", true, "quarantine", 200, "<Response/>", "*", "*", ""},
	{"Twilio's example, another address", "sms", "twilio-page.http", "https://mycompany.com/other", "auth_token=12345", false, "does not match", 403, "Forbidden", "", "", ""},
	{"sms behind a proxy", "sms", "sms-message.http", "https://desk.example.com", smsSet, true, "signature is good", 200, "<Response/>", "+14155550123", "SM0123456789abcdef0123456789abcdef", "Where is it?"},
	{"sms, url as a setting", "sms", "sms-message.http", "", smsSet + " url=https://desk.example.com", true, "signature is good", 200, "<Response/>", "+14155550123", "SM0123456789abcdef0123456789abcdef", "Where is it?"},
	{"sms, the proxy's own address", "sms", "sms-message.http", "", smsSet, false, "does not match", 403, "Forbidden", "", "", ""},
	{"sms, by a service", "sms", "sms-message.http", "https://desk.example.com", smsSet + " messaging_service_sid=MG00000000000000000000000000000000", true, "signature is good", 200, "<Response/>", "+14155550123", "SM0123456789abcdef0123456789abcdef", "Where is it?"},

	{"form", "webform", "form.http", "", "form=contact", true, "nothing in the fields", 200, `"status_url":"`, "bo@customer.example", "*", "Hello"},
	{"form, named by its path", "webform", "form.http", "", "", true, "nothing in the fields", 200, "", "bo@customer.example", "*", "Hello"},
	{"form without a needed field", "webform", "form-no-mail.http", "", "", false, "email: ", 422, "email", "", "", ""},

	{"generic", "generic", "generic.http", "", "secret=whsec_YSBzZWNyZXQgb2YgMzIgYnl0ZXMgZm9yIHRlc3Rpbmc=", true, "signature is good", 200, "", "u-1", "msg_1", "Where is it?"},
	{"generic, signing_key", "generic", "generic.http", "", "signing_key=whsec_YSBzZWNyZXQgb2YgMzIgYnl0ZXMgZm9yIHRlc3Rpbmc=", true, "signature is good", 200, "", "u-1", "msg_1", "Where is it?"},
	{"generic, the local secret", "generic", "generic.http", "", "", false, "no signature", 403, "Forbidden", "", "", ""},
	{"generic, altered", "generic", "generic-altered.http", "", "secret=whsec_YSBzZWNyZXQgb2YgMzIgYnl0ZXMgZm9yIHRlc3Rpbmc=", false, "no signature", 403, "Forbidden", "", "", ""},

	{"mail", "email", "email-notice.http", "", "", true, "notice of SES", 200, "", "cy@customer.example", "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1", "Where is it?"},
	{"mail, another topic", "email", "email-notice.http", "", "topic_arn=arn:aws:sns:us-east-1:123456789012:other", false, "topic", 403, "Forbidden", "", "", ""},
	{"not a notice", "email", "form.http", "", "", false, "not a notice", 403, "Forbidden", "", "", ""},
	{"sms takes no GET", "sms", "wechat-check.http", "", "", false, "method GET", 405, "", "", "", ""},
}

// Each call is judged as its receiver would judge it.
func TestJudgements(t *testing.T) {
	for _, j := range judgements {
		t.Run(j.name, func(t *testing.T) {
			got, err := verify.Run(t.Context(), verify.Input{
				Channel: desk.Channel(j.channel), Request: read(t, j.file), URL: j.url, At: at, Set: pairs(j.set),
				Settings: settings(t), Secrets: config.LocalDefaults, Mail: read(t, "mail.eml"),
			})
			require.NoError(t, err)
			require.Equal(t, j.valid, got.Valid, got.Why)
			require.Contains(t, got.Why, j.why)
			require.Equal(t, j.status, got.Answer.Status)
			require.Contains(t, got.Answer.Body, j.body)
			j.kept(t, got)
		})
	}
}

func (j judgement) kept(t *testing.T, got verify.Result) {
	if j.order == "" {
		require.Empty(t, got.Envelopes)
	} else {
		require.Len(t, got.Envelopes, 1)
		require.True(t, j.order == "*" || got.Envelopes[0].OrderKey == j.order, got.Envelopes[0])
		require.True(t, j.dedup == "*" || got.Envelopes[0].DedupKey == j.dedup, got.Envelopes[0])
	}
	if j.text == "" {
		require.Empty(t, got.Messages)
	} else {
		require.Len(t, got.Messages, 1)
		require.Equal(t, j.text, strings.TrimSpace(got.Messages[0].Text))
	}
}

// Without settings what was given is enough, and lists are lists even when empty.
func TestWithoutSettings(t *testing.T) {
	for _, j := range judgements {
		if j.channel == "webform" {
			continue
		}
		got, err := verify.Run(t.Context(), verify.Input{
			Channel: desk.Channel(j.channel), Request: read(t, j.file), URL: j.url, At: at, Set: pairs(j.set),
			Secrets: config.LocalDefaults, Mail: read(t, "mail.eml"),
		})
		require.NoError(t, err, j.name)
		require.Equal(t, j.valid, got.Valid, "%s: %s", j.name, got.Why)
		b, err := json.Marshal(got)
		require.NoError(t, err)
		require.NotContains(t, string(b), "null,")
	}
}

// No reason holds a secret, whatever was given.
func TestReasonsHoldNoSecret(t *testing.T) {
	for _, j := range judgements {
		in := verify.Input{
			Channel: desk.Channel(j.channel), Request: read(t, j.file), URL: j.url, At: at, Set: pairs(j.set),
			Settings: settings(t), Secrets: config.LocalDefaults, Mail: read(t, "mail.eml"),
		}
		got, err := verify.Run(t.Context(), in)
		require.NoError(t, err)
		for _, p := range in.Set {
			if strings.Contains(p.Key, "token") || strings.Contains(p.Key, "key") {
				require.NotContains(t, got.Why, p.Value, j.name)
			}
		}
	}
}

// A faulty question is told from a call that is refused.
func TestFaultyQuestions(t *testing.T) {
	for name, change := range map[string]func(*verify.Input){
		"no such channel":    func(in *verify.Input) { in.Channel = "fax" },
		"no such setting":    func(in *verify.Input) { in.Set = pairs("colour=red") },
		"previous of no key": func(in *verify.Input) { in.Set = pairs("mode/previous=safe") },
		"a number":           func(in *verify.Input) { in.Set = pairs("max_age=soon") },
		"true or false":      func(in *verify.Input) { in.Set = pairs("shadow=perhaps") },
		"bad mode":           func(in *verify.Input) { in.Set = pairs("mode=open") },
		"bad key":            func(in *verify.Input) { in.Set = pairs("encoding_aes_key=short") },
		"empty secret":       func(in *verify.Input) { in.Set = pairs("token= encoding_aes_key=" + wechatKey) },
		"no such account":    func(in *verify.Input) { in.Account = "other" },
		"no address":         func(in *verify.Input) { in.URL = "desk.example.com" },
		"no such form":       func(in *verify.Input) { in.Channel, in.Set = desk.WebForm, pairs("form=other") },
		"no request":         func(in *verify.Input) { in.Request = nil },
		"no secret":          func(in *verify.Input) { in.Secrets = nil },
	} {
		t.Run(name, func(t *testing.T) {
			in := verify.Input{Channel: desk.WeChat, Request: read(t, "wechat-safe.http"), At: at, Settings: settings(t), Secrets: config.LocalDefaults}
			change(&in)
			_, err := verify.Run(t.Context(), in)
			require.ErrorIs(t, err, verify.ErrInput)
		})
	}
}

// The body is taken byte by byte: Content-Length decides where it stands there, and
// nothing is trimmed where it doesn't.
func TestReadRequest(t *testing.T) {
	for name, c := range map[string]struct {
		file, body, path, query string
		bad                     bool
	}{
		"CRLF":                    {"POST /a?b=%20c HTTP/1.1\r\nA: b\r\n\r\nx\r\n", "x\r\n", "/a", "b=%20c", false},
		"LF":                      {"POST /a HTTP/1.1\nA: b\n\nx\n\n", "x\n\n", "/a", "", false},
		"mixed":                   {"POST /a HTTP/1.1\r\nA: b\n\r\n\nx", "\nx", "/a", "", false},
		"length":                  {"POST /a HTTP/1.1\nContent-Length: 2\n\nxyz", "xy", "/a", "", false},
		"length 0":                {"POST /a HTTP/1.1\nContent-Length: 0\n\nxyz", "", "/a", "", false},
		"cut short":               {"POST /a HTTP/1.1\nContent-Length: 4\n\nxyz", "", "", "", true},
		"no number":               {"POST /a HTTP/1.1\nContent-Length: x\n\nxyz", "", "", "", true},
		"two lengths":             {"POST /a HTTP/1.1\nContent-Length: 1\nContent-Length: 2\n\nxyz", "", "", "", true},
		"no body":                 {"GET /a HTTP/1.1\nA: b", "", "/a", "", false},
		"no version":              {"GET /a\n\n", "", "/a", "", false},
		"whole address":           {"GET https://desk.example/a?b HTTP/1.1\n\n", "", "/a", "b", false},
		"address in a query":      {"GET /a?u=https://x HTTP/1.1\n\n", "", "/a", "u=https://x", false},
		"chunks":                  {"POST /a HTTP/1.1\nTransfer-Encoding: chunked\n\n2\r\nxy\r\n0\r\n\r\n", "xy", "/a", "", false},
		"chunks undone":           {"POST /a HTTP/1.1\nTransfer-Encoding: chunked\n\nxy", "xy", "/a", "", false},
		"empty":                   {"", "", "", "", true},
		"no request line":         {"Host: x\n\n", "", "", "", true},
		"no header":               {"POST /a HTTP/1.1\n{}\n", "", "", "", true},
		"no method":               {"<xml> /a HTTP/1.1\n\n", "", "", "", true},
		"a target without a root": {"POST a HTTP/1.1\n\n", "", "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := verify.ReadRequest([]byte(c.file))
			if c.bad {
				require.ErrorIs(t, err, verify.ErrInput)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.body, string(r.Body))
			require.Equal(t, c.path, r.Path)
			require.Equal(t, c.query, r.RawQuery)
		})
	}
}

// Repeated headers stay apart, for the channel to judge.
func TestRepeatedHeaders(t *testing.T) {
	r, err := verify.ReadRequest([]byte("POST / HTTP/1.1\nX-A: 1\nx-a:2 \n\n"))
	require.NoError(t, err)
	require.Equal(t, []string{"1", "2"}, r.Header["x-a"])
}

// Any file is read or refused.
func FuzzReadRequest(f *testing.F) {
	f.Add([]byte("POST /a?b HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"))
	f.Add([]byte("GET https://x/ HTTP/1.1\nTransfer-Encoding: chunked\n\n1\nx\n0\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := verify.ReadRequest(file)
		if err != nil {
			require.ErrorIs(t, err, verify.ErrInput)
			return
		}
		if r.Header["transfer-encoding"] == nil {
			require.True(t, bytes.Contains(file, r.Body))
		}
		_, _ = verify.Run(t.Context(), verify.Input{Channel: desk.SMS, Request: file, At: at, Secrets: config.LocalDefaults})
	})
}
