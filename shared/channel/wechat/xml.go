package wechat

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"
)

// Tencent's messages use a small part of XML: elements without attributes, text, CDATA
// and the five entities. A scanner of just that is several times faster than
// encoding/xml, and everything beyond it (a DOCTYPE above all) is refused instead of
// being interpreted.

var (
	errXML     = errors.New("not well-formed XML")
	errXMLMore = errors.New("XML that Tencent doesn't send: a DOCTYPE, an attribute or an unknown entity")
)

// xmlScanner walks forward only: every step takes at least one byte or ends the scan.
type xmlScanner struct {
	rest []byte
	d    document
	open [maxDepth]int // indexes of the elements around, outermost first; -1 is the root
	n    int
}

// readXML reads one <xml>…</xml>.
func readXML(body []byte) (document, error) {
	s := xmlScanner{rest: body}
	s.d.fields = make([]field, 0, 16)
	if err := s.prolog(); err != nil {
		return document{}, err
	}
	for s.n > 0 {
		if err := s.step(); err != nil {
			return document{}, err
		}
	}
	if len(bytes.TrimLeft(s.rest, " \t\r\n")) > 0 {
		return document{}, errXML
	}
	return s.d, nil
}

// prolog skips a declaration and opens the root.
func (s *xmlScanner) prolog() error {
	if bytes.HasPrefix(s.rest, []byte("<?xml ")) {
		if !s.skipPast("?>") {
			return errXML
		}
		s.rest = bytes.TrimLeft(s.rest, " \t\r\n")
	}
	if bytes.HasPrefix(s.rest, []byte("<!DOCTYPE")) {
		return errXMLMore
	}
	const root = "<xml>"
	if !bytes.HasPrefix(s.rest, []byte(root)) {
		return errXML
	}
	s.rest = s.rest[len(root):]
	s.open[0], s.n = -1, 1
	return nil
}

// step reads text up to the next tag, and the tag.
func (s *xmlScanner) step() error {
	i := bytes.IndexByte(s.rest, '<')
	if i < 0 || i+1 >= len(s.rest) {
		return errXML
	}
	if err := s.text(s.rest[:i]); err != nil {
		return err
	}
	s.rest = s.rest[i:]
	switch s.rest[1] {
	case '/':
		return s.closeTag()
	case '!':
		return s.cdata()
	case '?':
		return errXMLMore
	}
	return s.openTag()
}

func (s *xmlScanner) openTag() error {
	i := bytes.IndexByte(s.rest, '>')
	if i < 0 {
		return errXML
	}
	name := s.rest[1:i]
	s.rest = s.rest[i+1:]
	empty := len(name) > 0 && name[len(name)-1] == '/'
	if empty {
		name = name[:len(name)-1]
	}
	if name = bytes.TrimRight(name, " \t\r\n"); !isName(name) {
		return errXMLMore
	}
	parent := s.open[s.n-1]
	if parent >= 0 {
		s.d.fields[parent].branch = true
		s.d.fields[parent].value = nil // blanks between elements
	}
	at, err := s.d.add(field{name: name, parent: parent})
	if err != nil || empty {
		return err
	}
	if s.n == maxDepth {
		return errTooMany
	}
	s.open[s.n] = at
	s.n++
	return nil
}

func (s *xmlScanner) closeTag() error {
	i := bytes.IndexByte(s.rest, '>')
	if i < 0 {
		return errXML
	}
	name := bytes.TrimRight(s.rest[2:i], " \t\r\n")
	s.rest = s.rest[i+1:]
	s.n--
	want := []byte("xml")
	if at := s.open[s.n]; at >= 0 {
		want = s.d.fields[at].name
	}
	if !bytes.Equal(name, want) {
		return errXML
	}
	return nil
}

func (s *xmlScanner) cdata() error {
	const begin, end, comment = "<![CDATA[", "]]>", "<!--"
	if bytes.HasPrefix(s.rest, []byte(comment)) {
		s.rest = s.rest[len(comment):]
		if !s.skipPast("-->") {
			return errXML
		}
		return nil
	}
	if !bytes.HasPrefix(s.rest, []byte(begin)) {
		return errXMLMore
	}
	s.rest = s.rest[len(begin):]
	i := bytes.Index(s.rest, []byte(end))
	if i < 0 {
		return errXML
	}
	s.append(s.rest[:i])
	s.rest = s.rest[i+len(end):]
	return nil
}

func (s *xmlScanner) skipPast(mark string) bool {
	i := bytes.Index(s.rest, []byte(mark))
	if i < 0 {
		return false
	}
	s.rest = s.rest[i+len(mark):]
	return true
}

func (s *xmlScanner) text(t []byte) error {
	if len(t) == 0 {
		return nil
	}
	if bytes.IndexByte(t, '&') >= 0 {
		var err error
		if t, err = unescape(t); err != nil {
			return err
		}
	}
	s.append(t)
	return nil
}

// append adds text to the innermost element. The first piece, nearly always the only
// one, stays a slice of the body.
func (s *xmlScanner) append(t []byte) {
	at := s.open[s.n-1]
	if at < 0 || s.d.fields[at].branch {
		return // blanks between elements
	}
	f := &s.d.fields[at]
	if f.value == nil {
		f.value = t[:len(t):len(t)] // so that a later piece can't overwrite the body
		return
	}
	f.value = append(f.value, t...)
}

func isName(b []byte) bool {
	for i, c := range b {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c >= utf8.RuneSelf
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '.') {
			return false
		}
	}
	return len(b) > 0
}

// unescape replaces the predefined entities and character references.
func unescape(t []byte) ([]byte, error) {
	out := make([]byte, 0, len(t))
	for {
		i := bytes.IndexByte(t, '&')
		if i < 0 {
			return append(out, t...), nil
		}
		out = append(out, t[:i]...)
		end := bytes.IndexByte(t[i:], ';')
		if end < 0 {
			return nil, errXML
		}
		r, err := entity(string(t[i+1 : i+end]))
		if err != nil {
			return nil, err
		}
		out = utf8.AppendRune(out, r)
		t = t[i+end+1:]
	}
}

func entity(name string) (rune, error) {
	switch name {
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "amp":
		return '&', nil
	case "apos":
		return '\'', nil
	case "quot":
		return '"', nil
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, errXMLMore
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if r := rune(n); err == nil && r != 0 && utf8.ValidRune(r) {
		return r, nil
	}
	return 0, errXML
}
