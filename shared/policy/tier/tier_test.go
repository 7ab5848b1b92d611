package tier

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/deskhook/deskhook/shared/desk"
)

func TestDecide(t *testing.T) {
	rules := []Rule{
		{desk.VIP, When{Tags: []string{"founder"}}},
		{desk.Gold, When{MailDomains: []string{"big.example"}, Field: "plan", Values: []string{"pro"}}},
		{desk.Silver, When{Field: "plan"}},
	}
	proven := []desk.Attested{{Kind: desk.AttestedMail, ID: "ann@eu.big.example"}}
	for name, x := range map[string]struct {
		c    desk.Customer
		want desk.Tier
	}{
		"nobody":           {desk.Customer{}, desk.Standard},
		"a tag":            {desk.Customer{Tags: []string{"x", "founder"}}, desk.VIP},
		"all conditions":   {desk.Customer{Proven: proven, Fields: map[string]string{"plan": "pro"}}, desk.Gold},
		"a field alone":    {desk.Customer{Fields: map[string]string{"plan": "pro"}}, desk.Silver},
		"a domain alone":   {desk.Customer{Proven: proven}, desk.Standard},
		"unproven mail":    {desk.Customer{Addresses: []desk.Address{{Channel: desk.Email, ID: "a@big.example"}}, Fields: map[string]string{"plan": "pro"}}, desk.Silver},
		"a similar domain": {desk.Customer{Proven: []desk.Attested{{Kind: desk.AttestedMail, ID: "a@notbig.example"}}, Fields: map[string]string{"plan": "pro"}}, desk.Silver},
		"set by a person":  {desk.Customer{Tier: desk.Standard, TierSet: true, Tags: []string{"founder"}}, desk.Standard},
	} {
		require.Equal(t, x.want, Decide(rules, x.c), name)
	}
}
