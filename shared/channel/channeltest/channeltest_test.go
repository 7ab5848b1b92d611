package channeltest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

// toy is a channel in the manner of most: an HMAC over time and body in headers. Its
// faults are those that the suite must find.
type toy struct {
	a       channel.Account
	secrets []string
	shadow  bool
	fault   string
}

func newToy(fault string) func(channel.Account) (channel.Channel, error) {
	return func(a channel.Account) (channel.Channel, error) {
		var set struct {
			Shadow bool `json:"shadow"`
		}
		if err := json.Unmarshal(a.Settings, &set); err != nil {
			return nil, errors.New("toy: settings")
		}
		secrets, err := a.Secret("key")
		if fault == "empty secret" {
			return &toy{a: a, secrets: append(secrets, ""), fault: fault}, nil
		}
		if err != nil || len(secrets) == 0 {
			return nil, errors.New("toy: no key")
		}
		for _, s := range secrets {
			if s == "" {
				return nil, errors.New("toy: empty key")
			}
		}
		if fault == "one secret" {
			secrets = secrets[:1]
		}
		return &toy{a: a, secrets: secrets, shadow: set.Shadow && fault != "no shadow", fault: fault}, nil
	}
}

func (c *toy) Name() desk.Channel { return "toy" }

func (c *toy) Verify(_ context.Context, r channel.Request) (channel.Verified, error) {
	err := c.check(r)
	if err != nil && c.shadow {
		return channel.Verified{Request: r, Body: r.Body, Shadow: err.Error()}, nil
	}
	if err != nil {
		return channel.Verified{}, fmt.Errorf("%w: %w", channel.ErrUnauthentic, err)
	}
	return channel.Verified{Request: r, Body: r.Body}, nil
}

func (c *toy) check(r channel.Request) error {
	sigs := r.Header["x-sig"]
	if c.fault == "missing" && len(sigs) == 0 {
		return nil
	}
	if len(sigs) != 1 && c.fault != "repeated" || len(sigs) == 0 {
		return errors.New("signature: not exactly one")
	}
	sec, err := strconv.ParseInt(r.Get("x-time"), 10, 64)
	if err != nil {
		return errors.New("time: unreadable")
	}
	if d := c.a.Now().Sub(time.Unix(sec, 0)).Abs(); d > time.Minute && c.fault != "stale" {
		return errors.New("time: stale")
	}
	if len(r.Header["x-time"]) != 1 && c.fault != "repeated" {
		return errors.New("time: not exactly one")
	}
	for _, key := range c.secrets {
		if hmac.Equal([]byte(toySum(key, r.Get("x-time"), covered(c.fault, r.Body))), []byte(sigs[0])) {
			return nil
		}
	}
	if c.fault == "leaky" {
		return errors.New("signature: not " + c.secrets[0])
	}
	return errors.New("signature: differs")
}

// covered is what of a body the signature is over.
func covered(fault string, body []byte) []byte {
	if fault == "half covered" {
		return body[:len(body)/2]
	}
	return body
}

func toySum(key, at string, body []byte) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(at + "."))
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}

type toyMessage struct{ ID, From, Type, Text string }

func (c *toy) Envelopes(v channel.Verified) ([]channel.Envelope, error) {
	var m toyMessage
	e := channel.Envelope{Channel: "toy", Account: c.a.Name, At: v.Request.At, Body: v.Body, Shadow: v.Shadow}
	if err := json.Unmarshal(v.Body, &m); err != nil || m.From == "" || m.ID == "" {
		if c.fault == "loses" {
			return nil, err
		}
		sum := sha256.Sum256(v.Body)
		m.From, m.ID = hex.EncodeToString(sum[:]), hex.EncodeToString(sum[:])
	}
	if c.fault == "new id" {
		m.ID += v.Request.At.String()
	}
	e.Order, e.Dedup = m.From, m.ID
	return []channel.Envelope{e}, nil
}

func (c *toy) Parse(e channel.Envelope) ([]desk.Inbound, error) {
	var m toyMessage
	err := json.Unmarshal(e.Body, &m)
	if c.fault == "quotes" && err != nil {
		return nil, fmt.Errorf("%w: %q", channel.ErrUnreadable, e.Body)
	}
	if err != nil || m.From == "" || m.ID == "" {
		return nil, fmt.Errorf("%w: no message in it", channel.ErrUnreadable)
	}
	in := desk.Inbound{Kind: desk.InMessage, ID: m.ID, Type: m.Type, Text: m.Text, From: desk.Address{Channel: "toy", Account: c.a.Name, ID: m.From}}
	if c.fault == "forgets type" {
		in.Type = ""
	}
	return []desk.Inbound{in}, nil
}

