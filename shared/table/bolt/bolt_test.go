package bolt_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table/bolt"
	"github.com/deskhook/deskhook/shared/table/tabletest"
)

// TestContract: the embedded engine keeps the whole contract, its feed included.
func TestContract(t *testing.T) {
	tabletest.Run(t, func(t *testing.T) tabletest.Harness {
		clock := tabletest.NewClock()
		db := open(t, clock, filepath.Join(t.TempDir(), "table.db"))
		return tabletest.Harness{Table: db, Clock: clock, Feed: db}
	})
}

func open(t testing.TB, clock *tabletest.Clock, path string) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(path, clock.Now, bolt.Options{NoSync: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
