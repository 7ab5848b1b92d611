package consolefn

import (
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// masked says whether the agent reads addresses and numbers in part only.
func (v *visit) masked() bool { return v.by.Masked(v.s.Access.MaskContacts) }

// fileName is an attachment's name as the agent may read it.
func (v *visit) fileName(name string) string {
	if !v.masked() {
		return name
	}
	return allow.MaskName(name)
}

// shown are addresses as the agent may read them.
func (v *visit) shown(addresses []string) []string {
	if !v.masked() {
		return addresses
	}
	out := make([]string, len(addresses))
	for i, a := range addresses {
		out[i] = allow.Mask(a)
	}
	return out
}

// unmasked finds whom a masked agent left in the field: they can keep somebody or take
// them out, and add whom they know, without reading any address. Two that look alike count
// in the order they stand there.
func (v *visit) unmasked(id desk.TicketID, typed []string) ([]string, error) {
	if !v.masked() || !slices.ContainsFunc(typed, hidden) {
		return typed, nil
	}
	row, err := v.readTicket(id)
	if err != nil {
		return nil, err
	}
	left := ticketing.Copies(row.Value)
	for i, one := range typed {
		if !hidden(one) {
			continue
		}
		n := slices.IndexFunc(left, func(a string) bool { return allow.Mask(a) == one })
		if n < 0 {
			return nil, desk.FieldError("cc", "is hidden in part: leave it as it is, or take it out")
		}
		typed[i] = left[n]
		left = slices.Delete(slices.Clone(left), n, n+1)
	}
	return typed, nil
}

// hidden says whether an address was masked.
func hidden(address string) bool { return strings.Contains(address, "***") }
