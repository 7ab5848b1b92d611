package receive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/stretchr/testify/require"
)

var at = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// memQueue is the far side of the queue: it keeps what was sent.
type memQueue struct {
	queue.Queue
	sent []queue.Message
	err  error
}

func (q *memQueue) Send(_ context.Context, to queue.Name, m ...queue.Message) error {
	if q.err != nil {
		return q.err
	}
	if to != queue.Inbound {
		return queue.ErrUnknown
	}
	q.sent = append(q.sent, m...)
	return nil
}

// memBlob is the far side of the blob store.
type memBlob struct {
	blob.Store
	data map[string][]byte
	err  error
}

func (b *memBlob) Put(_ context.Context, key string, data []byte, _ blob.Options) error {
	if b.err != nil {
		return b.err
	}
	b.data[key] = data
	return nil
}

// plain is a channel that takes bodies of "sender id text" signed "good".
type plain struct{ shadow string }

func (plain) Name() desk.Channel { return "plain" }

func (p plain) Verify(_ context.Context, r channel.Request) (channel.Verified, error) {
	switch r.Get("X-Sign") {
	case "good":
		return channel.Verified{Request: r, Body: r.Body, Shadow: p.shadow}, nil
	case "field":
		return channel.Verified{}, fmt.Errorf("%w: %w", channel.ErrRefused, desk.FieldError("mail", "is missing"))
	case "down":
		return channel.Verified{}, errors.New("secret store is down")
	}
	return channel.Verified{}, fmt.Errorf("%w: no signature", channel.ErrUnauthentic)
}

func (plain) Envelopes(v channel.Verified) ([]channel.Envelope, error) {
	var out []channel.Envelope
	for line := range strings.Lines(string(v.Body)) {
		w := strings.SplitN(line, " ", 3)
		out = append(out, channel.Envelope{Channel: "plain", Account: "main", Order: w[0], Dedup: w[1], Body: []byte(line)})
	}
	return out, nil
}

func (plain) Parse(channel.Envelope) ([]desk.Inbound, error) { return nil, nil }

// polite has the optional powers too.
type polite struct{ plain }

func (polite) Ack(channel.Verified) channel.Response {
	return channel.Response{Status: 200, Body: []byte("success")}
}

func (polite) Refuse(_ channel.Request, err error) channel.Response {
	return channel.Response{Status: 422, Body: []byte(err.Error())}
}

func (polite) Handshake(_ context.Context, r channel.Request) (channel.Response, error) {
	if r.RawQuery != "echo=1" {
		return channel.Response{}, channel.ErrUnauthentic
	}
	return channel.Response{Status: 200, Body: []byte("1")}, nil
}

type fixture struct {
	*receive.Handler
	queue *memQueue
	blob  *memBlob
	log   *bytes.Buffer
}

func newFixture() fixture {
	f := fixture{queue: &memQueue{}, blob: &memBlob{data: map[string][]byte{}}, log: &bytes.Buffer{}}
	f.Handler = &receive.Handler{
		Queue: f.queue, Blob: f.blob, MaxBody: 100_000,
		Now: func() time.Time { return at },
		Log: slog.New(slog.NewJSONHandler(f.log, nil)),
		Channel: func(_ context.Context, account string) (channel.Channel, error) {
			switch account {
			case "main":
				return polite{}, nil
			case "broken":
				return nil, errors.New("no settings")
			}
			return nil, desk.Errorf(desk.NotFound, "no such account")
		},
	}
	return f
}

func post(sign, body string) channel.Request {
	return channel.Request{Method: "POST", Header: map[string][]string{"x-sign": {sign}}, Body: []byte(body)}
}

// Promise 1 begins here: what is answered 2xx has been taken by the queue, in order,
// in its sender's group, and with the provider's id as dedup id.
func TestKeptBeforeAnswered(t *testing.T) {
	f := newFixture()
	resp := f.Serve(t.Context(), post("good", "li 1 hello\nli 2 again\namy 1 hi"), plain{})
	require.Equal(t, channel.Response{Status: 200}, resp)
	require.Len(t, f.queue.sent, 3)
	require.Equal(t, f.queue.sent[0].Group, f.queue.sent[1].Group)
	require.NotEqual(t, f.queue.sent[0].Group, f.queue.sent[2].Group)
	require.NotEqual(t, f.queue.sent[0].Dedup, f.queue.sent[1].Dedup)
	require.Equal(t, queue.Hash("sender", "plain", "main", "li"), f.queue.sent[0].Group)
	require.Equal(t, queue.Hash("message", "plain", "main", "2"), f.queue.sent[1].Dedup)

	e, err := receive.Decode(f.queue.sent[0].Body)
	require.NoError(t, err)
	require.Equal(t, channel.Envelope{Channel: "plain", Account: "main", Order: "li", Dedup: "1", At: at, Body: []byte("li 1 hello\n")}, e)
}

func TestProvidersOwnAnswer(t *testing.T) {
	f := newFixture()
	require.Equal(t, "success", string(f.Serve(t.Context(), post("good", "li 1 hello"), polite{}).Body))
}

