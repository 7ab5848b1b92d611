package jobsfn

import (
	"context"
	"slices"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// forgetUnion takes the unionid from a customer who follows no other account by which the
// desk would know it; true where there was one.
func (e *erasing) forgetUnion(ctx context.Context, c *store.Row[desk.Customer]) (bool, error) {
	v := &c.Value
	follows := func(a desk.Address) bool { return a.Channel == desk.WeChat && a != e.job.Address }
	i := slices.IndexFunc(v.Proven, func(a desk.Attested) bool { return a.Kind == desk.AttestedUnion })
	if i < 0 || slices.ContainsFunc(v.Addresses, follows) {
		return false, nil
	}
	owners, err := e.h.Store.Owners(ctx, v.Proven[i])
	if err != nil {
		return false, err
	}
	if owners[0].Exists() && owners[0].Value.Customer == v.ID {
		e.tx.DropOwner(v.Proven[i], owners[0])
	}
	v.Proven = slices.Delete(slices.Clone(v.Proven), i, i+1)
	return true, nil
}
