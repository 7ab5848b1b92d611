// Package receive is what every receiver does with a webhook call, whatever the
// channel: prove, cut into envelopes, enqueue, answer. It parses nothing further, so
// that no parser's bug can lose a message, and it logs nothing of what was sent.
//
// A good signature means 2xx and kept: the answer is given only after the queue has
// taken every envelope. When it has not, the answer is 500 and the provider repeats;
// the queue drops what it has already taken by the dedup id.
package receive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
)

// DefaultMaxBody is the largest body taken where Handler.MaxBody is 0: what Lambda
// hands over at most (6 MB of JSON), less what base64 adds to a binary body.
const DefaultMaxBody = 4_500_000

// MaxInline is the largest envelope body, in bytes, that travels on the queue itself;
// above it the body goes to the blob store and the queue carries its key.
const MaxInline = 48 * 1024

// Refuser is a channel that can say what to mend: it answers a request whose Verify
// failed with channel.ErrRefused. A channel without it answers 422 and no more.
type Refuser interface {
	Refuse(r channel.Request, err error) channel.Response
}

// Handler is one receiver. All fields but MaxBody are needed.
type Handler struct {
	Channel func(ctx context.Context, account string) (channel.Channel, error) // desk.NotFound: no such account
	Queue   queue.Queue
	Blob    blob.Store
	Now     func() time.Time
	Log     *slog.Logger
	MaxBody int // bytes; 0 = DefaultMaxBody
}

// Account answers a call to one of the channel's accounts, named by the path. An
// unknown one is 404; settings or secrets that can't be read are 500, so that the
// provider comes again.
func (h *Handler) Account(ctx context.Context, r channel.Request, account string) channel.Response {
	ch, err := h.Channel(ctx, account)
	switch {
	case err == nil:
		return h.Serve(ctx, r, ch)
	case desk.KindOf(err) == desk.NotFound:
		h.count(ctx, "refused", "", "unknown_account")
		return Problem(http.StatusNotFound)
	}
	h.fault(ctx, "", "settings", err)
	return Problem(http.StatusInternalServerError)
}

// Serve answers one call to ch.
func (h *Handler) Serve(ctx context.Context, r channel.Request, ch channel.Channel) channel.Response {
	name := string(ch.Name())
	switch {
	case r.Method == http.MethodGet:
		return h.handshake(ctx, r, ch)
	case r.Method != http.MethodPost:
		return h.notAllowed(ctx, name, "POST")
	case len(r.Body) > h.maxBody():
		h.count(ctx, "refused", name, "too_large")
		return Problem(http.StatusRequestEntityTooLarge)
	}
	v, err := ch.Verify(ctx, r)
	if err != nil {
		return h.refuse(ctx, r, ch, err)
	}
	if v.Shadow != "" {
		h.count(ctx, "shadow", name, v.Shadow)
	}
	return h.keep(ctx, v, ch)
}

func (h *Handler) maxBody() int {
	if h.MaxBody > 0 {
		return h.MaxBody
	}
	return DefaultMaxBody
}

func (h *Handler) handshake(ctx context.Context, r channel.Request, ch channel.Channel) channel.Response {
	hs, ok := ch.(channel.Handshaker)
	if !ok {
		return h.notAllowed(ctx, string(ch.Name()), "POST")
	}
	resp, err := hs.Handshake(ctx, r)
	if err != nil {
		return h.refuse(ctx, r, ch, err)
	}
	return resp
}

func (h *Handler) notAllowed(ctx context.Context, name, allow string) channel.Response {
	h.count(ctx, "refused", name, "method")
	resp := Problem(http.StatusMethodNotAllowed)
	resp.Header["allow"] = allow
	return resp
}

// refuse answers a failed Verify. A failure that is neither of the contract's two is
// the desk's own (a secret store that doesn't answer): 500, so that it comes again.
func (h *Handler) refuse(ctx context.Context, r channel.Request, ch channel.Channel, err error) channel.Response {
	name := string(ch.Name())
	switch {
	case errors.Is(err, channel.ErrRefused):
		h.count(ctx, "refused", name, "invalid")
		if rf, ok := ch.(Refuser); ok {
			return rf.Refuse(r, err)
		}
		return Problem(http.StatusUnprocessableEntity)
	case errors.Is(err, channel.ErrUnauthentic):
		h.count(ctx, "refused", name, "unauthentic")
		return Problem(http.StatusForbidden)
	}
	h.fault(ctx, name, "verify", err)
	return Problem(http.StatusInternalServerError)
}

func (h *Handler) keep(ctx context.Context, v channel.Verified, ch channel.Channel) channel.Response {
	name := string(ch.Name())
	envs, err := ch.Envelopes(v)
	if err == nil {
		err = h.enqueue(ctx, envs)
	}
	if err != nil {
		h.fault(ctx, name, "enqueue", err)
		return Problem(http.StatusInternalServerError)
	}
	h.count(ctx, "received", name, "")
	if a, ok := ch.(channel.Acker); ok {
		return a.Ack(v)
	}
	return channel.Response{Status: http.StatusOK}
}

func (h *Handler) enqueue(ctx context.Context, envs []channel.Envelope) error {
	now := h.Now().UTC()
	msgs := make([]queue.Message, 0, len(envs))
	for _, e := range envs {
		e.At = now
		m, err := h.message(ctx, e)
		if err != nil {
			return err
		}
		msgs = append(msgs, m)
	}
	if len(msgs) == 0 {
		return nil
	}
	return h.Queue.Send(ctx, queue.Inbound, msgs...)
}

// message makes the queue's message of an envelope, laying a large body aside first.
func (h *Handler) message(ctx context.Context, e channel.Envelope) (queue.Message, error) {
	ids := []string{string(e.Channel), e.Account, e.Dedup}
	if len(e.Body) > MaxInline {
		// the body is part of the name: two bodies under one dedup key never share a blob
		key := "inbound/" + queue.Hash(append(ids, string(e.Body))...)
		if err := h.Blob.Put(ctx, key, e.Body, blob.Options{}); err != nil {
			return queue.Message{}, fmt.Errorf("lay body aside: %w", err)
		}
		e.Body, e.BodyBlob = nil, key
	}
	body, err := Encode(e)
	if err != nil {
		return queue.Message{}, err
	}
	return queue.Message{Body: body, Group: Group(e), Dedup: Dedup(e)}, nil
}

// Group is an envelope's FIFO group: one per sender and account.
func Group(e channel.Envelope) string {
	return queue.Hash("sender", string(e.Channel), e.Account, e.Order)
}

// Dedup is an envelope's FIFO dedup id: one per message of the provider and account.
func Dedup(e channel.Envelope) string {
	return queue.Hash("message", string(e.Channel), e.Account, e.Dedup)
}
