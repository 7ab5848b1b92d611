package channeltest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/channel"
)

// SenderSpec is how a Sender describes itself and its provider's answers.
type SenderSpec struct {
	New     func(do channel.Doer) channel.Sender // do calls the suite's provider, whatever the host
	Message channel.Outgoing                     // an acceptable one
	Secrets []string                             // in no Outcome
	Answers []Answer
	// Dedups says how the far side drops a repeat of a message, by our own id: an attempt
	// whose outcome nobody knows may then be made again. "" where it doesn't.
	Dedups string
	// Check looks at the request of a good call; nil: not looked at.
	Check func(t *testing.T, r *http.Request, body []byte)
}

// Answer is one answer of the provider and what it means.
type Answer struct {
	Name   string
	Status int
	Header map[string]string
	Body   string
	Want   channel.OutcomeKind

	Code       string        // "": not looked at
	ProviderID string        // likewise
	RetryAfter time.Duration // likewise, when 0
}

// RunSender holds a Sender to the promise that a reply is never attempted again once
// it may have been accepted, unless the far side drops a repeat. The calls go through net/http to a listening server, so
// that what counts as proof is what the real client gives.
func RunSender(t *testing.T, s SenderSpec) {
	for _, a := range s.Answers {
		t.Run("answer: "+a.Name, func(t *testing.T) { s.answer(t, a) })
	}
	t.Run("no connection is transient", s.noConnection)
	t.Run("a time-out after the request went out is unknown", s.noAnswer)
	t.Run("a connection cut after the request went out is unknown", s.cutConnection)
	t.Run("an answer cut short is unknown", s.cutAnswer)
	t.Run("a context already over sends nothing", s.contextOver)
}

func (s SenderSpec) answer(t *testing.T, a Answer) {
	p := newProvider(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
		if s.Check != nil && a.Want == channel.OutcomeSent {
			s.Check(t, r, body)
		}
		for k, v := range a.Header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(a.Status)
		_, _ = io.WriteString(w, a.Body)
	})
	got := s.send(t, t.Context(), p.client(nil))
	require.Equal(t, a.Want, got.Kind, got.Reason)
	require.EqualValues(t, 1, p.calls.Load(), "a request is never repeated by the sender itself")
	if a.Code != "" {
		require.Equal(t, a.Code, got.Code)
	}
	if a.ProviderID != "" {
		require.Equal(t, a.ProviderID, got.ProviderID)
	}
	if a.RetryAfter != 0 {
		require.Equal(t, a.RetryAfter, got.RetryAfter)
	}
	if a.Want == channel.OutcomeRateLimited {
		require.Positive(t, got.RetryAfter, "rate limited: until when?")
	}
}

// send sends the message and checks what holds of every outcome.
func (s SenderSpec) send(t *testing.T, ctx context.Context, do channel.Doer) channel.Outcome {
	got := s.New(do).Send(ctx, s.Message)
	if got.Kind != channel.OutcomeSent {
		require.NotEmpty(t, got.Reason, "an outcome says why")
	}
	for _, text := range []string{got.Reason, got.Code, got.ProviderID} {
		for _, secret := range s.Secrets {
			require.False(t, strings.Contains(text, secret), "an outcome holds a secret")
		}
		for _, words := range []string{s.Message.Text, s.Message.MenuHead, s.Message.HTML} {
			require.False(t, words != "" && strings.Contains(text, words), "an outcome holds the message's text")
		}
	}
	return got
}

func (s SenderSpec) noConnection(t *testing.T) {
	p := newProvider(t, func(http.ResponseWriter, *http.Request, []byte) {})
	refused := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	got := s.send(t, t.Context(), p.client(refused))
	require.Equal(t, channel.OutcomeTransient, got.Kind, got.Reason)
	require.Zero(t, p.calls.Load())
}

// ambiguous is the outcome of an attempt that may have been accepted.
func (s SenderSpec) ambiguous(t *testing.T, got channel.Outcome) {
	want := channel.OutcomeUnknown
	if s.Dedups != "" {
		want = channel.OutcomeTransient
	}
	require.Equal(t, want, got.Kind, got.Reason)
}

func (s SenderSpec) noAnswer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := newProvider(t, func(_ http.ResponseWriter, r *http.Request, _ []byte) {
		cancel() // the whole request has been read: from here on it may have been accepted
		<-r.Context().Done()
	})
	got := s.send(t, ctx, p.client(nil))
	s.ambiguous(t, got)
	require.EqualValues(t, 1, p.calls.Load())
}

func (s SenderSpec) cutConnection(t *testing.T) {
	p := newProvider(t, func(http.ResponseWriter, *http.Request, []byte) { panic(http.ErrAbortHandler) })
	got := s.send(t, t.Context(), p.client(nil))
	s.ambiguous(t, got)
	require.EqualValues(t, 1, p.calls.Load())
}

func (s SenderSpec) cutAnswer(t *testing.T) {
	p := newProvider(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "{")
		panic(http.ErrAbortHandler)
	})
	got := s.send(t, t.Context(), p.client(nil))
	s.ambiguous(t, got)
	require.EqualValues(t, 1, p.calls.Load())
}

func (s SenderSpec) contextOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := newProvider(t, func(http.ResponseWriter, *http.Request, []byte) {})
	got := s.send(t, ctx, p.client(nil))
	require.Contains(t, []channel.OutcomeKind{channel.OutcomeTransient, channel.OutcomeUnknown}, got.Kind)
	require.Zero(t, p.calls.Load())
}

// provider is a server that counts the requests it has read whole.
type provider struct {
	*httptest.Server
	calls atomic.Int64
}

func newProvider(t *testing.T, handle func(http.ResponseWriter, *http.Request, []byte)) *provider {
	p := &provider{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			p.calls.Add(1)
			handle(w, r, body)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// client is a real client whose connections all lead to the provider, for https too.
func (p *provider) client(dial func(ctx context.Context, network, addr string) (net.Conn, error)) *http.Client {
	if dial == nil {
		dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, p.Listener.Addr().String())
		}
	}
	return &http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{DialContext: dial, DialTLSContext: dial, DisableKeepAlives: true},
	}
}
