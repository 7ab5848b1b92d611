package ask

import (
	"hash/fnv"

	"github.com/deskhook/deskhook/shared/desk"
)

// Variant says in which of a survey's variants a customer is asked: always in the same
// one while the shares stay. Shares are weights; -1 where there are no variants.
func Variant(c desk.CustomerID, survey string, shares []int) int {
	total := 0
	for _, s := range shares {
		total += s
	}
	if total <= 0 {
		return -1
	}
	h := fnv.New64a()
	h.Write([]byte(string(c) + "|" + survey))
	x := h.Sum64()
	x ^= x >> 33 // FNV's low bits follow the last byte closely
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	at := int(x % uint64(total))
	for i, s := range shares {
		if at -= s; at < 0 {
			return i
		}
	}
	return -1
}
