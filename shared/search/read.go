package search

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"sort"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// Segment is a segment's footer: where to read what.
type Segment struct {
	Docs  int // how many messages it holds
	docs  []block
	terms []block
	bytes int // before the footer
}

// Open reads the footer of a segment of size bytes: footer is its end, FooterBytes long.
func Open(size int, footer []byte) (*Segment, error) {
	n := len(footer) - tailBytes
	if n < 0 || size < len(footer)+len(magic) {
		return nil, faulty("footer cut off")
	}
	tail := footer[n:]
	if int(binary.LittleEndian.Uint32(tail)) != n || binary.LittleEndian.Uint32(tail[4:]) != crc32.Checksum(footer[:n], crcTable) {
		return nil, faulty("footer")
	}
	r := &reader{b: footer[:n]}
	s := &Segment{Docs: r.number(), bytes: size - len(footer)}
	at := len(magic)
	s.docs, at = r.blocks(at)
	s.terms, at = r.blocks(at)
	if r.bad || r.more() || at != s.bytes || s.Docs > MaxDocs || len(s.docs) != (s.Docs+docsBlock-1)/docsBlock {
		return nil, faulty("footer")
	}
	return s, nil
}

func (r *reader) blocks(at int) ([]block, int) {
	n := r.number()
	if r.bad || n > len(r.b) {
		r.bad = true
		return nil, at
	}
	out := make([]block, 0, n)
	for range n {
		b := block{first: r.text(), at: at}
		b.end = at + r.number()
		at = b.end
		out = append(out, b)
	}
	return out, at
}

// Source reads n bytes of a segment from a place on.
type Source func(at, n int) ([]byte, error)

func (b block) read(from Source) (*reader, error) {
	raw, err := from(b.at, b.end-b.at)
	if err != nil {
		return nil, err
	}
	if len(raw) != b.end-b.at {
		return nil, faulty("block cut off")
	}
	r := opened(raw)
	if r.bad {
		return nil, faulty("block")
	}
	return r, nil
}

// Numbers are those of the docs that have a term, growing: the newest first. One read,
// none where no block may have it.
func (s *Segment) Numbers(from Source, term string) ([]uint32, error) {
	i := sort.Search(len(s.terms), func(i int) bool { return s.terms[i].first > term }) - 1
	if i < 0 {
		return nil, nil
	}
	r, err := s.terms[i].read(from)
	if err != nil {
		return nil, err
	}
	for r.more() {
		t, n := r.text(), r.number()
		list := reader{b: r.bytes(r.number())}
		if t > term {
			break
		}
		if t == term {
			out := list.numbers(n, s.Docs)
			if list.bad {
				return nil, faulty("list")
			}
			return out, nil
		}
	}
	if r.bad {
		return nil, faulty("terms")
	}
	return nil, nil
}

// All are the numbers of the docs that have all of some terms. A read for each term at
// most, none after the first that nothing has. Nil terms have no docs.
func (s *Segment) All(from Source, terms []string) ([]uint32, error) {
	var out []uint32
	for i, t := range terms {
		list, err := s.Numbers(from, t)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		if i == 0 {
			out = list
		} else if out = both(out, list); len(out) == 0 {
			return nil, nil
		}
	}
	return out, nil
}

// both are the numbers in two growing lists.
func both(a, b []uint32) []uint32 {
	var out []uint32
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return out
}

// Block is which block of docs a number lies in; Read gives it.
func Block(number uint32) int { return int(number) / docsBlock }

// Read gives the docs of a block; the first has the number block × 128. One read.
func (s *Segment) Read(from Source, i int) ([]Doc, error) {
	if i < 0 || i >= len(s.docs) {
		return nil, faulty("no such block")
	}
	r, err := s.docs[i].read(from)
	if err != nil {
		return nil, err
	}
	docs := r.docs(min(docsBlock, s.Docs-i*docsBlock))
	if r.bad || r.more() {
		return nil, faulty("docs")
	}
	return docs, nil
}

// First is the least number of a block in which a doc not newer than a message may lie.
func (s *Segment) First(message string) uint32 {
	i := sort.Search(len(s.docs), func(i int) bool { return s.docs[i].first <= message })
	return uint32(max(i-1, 0) * docsBlock)
}

func (r *reader) docs(n int) []Doc {
	out := make([]Doc, 0, min(n, docsBlock))
	for range n {
		t, m := r.text(), r.text()
		out = append(out, Doc{desk.TicketID(t), desk.MessageID(m)})
	}
	return out
}

