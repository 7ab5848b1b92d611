package route

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Contains says whether a text has a word, whatever its case and width (ＲＥＦＵＮＤ). A
// word that begins or ends with a Latin letter or a digit must not go on there, so that
// "art" isn't found in "party"; Chinese has no spaces, so its words are found anywhere.
func Contains(text, word string) bool { return contains(fold(text), fold(word)) }

// contains is Contains of texts that are folded already.
func contains(text, word string) bool {
	if word == "" {
		return false
	}
	begins, size := utf8.DecodeRuneInString(word)
	ends, _ := utf8.DecodeLastRuneInString(word)
	for from := 0; ; from += size {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		from += i
		before, _ := utf8.DecodeLastRuneInString(text[:from])
		after, _ := utf8.DecodeRuneInString(text[from+len(word):])
		if !(spaced(begins) && spaced(before)) && !(spaced(ends) && spaced(after)) {
			return true
		}
	}
}

// spaced says whether a letter belongs to a script that parts its words.
func spaced(r rune) bool {
	return r != utf8.RuneError && (unicode.IsDigit(r) || unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai))
}

// fold brings case, width and white space to one form.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～': // full width forms of ASCII
			r -= '！' - '!'
		case r == '\u3000':
			return ' '
		}
		return unicode.ToLower(r)
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
