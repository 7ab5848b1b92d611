package bolt_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/table/tabletest"
)

func row(sk string) table.Item {
	return table.Item{Key: table.Key{PK: "T#1", SK: sk}, Doc: []byte("{}")}
}

// TestReopen: what a Write answered is there after a restart, and the feed goes on
// with larger numbers.
func TestReopen(t *testing.T) {
	path, clock := filepath.Join(t.TempDir(), "table.db"), tabletest.NewClock()
	db, err := bolt.Open(path, clock.Now, bolt.Options{})
	require.NoError(t, err)
	require.NoError(t, db.Write(t.Context(), table.Put(row("a"))))
	require.NoError(t, db.Close())

	db = open(t, clock, path)
	items, err := db.Get(t.Context(), row("a").Key)
	require.NoError(t, err)
	require.EqualValues(t, 1, items[0].Version)
	require.NoError(t, db.Wait(t.Context(), ""), "there is a change already")
	require.NoError(t, db.Write(t.Context(), table.Put(row("b"))))
	changes, err := db.Changes(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, changes, 2)
	require.True(t, table.SeqLess(changes[0].Seq, changes[1].Seq))
}

// TestSecondProcess: a second desk on the same file is told which file and why.
func TestSecondProcess(t *testing.T) {
	path, clock := filepath.Join(t.TempDir(), "table.db"), tabletest.NewClock()
	open(t, clock, path)
	_, err := bolt.Open(path, clock.Now, bolt.Options{})
	require.ErrorIs(t, err, bolt.ErrInUse)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "another desk runs")
}

// TestClosed: after Close every call says so, and closing twice is harmless.
func TestClosed(t *testing.T) {
	db := open(t, tabletest.NewClock(), filepath.Join(t.TempDir(), "table.db"))
	waited := make(chan error, 1)
	go func() { waited <- db.Wait(t.Context(), "") }()
	require.NoError(t, db.Close())
	require.ErrorIs(t, <-waited, bolt.ErrClosed)
	require.ErrorIs(t, db.Write(t.Context(), table.Put(row("a"))), bolt.ErrClosed)
	_, err := db.Get(t.Context(), row("a").Key)
	require.ErrorIs(t, err, bolt.ErrClosed)
	_, err = db.Query(t.Context(), table.Query{PK: "T#1"})
	require.ErrorIs(t, err, bolt.ErrClosed)
	_, err = db.Changes(t.Context(), "", 1)
	require.ErrorIs(t, err, bolt.ErrClosed)
}

// TestSweep: expired rows go in bounded steps, oldest first, each as a change in the
// feed; rows that have not expired stay.
func TestSweep(t *testing.T) {
	clock := tabletest.NewClock()
	db := open(t, clock, filepath.Join(t.TempDir(), "table.db"))
	for i := range 5 {
		it := row(fmt.Sprint(i))
		it.Expires = clock.Now().Add(time.Duration(5-i) * time.Minute)
		it.Index = map[table.Index]table.IndexKey{table.Due: {PK: "d", SK: it.SK}}
		require.NoError(t, db.Write(t.Context(), table.Put(it)))
	}
	require.NoError(t, db.Write(t.Context(), table.Put(row("stays"))))
	clock.Advance(4 * time.Minute)
	for _, want := range []int{3, 1, 0} {
		n, err := db.Sweep(t.Context(), 3)
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	clock.Advance(-4 * time.Minute)
	page, err := db.Query(t.Context(), table.Query{PK: "T#1"})
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	page, err = db.Query(t.Context(), table.Query{Index: table.Due, PK: "d"})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	changes, err := db.Changes(t.Context(), "6", 10)
	require.NoError(t, err)
	require.Len(t, changes, 4)
	require.Equal(t, "4", changes[0].Key.SK)
	require.True(t, changes[0].Old.Exists())
	require.False(t, changes[0].New.Exists())
}

// TestTrimFeed: trimming keeps the named change and all after it, and no number is
// ever given twice.
func TestTrimFeed(t *testing.T) {
	db := open(t, tabletest.NewClock(), filepath.Join(t.TempDir(), "table.db"))
	for i := range 5 {
		require.NoError(t, db.Write(t.Context(), table.Put(row(fmt.Sprint(i)))))
	}
	all, err := db.Changes(t.Context(), "", 10)
	require.NoError(t, err)
	require.NoError(t, db.TrimFeed(t.Context(), all[3].Seq))
	kept, err := db.Changes(t.Context(), "", 10)
	require.NoError(t, err)
	require.Equal(t, all[3:], kept)

	require.NoError(t, db.TrimFeed(t.Context(), "1000"))
	require.NoError(t, db.Write(t.Context(), table.Put(row("after"))))
	kept, err = db.Changes(t.Context(), all[4].Seq, 10)
	require.NoError(t, err)
	require.Len(t, kept, 1)
	require.True(t, table.SeqLess(all[4].Seq, kept[0].Seq))
}

// TestFeedArguments: a feed position that is none is refused, not read as the start.
func TestFeedArguments(t *testing.T) {
	db := open(t, tabletest.NewClock(), filepath.Join(t.TempDir(), "table.db"))
	for _, seq := range []string{"x", "-1", "99999999999999999999"} {
		_, err := db.Changes(t.Context(), seq, 1)
		require.ErrorIs(t, err, table.ErrInvalid)
		require.ErrorIs(t, db.Wait(t.Context(), seq), table.ErrInvalid)
		require.ErrorIs(t, db.TrimFeed(t.Context(), seq), table.ErrInvalid)
	}
	_, err := db.Changes(t.Context(), "", 0)
	require.ErrorIs(t, err, table.ErrInvalid)
	changes, err := db.Changes(t.Context(), "18446744073709551615", 1)
	require.NoError(t, err)
	require.Empty(t, changes)
}

// TestCancelled: a Write whose context had ended before it was taken writes nothing.
func TestCancelled(t *testing.T) {
	db := open(t, tabletest.NewClock(), filepath.Join(t.TempDir(), "table.db"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 {
		require.ErrorIs(t, db.Write(ctx, table.Put(row("a"))), context.Canceled)
	}
	items, err := db.Get(t.Context(), row("a").Key)
	require.NoError(t, err)
	require.False(t, items[0].Exists())
}
