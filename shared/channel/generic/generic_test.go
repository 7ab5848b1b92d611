package generic_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/channeltest"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/desk"
)

// base64 of "a secret of 32 bytes for testing" and of another one.
const (
	first  = "whsec_YSBzZWNyZXQgb2YgMzIgYnl0ZXMgZm9yIHRlc3Rpbmc="
	second = "whsec_YW5vdGhlciBzZWNyZXQgb2YgMzIgYnl0ZXMgZWFzeQ=="
	set    = `{"callback_url":"https://app.example/replies"}`
)

// sign signs as spec/standard-webhooks.md tells, written apart from the code under test.
func sign(r channel.Request, secrets map[string]string) channel.Request {
	raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secrets["secret"], "whsec_"))
	at := strconv.FormatInt(channeltest.At.Unix(), 10)
	m := hmac.New(sha256.New, raw)
	fmt.Fprintf(m, "%s.%s.%s", r.Header["webhook-id"][0], at, r.Body)
	r.Header = map[string][]string{
		"content-type": {"application/json"}, "webhook-id": r.Header["webhook-id"], "webhook-timestamp": {at},
		"webhook-signature": {"v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))},
	}
	return r
}

func call(id, body string) channel.Request {
	return channel.Request{
		Method: "POST", URL: "https://desk.example.com/webhooks/generic/main", Path: "/webhooks/generic/main",
		Header: map[string][]string{"webhook-id": {id}, "content-type": {"application/json"}}, Body: []byte(body),
	}
}

const (
	least = `{"type":"message","from":{"id":"u-1"},"text":"Where is my parcel?"}`
	full  = `{"type":"message","id":"c-9","from":{"id":"u-1","name":"张伟","mail":"Zhang@customer.example","phone":"+8613800138000"},
 "at":"2026-03-02T16:30:00+08:00","subject":"退款","text":"我要退款","language":"zh-CN","fields":{"plan":"pro","order":"A-17"},
 "attachments":[{"url":"https://cdn.example/a.png","name":"截图.png"},{"url":"https://cdn.example/b"}]}`
	rated = `{"type":"review","from":{"id":"u-1","name":"Ann"},"at":"2026-03-02T08:30:00Z","text":"Too slow","language":"en","review":{"id":"r-7","version":2,"rating":2}}`
	event = `{"type":"event","event":"order.shipped","from":{"id":"u-1"},"at":"2026-03-02T08:30:00Z","fields":{"order":"A-17"}}`
)

func TestChannel(t *testing.T) {
	channeltest.Run(t, channeltest.Spec{
		New:         func(a channel.Account) (channel.Channel, error) { return generic.New(a) },
		Settings:    set,
		Secrets:     map[string]string{"secret": first},
		Next:        map[string]string{"secret": second},
		Sign:        sign,
		Shadow:      true,
		MaxAge:      generic.Tolerance,
		Signature:   []channeltest.Part{channeltest.Header("webhook-signature"), channeltest.Header("webhook-timestamp"), channeltest.Header("webhook-id")},
		Covered:     []channeltest.Part{channeltest.Body()},
		Uncovered:   []channeltest.Uncovered{{Part: channeltest.Header("content-type"), Why: "the specification signs id, time and body; the desk doesn't look at it"}},
		BadSettings: badSettings,
		Fixtures: []channeltest.Fixture{
			{Name: "least", Request: call("msg_1", least), Private: []string{"parcel"}},
			{Name: "full", Request: call("msg_2", full)},
			{Name: "event", Request: call("msg_3", event)},
			{Name: "review", Request: call("msg_7", rated)},
			{Name: "unknown-event", Request: call("msg_4", `{"type":"event","event":"hologram","from":{"id":"u-1"}}`), Unknown: "hologram"},
			{Name: "unknown-key", Request: call("msg_5", `{"type":"message","from":{"id":"u-1"},"text":"x","colour":"red"}`), Unreadable: true},
			{Name: "unreadable", Request: call("msg_6", `where is my parcel`), Unreadable: true, Private: []string{"parcel"}},
		},
	})
}

