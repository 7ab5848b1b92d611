package consolefn

import (
	"net/url"
	"strings"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/ticketing"
)

// fieldInput is a custom field as the form shows it.
type fieldInput struct {
	ID, Label, Value, Type string
	Choices                []choice
}

var tierNames = []struct {
	id     desk.Tier
	zh, en string
}{
	{"", "按规则", "By the rules"}, {desk.Standard, "普通", "Standard"}, {desk.Silver, "银牌", "Silver"},
	{desk.Gold, "金牌", "Gold"}, {desk.VIP, "VIP", "VIP"},
}

// profileForm fills the form in with what is kept.
func (v *visit) profileForm(p *customerPage) {
	c := p.Person.C
	p.Tags = strings.Join(c.Tags, ", ")
	for _, t := range tierNames {
		chosen := c.TierSet && t.id == c.Tier || !c.TierSet && t.id == ""
		p.Tiers = append(p.Tiers, choice{ID: string(t.id), Name: p.L(t.zh, t.en), Chosen: chosen})
	}
	v.saidForm(p)
	for _, f := range v.s.CustomerFields {
		in := fieldInput{ID: f.ID, Label: f.Label.In(v.lang), Value: c.Fields[f.ID], Type: "text"}
		if f.Type == config.CustomerDate {
			in.Type = "date"
		}
		for _, o := range f.Choices {
			in.Choices = append(in.Choices, choice{ID: o.Value, Name: o.Label.In(v.lang), Chosen: o.Value == in.Value})
		}
		p.Fields = append(p.Fields, in)
	}
}

// profile saves the form, all of it or nothing.
func (v *visit) profile() error {
	f := v.r.PostForm
	tags := strings.FieldsFunc(f.Get("tags"), func(r rune) bool { return strings.ContainsRune(",，、;；  \t\n", r) })
	zone, tier := strings.TrimSpace(f.Get("time_zone")), desk.Tier(f.Get("tier"))
	p := ticketing.Profile{TimeZone: &zone, Tier: &tier, Tags: &tags, Fields: map[string]string{}, Consents: consents(f)}
	if name := strings.TrimSpace(f.Get("name")); f.Has("name") { // not in a page of before
		p.Name = &name
	}
	if lang := f.Get("language"); f.Has("language") {
		p.Language = &lang
	}
	if mail, number := strings.TrimSpace(f.Get("email")), strings.TrimSpace(f.Get("phone")); f.Has("email") {
		p.Mail, p.Phone = &mail, &number
	}
	for _, x := range v.s.CustomerFields {
		p.Fields[x.ID] = strings.TrimSpace(f.Get("field-" + x.ID))
	}
	if err := v.unhideProfile(&p); err != nil {
		return err
	}
	if err := v.Desk.ChangeCustomer(v.r.Context(), v.act(), v.customerID(), p); err != nil {
		return err
	}
	v.toCustomer(v.customerID())
	return nil
}

// agreed is a consent as the form shows it.
type agreed struct {
	desk.Consent
	Who string
}

var langNames = []struct{ id, zh, en string }{{"", "未知", "Not known"}, {"zh-CN", "中文", "Chinese"}, {"en", "英文", "English"}}

// saidForm fills in what the customer has said of themselves.
func (v *visit) saidForm(p *customerPage) {
	for _, l := range langNames {
		p.Langs = append(p.Langs, choice{ID: l.id, Name: p.L(l.zh, l.en), Chosen: l.id == p.Person.C.Lang})
	}
	for _, c := range p.Person.C.Consents {
		p.Agreed = append(p.Agreed, agreed{c, v.who(c.By)})
	}
}

// consents reads those that the form names, and one that is new.
func consents(f url.Values) map[string]bool {
	out := map[string]bool{}
	for name := range f {
		if of, ok := strings.CutPrefix(name, "consent-"); ok && f.Get(name) != "" {
			out[of] = f.Get(name) == "given"
		}
	}
	if of := strings.ToLower(strings.TrimSpace(f.Get("purpose"))); of != "" {
		out[of] = f.Get("purpose-given") == "given"
	}
	return out
}

// suggestion accepts or dismisses that the customer is another.
func (v *visit) suggestion() error {
	with := desk.CustomerID(v.r.PostForm.Get("with"))
	do := v.Desk.Dismiss
	if v.r.PostForm.Get("do") == "accept" {
		do = v.Desk.Accept
	}
	if err := do(v.r.Context(), v.act(), v.customerID(), with); err != nil {
		return err
	}
	v.toCustomer(v.customerID())
	return nil
}
