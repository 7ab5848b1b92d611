package segments_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/channel/sms/segments"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Figures by the rules of TS 23.038 and 23.040, counted by hand.
func TestCount(t *testing.T) {
	rep := strings.Repeat
	tests := []struct {
		name, text, encoding string
		segments, characters int
	}{
		{"empty", "", segments.GSM7, 0, 0},
		{"one", "a", segments.GSM7, 1, 1},
		{"full", rep("a", 160), segments.GSM7, 1, 160},
		{"one over", rep("a", 161), segments.GSM7, 2, 161},
		{"two full", rep("a", 306), segments.GSM7, 2, 306},
		{"three", rep("a", 307), segments.GSM7, 3, 307},
		{"escape counts two", "€", segments.GSM7, 1, 2},
		{"80 escapes", rep("[", 80), segments.GSM7, 1, 160},
		{"81 escapes", rep("[", 81), segments.GSM7, 2, 162},
		{"escape isn't split", rep("a", 152) + "{" + rep("a", 152), segments.GSM7, 3, 306},
		{"in the alphabet", "àèéùìòÇØøÅåÄÖÑÜäöñüßÆÉ", segments.GSM7, 1, 22},
		{"not in it: á", "á", segments.UCS2, 1, 1},
		{"not in it: ç", "ç", segments.UCS2, 1, 1},
		{"not in it: backtick", "`", segments.UCS2, 1, 1},
		{"Chinese", "您好", segments.UCS2, 1, 2},
		{"Chinese, full", rep("好", 70), segments.UCS2, 1, 70},
		{"Chinese, one over", rep("好", 71), segments.UCS2, 2, 71},
		{"Chinese, two full", rep("好", 134), segments.UCS2, 2, 134},
		{"one letter makes it all UCS-2", rep("a", 70) + "好", segments.UCS2, 2, 71},
		{"pair counts two", "😀", segments.UCS2, 1, 2},
		{"pair isn't split", rep("好", 66) + "😀" + rep("好", 66), segments.UCS2, 3, 134},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			encoding, n, chars := segments.Count(tt.text)
			require.Equal(t, tt.encoding, encoding)
			require.Equal(t, tt.segments, n)
			require.Equal(t, tt.characters, chars)
		})
	}
}

// Whatever the text: more text never costs less, and a segment is never overfull.
func TestCountBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("a[€好😀")), 0, 400, -1).Draw(t, "text")
		enc, n, chars := segments.Count(text)
		part := map[string]int{segments.GSM7: 153, segments.UCS2: 67}[enc]
		if n > 1 {
			require.LessOrEqual(t, chars, n*part)
			require.Greater(t, chars, (n-1)*(part-1))
		}
		_, more, _ := segments.Count(text + "a")
		require.GreaterOrEqual(t, more, n)
		require.GreaterOrEqual(t, chars, utf8.RuneCountInString(text))
	})
}