// Above 48 kB the bytes go to the blob store and the queue carries a pointer.
func TestLargeBodyLaidAside(t *testing.T) {
	f := newFixture()
	for _, extra := range []int{0, 1} {
		body := "li " + fmt.Sprint(extra) + " "
		body += strings.Repeat("x", receive.MaxInline-len(body)+extra)
		require.Equal(t, 200, f.Serve(t.Context(), post("good", body), plain{}).Status)
	}
	small, err := receive.Decode(f.queue.sent[0].Body)
	require.NoError(t, err)
	require.Len(t, small.Body, receive.MaxInline)
	large, err := receive.Decode(f.queue.sent[1].Body)
	require.NoError(t, err)
	require.Empty(t, large.Body)
	require.Regexp(t, `^inbound/[A-Z2-7]{52}$`, large.BodyBlob)
	require.Len(t, f.blob.data[large.BodyBlob], receive.MaxInline+1)
}

func TestAnswers(t *testing.T) {
	forbidden := `{"type":"about:blank","title":"Forbidden","status":403}`
	tests := []struct {
		name   string
		req    channel.Request
		ch     channel.Channel
		status int
		body   string
		why    string
	}{
		{"bad signature says nothing", post("bad", "x 1 secret"), polite{}, 403, forbidden, "unauthentic"},
		{"field to mend, told by the channel", post("field", ""), polite{}, 422, "channel: refused: mail: is missing", "invalid"},
		{"field to mend, channel is silent", post("field", ""), plain{}, 422, `{"type":"about:blank","title":"Unprocessable Entity","status":422}`, "invalid"},
		{"our own fault comes again", post("down", ""), polite{}, 500, `{"type":"about:blank","title":"Internal Server Error","status":500}`, "verify"},
		{"too large", post("good", strings.Repeat("x", 100_001)), polite{}, 413, `{"type":"about:blank","title":"Request Entity Too Large","status":413}`, "too_large"},
		{"GET without a handshake", channel.Request{Method: "GET"}, plain{}, 405, `{"type":"about:blank","title":"Method Not Allowed","status":405}`, "method"},
		{"GET with one", channel.Request{Method: "GET", RawQuery: "echo=1"}, polite{}, 200, "1", ""},
		{"GET with a bad one", channel.Request{Method: "GET"}, polite{}, 403, forbidden, "unauthentic"},
		{"PUT", channel.Request{Method: "PUT"}, polite{}, 405, `{"type":"about:blank","title":"Method Not Allowed","status":405}`, "method"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture()
			resp := f.Serve(t.Context(), tt.req, tt.ch)
			require.Equal(t, tt.status, resp.Status)
			require.Equal(t, tt.body, string(resp.Body))
			require.Empty(t, f.queue.sent)
			if tt.why != "" {
				require.Equal(t, tt.why, lastLine(t, f.log)["why"])
			}
		})
	}
}

func lastLine(t *testing.T, log *bytes.Buffer) map[string]any {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &m))
	return m
}

// When the queue or the blob store did not take it, the provider must come again.
func TestNotKeptIsNotAnswered(t *testing.T) {
	f := newFixture()
	f.queue.err = errors.New("throttled")
	require.Equal(t, 500, f.Serve(t.Context(), post("good", "li 1 hello"), polite{}).Status)
	f = newFixture()
	f.blob.err = errors.New("away")
	require.Equal(t, 500, f.Serve(t.Context(), post("good", "li 1 "+strings.Repeat("x", 60_000)), polite{}).Status)
	require.Empty(t, f.queue.sent)
}

// Promise 11: neither sender nor text nor order key reaches a log line.
func TestLogsHoldNoContent(t *testing.T) {
	f := newFixture()
	for _, sign := range []string{"good", "bad", "field"} {
		f.Serve(t.Context(), post(sign, "ouyang 4711 confidential"), polite{plain{shadow: "no_signature"}})
	}
	for _, word := range []string{"ouyang", "4711", "confidential"} {
		require.NotContains(t, f.log.String(), word)
	}
	require.Contains(t, f.log.String(), `"metric":"refused","channel":"plain","why":"unauthentic"`)
	require.Contains(t, f.log.String(), `"metric":"shadow","channel":"plain","why":"no_signature"`)
	require.Contains(t, f.log.String(), `"metric":"received"`)
}

func TestAccount(t *testing.T) {
	f := newFixture()
	require.Equal(t, 200, f.Account(t.Context(), post("good", "li 1 hello"), "main").Status)
	require.Equal(t, 404, f.Account(t.Context(), post("good", "li 1 hello"), "other").Status)
	require.Equal(t, 500, f.Account(t.Context(), post("good", "li 1 hello"), "broken").Status)
}

func TestDecodeRefusesOtherThings(t *testing.T) {
	for _, body := range []string{"", "null", "{}", "[1]", `{"ch":1}`} {
		_, err := receive.Decode(body)
		require.ErrorIs(t, err, channel.ErrUnreadable, body)
	}
}
