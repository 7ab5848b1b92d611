package plans_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/phone/plans"
)

func TestE164(t *testing.T) {
	for name, c := range map[string]struct{ typed, country, want string }{
		"with a plus":               {"+44 20 7946 0958", "", "+442079460958"},
		"with 00":                   {"0044 (20) 7946-0958", "", "+442079460958"},
		"the trunk zero in between": {"+44 (0)20 7946 0958", "", "+442079460958"},
		"a Chinese mobile":          {"138 0013 8000", "", "+8613800138000"},
		"with full-width digits":    {"１３８００１３８０００", "", "+8613800138000"},
		"a Chinese landline":        {"010-6552 9988", "CN", "+861065529988"},
		"national, in Germany":      {"030 123456", "DE", "+4930123456"},
		"national, in the US":       {"(415) 555-2671", "us", "+14155552671"},
		"national, of nowhere":      {"030 123456", "", ""},
		"too short":                 {"+44 20", "", ""},
		"no such area":              {"+1 000 555 2671", "", ""},
		"words":                     {"call me", "DE", ""},
		"empty":                     {"", "DE", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := plans.E164(c.typed, c.country)
			require.Equal(t, c.want, got)
			require.Equal(t, c.want != "", ok)
		})
	}
}

func FuzzE164(f *testing.F) {
	f.Add("+44 20 7946 0958", "GB")
	f.Add("００１ ext 5", "cn")
	f.Fuzz(func(t *testing.T, typed, country string) {
		if got, ok := plans.E164(typed, country); ok {
			again, ok := plans.E164(got, "")
			require.True(t, ok, got)
			require.Equal(t, got, again)
		}
	})
}
