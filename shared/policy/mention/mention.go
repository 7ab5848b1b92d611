// Package mention finds the colleagues that a note names with an @.
package mention

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Person is somebody who can be named: by id, or by name with or without its spaces.
type Person struct{ ID, Name string }

// Find gives the ids of those a text names, each once, in the order of the text. "@Amy
// Chen", "@AmyChen" and "@amy" name the same person, and of two names that fit the longer
// one is meant. An @ behind a letter or a digit is a mail address's and names nobody; so
// does a name that goes on: @amyx is not amy. Chinese is written without spaces, so a
// name of Han characters may be followed by anything.
func Find(text string, people []Person) []string {
	var out []string
	seen := map[string]bool{}
	before := ' '
	for i, r := range text {
		if (r == '@' || r == '＠') && !wordy(before) {
			if id := named(text[i+utf8.RuneLen(r):], people); id != "" && !seen[id] {
				seen[id] = true
				out = append(out, id)
			}
		}
		before = r
	}
	return out
}

// named is whose name a text begins with: the longest; "" = nobody's.
func named(text string, people []Person) string {
	best, id := 0, ""
	for _, p := range people {
		for _, name := range []string{p.ID, p.Name, strings.ReplaceAll(p.Name, " ", "")} {
			if n := begins(text, name); n > best {
				best, id = n, p.ID
			}
		}
	}
	return id
}

// begins gives how many bytes of a text a name takes at its beginning, without regard to
// case; 0 where it doesn't begin with it, or goes on as a longer word.
func begins(text, name string) int {
	if name == "" || len(text) < len(name) || !strings.EqualFold(text[:len(name)], name) {
		return 0
	}
	last, _ := utf8.DecodeLastRuneInString(name)
	next, _ := utf8.DecodeRuneInString(text[len(name):])
	if len(text) > len(name) && !unicode.Is(unicode.Han, last) && wordy(next) && !unicode.Is(unicode.Han, next) {
		return 0
	}
	return len(name)
}

// wordy says whether a character belongs to a word, for where a name ends.
func wordy(r rune) bool {
	return unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) || unicode.IsDigit(r) || r == '_'
}
