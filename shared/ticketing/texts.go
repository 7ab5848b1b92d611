package ticketing

import (
	"strings"
	"unicode"
)

func firstLine(s string) string {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			return line
		}
	}
	return ""
}

// cut shortens a text to n characters, with an ellipsis where something is left out.
func cut(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// looksLike guesses between the desk's two languages by the letters of a text; "" where
// it has too few to tell.
func looksLike(text string) string {
	latin := 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			return "zh-CN"
		}
		if unicode.Is(unicode.Latin, r) {
			latin++
		}
	}
	if latin >= 3 {
		return "en"
	}
	return ""
}
