package email

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// encodedWord is RFC 2047's, wider: a language (RFC 2231), question marks in a Q word
// and blanks are all met in the wild.
var encodedWord = regexp.MustCompile(`=\?([^?\s]{1,60})\?([bBqQ])\?(.*?)\?=`)

// decodeWords decodes a header's value to one line of valid UTF-8. Neighbouring words
// of one charset are joined before they are decoded, for a character may be cut in two
// between them, as some programs do.
func decodeWords(s string) string {
	var out strings.Builder
	var held []byte
	charset := ""
	flush := func() {
		out.WriteString(toUTF8(charset, held))
		held, charset = nil, ""
	}
	end := 0
	for _, m := range encodedWord.FindAllStringSubmatchIndex(s, -1) {
		between := s[end:m[0]]
		name := strings.ToLower(strings.SplitN(s[m[2]:m[3]], "*", 2)[0])
		if strings.TrimSpace(between) != "" || end == 0 || name != charset {
			flush()
		}
		if strings.TrimSpace(between) != "" || end == 0 {
			out.WriteString(toUTF8("", []byte(between)))
		}
		charset = name
		held = append(held, decodeWord(s[m[4]:m[5]], s[m[6]:m[7]])...)
		end = m[1]
	}
	flush()
	out.WriteString(toUTF8("", []byte(s[end:])))
	return oneLine(out.String())
}

func decodeWord(encoding, text string) []byte {
	if strings.EqualFold(encoding, "b") {
		return decodeBase64([]byte(text))
	}
	return decodeQuoted([]byte(strings.ReplaceAll(text, "_", " ")))
}

// oneLine makes blanks of any kind one space and drops control characters: what is
// shown in a list and put into other headers must not break out of its line.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == ' ' || r == '\u2028' || r == '\u2029'
	}), " ")
}

// decodeBase64 decodes what can be decoded: characters outside the alphabet are passed
// over, padding in the middle ends one run and begins the next, a broken end is cut.
func decodeBase64(b []byte) []byte {
	out := make([]byte, 0, len(b)*3/4)
	run := make([]byte, 0, len(b))
	flush := func() {
		run = run[:len(run)-b2i(len(run)%4 == 1)]
		n := len(out)
		out = append(out, make([]byte, base64.RawStdEncoding.DecodedLen(len(run)))...)
		m, _ := base64.RawStdEncoding.Decode(out[n:], run)
		out, run = out[:n+m], run[:0]
	}
	for _, c := range b {
		switch {
		case c == '=':
			flush()
		case c == '-':
			run = append(run, '+')
		case c == '_':
			run = append(run, '/')
		case base64Char(c):
			run = append(run, c)
		}
	}
	flush()
	return out
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func base64Char(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/'
}

// looksBase64 says whether a body may be base64: some programs say so and send plain
// text, which must not be decoded to noise.
func looksBase64(b []byte) bool {
	other := 0
	for _, c := range b {
		if !base64Char(c) && c != '=' && c != '\r' && c != '\n' {
			other++
		}
	}
	return other*50 <= len(b)
}

// decodeQuoted decodes quoted-printable; what isn't an escape stands for itself.
func decodeQuoted(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '=' {
			out = append(out, b[i])
			continue
		}
		if i+2 < len(b) {
			if hi, lo := unhex(b[i+1]), unhex(b[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		if n := softBreak(b[i+1:]); n > 0 {
			i += n
			continue
		}
		out = append(out, '=')
	}
	return out
}

// softBreak measures a soft line break after its =: blanks and the line's end.
func softBreak(b []byte) int {
	for i, c := range b {
		switch c {
		case ' ', '\t', '\r':
		case '\n':
			return i + 1
		default:
			return 0
		}
	}
	return len(b)
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// clean makes a text storable and showable: valid UTF-8, lines ended by \n, no control
// characters but line end and tab.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == '\ufeff':
			return -1
		}
		return r
	}, s)
}
