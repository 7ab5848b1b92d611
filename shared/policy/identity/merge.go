// Package identity decides what is one customer. A merge makes one customer an alias of
// another and moves nothing: addresses and tickets go on naming whom they came to, and
// readers follow the alias one hop. So a merge can be undone exactly (promise 10), with
// what was written since where it belongs.
package identity

import (
	"maps"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// MaxAliases is how many customers one may have taken in: a merge writes each of them
// in one transaction.
const MaxAliases = 20

// Merge makes from an alias of into and notes on into what an undo takes back. Both must
// be living customers as they were read. The ids answered are aliases of from, which now
// are to name into as well, so that one hop is enough.
func Merge(from, into *desk.Customer, how desk.Merge) ([]desk.CustomerID, error) {
	switch {
	case from.ID == into.ID:
		return nil, desk.FieldError("into", "is the same customer")
	case from.Merged != "" || into.Merged != "":
		return nil, desk.Errorf(desk.Conflict, "one of the customers was merged already")
	}
	how.From, how.With, how.Added, how.Asked = from.ID, from.Aliases(), nil, nil
	if len(how.With)+1+len(into.Aliases()) > MaxAliases {
		return nil, desk.FieldError("into", "has taken in %d customers, which is the most", MaxAliases)
	}
	for _, a := range from.Addresses {
		if !slices.Contains(into.Addresses, a) {
			how.Added = append(how.Added, a)
		}
	}
	// Two askings at one time are two: both may have waited for the same quiet hours' end.
	how.Asked = slices.Clone(from.Asked)
	how.AskedBy = askedBy(from)
	into.Addresses = append(slices.Clone(into.Addresses), how.Added...)
	into.Asked = append(slices.Clone(into.Asked), how.Asked...)
	slices.SortFunc(into.Asked, time.Time.Compare) // the last few count
	into.Merges = append(slices.Clone(into.Merges), how)
	from.Merged = into.ID
	return how.With, nil
}

// askedBy is when each survey asked a customer last, or anyone they took in.
func askedBy(c *desk.Customer) map[string]time.Time {
	out := maps.Clone(c.AskedBy)
	for _, m := range c.Merges {
		for survey := range m.AskedBy {
			if out == nil {
				out = map[string]time.Time{}
			}
			out[survey] = c.AskedLast(survey)
		}
	}
	return out
}

// less is times without others, each taken out once.
func less(times, others []time.Time) []time.Time {
	times = slices.Clone(times)
	for _, at := range others {
		if i := slices.IndexFunc(times, at.Equal); i >= 0 {
			times = slices.Delete(times, i, i+1)
		}
	}
	return times
}

// remember gives who was one customer with another what both were asked meanwhile: by
// which of their addresses isn't noted, and a cap is rather kept twice than broken.
func remember(from, into *desk.Customer, since time.Time) {
	if since.IsZero() {
		return
	}
	from.Asked, from.AskedBy = slices.Clone(from.Asked), maps.Clone(from.AskedBy)
	for _, at := range into.Asked {
		if at.After(since) && !slices.ContainsFunc(from.Asked, at.Equal) {
			from.Asked = append(from.Asked, at)
		}
	}
	slices.SortFunc(from.Asked, time.Time.Compare)
	for survey, at := range into.AskedBy {
		if !at.After(since) || !at.After(from.AskedBy[survey]) {
			continue
		}
		if from.AskedBy == nil {
			from.AskedBy = map[string]time.Time{}
		}
		from.AskedBy[survey] = at
	}
}

// Unmerge makes from a customer of its own again and takes from into what the merge gave
// it. The ids answered are the aliases that go with from and name it again. A merge
// inside another is undone after it.
func Unmerge(from, into *desk.Customer) ([]desk.CustomerID, error) {
	i := slices.IndexFunc(into.Merges, func(m desk.Merge) bool { return m.From == from.ID })
	if i < 0 || from.Merged != into.ID {
		return nil, desk.Errorf(desk.Conflict, "this customer was not merged into the other, or came with one that was: undo that merge first")
	}
	m := into.Merges[i]
	into.Merges = slices.Delete(slices.Clone(into.Merges), i, i+1)
	into.Addresses = slices.DeleteFunc(slices.Clone(into.Addresses), func(a desk.Address) bool { return slices.Contains(m.Added, a) })
	remember(from, into, m.At)
	into.Asked = less(into.Asked, m.Asked)
	from.Merged = ""
	return m.With, nil
}
