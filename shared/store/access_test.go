package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/table"
)

// Keys are frozen, as those of TestKeysGolden.
func TestAccessKeysGolden(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 30, 0, 123e6, time.UTC)
	require.Equal(t, table.Key{PK: "KEYS", SK: "0a1b2c3d4e5f"}, serviceKey("0a1b2c3d4e5f"))
	require.Equal(t, table.Key{PK: "A#2026-03-02#02", SK: "2026-03-02T09:30:00.123Z#x1"}, auditKey(at, "x1"))
}