var badSettings = []string{
	`{"callback_url":"http://app.example/replies"}`, `{"callback_url":"http://127.0.0.1/replies"}`,
	`{"callback_url":"http://app.example/replies","allow_loopback":true}`, `{"callback_url":"/replies"}`,
	`{"callback_url":"https://user:password@app.example/"}`, `{"callback_url":"ftp://app.example"}`, `{"colour":"red"}`,
}

// The secret is 24 to 64 bytes, as the specification asks.
func TestSecrets(t *testing.T) {
	for secret, ok := range map[string]bool{
		"whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 23)): false,
		"whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 24)): true,
		"whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 64)): true,
		"whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 65)): false,
		strings.TrimPrefix(first, "whsec_"):                                       true,
		"whsec_not base64":                                                        false,
		"whsec_":                                                                  false,
	} {
		_, err := generic.New(channeltest.Account(set, channeltest.At, map[string]string{"secret": secret}))
		require.Equal(t, ok, err == nil, "%q: %v", secret, err)
		if err != nil && len(secret) > 6 {
			require.NotContains(t, err.Error(), secret)
		}
	}
}

// The example in the specification's own tests: secret, id, time, body and signature.
// The others are by: printf 'msg_1.1614265330.{}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary | base64
func TestKnownSignatures(t *testing.T) {
	const good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	for name, c := range map[string]struct {
		id, at, sig, body string
		off               time.Duration
		ok                bool
	}{
		"the specification's":   {"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", good, `{"test": 2432232314}`, 0, true},
		"one of several":        {"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1a,xyz v1,AAAA v2," + good[3:] + " " + good, `{"test": 2432232314}`, 0, true},
		"of another version":    {"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1a," + good[3:], `{"test": 2432232314}`, 0, false},
		"without a version":     {"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", good[3:], `{"test": 2432232314}`, 0, false},
		"nothing behind v1":     {"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1,", `{"test": 2432232314}`, 0, false},
		"v1 alone":              {"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1", `{"test": 2432232314}`, 0, false},
		"joined by a comma":     {"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", good + "," + good, `{"test": 2432232314}`, 0, false},
		"another body":          {"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", good, `{"test": 2432232315}`, 0, false},
		"another id":            {"msg_p5jXN8AQM9LWM0D4loKWxJel", "1614265330", good, `{"test": 2432232314}`, 0, false},
		"five minutes late":     {"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", good, `{"test": 2432232314}`, 5 * time.Minute, true},
		"later":                 {"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", good, `{"test": 2432232314}`, 5*time.Minute + time.Second, false},
		"from the future":       {"msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", good, `{"test": 2432232314}`, -5*time.Minute - time.Second, false},
		"the time in other way": {"msg_p5jXN8AQM9LWM0D4loKWxJek", "+1614265330", good, `{"test": 2432232314}`, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := channeltest.Account(set, time.Unix(1614265330, 0).Add(c.off), map[string]string{"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
			ch, err := generic.New(a)
			require.NoError(t, err)
			r := call(c.id, c.body)
			r.Header["webhook-timestamp"], r.Header["webhook-signature"] = []string{c.at}, []string{c.sig}
			_, err = ch.Verify(t.Context(), r)
			if c.ok {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, channel.ErrUnauthentic)
		})
	}
}

// forms are bodies and the key that is told of when one is refused.
var forms = map[string]string{
	least: "", full: "", event: "", rated: "",
	`{"type":"review","from":{"id":"u"},"review":{"id":"r","rating":0,"worst":0,"best":10,"kind":"praise"}}`: "",
	`{"type":"review","from":{"id":"u"}}`:                                                       "review",
	`{"type":"review","from":{"id":"u"},"review":{"id":"r","rating":3.0,"version":2e3}}`:        "",
	`{"type":"review","from":{"id":"u"},"text":"x","event":"a","review":{"id":"r","rating":3}}`: "event",
	`{"type":"message","from":{"id":"u"},"text":"x","review":{"id":"r","rating":3}}`:            "review",
	`{"type":"review","from":{"id":"u"},"review":{"rating":3}}`:                                 "review.id",
	`{"type":"review","from":{"id":"u"},"review":{"id":"r"}}`:                                   "review.rating",
	`{"type":"review","from":{"id":"u"},"review":{"id":"r","rating":"3"}}`:                      "review.rating",
	`{"type":"review","from":{"id":"u"},"review":{"id":"r","rating":3.5}}`:                      "review.rating",
	`{"type":"review","from":{"id":"u"},"review":{"id":"r","rating":3,"version":0}}`:            "review.version",
	`{"type":"review","from":{"id":"u"},"review":{"id":"r","rating":3,"kind":"inquiry"}}`:       "review.kind",
	`{"type":"review","from":{"id":"u"},"review":{"id":"r","rating":3,"stars":3}}`:              "review.stars",
	`{}`:                                   "from",
	`{"type":"message","from":{"id":"u"}}`: "text",
	`{"type":"message","from":{"id":"u"},"text":" "}`:                                              "text",
	`{"type":"message","from":{"id":"u"},"text":null}`:                                             "text",
	`{"type":"message","from":{"id":"u"},"text":7}`:                                                "text",
	`{"type":"message","from":{"id":"u"},"text":"x","event":"a"}`:                                  "event",
	`{"type":"event","from":{"id":"u"}}`:                                                           "event",
	`{"type":"event","from":{"id":"u"},"event":"No Spaces"}`:                                       "event",
	`{"type":"call","from":{"id":"u"},"text":"x"}`:                                                 "type",
	`{"type":"message","text":"x"}`:                                                                "from",
	`{"type":"message","from":{},"text":"x"}`:                                                      "from.id",
	`{"type":"message","from":{"id":""},"text":"x"}`:                                               "from.id",
	`{"type":"message","from":{"id":"a\u0000b"},"text":"x"}`:                                       "from.id",
	`{"type":"message","from":{"id":7},"text":"x"}`:                                                "from.id",
	`{"type":"message","from":{"ID":"u"},"text":"x"}`:                                              "from.ID",
	`{"type":"message","from":{"id":"u","age":"7"},"text":"x"}`:                                    "from.age",
	`{"type":"message","from":{"id":"u","mail":"nobody"},"text":"x"}`:                              "from.mail",
	`{"type":"message","from":{"id":"u","phone":"13800138000"},"text":"x"}`:                        "from.phone",
	`{"type":"message","from":{"id":"u"},"text":"x","at":"noon"}`:                                  "at",
	`{"type":"message","from":{"id":"u"},"text":"x","language":"de"}`:                              "language",
	`{"type":"message","from":{"id":"u"},"text":"x","Text":"y"}`:                                   "Text",
	`{"type":"message","from":{"id":"u"},"text":"x","fields":{"a":1}}`:                             "fields.a",
	`{"type":"message","from":{"id":"u"},"text":"x","fields":{"a b":"1"}}`:                         "fields",
	`{"type":"message","from":{"id":"u"},"text":"x","fields":[]}`:                                  "fields",
	`{"type":"message","from":{"id":"u"},"text":"x","attachments":{}}`:                             "attachments",
	`{"type":"message","from":{"id":"u"},"text":"x","attachments":[{}]}`:                           "attachments[0].url",
	`{"type":"message","from":{"id":"u"},"text":"x","attachments":[{"url":"file:/x"}]}`:            "attachments[0].url",
	`{"type":"message","from":{"id":"u"},"text":"x","attachments":[{"url":"https://x","size":1}]}`: "attachments[0].size",
	`{"type":"message","from":{"id":"u"},"text":"` + strings.Repeat("客", 20_000) + `"}`:            "",
	`{"type":"message","from":{"id":"u"},"text":"` + strings.Repeat("客", 20_001) + `"}`:            "text",
	`{"type":"message","from":{"id":"` + strings.Repeat("u", 201) + `"},"text":"x"}`:               "from.id",
	`[]`: "the body", `null`: "the body", `"text"`: "the body",
}

// The published schema and the parser take the same, and a fault names its key.
func TestSchemaAndParserAgree(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(generic.Schema()))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("inbound.schema.json", doc))
	s, err := c.Compile("inbound.schema.json")
	require.NoError(t, err)
	for body, names := range forms {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		require.NoError(t, err)
		_, err = generic.Parse(channel.Envelope{Body: []byte(body), Dedup: "m"})
		require.Equal(t, s.Validate(value) == nil, err == nil, "%.200s: %v", body, err)
		require.Equal(t, names == "", err == nil, "%.200s: %v", body, err)
		if err != nil {
			require.ErrorIs(t, err, channel.ErrUnreadable)
			require.Contains(t, err.Error(), ": "+names+" ", "%.200s", body)
		}
	}
}

