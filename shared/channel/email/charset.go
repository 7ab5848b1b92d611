package email

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// aliases are labels met in mail that the WHATWG's list of web labels lacks. The older
// Chinese names all mean GB18030, which holds them.
var aliases = map[string]string{
	"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "ms936": "gb18030", "gb_2312-80": "gb18030",
	"x-gbk": "gb18030", "euc-cn": "gb18030", "hz-gb-2312": "hz",
	"cp950": "big5", "ms950": "big5", "cp932": "shift_jis", "ms932": "shift_jis", "iso-2022-jp-ms": "iso-2022-jp",
	"iso-2022-jp-1": "iso-2022-jp", "iso-2022-jp-2": "iso-2022-jp", "cp50221": "iso-2022-jp", "cp949": "euc-kr",
	"utf8mb4": "utf-8", "cp1250": "windows-1250", "cp1251": "windows-1251", "cp1252": "windows-1252",
	"8859-1": "iso-8859-1", "iso8859-15": "iso-8859-15",
}

// toUTF8 decodes text to valid UTF-8. The label is a hint: what the bytes prove to be
// goes first, for labels are often wrong or missing.
func toUTF8(label string, b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := byMark(b); ok {
		return s
	}
	name := labelName(label)
	if utf8.Valid(b) && !stateful(name, b) && provenUTF8(name, b) {
		return string(b)
	}
	if enc := lookup(name); enc != nil {
		if s, ok := decodeWith(enc, b); ok {
			return s
		}
	}
	return detect(name, b)
}

// byMark decodes what begins with a byte order mark.
func byMark(b []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(b[3:]), "\ufffd"), true
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		return decodeWith(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), b)
	}
	return "", false
}

func labelName(label string) string {
	s := strings.ToLower(strings.Trim(label, " \t\"'<>;,"))
	s = strings.TrimPrefix(s, "charset=")
	s = strings.Trim(s, "\"' ")
	if a, ok := aliases[s]; ok {
		return a
	}
	return s
}

// stateful charsets look like ASCII and so like UTF-8.
func stateful(name string, b []byte) bool {
	switch name {
	case "iso-2022-jp", "hz", "utf-16", "utf-16le", "utf-16be":
		return true
	}
	return bytes.Contains(b, []byte("\x1b$"))
}

// provenUTF8 says whether bytes that are valid UTF-8 are meant so. A few characters of
// GBK may pass for UTF-8 by chance, many can't; in single-byte charsets such
// sequences don't occur in words.
func provenUTF8(name string, b []byte) bool {
	switch name {
	case "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr":
		n := utf8.RuneCount(b)
		return len(b) == n || n > 0 && highRunes(b) >= 4
	}
	return true
}

