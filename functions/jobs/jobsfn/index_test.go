package jobsfn_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/work"
)

// indexed hands the function one look for new words.
func (b *bench) indexed() {
	b.t.Helper()
	resp, err := b.h.Handle(b.t.Context(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: `{"kind":"` + work.JobIndex + `"}`, ReceiptHandle: "r"}}})
	require.NoError(b.t, err)
	require.Empty(b.t, resp.BatchItemFailures)
}

// A look takes all that was written into segments, and once more changes nothing; at night
// what nobody lists is removed.
func TestIndex(t *testing.T) {
	b := newBench(t)
	row, err := b.rows.Message(t.Context(), ticket, message)
	require.NoError(t, err)
	row.Value.Text = "findable"
	b.write(row)
	var tx store.Tx
	for i := range 50 { // more rows than one run takes
		tx.PutTouched(fmt.Sprint(i), store.TouchedRow{At: b.now, Messages: []store.Touched{{Ticket: ticket, Message: message, Changed: true}}})
	}
	require.NoError(t, b.rows.Commit(t.Context(), &tx))
	for range 2 {
		b.indexed()
		rows, err := b.rows.Touched(t.Context(), 100)
		require.NoError(t, err)
		require.Empty(t, rows)
		segments, err := b.rows.Segments(t.Context())
		require.NoError(t, err)
		require.Len(t, segments, 1, "the message once")
		require.Equal(t, 1, segments[0].Value.Docs)
	}
	require.NoError(t, b.blob.Put(t.Context(), "search/left", []byte("by a crash"), blob.Options{}))
	left := func() int {
		objects, err := b.blob.List(t.Context(), "search/", "", 10)
		require.NoError(t, err)
		return len(objects)
	}
	b.now = time.Now().UTC().AddDate(0, 0, 3).Truncate(24 * time.Hour).Add(12 * time.Hour)
	b.indexed()
	require.Equal(t, 2, left())
	b.now = b.now.Add(15 * time.Hour)
	b.indexed()
	require.Equal(t, 1, left())
}
