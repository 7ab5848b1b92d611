// Package plans reads telephone numbers by the world's numbering plans, those of
// github.com/nyaruka/phonenumbers. It makes a binary twice as large (its protobuf code
// keeps the linker from leaving methods out), so only tickets links it, which nobody
// waits for; everything else takes what package phone reads.
package plans

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/deskhook/deskhook/shared/phone"
)

// E164 gives a number in E.164 (ITU-T), such as +8613800138000. country is the desk's, as
// an ISO 3166 code: that of numbers written without one; "" takes only those with one,
// and Chinese mobile numbers. False: the numbering plan has no such number.
func E164(typed, country string) (string, bool) {
	if plain, ok := phone.E164(typed, ""); ok {
		typed, country = plain, ""
	}
	n, err := phonenumbers.Parse(typed, strings.ToUpper(country))
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	return phonenumbers.Format(n, phonenumbers.E164), true
}
