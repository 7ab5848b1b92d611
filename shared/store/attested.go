package store

import (
	"context"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/table"
)

// Owner is whose a proven address is; it never changes, for merges go by the customer.
type Owner struct {
	Customer desk.CustomerID `json:"cust"`
}

// Owners reads whose proven addresses are, in their order; Exists is false for one that
// nobody has proven. At most 100; 1 R each.
func (s *Store) Owners(ctx context.Context, as ...desk.Attested) ([]Row[Owner], error) {
	if len(as) == 0 {
		return nil, nil
	}
	keys := make([]table.Key, len(as))
	for i, a := range as {
		keys[i] = attestedKey(a)
	}
	items, err := s.T.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	out := make([]Row[Owner], len(items))
	for i, it := range items {
		if out[i], err = decode[Owner](it); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// PutOwner notes whose a proven address is. The Write fails with ErrConflict if somebody
// noted another meanwhile.
func (tx *Tx) PutOwner(a desk.Attested, r Row[Owner]) { put(tx, attestedKey(a), r, table.Item{}) }

// DropOwner forgets whose a proven address is, as it was read.
func (tx *Tx) DropOwner(a desk.Attested, r Row[Owner]) {
	tx.ops = append(tx.ops, table.Delete(attestedKey(a), r.Version))
}
