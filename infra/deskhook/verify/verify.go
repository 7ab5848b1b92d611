// Package verify judges one recorded webhook call as the desk would judge it: whether
// it is believed and why, what is answered, under which keys it would be queued, and
// what would be read of it. Nothing is stored, sent or looked up on a network.
//
// It runs the receivers' own code (shared/receive) over the channel's, with a queue and
// a blob store that forget: the answer is the one that the provider would get.
package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/channel/wechat"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/receive"
)

// ErrInput is wrapped by every error of Run: the question is faulty, so that there is
// nothing to judge. The text says what to mend and holds no secret.
var ErrInput = errors.New("verify")

func faulty(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrInput, fmt.Errorf(format, args...))
}

// Input is a recorded call and what to judge it with.
type Input struct {
	Channel desk.Channel
	Request []byte // the recorded call, see ReadRequest
	// URL is what the provider called: the whole address, or its base, to which the
	// request line's target is then added. "" takes the settings' public URL, else the
	// Host header's.
	URL      string
	At       time.Time        // when it came; needed
	Set      []Pair           // settings and secrets that go before those of Settings and Secrets
	Settings *config.Settings // may be nil: Set then has to say it all
	Account  string           // "" takes the one that the path names, else the first
	Secrets  config.Lookup    // may be nil
	Mail     []byte           // e-mail: the mail that a notice is about, where the notice doesn't hold it
}

// Pair is one key=value of Input.Set. A secret's previous value has the key
// "token/previous", or is the second value of the same key.
type Pair struct{ Key, Value string }

// Result is the judgement.
type Result struct {
	Valid     bool           `json:"valid"` // proven to come from the provider (webform: nothing to mend)
	Why       string         `json:"why"`   // in words; holds no secret and nothing of the call's content
	Answer    Answer         `json:"answer"`
	Envelopes []Envelope     `json:"envelopes"` // never nil
	Messages  []desk.Inbound `json:"messages"`  // never nil
}

// Answer is what the provider would be answered.
type Answer struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"` // names in lower case
	Body    string            `json:"body"`
}

// Envelope is one message on its way to the queue.
type Envelope struct {
	OrderKey string `json:"order_key"` // who wrote
	DedupKey string `json:"dedup_key"` // which of the provider's messages it is
}

// maxBody is what each receiver takes at most, in bytes; absent: receive.DefaultMaxBody.
var maxBody = map[desk.Channel]int{desk.WeChat: wechat.BodyLimit, desk.SMS: 128 << 10, desk.Generic: generic.BodyLimit}

// Run judges. Its error always wraps ErrInput; a call that the desk refuses is no
// error but a Result with Valid false.
func Run(ctx context.Context, in Input) (Result, error) {
	r, err := ReadRequest(in.Request)
	if err != nil {
		return Result{}, err
	}
	base, err := place(&r, in)
	if err != nil {
		return Result{}, err
	}
	r.At = in.At.UTC()
	ch, note, err := open(in, r, base)
	if err != nil {
		return Result{}, err
	}
	return judge(ctx, in, r, ch, note), nil
}

func judge(ctx context.Context, in Input, r channel.Request, ch channel.Channel, note string) Result {
	out := Result{Envelopes: []Envelope{}, Messages: []desk.Inbound{}}
	var q capture
	h := receive.Handler{
		Queue: &q, Blob: q.blobs(), Now: func() time.Time { return r.At }, MaxBody: maxBody[in.Channel],
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	resp := h.Serve(ctx, r, ch)
	out.Answer = answer(resp)
	out.Valid, out.Why = why(ctx, r, ch, resp.Status)
	if note != "" {
		out.Why += "; " + note
	}
	for _, e := range q.envelopes {
		out.Envelopes = append(out.Envelopes, Envelope{e.Order, e.Dedup})
		e.Content = in.Mail
		read, err := ch.Parse(e)
		if err != nil {
			out.Why += "; it would go to the quarantine: " + words(err)
		}
		out.Messages = append(out.Messages, read...)
	}
	return out
}

func answer(resp channel.Response) Answer {
	a := Answer{Status: resp.Status, Headers: map[string]string{}, Body: string(resp.Body)}
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	for k, v := range resp.Header {
		a.Headers[strings.ToLower(k)] = v
	}
	if !utf8.ValidString(a.Body) {
		a.Body = strings.ToValidUTF8(a.Body, "\uFFFD")
	}
	return a
}

// why asks the channel for its reason: the receiver's answer keeps it to itself.
func why(ctx context.Context, r channel.Request, ch channel.Channel, status int) (bool, string) {
	switch status {
	case http.StatusMethodNotAllowed:
		return false, "this channel doesn't take the method " + r.Method
	case http.StatusRequestEntityTooLarge:
		return false, "the body is larger than the receiver takes"
	}
	var err error
	var v channel.Verified
	if hs, ok := ch.(channel.Handshaker); ok && r.Method == http.MethodGet {
		if _, err = hs.Handshake(ctx, r); err == nil {
			return true, "the signature of the address check is good"
		}
	} else {
		v, err = ch.Verify(ctx, r)
	}
	switch {
	case err != nil:
		return false, words(err)
	case v.Shadow != "":
		return false, v.Shadow + "; taken all the same, since the account is in shadow mode"
	}
	return true, good[ch.Name()]
}

// good is what has been proven of a call that is taken.
var good = map[desk.Channel]string{
	desk.WeChat:  "the signature is good",
	desk.SMS:     "the signature is good",
	desk.Generic: "the signature is good, and the time is within 5 minutes",
	desk.WebForm: "nothing in the fields needs mending; a form is public, so nothing is signed",
	desk.Email:   "a notice of SES; that SES wrote it is proven by the queue's policy, not by the notice",
}

// words makes an error's reason readable: without the contract's sentinels in front,
// and with each field at fault.
func words(err error) string {
	var fields []string
	for _, e := range faults(err) {
		fields = append(fields, e.Error())
	}
	if len(fields) > 0 {
		return strings.Join(fields, "; ")
	}
	text := err.Error()
	for _, sentinel := range []error{channel.ErrUnauthentic, channel.ErrUnreadable, channel.ErrRefused} {
		text = strings.TrimPrefix(text, sentinel.Error()+": ")
	}
	return text
}

// faults finds the fields that a form's sender could mend.
func faults(err error) []*desk.Error {
	if !errors.Is(err, channel.ErrRefused) {
		return nil
	}
	many, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var out []*desk.Error
	for _, e := range many.Unwrap() {
		var one *desk.Error
		if errors.As(e, &one) && !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}
