package desk

import (
	"encoding/binary"
	"strings"
)

// Label is what a person is called who has told no name: their address, and on WeChat,
// where that is an OpenID nobody can read or tell from another, a short name made of it,
// such as "WeChat user 7K3Q" (zh-CN: "微信用户 7K3Q"). It is always the same for an address,
// and two people seldom share one: there are a million of them.
func (a Address) Label(lang string) string {
	if a.Channel != WeChat {
		return a.ID
	}
	sum := digest([]string{"label", a.Account, a.ID})
	n := binary.BigEndian.Uint32(sum[:4])
	var b [4]byte
	for i := range b {
		b[i] = crockford[n&31]
		n >>= 5
	}
	if strings.HasPrefix(strings.ToLower(lang), "zh") {
		return "微信用户 " + string(b[:])
	}
	return "WeChat user " + string(b[:])
}

// Called is how lists show the ticket's customer.
func (t Ticket) Called(lang string) string { return firstOf(t.Name, t.From.Label(lang)) }

// Called is the name that agents gave the address's owner, else the one they came with;
// it may be empty.
func (i Identity) Called() string { return firstOf(i.Remark, i.Name) }

// Called is how a page shows the customer: by the agents' remark, the name they came
// with, or what their WeChat address makes of them; it may be empty.
func (c Customer) Called(lang string) string {
	for _, a := range c.Addresses {
		if a.Channel == WeChat {
			return firstOf(c.Remark, c.Name, a.Label(lang))
		}
	}
	return firstOf(c.Remark, c.Name)
}

// Shown is how a page names the customer: who told no name by their first address, as a
// ticket's lists do; empty only where there is none.
func (c Customer) Shown(lang string) string {
	if name := c.Called(lang); name != "" || len(c.Addresses) == 0 {
		return name
	}
	return c.Addresses[0].Label(lang)
}

func firstOf(names ...string) string {
	for _, n := range names {
		if n != "" {
			return n
		}
	}
	return ""
}
