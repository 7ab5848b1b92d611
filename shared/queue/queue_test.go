package queue_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/queue"
)

// The rule: what SQS would refuse is refused before it is sent, with the same error on
// every engine.
func TestCheck(t *testing.T) {
	fifo, std := queue.Name("q.fifo"), queue.Name("q")
	good := queue.Message{Body: "b", Group: "g", Dedup: "d"}
	with := func(f func(*queue.Message)) queue.Message { m := good; f(&m); return m }
	for name, c := range map[string]struct {
		to   queue.Name
		m    queue.Message
		want error
	}{
		"fifo":             {fifo, good, nil},
		"no group":         {fifo, with(func(m *queue.Message) { m.Group = "" }), queue.ErrInvalid},
		"no dedup":         {fifo, with(func(m *queue.Message) { m.Dedup = "" }), queue.ErrInvalid},
		"long group":       {fifo, with(func(m *queue.Message) { m.Group = strings.Repeat("g", 129) }), queue.ErrInvalid},
		"space in dedup":   {fifo, with(func(m *queue.Message) { m.Dedup = "a b" }), queue.ErrInvalid},
		"all punctuation":  {fifo, with(func(m *queue.Message) { m.Group = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" }), nil},
		"fifo delay":       {fifo, with(func(m *queue.Message) { m.Delay = time.Second }), queue.ErrInvalid},
		"standard":         {std, queue.Message{Body: "b"}, nil},
		"standard, group":  {std, queue.Message{Body: "b", Group: "g"}, queue.ErrInvalid},
		"longest delay":    {std, queue.Message{Body: "b", Delay: queue.MaxDelay}, nil},
		"delay too long":   {std, queue.Message{Body: "b", Delay: queue.MaxDelay + 1}, queue.ErrInvalid},
		"negative delay":   {std, queue.Message{Body: "b", Delay: -1}, queue.ErrInvalid},
		"empty":            {std, queue.Message{}, queue.ErrInvalid},
		"NUL":              {std, queue.Message{Body: "a\x00"}, queue.ErrInvalid},
		"escape":           {std, queue.Message{Body: "\x1b"}, queue.ErrInvalid},
		"tab, CR, LF":      {std, queue.Message{Body: "\t\r\n"}, nil},
		"U+FFFE":           {std, queue.Message{Body: "\uFFFE"}, queue.ErrInvalid},
		"U+FFFD itself":    {std, queue.Message{Body: "\uFFFD"}, nil},
		"DEL and C1":       {std, queue.Message{Body: "\x7f\u0085"}, nil},
		"beyond the BMP":   {std, queue.Message{Body: "😀\U0010FFFF"}, nil},
		"broken UTF-8":     {std, queue.Message{Body: "\xff"}, queue.ErrInvalid},
		"exactly the most": {std, queue.Message{Body: strings.Repeat("a", queue.MaxBytes)}, nil},
		"one too many":     {std, queue.Message{Body: strings.Repeat("a", queue.MaxBytes+1)}, queue.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorIs(t, queue.Check(c.to, c.m), c.want)
		})
	}
}

// The rule: Postpone takes 0 to 12 hours.
func TestCheckHold(t *testing.T) {
	require.NoError(t, queue.CheckHold(0))
	require.NoError(t, queue.CheckHold(queue.MaxHold))
	require.ErrorIs(t, queue.CheckHold(-1), queue.ErrInvalid)
	require.ErrorIs(t, queue.CheckHold(queue.MaxHold+1), queue.ErrInvalid)
}

// The promise: the reasons in a SendError are found with errors.Is.
func TestSendErrorUnwraps(t *testing.T) {
	err := error(&queue.SendError{Failed: map[int]error{3: queue.ErrInvalid, 5: queue.ErrTooLarge}})
	require.ErrorIs(t, err, queue.ErrInvalid)
	require.ErrorIs(t, err, queue.ErrTooLarge)
	require.False(t, errors.Is(err, queue.ErrUnknown))
}

// The promise: a hash is fit for a group id and keeps its parts apart. The value is
// computed with python3: base64.b32encode(hashlib.sha256(b"1:a2:bc").digest()), without its padding.
func TestHash(t *testing.T) {
	require.Equal(t, "KMIKLB4IPANLEXK227B7QUBVQJFU5N557I4U4CWCDBRHCRZLKSJA", queue.Hash("a", "bc"))
	require.NotEqual(t, queue.Hash("a", "bc"), queue.Hash("ab", "c"))
}

// The rule: FIFO by name.
func TestFIFO(t *testing.T) {
	require.True(t, queue.Inbound.FIFO())
	require.False(t, queue.Outbound.FIFO())
	require.False(t, queue.Name(".fifo").FIFO())
}
