package phone

import (
	"regexp"
	"slices"
	"strings"
)

// codes are calling codes by country (ITU-T E.164, list of assigned country codes), of
// those that desks were asked for.
var codes = map[string]string{
	"AE": "971", "AR": "54", "AT": "43", "AU": "61", "BD": "880", "BE": "32", "BG": "359", "BR": "55", "CA": "1", "CH": "41",
	"CL": "56", "CN": "86", "CO": "57", "CZ": "420", "DE": "49", "DK": "45", "EG": "20", "ES": "34", "FI": "358", "FR": "33",
	"GB": "44", "GR": "30", "HK": "852", "HU": "36", "ID": "62", "IE": "353", "IL": "972", "IN": "91", "IT": "39", "JP": "81",
	"KE": "254", "KH": "855", "KR": "82", "KZ": "7", "LA": "856", "LK": "94", "LU": "352", "MM": "95", "MN": "976", "MO": "853",
	"MX": "52", "MY": "60", "NG": "234", "NL": "31", "NO": "47", "NP": "977", "NZ": "64", "PE": "51", "PH": "63", "PK": "92",
	"PL": "48", "PT": "351", "RO": "40", "RU": "7", "SA": "966", "SE": "46", "SG": "65", "SK": "421", "TH": "66", "TR": "90",
	"TW": "886", "UA": "380", "US": "1", "VN": "84", "ZA": "27",
}

var digits = regexp.MustCompile(`^[0-9]{6,15}$`)

// Guesses are the numbers in E.164 that what E164 can't read may mean: digits that lack
// their plus, or a number of the country with its trunk zero or without. It is for looking
// up what is known, where a wrong guess finds nothing; never for calling. At most three.
func Guesses(typed, country string) []string {
	v := strings.Map(digit, strings.TrimSpace(typed))
	v = strings.NewReplacer("(", "", ")", "", "/", "").Replace(v)
	if !digits.MatchString(v) {
		return nil
	}
	var out []string
	add := func(n string) {
		if full.MatchString(n) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if cc := codes[country]; cc != "" {
		add("+" + cc + strings.TrimLeft(v, "0"))
		add("+" + cc + v) // Italy keeps the zero
	}
	add("+" + v)
	return out
}
