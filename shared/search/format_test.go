package search

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func golden() []byte {
	return Build([]Entry{
		{Doc{"7K3Q9W", "20260302T093000123-0123456789"}, Terms("您好，订单 A-17")},
		{Doc{"9ABCDE", "20260302T093100000-aaaaaaaaaa"}, Terms("My order: 订单")},
	})
}

// The format is frozen: segments written by one version are read by the next. Another
// format gets another magic.
func TestFormatGolden(t *testing.T) {
	want, err := os.ReadFile("testdata/segment.hex")
	require.NoError(t, err)
	require.Equal(t, strings.Join(strings.Fields(string(want)), ""), hex.EncodeToString(golden()))
}

// sealed puts a good sum behind bytes, so that what comes after the sum's check is
// reached.
func sealed(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(append([]byte(nil), b...), crc32.Checksum(b, crcTable))
}

// FuzzSegment reads bytes as a segment, as a footer, and as its blocks: whatever stands
// in the store is read or refused, and never more than it is.
func FuzzSegment(f *testing.F) {
	raw := golden()
	n, err := FooterBytes(raw)
	require.NoError(f, err)
	f.Add(raw)
	f.Add(raw[len(raw)-n : len(raw)-tailBytes])
	f.Add(raw[4:80])
	f.Fuzz(func(t *testing.T, b []byte) {
		if out, err := Merge([][]byte{b, golden()}, nil); err == nil {
			require.NotEmpty(t, out)
		}
		footer := binary.LittleEndian.AppendUint32(append([]byte(nil), b...), uint32(len(b)))
		footer = binary.LittleEndian.AppendUint32(footer, crc32.Checksum(b, crcTable))
		if s, err := Open(1000, footer); err == nil {
			require.LessOrEqual(t, s.bytes, 1000)
		}
		raw := sealed(b)
		s := &Segment{Docs: 200, docs: []block{{end: len(raw)}}, terms: []block{{end: len(raw)}}}
		from := func(at, n int) ([]byte, error) { return raw[at : at+n], nil }
		numbers, err := s.Numbers(from, "order")
		require.True(t, err == nil || errors.Is(err, ErrSegment))
		for _, n := range numbers {
			require.Less(t, n, uint32(200))
		}
		docs, err := s.Read(from, 0)
		require.True(t, len(docs) == docsBlock || errors.Is(err, ErrSegment))
	})
}
