package bolt

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The promise: what is read is what was written, and bytes that were never written so
// are an error, not a panic.
func FuzzRecord(f *testing.F) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 1, time.UTC)
	f.Add(record{ID: "i", Sent: at, Entered: at, Receives: 2, Total: 5, From: "q", Group: "g", Dedup: "d", Body: "b"}.encode())
	f.Add([]byte{})
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decode(b, true)
		if err != nil {
			require.ErrorIs(t, err, errCorrupt)
			return
		}
		again, err := decode(r.encode(), true)
		require.NoError(t, err)
		require.Equal(t, r, again)
		require.True(t, bytes.HasSuffix(b, []byte(r.Body)))
	})
}

// The promise: ids look like SQS's (a UUID), differ, and are the same in a replay.
func TestMessageID(t *testing.T) {
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, messageID("q", 1))
	require.NotEqual(t, messageID("q", 1), messageID("q", 2))
	require.NotEqual(t, messageID("q", 1), messageID("p", 1))
	require.Equal(t, messageID("q", 1), messageID("q", 1))
}
