package sms

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
)

const (
	apiURL      = "https://api.twilio.com/2010-04-01/Accounts/"
	maxText     = 1600 // characters of one message (Twilio 21617)
	defaultWait = 5 * time.Second
	maxAnswer   = 64 * 1024
)

// Sender sends for one account.
type Sender struct {
	name string
	settings
	token string
	http  channel.Doer
}

var _ channel.Sender = (*Sender)(nil)

// NewSender makes the sender of one account; it needs Account.HTTP. Twilio's API
// takes no id of ours, so an attempt whose answer was lost stays unknown until a
// status callback names the message.
func NewSender(a channel.Account) (*Sender, error) {
	s, err := readSettings(a)
	if err != nil {
		return nil, err
	}
	t, err := tokens(a)
	if err != nil {
		return nil, err
	}
	if a.HTTP == nil {
		return nil, errors.New("sms/" + a.Name + ": no HTTP client")
	}
	return &Sender{name: a.Name, settings: s, token: t[0], http: a.HTTP}, nil
}

// Send makes one attempt.
func (s *Sender) Send(ctx context.Context, m channel.Outgoing) channel.Outcome {
	switch {
	case strings.TrimSpace(m.Text) == "" && len(m.Attachments) == 0:
		return refused("the message has no text")
	case utf8.RuneCountInString(m.Text) > maxText:
		return refused("the message is longer than 1600 characters")
	case len(m.Attachments) > 0 && !s.MMS:
		return refused("the account sends no files: mms is not set")
	case !linked(m.Attachments):
		return refused("the files are more than Twilio takes, or have no link")
	case ctx.Err() != nil:
		return channel.Outcome{Kind: channel.OutcomeTransient, Reason: "no time was left to send"}
	}
	req, err := s.request(ctx, m)
	if err != nil {
		return refused("no request could be made of the message")
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return failed(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return channel.Outcome{Kind: channel.OutcomeUnknown, Reason: "Twilio's answer was cut short"}
	}
	return outcome(resp, body)
}

// linked says whether all files have an address that Twilio fetches them from.
func linked(files []desk.Attachment) bool {
	for _, f := range files {
		if !strings.HasPrefix(f.Ref, "https://") && !strings.HasPrefix(f.Ref, "http://") {
			return false
		}
	}
	return len(files) <= maxMedia
}

func refused(why string) channel.Outcome {
	return channel.Outcome{Kind: channel.OutcomeRefused, Reason: why}
}

func (s *Sender) request(ctx context.Context, m channel.Outgoing) (*http.Request, error) {
	form := url.Values{"To": {m.To.ID}, "Body": {m.Text}}
	for _, f := range m.Attachments {
		form.Add("MediaUrl", f.Ref)
	}
	if s.URL != "" { // Twilio refuses a message whose callback is no address
		form.Set("StatusCallback", s.callback(m))
	}
	if s.Service != "" {
		form.Set("MessagingServiceSid", s.Service)
	} else {
		form.Set("From", s.Number)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, apiURL+s.AccountSID+"/Messages.json", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.GetBody = nil // net/http must not send it a second time on a connection that broke
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.SetBasicAuth(s.AccountSID, s.token)
	return req, nil
}

// callback is where Twilio tells what became of a message; it names the message, so
// that even an attempt whose answer was lost is resolved.
func (s *Sender) callback(m channel.Outgoing) string {
	q := url.Values{"m": {string(m.ID)}, "t": {string(m.Ticket)}}
	return s.URL + "/webhooks/sms/" + url.PathEscape(s.name) + "/status?" + q.Encode()
}

// failed judges a call without an answer: only what broke before the request was
// written proves that nothing was accepted.
func failed(err error) channel.Outcome {
	var dial *net.OpError
	var cert *tls.CertificateVerificationError
	if (errors.As(err, &dial) && dial.Op == "dial") || errors.As(err, &cert) {
		return channel.Outcome{Kind: channel.OutcomeTransient, Reason: "Twilio could not be reached"}
	}
	return channel.Outcome{Kind: channel.OutcomeUnknown, Reason: "Twilio did not answer; the message may have gone out"}
}

func outcome(resp *http.Response, body []byte) channel.Outcome {
	var answer struct {
		SID  string `json:"sid"`
		Code int    `json:"code"`
	}
	readable := json.Unmarshal(body, &answer) == nil
	switch {
	case resp.StatusCode < 300 && readable && answer.SID != "":
		return channel.Outcome{Kind: channel.OutcomeSent, ProviderID: answer.SID}
	case resp.StatusCode < 400:
		return channel.Outcome{Kind: channel.OutcomeUnknown, Reason: "Twilio's answer was not understood"}
	}
	out := judge(resp.StatusCode, answer.Code)
	if answer.Code != 0 {
		out.Code = strconv.Itoa(answer.Code)
	}
	if out.Kind == channel.OutcomeRateLimited {
		out.RetryAfter = retryAfter(resp.Header.Get("Retry-After"))
	}
	return out
}

// codes are Twilio's errors of a request that was not accepted.
var codes = map[int]channel.Outcome{
	20003: {Kind: channel.OutcomeAuth, Reason: "Twilio refuses the account SID or the auth token"},
	20005: {Kind: channel.OutcomeAuth, Reason: "the Twilio account is not active"},
	20404: {Kind: channel.OutcomeAuth, Reason: "Twilio knows no such account"},
	20429: {Kind: channel.OutcomeRateLimited, Reason: "too many requests to Twilio"},
	21211: {Kind: channel.OutcomeBadRecipient, Reason: "the number is not valid"},
	21212: {Kind: channel.OutcomeAuth, Reason: "the sending number is not valid"},
	21408: {Kind: channel.OutcomeAuth, Reason: "the Twilio account may not send to this region"},
	21602: {Kind: channel.OutcomeRefused, Reason: "the message has no text"},
	21606: {Kind: channel.OutcomeAuth, Reason: "the sending number can't send SMS"},
	21608: {Kind: channel.OutcomeBadRecipient, Reason: "a trial account may only send to verified numbers"},
	21610: {Kind: channel.OutcomeBadRecipient, Reason: "the customer has opted out"},
	21611: {Kind: channel.OutcomeRateLimited, Reason: "the sending number's queue at Twilio is full"},
	21612: {Kind: channel.OutcomeBadRecipient, Reason: "the number can't be reached from the sending number"},
	21614: {Kind: channel.OutcomeBadRecipient, Reason: "the number can't receive SMS"},
	21617: {Kind: channel.OutcomeRefused, Reason: "the message is longer than 1600 characters"},
	21620: {Kind: channel.OutcomeRefused, Reason: "the address of a file is not valid"},
	21623: {Kind: channel.OutcomeRefused, Reason: "the message has more files than Twilio takes"},
	12300: {Kind: channel.OutcomeRefused, Reason: "a file is of a type that Twilio doesn't take"},
	21635: {Kind: channel.OutcomeBadRecipient, Reason: "the number is a landline"},
	30007: {Kind: channel.OutcomeRefused, Reason: "the message was filtered as unwanted"},
}

func judge(status, code int) channel.Outcome {
	if out, ok := codes[code]; ok && status < 500 {
		return out
	}
	switch {
	case status >= 500:
		return channel.Outcome{Kind: channel.OutcomeUnknown, Reason: "Twilio had a fault of its own; the message may have gone out"}
	case status == http.StatusTooManyRequests:
		return codes[20429]
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return codes[20003]
	}
	return refused("Twilio did not accept the message")
}

// retryAfter reads the header's seconds (RFC 9110 10.2.3), up to an hour.
func retryAfter(s string) time.Duration {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return defaultWait
	}
	return min(time.Duration(n)*time.Second, time.Hour)
}
