// Package tnef reads winmail.dat, in which Outlook and Exchange wrap a mail's files when
// they take the other side for one of theirs (MS-OXTNEF; properties by MS-OXPROPS, their
// types by MS-OXCDATA 2.11). It gives files with their long names, and the text where
// there is one; compressed RTF is not read.
package tnef

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unicode/utf16"
)

// ErrUnreadable is Read's only error: it is no TNEF, it ends early, or it is put together
// as no honest one is.
var ErrUnreadable = errors.New("tnef: unreadable")

// Bounds of one stream: no mail that people write comes near.
const (
	maxFiles = 200
	maxProps = 20_000 // of one list
	maxDepth = 4      // a mail within a mail within …
)

// Message is what a stream holds. Data is a part of what was read, not a copy.
type Message struct {
	Text  string
	HTML  string
	Files []File
}

// File is one attachment.
type File struct {
	Name      string // the long one where there is one; as the sender wrote it, so it may hold anything
	Type      string // MIME type; "" where it isn't told
	ContentID string // by which the HTML shows it, without <>
	Data      []byte
}

// Decode turns text in a Windows code page, named as in windows-1252 or cp936, into UTF-8.
type Decode func(charset string, text []byte) string

// Attributes (MS-OXTNEF 2.1.3.3): id and type in one number.
const (
	signature     = 0x223E9F78
	levelMessage  = 1
	levelFile     = 2
	attCodepage   = 0x00069007
	attBody       = 0x0002800C
	attProps      = 0x00069003
	attFileBegins = 0x00069002
	attFileTitle  = 0x00018010
	attFileData   = 0x0006800F
	attFileProps  = 0x00069005
)

// Properties (MS-OXPROPS).
const (
	propBody      = 0x1000
	propHTML      = 0x1013
	propCodepage  = 0x3FDE // of propHTML where it is bytes
	propData      = 0x3701
	propShortName = 0x3704
	propLongName  = 0x3707
	propMIMEType  = 0x370E
	propContentID = 0x3712
	propTitle     = 0x3001
)

// Read reads a stream. decode is asked for all text that isn't Unicode.
func Read(data []byte, decode Decode) (Message, error) {
	r := &reader{decode: decode}
	if err := r.stream(data, 0); err != nil {
		return Message{}, err
	}
	for _, f := range r.m.Files {
		if f.Data == nil { // cut off between two attributes, or a link to a file elsewhere
			return Message{}, unreadable("a file without its bytes")
		}
	}
	return r.m, nil
}

type reader struct {
	m       Message
	decode  Decode
	charset string
	open    bool // the last of m.Files is being read
}

func unreadable(why string) error { return fmt.Errorf("%w: %s", ErrUnreadable, why) }

