package table

import (
	"fmt"
	"unicode/utf8"
)

// Limits of keys and counters that every engine enforces. The key lengths are
// DynamoDB's (AWS: "Service, account, and table quotas in Amazon DynamoDB").
const (
	MaxPartitionKey = 2048 // bytes of Key.PK and IndexKey.PK
	MaxSortKey      = 1024 // bytes of Key.SK and IndexKey.SK
	MaxCounterName  = 40   // bytes of a name in Item.Counters
)

// Validate says whether a Write with these ops is well-formed and within the limits:
// nil, ErrInvalid or ErrTooLarge. Engines call it first, so that all refuse the same.
// Its errors name the op by its place, never by its key: keys hold addresses.
func Validate(ops []Op) error {
	if len(ops) > MaxOps {
		return fmt.Errorf("%w: %d ops, at most %d", ErrTooLarge, len(ops), MaxOps)
	}
	seen := make(map[Key]bool, len(ops))
	total := 0
	for i, op := range ops {
		if err := validateOp(op); err != nil {
			return fmt.Errorf("op %d: %w", i, err)
		}
		if seen[op.Item.Key] {
			return fmt.Errorf("op %d: %w: key named twice", i, ErrInvalid)
		}
		seen[op.Item.Key] = true
		total += written(op).Size()
	}
	if total > MaxWriteSize {
		return fmt.Errorf("%w: %d bytes in one write, at most %d", ErrTooLarge, total, MaxWriteSize)
	}
	return nil
}

// ValidateKeys does for Get what Validate does for Write. A key may be named twice.
func ValidateKeys(keys []Key) error {
	if len(keys) > MaxOps {
		return fmt.Errorf("%w: %d keys, at most %d", ErrInvalid, len(keys), MaxOps)
	}
	for i, k := range keys {
		if err := validateKey(k.PK, k.SK); err != nil {
			return fmt.Errorf("key %d: %w", i, err)
		}
	}
	return nil
}

// Checked returns the query with its defaults filled in, or ErrInvalid.
func (q Query) Checked() (Query, error) {
	if q.Limit == 0 {
		q.Limit = 100
	}
	switch {
	case !knownIndex(q.Index):
		return q, fmt.Errorf("%w: no index of this name", ErrInvalid)
	case q.Limit < 0 || q.Limit > MaxLimit:
		return q, fmt.Errorf("%w: limit %d, 1 to %d", ErrInvalid, q.Limit, MaxLimit)
	case q.Prefix != "" && (q.From != "" || q.To != ""):
		return q, fmt.Errorf("%w: prefix together with a range", ErrInvalid)
	}
	if err := validatePart(q.PK, MaxPartitionKey, "partition key"); err != nil {
		return q, err
	}
	for _, bound := range []string{q.Prefix, q.From, q.To} {
		if len(bound) > MaxSortKey || !utf8.ValidString(bound) {
			return q, fmt.Errorf("%w: bound of the sort key", ErrInvalid)
		}
	}
	return q, nil
}

func knownIndex(i Index) bool {
	switch i {
	case Primary, View, Mine, Who, Due:
		return true
	}
	return false
}

func validateOp(op Op) error {
	if err := validateKey(op.Item.PK, op.Item.SK); err != nil {
		return err
	}
	if op.If < 0 {
		return fmt.Errorf("%w: negative version", ErrInvalid)
	}
	switch op.Kind {
	case OpPut:
		return validatePut(op)
	case OpAdd:
		return validateAdd(op.Item)
	case OpDelete, OpCheck:
		return nil
	default:
		return fmt.Errorf("%w: unknown kind of op", ErrInvalid)
	}
}

func validatePut(op Op) error {
	it := op.Item
	switch {
	case it.Counters != nil:
		return fmt.Errorf("%w: a row put has no counters", ErrInvalid)
	case it.Version != op.If:
		return fmt.Errorf("%w: put of another version than its condition", ErrInvalid)
	case !utf8.Valid(it.Doc) || !utf8.Valid(it.Summary):
		return fmt.Errorf("%w: not UTF-8", ErrInvalid)
	case len(it.Summary) > MaxSummary:
		return fmt.Errorf("%w: summary of %d bytes, at most %d", ErrTooLarge, len(it.Summary), MaxSummary)
	}
	if size := written(op).Size(); size > MaxItemBytes {
		return fmt.Errorf("%w: item of %d bytes, at most %d", ErrTooLarge, size, MaxItemBytes)
	}
	return validateIndexKeys(it.Index)
}

// written is the item as the store will hold it, whose version takes room too.
func written(op Op) Item {
	if op.Kind == OpPut {
		op.Item.Version++
	}
	return op.Item
}

func validateIndexKeys(index map[Index]IndexKey) error {
	for name, k := range index {
		if name == Primary || !knownIndex(name) {
			return fmt.Errorf("%w: no index of this name", ErrInvalid)
		}
		if err := validateKey(k.PK, k.SK); err != nil {
			return fmt.Errorf("index %s: %w", name, err)
		}
	}
	return nil
}

// validateAdd refuses whatever an Added row doesn't keep, rather than dropping it.
func validateAdd(it Item) error {
	if len(it.Counters) == 0 {
		return fmt.Errorf("%w: no counter to add to", ErrInvalid)
	}
	if it.Version != 0 || it.Doc != nil || it.Summary != nil || it.Index != nil || !it.Expires.IsZero() {
		return fmt.Errorf("%w: a row added to has counters only", ErrInvalid)
	}
	for name := range it.Counters {
		if !counterName(name) {
			return fmt.Errorf("%w: name of a counter", ErrInvalid)
		}
	}
	if it.Size() > MaxItemBytes {
		return fmt.Errorf("%w: item of %d bytes, at most %d", ErrTooLarge, it.Size(), MaxItemBytes)
	}
	return nil
}

func counterName(s string) bool {
	if s == "" || len(s) > MaxCounterName {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

func validateKey(pk, sk string) error {
	if err := validatePart(pk, MaxPartitionKey, "partition key"); err != nil {
		return err
	}
	return validatePart(sk, MaxSortKey, "sort key")
}

func validatePart(s string, limit int, what string) error {
	switch {
	case s == "":
		return fmt.Errorf("%w: empty %s", ErrInvalid, what)
	case len(s) > limit:
		return fmt.Errorf("%w: %s of %d bytes, at most %d", ErrInvalid, what, len(s), limit)
	case !utf8.ValidString(s):
		return fmt.Errorf("%w: %s is not UTF-8", ErrInvalid, what)
	}
	return nil
}