func sender(t *testing.T, settings string, do channel.Doer, secrets ...map[string]string) channel.Sender {
	a := channeltest.Account(settings, channeltest.At, secrets...)
	a.HTTP = do
	s, err := generic.NewSender(a)
	require.NoError(t, err)
	return s
}

var message = channel.Outgoing{
	ID: "0011", Ticket: "7K3Q9W", To: desk.Address{Channel: desk.Generic, Account: "main", ID: "u-1"},
	Text: "Your parcel <is> on its way", Lang: "en", Purpose: "reply",
}

const sent = `{"type":"reply","id":"0011","ticket":"DH-7K3Q-9W","to":"u-1","purpose":"reply","text":"Your parcel <is> on its way","language":"en"}`

func TestSender(t *testing.T) {
	channeltest.RunSender(t, channeltest.SenderSpec{
		New:     func(do channel.Doer) channel.Sender { return sender(t, set, do, map[string]string{"secret": first}) },
		Message: message, Secrets: []string{first},
		Dedups: "Standard Webhooks: webhook-id is the same over retries, and receivers drop what they have seen",
		Check: func(t *testing.T, r *http.Request, body []byte) {
			require.Equal(t, "/replies", r.URL.Path)
			require.Equal(t, "0011", r.Header.Get("Webhook-Id"))
			require.JSONEq(t, sent, string(body))
			want := sign(channel.Request{Header: map[string][]string{"webhook-id": {"0011"}}, Body: body}, map[string]string{"secret": first})
			require.Equal(t, want.Get("webhook-signature"), r.Header.Get("Webhook-Signature"))
			require.Equal(t, want.Get("webhook-timestamp"), r.Header.Get("Webhook-Timestamp"))
		},
		Answers: []channeltest.Answer{
			{Name: "200", Status: 200, Want: channel.OutcomeSent},
			{Name: "204", Status: 204, Want: channel.OutcomeSent},
			{Name: "redirect", Status: 302, Want: channel.OutcomeRefused},
			{Name: "400", Status: 400, Want: channel.OutcomeRefused, Code: "400"},
			{Name: "gone", Status: 410, Want: channel.OutcomeRefused, Code: "410"},
			{Name: "too many", Status: 429, Header: map[string]string{"Retry-After": "7"}, Want: channel.OutcomeRateLimited, RetryAfter: 7 * time.Second},
			{Name: "too many, until", Status: 429, Header: map[string]string{"Retry-After": "Mon, 02 Mar 2026 08:32:00 GMT"}, Want: channel.OutcomeRateLimited, RetryAfter: 2 * time.Minute},
			{Name: "too many, for long", Status: 429, Header: map[string]string{"Retry-After": "999999"}, Want: channel.OutcomeRateLimited, RetryAfter: time.Hour},
			{Name: "too many, no time", Status: 429, Want: channel.OutcomeRateLimited, RetryAfter: time.Minute},
			{Name: "500", Status: 500, Want: channel.OutcomeTransient, Code: "500"},
			{Name: "503", Status: 503, Want: channel.OutcomeTransient},
		},
	})
}

// A rating lies on its scale.
func TestRatingOnItsScale(t *testing.T) {
	for body, path := range map[string]string{
		`{"id":"r","rating":6}`:                      "review.rating",
		`{"id":"r","rating":0}`:                      "review.rating",
		`{"id":"r","rating":5,"worst":7,"best":7}`:   "review.best",
		`{"id":"r","rating":11,"worst":0,"best":10}`: "review.rating",
	} {
		_, err := generic.Parse(channel.Envelope{Body: []byte(`{"type":"review","from":{"id":"u"},"review":` + body + `}`), Dedup: "m"})
		require.ErrorContains(t, err, path, body)
	}
}
