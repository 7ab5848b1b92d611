package search

import (
	"unicode"
	"unicode/utf8"
)

const (
	// MaxText is how many bytes of a message's text are read.
	MaxText = 32 * 1024
	// MaxAtom is how many characters of a word count.
	MaxAtom = 40
)

// Atom is the least that is looked for: a word, or one character of a script written
// without spaces.
type Atom struct {
	Text       string // folded
	Start, End int    // in the text, in bytes
	Solid      bool   // a character written without spaces
}

// solid are the scripts that put no spaces between words.
var solid = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

func isSolid(r rune) bool { return r >= 0x0E00 && unicode.In(r, solid...) }

// Atoms reads a text's first MaxText bytes. What is neither letter nor digit parts words
// and is nothing else.
func Atoms(text string) []Atom {
	text = clip(text, MaxText)
	var out []Atom
	word, chars := -1, 0 // where the word being read is in out, and its characters
	for at, r := range text {
		end := at + utf8.RuneLen(r)
		if r == utf8.RuneError {
			end = at + 1
		}
		folded := foldRune(r)
		switch first, _ := utf8.DecodeRuneInString(folded); {
		case folded == "" && word >= 0: // a mark on the letter before
			out[word].End = end
		case folded == "" || !unicode.IsLetter(first) && !unicode.IsNumber(first):
			word = -1
		case isSolid(first):
			word, out = -1, append(out, Atom{folded, at, end, true})
		case word < 0:
			word, chars, out = len(out), 1, append(out, Atom{folded, at, end, false})
		default:
			if chars++; chars <= MaxAtom {
				out[word].Text += folded
			}
			out[word].End = end
		}
	}
	return out
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Terms are what a text is found by, each once: its words, its characters of scripts
// without spaces, and pairs of those that stand in a row.
func Terms(text string) []string {
	seen := map[string]bool{}
	var out []string
	add := func(t string) {
		if !seen[t] {
			seen[t] = true
			out = append(out, t)
		}
	}
	atoms := Atoms(text)
	for i, a := range atoms {
		add(a.Text)
		if a.Solid && i > 0 && atoms[i-1].Solid {
			add(atoms[i-1].Text + a.Text)
		}
	}
	return out
}
