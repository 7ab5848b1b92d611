package store

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/table/bolt"
)

// Keys are frozen, as those of TestKeysGolden.
func TestAccessKeysGolden(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 30, 0, 123e6, time.UTC)
	require.Equal(t, table.Key{PK: "KEYS", SK: "0a1b2c3d4e5f"}, serviceKey("0a1b2c3d4e5f"))
	require.Equal(t, table.Key{PK: "A#2026-03-02#02", SK: "2026-03-02T09:30:00.123Z#x1"}, auditKey(at, "x1"))
}

// A day whose entries all lie in one shard is paged to its end, too.
func TestAuditPagesOneShard(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	db, err := bolt.Open(filepath.Join(t.TempDir(), "table.db"), func() time.Time { return at }, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	s := New(db)
	for i, n := 0, 0; n < 5; i++ {
		if id := fmt.Sprint("x", i); shard(id, auditShards) == 1 {
			n++
			require.NoError(t, s.PutAudit(t.Context(), Audited{ID: id, At: at.Add(time.Duration(n) * time.Second), What: fmt.Sprint(n)}))
		}
	}
	var got []string
	for cursor := ""; ; {
		rows, next, err := s.Audit(t.Context(), "2026-03-02", cursor, 2)
		require.NoError(t, err)
		for _, r := range rows {
			got = append(got, r.What)
		}
		if cursor = next; next == "" {
			break
		}
	}
	require.Equal(t, []string{"5", "4", "3", "2", "1"}, got)
}
