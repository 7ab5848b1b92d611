// Package standin plays the far side on one machine: the APIs of WeChat, Twilio, SES and
// the providers of captchas, answering with the providers' own codes, and an outbox page
// that shows what customers would see, and lets a person write back as one of them.
//
// A Standin is an http.RoundTripper: whoever sends through it reaches nothing else. A
// host it doesn't play can't be dialled, so nothing ever leaves the machine.
package standin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// Message is one message in the outbox.
type Message struct {
	ID       string       `json:"id"` // the provider's, or our own count where it gives none
	At       time.Time    `json:"at"`
	Channel  desk.Channel `json:"channel"`
	Incoming bool         `json:"incoming,omitempty"` // written by the customer, through Config.Inject
	Desk     string       `json:"desk,omitempty"`     // the desk's side: number or mail address
	Customer string       `json:"customer"`           // OpenID, phone number, mail address
	Subject  string       `json:"subject,omitempty"`
	Text     string       `json:"text"`
	Menu     []Choice     `json:"menu,omitempty"`  // choices to tap
	Files    []string     `json:"files,omitempty"` // names of attachments; of an MMS, their links

	MessageID string `json:"message_id,omitempty"` // mail: as the customer's program would answer it, without <>
	ReplyTo   string `json:"reply_to,omitempty"`   // mail: where an answer goes
	Callback  string `json:"callback,omitempty"`   // SMS: StatusCallback
	Lost      bool   `json:"lost,omitempty"`       // accepted, but the desk never got the answer
}

// Choice is one line of a WeChat menu.
type Choice struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Inbound is what a person wrote as a customer, for the desk to receive as a real
// webhook.
type Inbound struct {
	Channel   desk.Channel
	From      string // OpenID, phone number, mail address
	To        string // the desk's side, if known: a mail's reply address, a number
	Subject   string // mail
	Text      string
	InReplyTo string // mail: Message-ID answered, without <>
	MenuID    string // WeChat: the choice tapped (bizmsgmenuid); Text is then its text
}

// Config is what a Standin is made of.
type Config struct {
	File string           // where the outbox is kept, JSON lines; "" = in memory
	Now  func() time.Time // the clock; nil = time.Now
	// Secret gives the secret that an account authenticates with: WeChat's app secret
	// by AppID, Twilio's auth token by account SID. Nil, or false: any non-empty one
	// is taken.
	Secret func(c desk.Channel, account string) (string, bool)
	// Inject makes a signed webhook of what a person wrote and calls the desk with it.
	// Nil: the page has nothing to write with.
	Inject func(ctx context.Context, in Inbound) error
}

// Standin plays the providers. It is safe for concurrent use.
type Standin struct {
	cfg Config

	mu      sync.Mutex
	file    *journal
	all     []Message
	serial  int           // of ids given, so that no two messages share one
	changed chan struct{} // closed and replaced with each message
	script  map[desk.Channel][]Failure
	media   map[string]file   // files that lie with a provider, by their ids
	unions  map[string]string // unionids by AppID and OpenID, of whom one was told
	barred  int               // the errcode that asking for an access token is answered with; 0 = none
	tokens  map[string]string // of captchas, used, with their idempotency keys
}

// Open reads the outbox kept in Config.File and readies the stand-in. A last line cut
// short by a crash is dropped; a message that is there twice counts once.
func Open(cfg Config) (*Standin, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Standin{cfg: cfg, changed: make(chan struct{}), script: map[desk.Channel][]Failure{}, tokens: map[string]string{}}
	if cfg.File == "" {
		return s, nil
	}
	file, kept, err := openJournal(cfg.File)
	if err != nil {
		return nil, fmt.Errorf("standin: outbox: %w", err)
	}
	s.file, s.all, s.serial = file, kept, len(kept)
	return s, nil
}

// Close closes the outbox's file.
func (s *Standin) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	return s.file.close()
}

