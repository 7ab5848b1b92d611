package bolt

import (
	"bytes"
	"encoding/binary"

	"github.com/deskhook/deskhook/shared/table"
)

// itemKey is a row's key in the items bucket: the partition with its length in front,
// so that no partition is a prefix of another, then the sort key, in byte order.
func itemKey(k table.Key) []byte {
	return append(partition(k.PK), k.SK...)
}

func partition(pk string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(pk))), pk...)
}

func parseItemKey(raw []byte) (table.Key, error) {
	if len(raw) < 2 {
		return table.Key{}, errCorrupt
	}
	n := int(binary.BigEndian.Uint16(raw))
	if len(raw) < 2+n {
		return table.Key{}, errCorrupt
	}
	return table.Key{PK: string(raw[2 : 2+n]), SK: string(raw[2+n:])}, nil
}

// indexEntry is an item's key in an index bucket: the index partition, the index sort
// key, then the item's own key, which makes it unique.
func indexEntry(ik table.IndexKey, k table.Key) []byte {
	return append(indexSort(ik.PK, ik.SK), itemKey(k)...)
}

// indexSort ends the sort key so that "a" with whatever follows it stays before "ab":
// a zero byte is written as 00 ff, the end as 00 01.
func indexSort(pk, sk string) []byte {
	return append(indexPrefix(pk, sk), 0, 1)
}

func indexPrefix(pk, sk string) []byte {
	escaped := bytes.ReplaceAll([]byte(sk), []byte{0}, []byte{0, 0xff})
	return append(partition(pk), escaped...)
}

func parseIndexEntry(raw []byte) (table.IndexKey, table.Key, error) {
	pk, err := parseItemKey(raw)
	if err != nil {
		return table.IndexKey{}, table.Key{}, err
	}
	sk, own, found := bytes.Cut([]byte(pk.SK), []byte{0, 1})
	if !found {
		return table.IndexKey{}, table.Key{}, errCorrupt
	}
	key, err := parseItemKey(own)
	sk = bytes.ReplaceAll(sk, []byte{0, 0xff}, []byte{0})
	return table.IndexKey{PK: pk.PK, SK: string(sk)}, key, err
}

// expiryEntry orders rows by when they expire, for the sweep.
func expiryEntry(at int64, k table.Key) []byte {
	// Flipping the sign bit makes negative times sort first.
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)^(1<<63)), itemKey(k)...)
}

func parseExpiryEntry(raw []byte) (int64, table.Key, error) {
	if len(raw) < 8 {
		return 0, table.Key{}, errCorrupt
	}
	k, err := parseItemKey(raw[8:])
	return int64(binary.BigEndian.Uint64(raw) ^ (1 << 63)), k, err
}

func seqKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
