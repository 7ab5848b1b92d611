package queuetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
)

var refusals = map[string]func(*testing.T, *suite){
	"what can't travel is refused":           refused,
	"one refused message leaves the others":  othersSent,
	"an unknown queue":                       unknownQueue,
	"a context that is over sends nothing":   overContext,
	"an error names no body":                 noBodyInError,
	"the largest message travels":            largest,
	"a body of one character over the limit": overLimit,
}

func refused(t *testing.T, s *suite) {
	std := queue.Message{Body: "x"}
	for name, c := range map[string]struct {
		to queue.Name
		m  queue.Message
	}{
		"delay on FIFO":      {s.FIFO, queue.Message{Body: "x", Group: "g", Dedup: "d", Delay: time.Second}},
		"no group":           {s.FIFO, queue.Message{Body: "x", Dedup: "d"}},
		"no dedup":           {s.FIFO, queue.Message{Body: "x", Group: "g"}},
		"group too long":     {s.FIFO, queue.Message{Body: "x", Dedup: "d", Group: strings.Repeat("g", 129)}},
		"group with a space": {s.FIFO, queue.Message{Body: "x", Dedup: "d", Group: "a b"}},
		"group of hanzi":     {s.FIFO, queue.Message{Body: "x", Dedup: "d", Group: "组"}},
		"delay too long":     {s.Standard, queue.Message{Body: "x", Delay: queue.MaxDelay + time.Second}},
		"negative delay":     {s.Standard, queue.Message{Body: "x", Delay: -time.Second}},
		"empty":              {s.Standard, queue.Message{}},
		"NUL":                {s.Standard, queue.Message{Body: "a\x00b"}},
		"escape":             {s.Standard, queue.Message{Body: "\x1b[0m"}},
		"U+FFFF":             {s.Standard, queue.Message{Body: "\uFFFF"}},
		"not UTF-8":          {s.Standard, queue.Message{Body: "\xff\xfe"}},
	} {
		err := s.Queue.Send(t.Context(), c.to, c.m)
		require.ErrorIs(t, err, queue.ErrInvalid, name)
		var se *queue.SendError
		require.ErrorAs(t, err, &se, name)
	}
	s.none(t, s.FIFO)
	s.send(t, s.Standard, std)
	s.take(t, s.Standard, 10, "x")
}

func othersSent(t *testing.T, s *suite) {
	bad := in("g", "bad\x00")
	err := s.Queue.Send(t.Context(), s.FIFO, in("g", "1"), bad, in("g", "2"))
	var se *queue.SendError
	require.ErrorAs(t, err, &se)
	require.Len(t, se.Failed, 1)
	require.ErrorIs(t, se.Failed[1], queue.ErrInvalid)
	s.take(t, s.FIFO, 10, "1", "2")
}

func unknownQueue(t *testing.T, s *suite) {
	err := s.Queue.Send(t.Context(), "nowhere", queue.Message{Body: "x"})
	require.ErrorIs(t, err, queue.ErrUnknown)
	err = s.Queue.Postpone(t.Context(), "nowhere", "x", 0)
	require.ErrorIs(t, err, queue.ErrUnknown)
}

func overContext(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Queue.Send(ctx, s.Standard, queue.Message{Body: "x"})
	require.ErrorIs(t, err, context.Canceled)
	s.none(t, s.Standard)
}

// Promise 11: no customer text in an error.
func noBodyInError(t *testing.T, s *suite) {
	err := s.Queue.Send(t.Context(), s.Standard, queue.Message{Body: "secret-words\x00"})
	require.Error(t, err)
	for ; err != nil; err = errors.Unwrap(err) {
		require.NotContains(t, err.Error(), "secret-words")
	}
}

func largest(t *testing.T, s *suite) {
	body := strings.Repeat("a", s.maxBytes())
	s.send(t, s.Standard, queue.Message{Body: body})
	got := s.receive(t, s.Standard, 1)
	require.Len(t, got, 1)
	require.True(t, got[0].Body == body, "the body travels whole")
}

func overLimit(t *testing.T, s *suite) {
	err := s.Queue.Send(t.Context(), s.Standard, queue.Message{Body: strings.Repeat("a", queue.MaxBytes+1)})
	require.ErrorIs(t, err, queue.ErrTooLarge)
	s.none(t, s.Standard)
}
