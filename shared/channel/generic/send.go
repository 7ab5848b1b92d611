package generic

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
)

const defaultWait = time.Minute

// Sender sends the desk's answers to an account's callback.
type Sender struct {
	url  string
	keys []key
	http channel.Doer
	now  func() time.Time
}

var _ channel.Sender = (*Sender)(nil)

// NewSender makes the sender of one account. It needs Account.HTTP, which should be
// Client's, and Account.Now.
func NewSender(a channel.Account) (*Sender, error) {
	s, err := ReadSettings(a.Settings)
	if err != nil {
		return nil, err
	}
	k, err := keys(a)
	if err != nil {
		return nil, err
	}
	if a.HTTP == nil {
		return nil, errors.New("generic/" + a.Name + ": no HTTP client")
	}
	return &Sender{url: s.CallbackURL, keys: k, http: a.HTTP, now: a.Now}, nil
}

// reply is what a callback gets.
type reply struct {
	Type      string `json:"type"`   // reply
	ID        string `json:"id"`     // as webhook-id: the same over retries
	Ticket    string `json:"ticket"` // the ticket's number, as the API and agents name it
	To        string `json:"to"`     // from.id of the message answered
	Purpose   string `json:"purpose,omitempty"`
	Subject   string `json:"subject,omitempty"`
	Text      string `json:"text"`
	Language  string `json:"language,omitempty"`
	Automatic bool   `json:"automatic,omitempty"`
	Menu      *menu  `json:"menu,omitempty"`
}

type menu struct {
	Head    string   `json:"head,omitempty"`
	Choices []choice `json:"choices"`
}

type choice struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Send makes one attempt. The message's id is webhook-id, by which the far side drops a
// repeat; so an attempt whose outcome nobody knows may be made again, and is transient.
func (s *Sender) Send(ctx context.Context, m channel.Outgoing) channel.Outcome {
	switch {
	case s.url == "":
		return outcome(channel.OutcomeAuth, "the account has no callback_url")
	case strings.TrimSpace(m.Text) == "" && len(m.Menu) == 0:
		return outcome(channel.OutcomeRefused, "the message has no text")
	case len(m.Attachments) > 0:
		return outcome(channel.OutcomeRefused, "files can't be sent to a callback")
	case ctx.Err() != nil:
		return outcome(channel.OutcomeTransient, "no time was left to send")
	}
	req, err := s.request(ctx, m)
	if err != nil {
		return outcome(channel.OutcomeRefused, "no request could be made of the message")
	}
	resp, err := s.http.Do(req)
	switch {
	case errors.Is(err, ErrNotPublic):
		return outcome(channel.OutcomeAuth, "callback_url leads to an address that is not public")
	case err != nil:
		return outcome(channel.OutcomeTransient, "the callback gave no answer")
	}
	_ = resp.Body.Close() // what it says beside the status doesn't count
	return s.read(resp)
}

func outcome(k channel.OutcomeKind, why string) channel.Outcome {
	return channel.Outcome{Kind: k, Reason: why}
}

func (s *Sender) request(ctx context.Context, m channel.Outgoing) (*http.Request, error) {
	body, err := json.Marshal(content(m))
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.GetBody = nil // one attempt is one request
	req.Header = headers(s.keys, string(m.ID), s.now(), body)
	return req, nil
}

func content(m channel.Outgoing) reply {
	r := reply{
		Type: "reply", ID: string(m.ID), Ticket: m.Ticket.Number(), To: m.To.ID, Purpose: m.Purpose,
		Subject: m.Subject, Text: m.Text, Language: m.Lang, Automatic: m.Automatic,
	}
	if len(m.Menu) > 0 {
		r.Menu = &menu{Head: m.MenuHead}
		for _, c := range m.Menu {
			r.Menu.Choices = append(r.Menu.Choices, choice{c.ID, c.Text})
		}
	}
	return r
}

func (s *Sender) read(resp *http.Response) channel.Outcome {
	out := channel.Outcome{Code: strconv.Itoa(resp.StatusCode)}
	switch {
	case resp.StatusCode >= 200 && resp.StatusCode < 300:
		out.Kind = channel.OutcomeSent
	case resp.StatusCode == http.StatusTooManyRequests:
		out.Kind, out.Reason = channel.OutcomeRateLimited, "the callback asks for fewer calls"
		out.RetryAfter = RetryAfter(resp.Header.Get("Retry-After"), s.now())
	case resp.StatusCode >= 500:
		out.Kind, out.Reason = channel.OutcomeTransient, "the callback had a fault of its own"
	case resp.StatusCode == http.StatusGone:
		out.Kind, out.Reason = channel.OutcomeRefused, "the callback says that it is gone for good (410)"
	case resp.StatusCode < 400:
		out.Kind, out.Reason = channel.OutcomeRefused, "the callback leads elsewhere, and redirects are not followed"
	default:
		out.Kind, out.Reason = channel.OutcomeRefused, "the callback did not accept the message"
	}
	return out
}

// RetryAfter reads the header's seconds or date (RFC 9110 10.2.3): from 1 s to an hour, a
// minute where it isn't understood.
func RetryAfter(v string, now time.Time) time.Duration {
	d := defaultWait
	if n, err := strconv.Atoi(v); err == nil {
		d = time.Duration(min(max(n, 0), 3600)) * time.Second
	} else if at, err := http.ParseTime(v); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, time.Second), time.Hour)
}
