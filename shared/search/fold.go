package search

import (
	"strings"
	"unicode"
)

// accents lists letters by the plain ones they are found by: those of Latin-1 and Latin
// Extended-A in lower case.
var accents = func() map[rune]string {
	out := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ĳ': "ij", 'þ': "th"}
	for plain, all := range map[string]string{
		"a": "àáâãäåāăąǎ", "c": "çćĉċč", "d": "ďđð", "e": "èéêëēĕėęěǝ", "g": "ĝğġģ", "h": "ĥħ", "i": "ìíîïĩīĭįıǐ",
		"j": "ĵ", "k": "ķĸ", "l": "ĺļľŀł", "n": "ñńņňŉŋ", "o": "òóôõöøōŏőǒ", "r": "ŕŗř", "s": "śŝşšſ", "t": "ţťŧț",
		"u": "ùúûüũūŭůűųǔǖǘǚǜ", "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
	} {
		for _, r := range all {
			out[r] = plain
		}
	}
	return out
}()

// foldRune gives what a character is found by: lower case, narrow where full-width
// ("Ａ１"), without its accent. A mark that combines with the letter before is nothing.
//
// Names in keys are folded by it (see store): what it gives for a character must not
// change without a migration.
func foldRune(r rune) string {
	if r >= '！' && r <= '～' {
		r -= '！' - '!'
	}
	switch r {
	case '\u3000', '\u00a0':
		return " "
	}
	if r < unicode.MaxASCII {
		return string(unicode.ToLower(r))
	}
	if unicode.Is(unicode.Mn, r) {
		return ""
	}
	r = unicode.ToLower(r)
	if plain, ok := accents[r]; ok {
		return plain
	}
	return string(r)
}

// Fold makes texts equal that differ in case, width, accents or spaces alone.
func Fold(s string) string {
	var out strings.Builder
	for _, r := range s {
		out.WriteString(foldRune(r))
	}
	return strings.Join(strings.Fields(out.String()), " ")
}