// RoundTrip implements http.RoundTripper.
func (s *Standin) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer func() { _ = req.Body.Close() }()
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	host := req.URL.Hostname()
	switch {
	case host == "api.weixin.qq.com":
		return s.play(req, desk.WeChat, s.wechat)
	case host == "api.twilio.com":
		return s.play(req, desk.SMS, s.twilio)
	case host == "standin.tc.qq.com" || host == "mms.twiliocdn.com":
		return s.fileServer(req)
	case strings.HasPrefix(host, "email.") && strings.HasSuffix(host, ".amazonaws.com"):
		return s.play(req, desk.Email, s.ses)
	case robotHosts[host] != "":
		return s.play(req, GroupRobot, s.robot)
	case usedUp[host] != "" && strings.HasSuffix(req.URL.Path, "/siteverify"):
		return s.play(req, desk.WebForm, s.siteverify)
	}
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "the stand-in plays no such host", Name: host, IsNotFound: true}}
}

// player answers a call; a message it accepts is kept.
type player func(*http.Request) (resp *http.Response, accepted *Message, err error)

func (s *Standin) play(req *http.Request, c desk.Channel, p player) (*http.Response, error) {
	f := s.nextFailure(c, req)
	switch f.Kind {
	case FailDial:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case FailTimeout:
		return nil, context.DeadlineExceeded
	case FailCode:
		return failureResponse(req, c, f), nil
	}
	resp, m, err := p(req)
	if err != nil || m == nil {
		return resp, err
	}
	m.Lost = f.Kind == FailAfterAccept
	if err := s.keep(*m); err != nil {
		return nil, err
	}
	if m.Lost {
		return nil, context.DeadlineExceeded
	}
	return resp, nil
}

// keep adds a message to the outbox, on disk first.
func (s *Standin) keep(m Message) error {
	if m.ID == "" {
		m.ID = fmt.Sprintf("%s-%d", m.Channel, s.next())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m.At = s.cfg.Now().UTC()
	if s.file != nil {
		if err := s.file.append(m); err != nil {
			return fmt.Errorf("standin: outbox: %w", err)
		}
	}
	s.all = append(s.all, m)
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

// next counts the ids given.
func (s *Standin) next() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	return s.serial
}

// Filter picks messages; an empty field picks all.
type Filter struct {
	Channel  desk.Channel
	Customer string
	Outgoing bool // only what the desk sent
}

func (f Filter) matches(m Message) bool {
	return (f.Channel == "" || f.Channel == m.Channel) && (f.Customer == "" || f.Customer == m.Customer) && (!f.Outgoing || !m.Incoming)
}

// List gives the messages that match, the oldest first.
func (s *Standin) List(f Filter) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Message{}
	for _, m := range s.all {
		if f.matches(m) {
			out = append(out, m)
		}
	}
	return out
}

// Wait returns once n messages match, with all that do, or with ctx's error.
func (s *Standin) Wait(ctx context.Context, f Filter, n int) ([]Message, error) {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if got := s.List(f); len(got) >= n {
			return got, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return s.List(f), ctx.Err()
		}
	}
}

// ErrInbound: what a person wrote as a customer can't be sent so.
var ErrInbound = errors.New("standin: not a message of a customer")

// Write sends what a person wrote as a customer through Config.Inject and keeps it.
func (s *Standin) Write(ctx context.Context, in Inbound) error {
	in.From, in.Text = strings.TrimSpace(in.From), strings.TrimSpace(in.Text)
	switch {
	case s.cfg.Inject == nil:
		return fmt.Errorf("%w: nothing takes it", ErrInbound)
	case in.Channel != desk.WeChat && in.Channel != desk.SMS && in.Channel != desk.Email:
		return fmt.Errorf("%w: channel", ErrInbound)
	case in.From == "" || in.Text == "":
		return fmt.Errorf("%w: sender and text are needed", ErrInbound)
	}
	if err := s.cfg.Inject(ctx, in); err != nil {
		return err
	}
	return s.keep(Message{Channel: in.Channel, Incoming: true, Desk: in.To, Customer: in.From, Subject: in.Subject, Text: in.Text})
}
