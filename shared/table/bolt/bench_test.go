package bolt_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

// BenchmarkWrite64 is a message's transaction from 64 writers at once, synced: a
// versioned header, a new message and its seen-mark.
func BenchmarkWrite64(b *testing.B) {
	db, err := bolt.Open(filepath.Join(b.TempDir(), "table.db"), time.Now, bolt.Options{})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	var writer atomic.Int64
	// RunParallel starts this many goroutines for each of GOMAXPROCS.
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		ticket := fmt.Sprintf("T#%d", writer.Add(1))
		for version := int64(0); pb.Next(); version++ {
			require.NoError(b, db.Write(b.Context(), message(ticket, version)...))
		}
	})
}

func message(ticket string, version int64) []table.Op {
	header := table.Item{
		Key: table.Key{PK: ticket, SK: "T"}, Version: version,
		Doc: make([]byte, 800), Summary: make([]byte, 200),
		Index: map[table.Index]table.IndexKey{table.View: {PK: "V#1", SK: ticket}},
	}
	id := fmt.Sprintf("%s#%d", ticket, version)
	return []table.Op{
		table.Put(header),
		table.Put(table.Item{Key: table.Key{PK: ticket, SK: "M#" + id}, Doc: make([]byte, 600)}),
		table.Put(table.Item{Key: table.Key{PK: "C#" + ticket, SK: "S#" + id}, Doc: []byte("{}")}),
	}
}
