// Package tier decides how much haste a customer is worth by what is known of them.
package tier

import (
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// Rule gives a tier to those whom all of its conditions hold for.
type Rule struct {
	Tier desk.Tier `json:"tier" yaml:"tier"`
	If   When      `json:"if" yaml:"if"`
}

// When is a rule's conditions; what is empty asks for nothing.
type When struct {
	Tags        []string `json:"tags,omitempty" yaml:"tags"`                 // any of them
	MailDomains []string `json:"mail_domains,omitempty" yaml:"mail_domains"` // any of them, or below it; of proven mail only
	Field       string   `json:"field,omitempty" yaml:"field"`               // a custom field's id
	Values      []string `json:"values,omitempty" yaml:"values"`             // any of them; none: the field is filled in
}

// Decide gives the first rule's tier that the customer fits, else standard. What an agent
// has set stands.
func Decide(rules []Rule, c desk.Customer) desk.Tier {
	if c.TierSet {
		return c.Tier
	}
	for _, r := range rules {
		if r.If.holds(c) {
			return r.Tier
		}
	}
	return desk.Standard
}

func (w When) holds(c desk.Customer) bool {
	has := func(tag string) bool { return slices.Contains(c.Tags, tag) }
	switch v := c.Fields[w.Field]; {
	case len(w.Tags) > 0 && !slices.ContainsFunc(w.Tags, has):
		return false
	case w.Field != "" && (v == "" || len(w.Values) > 0 && !slices.Contains(w.Values, v)):
		return false
	}
	return len(w.MailDomains) == 0 || slices.ContainsFunc(c.Proven, w.from)
}

// from says whether a proven address is mail of one of the domains.
func (w When) from(a desk.Attested) bool {
	_, domain, ok := strings.Cut(a.ID, "@")
	return ok && a.Kind == desk.AttestedMail && slices.ContainsFunc(w.MailDomains, func(d string) bool {
		return domain == d || strings.HasSuffix(domain, "."+d)
	})
}
