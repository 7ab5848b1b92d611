package tnef

import "encoding/binary"

// prop is one property with its first value.
type prop struct {
	kind  uint16
	id    uint16
	value []byte
}

// Types of property (MS-OXCDATA 2.11.1).
const (
	kindObject  = 0x000D
	kindString  = 0x001E
	kindUnicode = 0x001F
	kindBinary  = 0x0102
	multiple    = 0x1000 // flag: several values

	guidLen    = 16
	firstNamed = 0x8000 // ids from here on carry a name
)

// sizes of fixed values, with their padding to four bytes.
var sizes = map[uint16]int{
	0x0000: 0, 0x0001: 0, 0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4, 0x0014: 8, 0x0040: 8, 0x0048: guidLen,
}

// readProps reads a list of properties (MS-OXTNEF 2.1.3.4).
func readProps(data []byte) ([]prop, error) {
	b := bytesOf(data)
	n := b.u32()
	if n > maxProps {
		return nil, unreadable("too many properties")
	}
	var list []prop
	for range n {
		p := prop{kind: b.u16(), id: b.u16()}
		if p.id >= firstNamed {
			b.name()
		}
		var ok bool
		if p.value, ok = b.value(p.kind); !ok || b.short {
			return nil, unreadable("a property ends early or is of no known type")
		}
		list = append(list, p)
	}
	return list, nil
}

// name passes over the name of a named property: a number or a text.
func (b *buffer) name() {
	b.skip(guidLen)
	if b.u32() == 0 {
		b.skip(4)
		return
	}
	b.padded()
}

// value reads a property's values and gives the first.
func (b *buffer) value(kind uint16) (first []byte, ok bool) {
	base, n := kind&^multiple, uint32(1)
	size, fixed := sizes[base]
	varied := base == kindString || base == kindUnicode || base == kindBinary || base == kindObject
	if !fixed && !varied {
		return nil, false
	}
	if varied || kind&multiple != 0 {
		if n = b.u32(); n > maxProps {
			return nil, false
		}
	}
	for i := range n {
		v := []byte(nil)
		if fixed {
			v = b.take(size)
		} else {
			v = b.padded()
		}
		if i == 0 {
			first = v
		}
	}
	return first, true
}

// buffer reads little-endian values; past the end everything is zero and short is set.
type buffer struct {
	rest  []byte
	short bool
}

func bytesOf(b []byte) *buffer { return &buffer{rest: b} }

func (b *buffer) take(n int) []byte {
	if n < 0 || n > len(b.rest) {
		b.short, b.rest = true, nil
		return nil
	}
	v := b.rest[:n:n]
	b.rest = b.rest[n:]
	return v
}

// padded reads a length, so many bytes, and up to three that fill up to four.
func (b *buffer) padded() []byte {
	v := b.take(int(b.u32()))
	b.take(min((4-len(v)%4)%4, len(b.rest))) // the last one's filling may be missing
	return v
}

func (b *buffer) skip(n int) { b.take(n) }

func (b *buffer) fixed(n int) []byte {
	if v := b.take(n); v != nil {
		return v
	}
	return make([]byte, n)
}

func (b *buffer) u8() byte    { return b.fixed(1)[0] }
func (b *buffer) u16() uint16 { return binary.LittleEndian.Uint16(b.fixed(2)) }
func (b *buffer) u32() uint32 { return binary.LittleEndian.Uint32(b.fixed(4)) }
