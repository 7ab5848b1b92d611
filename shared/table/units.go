package table

import (
	"bytes"
	"strconv"
	"strings"
)

const (
	writeUnit = 1024 // bytes that one write unit pays for
	readUnit  = 4096 // bytes that one strongly consistent read unit pays for
)

// Size is what DynamoDB counts for the item as it is stored: the UTF-8 bytes of each
// attribute's name and value; a number takes a byte for every two digits and one more
// (AWS: "DynamoDB item sizes and formats"). AWS calls the length of numbers
// approximate; everything else is exact.
func (i Item) Size() int {
	n := i.keySize()
	if i.Version != 0 {
		n += len(AttrVersion) + numberSize(i.Version)
	}
	if len(i.Doc) > 0 {
		n += len(AttrDoc) + len(i.Doc)
	}
	n += i.summarySize()
	if !i.Expires.IsZero() {
		n += len(AttrExpires) + numberSize(i.Expires.Unix())
	}
	for index := range i.Index {
		n += i.indexKeySize(index)
	}
	for name, value := range i.Counters {
		n += len(AttrCounter) + len(name) + numberSize(value)
	}
	return n
}

// WriteUnits is what one write costs that turns old into new (either may be absent),
// in write request units on the table and on its indexes together. AWS's rules
// ("Read and write capacity mode", "Using Global Secondary Indexes"): the larger of
// both images counts, each 1 KB begun is a unit, a transaction doubles the table's;
// an index pays one write when an entry comes, goes or changes what is projected, two
// when its key changes, and it is not part of the transaction.
// A refused condition costs what WriteUnits(old, old, …) says for the table.
func WriteUnits(old, new Item, transactional bool) (table, index float64) {
	table = units(max(storedSize(old), storedSize(new)), writeUnit)
	if transactional {
		table *= 2
	}
	for _, name := range Indexes {
		index += indexUnits(name, old, new)
	}
	return table, index
}

// ReadUnits is what one read of so many bytes costs, in read request units: a GetItem
// by the size of its item, a Query by the sum of the items looked at. A read of
// nothing costs as the smallest does; a transactional read is twice a consistent one.
func ReadUnits(bytes int, consistent bool) float64 {
	n := units(bytes, readUnit)
	if !consistent {
		n /= 2
	}
	return n
}

func indexUnits(name Index, old, new Item) float64 {
	was, wasIn := old.Index[name]
	is, isIn := new.Index[name]
	before := units(old.projectedSize(name), writeUnit)
	after := units(new.projectedSize(name), writeUnit)
	switch {
	case !wasIn && !isIn:
		return 0
	case !wasIn:
		return after
	case !isIn:
		return before
	case was != is:
		return before + after
	case name != Due && !bytes.Equal(old.Summary, new.Summary):
		return max(before, after)
	default:
		return 0
	}
}

// projectedSize is the size of the item's entry in an index.
func (i Item) projectedSize(name Index) int {
	n := i.keySize() + i.indexKeySize(name)
	if name != Due {
		n += i.summarySize()
	}
	return n
}

func (i Item) keySize() int {
	return len(AttrPK) + len(i.PK) + len(AttrSK) + len(i.SK)
}

func (i Item) indexKeySize(name Index) int {
	pk, sk := IndexAttrs(name)
	k := i.Index[name]
	return len(pk) + len(k.PK) + len(sk) + len(k.SK)
}

func (i Item) summarySize() int {
	if len(i.Summary) == 0 {
		return 0
	}
	return len(AttrSummary) + len(i.Summary)
}

func storedSize(i Item) int {
	if !i.Exists() {
		return 0
	}
	return i.Size()
}

// numberSize counts significant digits only: zeros at either end are not stored.
func numberSize(n int64) int {
	s := strconv.FormatInt(n, 10)
	sign := 0
	if s[0] == '-' {
		s, sign = s[1:], 1
	}
	digits := len(strings.TrimRight(s, "0"))
	return (digits+1)/2 + 1 + sign
}

// units is how many units of a size so many bytes begin, at least one.
func units(bytes, size int) float64 {
	return float64(max(1, (bytes+size-1)/size))
}