func highRunes(b []byte) (n int) {
	for _, r := range string(b) {
		if r >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

func lookup(name string) encoding.Encoding {
	switch name {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "binary":
		return nil // says nothing about bytes above 127
	case "hz":
		return simplifiedchinese.HZGB2312
	}
	enc, canonical := charset.Lookup(name)
	if canonical == "replacement" || canonical == "x-user-defined" {
		return nil
	}
	return enc
}

// decodeWith decodes and says whether (nearly) all of it was understood: a stray byte
// is no reason to distrust a label.
func decodeWith(enc encoding.Encoding, b []byte) (string, bool) {
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return "", false
	}
	bad := bytes.Count(out, []byte("\ufffd"))
	return string(out), bad*50 <= utf8.RuneCount(out)
}

// detect decodes bytes that no label explains.
func detect(name string, b []byte) string {
	s := strings.ToValidUTF8(string(b), "\ufffd")
	if !stateful(name, b) && mostlyUTF8(s) {
		return s
	}
	for _, enc := range candidates(b) {
		if t, ok := decodeWith(enc, b); ok {
			return t
		}
	}
	if enc := lookup(name); enc != nil {
		if t, err := enc.NewDecoder().Bytes(b); err == nil {
			return strings.ToValidUTF8(string(t), "\ufffd")
		}
	}
	return s
}

// mostlyUTF8 is UTF-8 with a few bytes broken, such as a character cut at the end.
// Other charsets hardly ever form a valid sequence of UTF-8, so few good ones prove it.
func mostlyUTF8(s string) bool {
	bad, good := 0, 0
	for _, r := range s {
		switch {
		case r == '\ufffd':
			bad++
		case r >= utf8.RuneSelf:
			good++
		}
	}
	return bad == 0 || good >= 4*bad
}

// candidates lists encodings in the order of likelihood.
func candidates(b []byte) []encoding.Encoding {
	if bytes.Contains(b, []byte("\x1b$")) {
		return []encoding.Encoding{japanese.ISO2022JP}
	}
	sample := b[:min(len(b), 1<<16)]
	h := measure(sample)
	var out []encoding.Encoding
	if h.high >= 40 {
		out = byStatistics(sample)
	}
	return append(out, h.guess()...)
}

// byStatistics asks chardet, which needs some length to be right.
func byStatistics(b []byte) []encoding.Encoding {
	r, err := chardet.NewTextDetector().DetectBest(b)
	if err != nil || r == nil || r.Confidence < 60 {
		return nil
	}
	if enc := lookup(labelName(strings.ToLower(r.Charset))); enc != nil {
		return []encoding.Encoding{enc}
	}
	return nil
}

// shape is what short text tells of its charset: how its bytes above 127 stand
// together. Chinese and Korean come in pairs, Cyrillic in words of any length, the
// accents of Western languages alone.
type shape struct {
	high, odd, runs   int
	lower             int // E0–FF: the small letters of windows-1251
	sjis, kana, lead  int
	beyondC8, lowTail int
}

func measure(b []byte) (h shape) {
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		start := i
		for i < len(b) && b[i] >= 0x80 {
			h.count(b, i, (i-start)%2 == 0)
			i++
		}
		h.runs++
		if (i-start)%2 == 1 {
			h.odd++
		}
	}
	return h
}

func (h *shape) count(b []byte, i int, leads bool) {
	c := b[i]
	h.high++
	if c >= 0xe0 {
		h.lower++
	}
	if c == 0x82 || c == 0x83 {
		h.sjis++
	}
	if !leads {
		return
	}
	h.lead++
	if c == 0xa4 || c == 0xa5 {
		h.kana++
	}
	if c > 0xc8 {
		h.beyondC8++
	}
	if i+1 < len(b) && b[i+1] >= 0x40 && b[i+1] < 0x7f && c >= 0xa4 && c <= 0xc6 {
		h.lowTail++
	}
}

func (h shape) guess() []encoding.Encoding {
	cyrillic, _ := charset.Lookup("windows-1251")
	if h.lower*2 < h.high {
		cyrillic, _ = charset.Lookup("koi8-r")
	}
	western, _ := charset.Lookup("windows-1252")
	switch {
	case h.sjis*5 >= h.high:
		return []encoding.Encoding{japanese.ShiftJIS, simplifiedchinese.GB18030, western}
	case h.lowTail*4 >= h.lead && h.high > 2*h.runs:
		return []encoding.Encoding{traditionalchinese.Big5, simplifiedchinese.GB18030, western}
	case h.odd*4 > h.runs && h.high >= 3*h.runs:
		return []encoding.Encoding{cyrillic, western}
	case h.odd*4 > h.runs:
		return []encoding.Encoding{western}
	case h.kana*4 >= h.lead:
		return []encoding.Encoding{japanese.EUCJP, simplifiedchinese.GB18030, western}
	case h.lead >= 8 && h.beyondC8 == 0:
		return []encoding.Encoding{korean.EUCKR, simplifiedchinese.GB18030, western}
	}
	return []encoding.Encoding{simplifiedchinese.GB18030, traditionalchinese.Big5, japanese.ShiftJIS, western}
}
