package parts_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/parts"
)

func TestSplit(t *testing.T) {
	long := strings.Repeat("您好。", 1000)
	require.Equal(t, []string{"hello"}, parts.Split(desk.WeChat, "hello"))
	require.Equal(t, []string{long}, parts.Split(desk.Email, long))
	require.Len(t, parts.Split(desk.WeChat, long), 5)
	two := parts.Split(desk.SMS, strings.Repeat("a", 1500)+"\n"+strings.Repeat("b", 200))
	require.Equal(t, []string{strings.Repeat("a", 1500), strings.Repeat("b", 200)}, two, "at the line's end")
}

// Nothing is lost but white space at cuts, no part is too long, no character is cut.
func TestSplitLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.StringMatching(`[ab 您。\n😀]{0,400}`), 0, 20).Draw(t, "text"), "")
		c := rapid.SampledFrom([]desk.Channel{desk.WeChat, desk.SMS}).Draw(t, "channel")
		split := parts.Split(c, text)
		squeeze := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
		require.Equal(t, squeeze(text), squeeze(strings.Join(split, "")))
		for _, p := range split {
			require.True(t, utf8.ValidString(p))
			if c == desk.WeChat {
				require.LessOrEqual(t, len(p), parts.WeChatBytes)
			} else {
				require.LessOrEqual(t, utf8.RuneCountInString(p), parts.SMSCharacters)
			}
		}
	})
}
