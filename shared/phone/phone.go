// Package phone reads telephone numbers as people write them and gives them in E.164
// (ITU-T), by the numbering plans of github.com/nyaruka/phonenumbers. No receiver links
// it: the plans weigh megabytes, and a customer who waits needs none of them.
package phone

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// E164 gives a number in E.164, such as +8613800138000. country is the desk's, as an
// ISO 3166 code: that of numbers written without one; "" takes only those with one, and
// Chinese mobile numbers, which no other plan's look like. False: the numbering plan has
// no such number.
func E164(typed, country string) (string, bool) {
	if country == "" && mobileCN(typed) {
		country = "CN"
	}
	n, err := phonenumbers.Parse(international(typed), strings.ToUpper(country))
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	return phonenumbers.Format(n, phonenumbers.E164), true
}

// Country says whether a code is one that numbers can be read by.
func Country(code string) bool {
	return phonenumbers.GetCountryCodeForRegion(strings.ToUpper(code)) != 0
}

// international takes 00 in front for the +, as most of the world dials it.
func international(typed string) string {
	typed = strings.TrimSpace(typed)
	if rest, ok := strings.CutPrefix(typed, "00"); ok {
		return "+" + rest
	}
	return typed
}

// mobileCN: eleven digits that begin with 13 to 19.
func mobileCN(typed string) bool {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case strings.ContainsRune(" -.()（）\u00a0", r):
			return -1
		}
		return 'x'
	}, typed)
	return len(digits) == 11 && digits[0] == '1' && digits[1] >= '3' && digits[1] <= '9' && !strings.Contains(digits, "x")
}