func toySpec(fault string) Spec {
	request := func(body string) channel.Request {
		return channel.Request{Method: "POST", URL: "https://desk.example.com/toy/main", Path: "/toy/main", Body: []byte(body)}
	}
	return Spec{
		New:     newToy(fault),
		Secrets: map[string]string{"key": "first-secret"},
		Next:    map[string]string{"key": "second-secret"},
		Sign: func(r channel.Request, secrets map[string]string) channel.Request {
			at := strconv.FormatInt(At.Unix(), 10)
			r.Header = map[string][]string{"x-time": {at}, "x-sig": {toySum(secrets["key"], at, covered(fault, r.Body))}, "x-note": {"any"}}
			return r
		},
		Fixtures: []Fixture{
			{Name: "text", Request: request(`{"ID":"1","From":"ann","Text":"where is my parcel"}`), Private: []string{"parcel"}},
			{Name: "hologram", Request: request(`{"ID":"2","From":"ann","Type":"hologram"}`), Unknown: "hologram"},
			{Name: "unreadable", Request: request(`where is my parcel`), Unreadable: true, Private: []string{"parcel"}},
		},
		Signature: []Part{Header("X-Sig"), Header("X-Time")},
		Covered:   []Part{Body()},
		Uncovered: []Uncovered{{Header("X-Note"), "a proxy's"}},
		MaxAge:    time.Minute,
		Shadow:    true,
	}
}

// A sound channel passes.
func TestSuitePassesASoundChannel(t *testing.T) { Run(t, toySpec("")) }

// Each fault is found, and by the check that is there for it.
func TestSuiteFindsFaults(t *testing.T) {
	for fault, by := range map[string]string{
		"empty secret": "the constructor refuses an empty secret",
		"one secret":   "two secrets are valid at once",
		"missing":      "a missing part is unauthentic",
		"repeated":     "a repeated part is unauthentic",
		"stale":        "a stale time is unauthentic",
		"half covered": "a flipped byte is unauthentic",
		"leaky":        "a flipped byte is unauthentic",
		"loses":        "an unreadable body is kept whole",
		"quotes":       "an unreadable body is kept whole",
		"new id":       "a repeat has the same keys",
		"forgets type": "an unknown type is kept by name",
		"no shadow":    "shadow mode accepts and says why",
	} {
		t.Run(fault, func(t *testing.T) { require.Contains(t, failing(toySpec(fault)), by) })
	}
}

// A channel that calls a covered part uncovered is told so, and so is one without a reason.
func TestSuiteFindsUntrueDescription(t *testing.T) {
	s := toySpec("")
	s.Uncovered = []Uncovered{{Body(), "wrongly"}}
	require.Contains(t, failing(s), "what is not covered is told truly")
	s.Uncovered = []Uncovered{{Part: Header("X-Note")}}
	require.Contains(t, failing(s), "the description is complete")
}

// failing names the checks that fail.
func failing(s Spec) (names []string) {
	for _, c := range checks {
		r := &recorder{}
		done := make(chan struct{})
		go func() { // FailNow ends the goroutine, as in a test
			defer close(done)
			c.run(r, s)
		}()
		<-done
		if r.failed {
			names = append(names, c.name)
		}
	}
	return names
}

type recorder struct{ failed bool }

func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) FailNow()              { r.failed = true; runtime.Goexit() }

type toySender struct{ do channel.Doer }

func (s toySender) Send(ctx context.Context, m channel.Outgoing) channel.Outcome {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://api.example.com/send?key=first-secret", bytes.NewReader([]byte(m.Text)))
	if err != nil {
		return channel.Outcome{Kind: channel.OutcomeRefused, Reason: "no request"}
	}
	resp, err := s.do.Do(req)
	if op := (*net.OpError)(nil); errors.As(err, &op) && op.Op == "dial" {
		return channel.Outcome{Kind: channel.OutcomeTransient, Reason: "no connection"}
	}
	if err != nil {
		return channel.Outcome{Kind: channel.OutcomeUnknown, Reason: "no answer"}
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode >= 500 {
		return channel.Outcome{Kind: channel.OutcomeUnknown, Reason: "no whole answer"}
	}
	return channel.Outcome{Kind: channel.OutcomeSent}
}

// A sound sender passes over a real connection.
func TestSenderSuitePassesASoundSender(t *testing.T) {
	RunSender(t, SenderSpec{
		New:     func(do channel.Doer) channel.Sender { return toySender{do} },
		Message: channel.Outgoing{Text: "your parcel is on its way"},
		Secrets: []string{"first-secret"},
		Answers: []Answer{
			{Name: "good", Status: 200, Want: channel.OutcomeSent},
			{Name: "broken", Status: 502, Want: channel.OutcomeUnknown},
		},
		Check: func(t *testing.T, _ *http.Request, body []byte) {
			require.Equal(t, "your parcel is on its way", string(body))
		},
	})
}

// Query changes one parameter, keeps the rest as it stood, and URL follows.
func TestQueryPart(t *testing.T) {
	r := channel.Request{URL: "https://d/x?a=1&b=%2B", RawQuery: "a=1&b=%2B"}
	p := Query("b")
	require.Equal(t, "+", string(p.Get(r)))
	require.Equal(t, "https://d/x?a=1&b=%26", p.Set(r, []byte("&")).URL)
	require.Equal(t, "a=1", p.Remove(r).RawQuery)
	require.Equal(t, "a=1&b=%2B&b=0", p.Repeat(r, "0").RawQuery)
	require.Equal(t, "a=1&b=%2B", r.RawQuery)
}

// BodyPart changes only what stands between its marks.
func TestBodyPart(t *testing.T) {
	r := channel.Request{Body: []byte("<a>one</a><a>two</a>")}
	p := BodyPart("a", "<a>", "</a>")
	require.Equal(t, "one", string(p.Get(r)))
	require.Equal(t, "<a>x</a><a>two</a>", string(p.Set(r, []byte("x")).Body))
	require.Empty(t, BodyPart("b", "<b>", "</b>").Get(r))
}
