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