// stream reads one stream into r.m. Checksums are not looked at: what is cut off shows in
// the lengths, and some writers get them wrong.
func (r *reader) stream(data []byte, depth int) error {
	b := bytesOf(data)
	if b.u32() != signature || depth > maxDepth {
		return unreadable("no signature")
	}
	b.skip(2) // key
	for len(b.rest) > 0 {
		level, id, body := b.u8(), b.u32(), b.take(int(b.u32()))
		b.skip(2) // checksum
		switch {
		case b.short:
			return unreadable("it ends early")
		case level != levelMessage && level != levelFile:
			return unreadable("an attribute of neither the message nor a file")
		}
		if err := r.attribute(level, id, body, depth); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) attribute(level byte, id uint32, body []byte, depth int) error {
	if level == levelFile && id == attFileBegins {
		if len(r.m.Files) >= maxFiles {
			return unreadable("too many files")
		}
		r.m.Files, r.open = append(r.m.Files, File{}), true
		return nil
	}
	if level == levelFile && !r.open || level == levelMessage && (id == attFileTitle || id == attFileData || id == attFileProps) {
		return unreadable("a file's attribute of no file")
	}
	switch id {
	case attCodepage:
		r.charset = Charset(bytesOf(body).u32())
	case attBody:
		r.m.Text = r.text(body)
	case attProps:
		return r.messageProps(body)
	case attFileTitle:
		if f := r.file(); f.Name == "" {
			f.Name = r.text(body)
		}
	case attFileData:
		r.file().Data = body
	case attFileProps:
		return r.fileProps(body, depth)
	}
	return nil
}

func (r *reader) file() *File { return &r.m.Files[len(r.m.Files)-1] }

// Charset names a Windows code page as Decode is given it; "" for none.
func Charset(codepage uint32) string {
	switch {
	case codepage == 0:
		return ""
	case codepage == 65001:
		return "utf-8"
	case codepage >= 1250 && codepage <= 1258:
		return fmt.Sprintf("windows-%d", codepage)
	}
	return fmt.Sprintf("cp%d", codepage)
}

// text is an 8-bit string, which ends at its zero.
func (r *reader) text(b []byte) string {
	if i := slices.Index(b, 0); i >= 0 {
		b = b[:i]
	}
	return r.decode(r.charset, b)
}

func (r *reader) messageProps(body []byte) error {
	props, err := readProps(body)
	if err != nil {
		return err
	}
	for _, p := range props {
		switch p.id {
		case propBody:
			r.m.Text = r.string(p)
		case propHTML:
			r.m.HTML = r.html(p, props)
		}
	}
	return nil
}

// html is bytes in the message's own code page, or a string.
func (r *reader) html(p prop, all []prop) string {
	if p.kind != kindBinary {
		return r.string(p)
	}
	charset := r.charset
	for _, q := range all {
		if q.id == propCodepage && len(q.value) >= 4 {
			charset = Charset(binary.LittleEndian.Uint32(q.value))
		}
	}
	return r.decode(charset, p.value)
}

// fileProps tells more of the last file. An attached mail is a stream of its own: its
// files and texts become files of this one.
func (r *reader) fileProps(body []byte, depth int) error {
	props, err := readProps(body)
	if err != nil {
		return err
	}
	f, named := r.file(), false
	for _, p := range props {
		switch p.id {
		case propLongName:
			f.Name, named = r.string(p), true
		case propShortName, propTitle:
			if !named && f.Name == "" {
				f.Name = r.string(p)
			}
		case propMIMEType:
			f.Type = r.string(p)
		case propContentID:
			f.ContentID = r.string(p)
		case propData:
			if p.kind == kindObject && len(p.value) > guidLen {
				return r.attached(p.value[guidLen:], depth+1)
			}
			f.Data = p.value
		}
	}
	return nil
}

// attached reads a mail within the mail in place of the last file. What isn't TNEF, such
// as an OLE object, stays a file.
func (r *reader) attached(data []byte, depth int) error {
	sub := &reader{decode: r.decode, charset: r.charset}
	if err := sub.stream(data, depth); err != nil {
		r.file().Data = data
		return nil //nolint:nilerr // a file that can't be opened is a file
	}
	title := r.file().Name
	r.open = false
	r.m.Files = r.m.Files[:len(r.m.Files)-1]
	for _, part := range []struct{ text, end, media string }{{sub.m.Text, ".txt", "text/plain"}, {sub.m.HTML, ".html", "text/html"}} {
		if part.text != "" {
			sub.m.Files = append(sub.m.Files, File{Name: title + part.end, Type: part.media + "; charset=utf-8", Data: []byte(part.text)})
		}
	}
	if len(r.m.Files)+len(sub.m.Files) > maxFiles {
		return unreadable("too many files")
	}
	r.m.Files = append(r.m.Files, sub.m.Files...)
	return nil
}

func (r *reader) string(p prop) string {
	if p.kind != kindUnicode {
		return r.text(p.value)
	}
	var u []uint16
	for b := bytesOf(p.value); len(b.rest) >= 2; {
		c := b.u16()
		if c == 0 {
			break
		}
		u = append(u, c)
	}
	return string(utf16.Decode(u))
}
