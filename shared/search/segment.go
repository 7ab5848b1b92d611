package search

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
)

// DocsBlock is how many docs a block has: the doc numbered n is the (n mod DocsBlock)th of
// the block that Block(n) names.
const DocsBlock = 128

// MaxDocs is how many messages a segment holds at most: the longest list of one word is
// then 64 kB or so.
const MaxDocs = 65536

// ErrSegment: the bytes are not a segment's, or not all of them.
var ErrSegment = errors.New("search: not a segment")

// Doc names a message.
type Doc struct {
	Ticket  desk.TicketID
	Message desk.MessageID
}

// Compare orders messages, the newest first: their ids begin with their time.
func (d Doc) Compare(o Doc) int {
	return cmp.Or(cmp.Compare(o.Message, d.Message), cmp.Compare(o.Ticket, d.Ticket))
}

// Entry is a message with what it is found by.
type Entry struct {
	Doc
	Terms []string
}

// A segment's bytes: the magic; blocks of docs, the newest first; blocks of terms in
// byte order, each with the numbers of its docs; the footer, which tells where each
// block begins and with what; the footer's length and sum. Each block ends in its sum.
// Numbers are unsigned varints, texts have their length in front, and lists of docs are
// the gaps between their numbers.
const (
	magic     = "dhs1"
	docsBlock = DocsBlock
	termBlock = 8 * 1024 // bytes after which a block of terms ends
	tailBytes = 8
)

var crcTable = crc32.MakeTable(crc32.Castagnoli)

// Build makes a segment: of equal messages the later entry counts. It panics on more
// than MaxDocs, which the caller sees to.
func Build(entries []Entry) []byte {
	if len(entries) > MaxDocs {
		panic("search: too many entries")
	}
	last := map[Doc][]string{}
	for _, e := range entries {
		last[e.Doc] = e.Terms
	}
	docs := make([]Doc, 0, len(last))
	for d := range last {
		docs = append(docs, d)
	}
	slices.SortFunc(docs, Doc.Compare)
	lists := map[string][]uint32{}
	for n, d := range docs {
		for _, t := range last[d] {
			if l := lists[t]; len(l) == 0 || l[len(l)-1] != uint32(n) {
				lists[t] = append(l, uint32(n))
			}
		}
	}
	terms := make([]string, 0, len(lists))
	for t := range lists {
		terms = append(terms, t)
	}
	slices.Sort(terms)
	w := newWriter(docs)
	for _, t := range terms {
		w.term(t, lists[t])
	}
	return w.finish()
}

// block is where one begins and ends in the segment, and its first term, or message.
type block struct {
	first   string
	at, end int
}

type writer struct {
	out         []byte
	docs        int
	docBlocks   []block
	termBlocks  []block
	first       string // of the block of terms being written
	block, list []byte
}

func newWriter(docs []Doc) *writer {
	w := &writer{out: []byte(magic), docs: len(docs)}
	for chunk := range slices.Chunk(docs, docsBlock) {
		var b []byte
		for _, d := range chunk {
			b = appendText(appendText(b, string(d.Ticket)), string(d.Message))
		}
		w.docBlocks = append(w.docBlocks, w.seal(string(chunk[0].Message), b))
	}
	return w
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// seal writes a block and its sum.
func (w *writer) seal(first string, b []byte) block {
	at := len(w.out)
	w.out = binary.LittleEndian.AppendUint32(append(w.out, b...), crc32.Checksum(b, crcTable))
	return block{first, at, len(w.out)}
}

// term adds a term, in byte order, with its docs' numbers, growing.
func (w *writer) term(t string, docs []uint32) {
	if len(docs) == 0 {
		return
	}
	w.list = w.list[:0]
	before := uint32(0)
	for _, d := range docs {
		w.list = binary.AppendUvarint(w.list, uint64(d-before))
		before = d
	}
	if len(w.block) > 0 && len(w.block)+len(w.list) > termBlock {
		w.endBlock()
	}
	if len(w.block) == 0 {
		w.first = t
	}
	w.block = binary.AppendUvarint(appendText(w.block, t), uint64(len(docs)))
	w.block = append(binary.AppendUvarint(w.block, uint64(len(w.list))), w.list...)
}

func (w *writer) endBlock() {
	if len(w.block) > 0 {
		w.termBlocks = append(w.termBlocks, w.seal(w.first, w.block))
		w.block = w.block[:0]
	}
}

func (w *writer) finish() []byte {
	w.endBlock()
	f := binary.AppendUvarint(nil, uint64(w.docs))
	for _, blocks := range [][]block{w.docBlocks, w.termBlocks} {
		f = binary.AppendUvarint(f, uint64(len(blocks)))
		for _, b := range blocks {
			f = binary.AppendUvarint(appendText(f, b.first), uint64(b.end-b.at))
		}
	}
	out := append(w.out, f...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(f)))
	return binary.LittleEndian.AppendUint32(out, crc32.Checksum(f, crcTable))
}

// FooterBytes is how long the footer of a segment is, its tail included: what Open wants
// of its end.
func FooterBytes(segment []byte) (int, error) {
	if len(segment) < len(magic)+tailBytes || !bytes.HasPrefix(segment, []byte(magic)) {
		return 0, ErrSegment
	}
	n := int(binary.LittleEndian.Uint32(segment[len(segment)-tailBytes:])) + tailBytes
	if n > len(segment)-len(magic) {
		return 0, ErrSegment
	}
	return n, nil
}

// reader takes a block's bytes apart. After a fault all that it gives is zero.
type reader struct {
	b   []byte
	bad bool
}

// opened checks a block's sum, and takes it off.
func opened(b []byte) *reader {
	n := len(b) - 4
	if n < 0 || crc32.Checksum(b[:n], crcTable) != binary.LittleEndian.Uint32(b[n:]) {
		return &reader{bad: true}
	}
	return &reader{b: b[:n]}
}

func (r *reader) more() bool { return !r.bad && len(r.b) > 0 }

func (r *reader) number() int {
	v, n := binary.Uvarint(r.b)
	if r.bad || n <= 0 || v > 1<<31 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

func (r *reader) bytes(n int) []byte {
	if r.bad || n > len(r.b) {
		r.bad = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) text() string { return string(r.bytes(r.number())) }

// numbers reads a list of docs: n of them, each below max.
func (r *reader) numbers(n, max int) []uint32 {
	if r.bad || n > len(r.b) { // each takes a byte at least
		r.bad = true
		return nil
	}
	out := make([]uint32, 0, n)
	at := 0
	for i := range n {
		gap := r.number()
		if at += gap; at >= max || i > 0 && gap == 0 {
			r.bad = true
		}
		if r.bad {
			return nil
		}
		out = append(out, uint32(at))
	}
	if len(r.b) > 0 {
		r.bad = true
	}
	return out
}

func faulty(what string) error { return fmt.Errorf("%w: %s", ErrSegment, what) }
