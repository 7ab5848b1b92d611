package email

import (
	"bytes"
	"strings"
)

// header is a mail's or a part's header: names in lower case, values unfolded and
// otherwise as they came, in the order they came.
type header []headerField

type headerField struct{ name, value string }

// get gives the first value of a header, undecoded.
func (h header) get(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// all gives every value of a header.
func (h header) all(name string) []string {
	var out []string
	for _, f := range h {
		if f.name == name {
			out = append(out, f.value)
		}
	}
	return out
}

func (h header) has(name string) bool {
	for _, f := range h {
		if f.name == name {
			return true
		}
	}
	return false
}

// text gives a header's value as words: RFC 2047 decoded, valid UTF-8, on one line.
func (h header) text(name string) string { return decodeWords(h.get(name)) }

// readHeader parts header and body. A line that can't be a header's ends the header
// and belongs to the body, so that a mail without the empty line keeps its text.
func readHeader(raw []byte) (header, []byte) {
	raw = bytes.TrimLeft(raw, "\r\n")
	if bytes.HasPrefix(raw, []byte("From ")) { // mbox
		_, raw = cutLine(raw)
	}
	var h header
	var value []byte // of the last field: appended to line by line
	end := func() {
		if len(h) > 0 {
			h[len(h)-1].value = string(value)
		}
	}
	defer end()
	for len(raw) > 0 {
		line, rest := cutLine(raw)
		if len(line) == 0 {
			return h, rest
		}
		if (line[0] == ' ' || line[0] == '\t') && len(h) > 0 {
			value = append(append(value, ' '), bytes.TrimSpace(line)...)
			raw = rest
			continue
		}
		name, first, ok := bytes.Cut(line, []byte(":"))
		name = bytes.TrimRight(name, " \t")
		if !ok || !fieldName(name) {
			return h, raw
		}
		end()
		h = append(h, headerField{name: strings.ToLower(string(name))})
		value = append([]byte(nil), bytes.TrimSpace(first)...)
		raw = rest
	}
	return h, nil
}

func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.TrimSuffix(b, []byte("\r")), nil
	}
	return bytes.TrimSuffix(b[:i], []byte("\r")), b[i+1:]
}

func fieldName(b []byte) bool {
	if len(b) == 0 || len(b) > 128 {
		return false
	}
	for _, c := range b {
		if c <= ' ' || c >= 127 {
			return false
		}
	}
	return true
}
