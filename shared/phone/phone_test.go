package phone_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/phone"
)

func TestE164(t *testing.T) {
	for typed, want := range map[string]string{
		"+44 (0)20 7946-0958": "+442079460958",
		"0044 20 7946 0958":   "+442079460958",
		"138 0013 8000":       "+8613800138000",
		"（１３８）00138000":       "+8613800138000",
		"030 123456":          "",
		"call me":             "",
		"":                    "",
	} {
		got, ok := phone.E164(typed, "CN")
		require.Equal(t, want != "", ok, typed)
		if ok {
			require.Equal(t, want, got)
		}
	}
	_, ok := phone.E164("138 0013 8000", "US")
	require.False(t, ok, "a desk elsewhere doesn't take it for Chinese")
}

func TestGuesses(t *testing.T) {
	for _, c := range []struct {
		typed, country string
		want           []string
	}{
		{"(415) 555-0100", "US", []string{"+14155550100", "+4155550100"}},
		{"030/123456", "DE", []string{"+4930123456", "+49030123456"}},
		{"06 1234 5678", "IT", []string{"+39612345678", "+390612345678"}},
		{"8613800138000", "CN", []string{"+868613800138000", "+8613800138000"}},
		{"12345", "US", nil},
		{"call 123456", "US", nil},
		{"123456789", "", []string{"+123456789"}},
	} {
		require.Equal(t, c.want, phone.Guesses(c.typed, c.country), c.typed)
	}
}
