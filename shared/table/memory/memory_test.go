package memory_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/memory"
	"github.com/deskhook/deskhook/shared/table/tabletest"
)

// TestContract: the engine keeps the whole contract, its feed included.
func TestContract(t *testing.T) {
	tabletest.Run(t, func(*testing.T) tabletest.Harness {
		clock := tabletest.NewClock()
		db := memory.New(clock.Now)
		return tabletest.Harness{Table: db, Clock: clock, Feed: db}
	})
}

// What was trimmed is gone, and sequence numbers go on.
func TestTrimFeed(t *testing.T) {
	db := memory.New(tabletest.NewClock().Now)
	for _, pk := range []string{"a", "b", "c"} {
		require.NoError(t, db.Write(t.Context(), table.Put(table.Item{Key: table.Key{PK: pk, SK: "1"}, Doc: []byte("{}")})))
	}
	require.NoError(t, db.TrimFeed("2"))
	left, err := db.Changes(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, "3", left[0].Seq)
	require.Equal(t, "c", left[0].Key.PK)
	require.NoError(t, db.TrimFeed("9"))
	require.NoError(t, db.Write(t.Context(), table.Delete(table.Key{PK: "a", SK: "1"}, 1)))
	left, err = db.Changes(t.Context(), "3", 10)
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, "4", left[0].Seq)
}
