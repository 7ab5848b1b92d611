package bolt

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/table"
)

func anyKey(t *rapid.T) table.Key {
	part := rapid.StringN(1, 6, 40)
	return table.Key{PK: part.Draw(t, "pk"), SK: part.Draw(t, "sk")}
}

// TestItemRoundTrip: an item reads back as it was written, and half of it is refused
// rather than read as something else.
func TestItemRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		it := table.Item{Key: anyKey(t), Version: rapid.Int64Min(1).Draw(t, "version")}
		it.Doc = append(it.Doc, rapid.String().Draw(t, "doc")...)
		it.Summary = append(it.Summary, rapid.String().Draw(t, "summary")...)
		if at := rapid.Int64Range(0, 1<<35).Draw(t, "expires"); at > 0 {
			it.Expires = time.Unix(at, 0).UTC()
		}
		if rapid.Bool().Draw(t, "indexed") {
			it.Index = map[table.Index]table.IndexKey{table.View: table.IndexKey(anyKey(t)), table.Due: table.IndexKey(anyKey(t))}
		}
		if rapid.Bool().Draw(t, "counted") {
			it.Counters = map[string]int64{"n": rapid.Int64().Draw(t, "n"), "m": 0}
		}
		raw := encodeItem(nil, it)
		got, err := decodeItem(it.Key, raw)
		require.NoError(t, err)
		require.Equal(t, it, got)
		_, err = decodeItem(it.Key, raw[:rapid.IntRange(0, len(raw)-1).Draw(t, "cut")])
		require.ErrorIs(t, err, errCorrupt)
	})
}

// TestIndexEntryOrder: entries sort by partition, sort key and own key, whatever bytes
// are in them, zero bytes included.
func TestIndexEntryOrder(t *testing.T) {
	part := rapid.StringOfN(rapid.SampledFrom([]rune{0, 1, 'a', 0xff}), 1, 4, -1)
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (string, table.Key, []byte) {
			sk, key := part.Draw(t, name), table.Key{PK: part.Draw(t, name+" pk"), SK: part.Draw(t, name+" sk")}
			raw := indexEntry(table.IndexKey{PK: "p", SK: sk}, key)
			ik, own, err := parseIndexEntry(raw)
			require.NoError(t, err)
			require.Equal(t, table.IndexKey{PK: "p", SK: sk}, ik)
			require.Equal(t, key, own)
			return sk, key, raw
		}
		a, _, rawA := draw("a")
		b, _, rawB := draw("b")
		if a != b {
			require.Equal(t, a < b, bytes.Compare(rawA, rawB) < 0)
		}
	})
}

// TestExpiryOrder: the sweep meets what expired first, first; before 1970 too.
func TestExpiryOrder(t *testing.T) {
	var raw [][]byte
	for _, at := range []int64{-5, -1, 0, 1, 300, 1 << 40} {
		raw = append(raw, expiryEntry(at, table.Key{PK: "p", SK: "s"}))
		got, key, err := parseExpiryEntry(raw[len(raw)-1])
		require.NoError(t, err)
		require.Equal(t, at, got)
		require.Equal(t, table.Key{PK: "p", SK: "s"}, key)
	}
	require.True(t, slices.IsSortedFunc(raw, bytes.Compare))
}

// FuzzDecode: a damaged file is an error, never a panic.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{format}, []byte{})
	f.Add(encodeItem(nil, table.Item{Version: 1, Doc: []byte("{}")}), encodeChange(time.Unix(1, 0), table.Item{}, table.Item{Version: 1}))
	f.Fuzz(func(_ *testing.T, item, change []byte) {
		_, _ = decodeItem(table.Key{}, item)
		_, _ = decodeChange(make([]byte, 8), change)
		_, _, _ = parseIndexEntry(item)
		_, _, _ = parseExpiryEntry(item)
	})
}
