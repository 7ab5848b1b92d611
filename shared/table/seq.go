package table

import (
	"fmt"
	"strconv"
)

// FormatSeq makes a sequence number of an engine that counts its changes itself.
func FormatSeq(n uint64) string { return strconv.FormatUint(n, 10) }

// ParseSeq reads one; "" is the one before all.
func ParseSeq(s string) (uint64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: sequence number", ErrInvalid)
	}
	return n, nil
}