// Merge makes one segment of several, given whole. Of a message in two of them the one
// in the later counts. Docs that drop names are left out; nil drops none. An empty
// answer has no docs; ErrTooMany where they don't fit in one.
func Merge(segments [][]byte, drop func(Doc) bool) ([]byte, error) {
	m := &merging{where: map[Doc]place{}}
	for i, raw := range segments {
		if err := m.add(i, raw, drop); err != nil {
			return nil, err
		}
	}
	if len(m.where) > MaxDocs {
		return nil, ErrTooMany
	}
	docs := make([]Doc, 0, len(m.where))
	for d := range m.where {
		docs = append(docs, d)
	}
	if len(docs) == 0 {
		return nil, nil
	}
	slices.SortFunc(docs, Doc.Compare)
	for n, d := range docs {
		p := m.where[d]
		m.in[p.segment].number[p.number] = n
	}
	w := newWriter(docs)
	for {
		term, list, ok := m.next()
		if !ok {
			break
		}
		w.term(term, list)
	}
	for _, in := range m.in {
		if in.r.bad {
			return nil, faulty("terms")
		}
	}
	return w.finish(), nil
}

// ErrTooMany: the docs don't fit in one segment.
var ErrTooMany = faulty("more docs than one holds")

type place struct{ segment, number int }

// merging walks the terms of several segments together.
type merging struct {
	where map[Doc]place
	in    []*walk
}

// walk is one segment's terms, from the first to the last.
type walk struct {
	raw    []byte
	seg    *Segment
	number []int // new numbers of its docs; -1: left out
	block  int
	r      *reader
	term   string
	list   []uint32
}

func (m *merging) add(i int, raw []byte, drop func(Doc) bool) error {
	n, err := FooterBytes(raw)
	if err != nil {
		return err
	}
	seg, err := Open(len(raw), raw[len(raw)-n:])
	if err != nil {
		return err
	}
	w := &walk{raw: raw, seg: seg, number: make([]int, seg.Docs), r: &reader{}}
	for b := range seg.docs {
		docs, err := seg.Read(w.source, b)
		if err != nil {
			return err
		}
		for k, d := range docs {
			number := b*docsBlock + k
			w.number[number] = -1
			if drop == nil || !drop(d) {
				m.where[d] = place{i, number}
			}
		}
	}
	m.in = append(m.in, w)
	w.step()
	return nil
}

func (w *walk) source(at, n int) ([]byte, error) { return w.raw[at : at+n], nil }

// step goes to the next term; list is nil after the last.
func (w *walk) step() {
	w.list = nil
	for !w.r.more() {
		if w.r.bad || w.block == len(w.seg.terms) {
			return
		}
		r, err := w.seg.terms[w.block].read(w.source)
		if err != nil {
			w.r = &reader{bad: true}
			return
		}
		w.r, w.block = r, w.block+1
	}
	t, n := w.r.text(), w.r.number()
	list := reader{b: w.r.bytes(w.r.number())}
	w.term, w.list = t, list.numbers(n, w.seg.Docs)
	w.r.bad = w.r.bad || list.bad || n == 0
}

// next is the least term that is left, with its docs' new numbers.
func (m *merging) next() (term string, list []uint32, ok bool) {
	for _, w := range m.in {
		if w.list != nil && (!ok || strings.Compare(w.term, term) < 0) {
			term, ok = w.term, true
		}
	}
	for _, w := range m.in {
		for w.list != nil && w.term == term {
			for _, n := range w.list {
				if to := w.number[n]; to >= 0 {
					list = append(list, uint32(to))
				}
			}
			w.step()
		}
	}
	slices.Sort(list)
	return term, slices.Compact(list), ok
}

// Stand tells of a segment what Standing does.
func Stand(id string, raw []byte) (Standing, error) {
	out := Standing{ID: id, Size: len(raw)}
	docs, err := whole(raw)
	if err != nil {
		return out, err
	}
	out.Footer, err = FooterBytes(raw)
	out.Docs, out.Max, out.Min = len(docs), string(docs[0].Message), string(docs[len(docs)-1].Message)
	return out, err
}

// Holds says whether a segment, given whole, holds any of some docs.
func Holds(raw []byte, any map[Doc]bool) (bool, error) {
	docs, err := whole(raw)
	return slices.ContainsFunc(docs, func(d Doc) bool { return any[d] }), err
}

// whole reads all docs of a segment; there is one at least.
func whole(raw []byte) ([]Doc, error) {
	m := &merging{where: map[Doc]place{}}
	if err := m.add(0, raw, nil); err != nil {
		return nil, err
	}
	docs := make([]Doc, len(m.in[0].number))
	for d, p := range m.where {
		docs[p.number] = d
	}
	if len(docs) == 0 {
		return nil, faulty("no docs")
	}
	return docs, nil
}
