package sign

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func key(t *testing.T, secrets ...string) Key {
	k, ok := NewKey(secrets...)
	require.True(t, ok)
	return k
}

// Links to customers: nobody can make one, use one for something else, or use it late.
func TestToken(t *testing.T) {
	k := key(t, "0123456789abcdef")
	tok := k.Token("survey", now.Add(time.Hour), "s1", "", "三")
	got, err := k.Open("survey", tok, now)
	require.NoError(t, err)
	require.Equal(t, []string{"s1", "", "三"}, got)

	_, err = k.Open("status", tok, now)
	require.ErrorIs(t, err, ErrForged, "another purpose")
	_, err = k.Open("survey", tok, now.Add(2*time.Hour))
	require.ErrorIs(t, err, ErrExpired)
	_, err = key(t, "another secret 16").Open("survey", tok, now)
	require.ErrorIs(t, err, ErrForged)
	for i := range tok {
		c := byte('A')
		if tok[i] == c {
			c = 'B'
		}
		_, err := k.Open("survey", tok[:i]+string(c)+tok[i+1:], now)
		if i < len(tok)-1 { // the last letter carries unused bits
			require.ErrorIs(t, err, ErrForged, "letter %d changed", i)
		}
	}
	for _, bad := range []string{"", "x", "====", strings.Repeat("A", 5000)} {
		_, err := k.Open("survey", bad, now)
		require.ErrorIs(t, err, ErrForged)
	}
}

// A key can be changed without breaking what was sent before.
func TestRotation(t *testing.T) {
	tok := key(t, "the old secret 1").Token("p", time.Time{}, "v")
	both := key(t, "the new secret 2", "the old secret 1")
	_, err := both.Open("p", tok, now)
	require.NoError(t, err)
	tag := key(t, "the old secret 1").Tag("reply", "7K3Q9W")
	v, ok := both.OpenTag("reply", strings.ToUpper(tag))
	require.True(t, ok)
	require.Equal(t, "7k3q9w", v)
	_, ok = both.OpenTag("reply", "7k3q9x"+tag[6:])
	require.False(t, ok)
}

func TestShortSecretRefused(t *testing.T) {
	_, ok := NewKey("")
	require.False(t, ok)
	_, ok = NewKey()
	require.False(t, ok)
}
