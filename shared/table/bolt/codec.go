package bolt

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/table"
)

// errCorrupt: a stored value can't be read. It means a damaged file or one written by
// a later version.
var errCorrupt = errors.New("table/bolt: stored value can't be read")

// format is the first byte of each stored item.
const format = 1

// encodeItem writes everything of an item but its key, in a form of our own: JSON
// would triple the cost of a commit, which is mostly copying documents.
func encodeItem(buf []byte, it table.Item) []byte {
	buf = append(buf, format)
	buf = binary.AppendVarint(buf, it.Version)
	buf = appendBytes(buf, it.Doc)
	buf = appendBytes(buf, it.Summary)
	buf = binary.AppendVarint(buf, expiry(it))
	buf = binary.AppendUvarint(buf, uint64(len(it.Index)))
	for _, name := range slices.Sorted(maps.Keys(it.Index)) {
		buf = appendBytes(buf, []byte(name))
		buf = appendBytes(buf, []byte(it.Index[name].PK))
		buf = appendBytes(buf, []byte(it.Index[name].SK))
	}
	buf = binary.AppendUvarint(buf, uint64(len(it.Counters)))
	for _, name := range slices.Sorted(maps.Keys(it.Counters)) {
		buf = appendBytes(buf, []byte(name))
		buf = binary.AppendVarint(buf, it.Counters[name])
	}
	return buf
}

// decodeItem is the inverse of encodeItem. Nothing in its answer points into raw.
func decodeItem(key table.Key, raw []byte) (table.Item, error) {
	r := reader{rest: raw}
	if r.byte() != format {
		return table.Item{}, errCorrupt
	}
	it := table.Item{Key: key, Version: r.varint()}
	it.Doc, it.Summary = r.bytes(), r.bytes()
	if at := r.varint(); at != 0 {
		it.Expires = time.Unix(at, 0).UTC()
	}
	it.Index = r.index()
	it.Counters = r.counters()
	if r.bad {
		return table.Item{}, errCorrupt
	}
	return it, nil
}

// encodeChange writes one entry of the log; its sequence number is its key there.
func encodeChange(at time.Time, before, after table.Item) []byte {
	buf := binary.AppendVarint(nil, at.Unix())
	buf = appendBytes(buf, []byte(after.PK))
	buf = appendBytes(buf, []byte(after.SK))
	buf = appendBytes(buf, encodeImage(before))
	return appendBytes(buf, encodeImage(after))
}

func encodeImage(it table.Item) []byte {
	if !it.Exists() {
		return nil
	}
	return encodeItem(nil, it)
}

func decodeChange(seq, raw []byte) (table.Change, error) {
	r := reader{rest: raw}
	c := table.Change{Seq: table.FormatSeq(binary.BigEndian.Uint64(seq)), At: time.Unix(r.varint(), 0).UTC()}
	c.Key = table.Key{PK: string(r.bytes()), SK: string(r.bytes())}
	before, after := r.bytes(), r.bytes()
	if r.bad {
		return c, errCorrupt
	}
	var errOld, errNew error
	c.Old, errOld = decodeImage(c.Key, before)
	c.New, errNew = decodeImage(c.Key, after)
	return c, errors.Join(errOld, errNew)
}

func decodeImage(key table.Key, raw []byte) (table.Item, error) {
	if len(raw) == 0 {
		return table.Item{Key: key}, nil
	}
	return decodeItem(key, raw)
}

func appendBytes(buf, b []byte) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(b))), b...)
}

// expiry is the item's expiry as stored; 0 means never, which costs the desk nothing:
// no row of it expired in 1970.
func expiry(it table.Item) int64 {
	if it.Expires.IsZero() {
		return 0
	}
	return it.Expires.Unix()
}

// reader takes values off the front and remembers the first fault.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		r.bad = true
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.skip(n)
	return v
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.skip(n)
	return v
}

func (r *reader) skip(n int) {
	if n <= 0 {
		r.bad, r.rest = true, nil
		return
	}
	r.rest = r.rest[n:]
}

// bytes copies, because bbolt's memory is only valid inside its transaction. An empty
// value reads as nil.
func (r *reader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return nil
	}
	var b []byte
	b = append(b, r.rest[:n]...)
	r.rest = r.rest[n:]
	return b
}

func (r *reader) index() map[table.Index]table.IndexKey {
	var m map[table.Index]table.IndexKey
	for n := r.uvarint(); n > 0 && !r.bad; n-- {
		if m == nil {
			m = map[table.Index]table.IndexKey{}
		}
		name := table.Index(r.bytes())
		m[name] = table.IndexKey{PK: string(r.bytes()), SK: string(r.bytes())}
	}
	return m
}

func (r *reader) counters() map[string]int64 {
	var m map[string]int64
	for n := r.uvarint(); n > 0 && !r.bad; n-- {
		if m == nil {
			m = map[string]int64{}
		}
		name := string(r.bytes())
		m[name] = r.varint()
	}
	return m
}
