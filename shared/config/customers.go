package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/deskhook/deskhook/shared/desk"
)

// CustomerField is something the desk keeps of customers beside what all desks keep.
type CustomerField struct {
	ID      string            `json:"id" yaml:"id"`
	Label   Text              `json:"label" yaml:"label"`
	Type    CustomerFieldType `json:"type" yaml:"type"`                 // default text
	Choices []Choice          `json:"choices,omitempty" yaml:"choices"` // of type choice
}

// CustomerFieldType rules what a customer's field takes.
type CustomerFieldType string

// The types of a customer's field.
const (
	CustomerText   CustomerFieldType = "text" // one line of at most 200 characters
	CustomerNumber CustomerFieldType = "number"
	CustomerDate   CustomerFieldType = "date" // 2006-01-02
	CustomerChoice CustomerFieldType = "choice"
)

var customerFieldTypes = []CustomerFieldType{CustomerText, CustomerNumber, CustomerDate, CustomerChoice}

// CustomerField finds a field by id.
func (s *Settings) CustomerField(id string) (CustomerField, bool) {
	i := slices.IndexFunc(s.CustomerFields, func(f CustomerField) bool { return f.ID == id })
	if i < 0 {
		return CustomerField{}, false
	}
	return s.CustomerFields[i], true
}

// Fault says why the field doesn't take a value, or "". An empty value is none.
func (f CustomerField) Fault(v string) string {
	if v == "" {
		return ""
	}
	switch f.Type {
	case CustomerNumber:
		if n, err := strconv.ParseFloat(v, 64); err != nil || math.IsInf(n, 0) || math.IsNaN(n) || len(v) > 40 {
			return "must be a number"
		}
	case CustomerDate:
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return "must be a date such as 2026-01-31"
		}
	case CustomerChoice:
		if !slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Value == v }) {
			return "must be one of " + strings.Join(f.values(), ", ")
		}
	default:
		if utf8.RuneCountInString(v) > 200 || !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl) {
			return "may have one line of at most 200 characters"
		}
	}
	return ""
}

func (f CustomerField) values() []string {
	var out []string
	for _, c := range f.Choices {
		out = append(out, c.Value)
	}
	return out
}

// Bounds of what is kept with each customer, and held against them.
const (
	maxCustomerFields = 30
	maxTierRules      = 50
)

func (c *checker) customers(s *Settings) {
	ids := map[string]bool{}
	if len(s.CustomerFields) > maxCustomerFields {
		c.at("customer_fields", "there may be at most %d fields", maxCustomerFields)
	}
	for i, f := range s.CustomerFields {
		path := fmt.Sprintf("customer_fields[%d]", i)
		c.id(path+".id", f.ID, ids)
		c.needText(path+".label", f.Label)
		if f.Type != "" {
			oneOf(c, path+".type", []CustomerFieldType{f.Type}, customerFieldTypes, customerFieldTypes)
		}
		if (f.Type == CustomerChoice) != (len(f.Choices) > 0) {
			c.at(path+".choices", "are needed by a field of type choice, and by no other")
		}
		c.filled(path+".choices", f.values())
	}
	if len(s.Tiers) > maxTierRules {
		c.at("tiers", "there may be at most %d rules", maxTierRules)
	}
	for i := range s.Tiers {
		c.tierRule(fmt.Sprintf("tiers[%d]", i), i, s)
	}
}

func (c *checker) tierRule(path string, i int, s *Settings) {
	r := s.Tiers[i]
	oneOf(c, path+".tier", []desk.Tier{r.Tier}, tiers, tiers)
	if len(r.If.Tags) == 0 && len(r.If.MailDomains) == 0 && r.If.Field == "" {
		c.at(path+".if", "is missing: name tags, mail_domains, or a field")
	}
	for j, tag := range r.If.Tags {
		if why := desk.TagFault(tag); why != "" || tag != strings.ToLower(tag) {
			c.at(fmt.Sprintf("%s.if.tags[%d]", path, j), "%q must be a tag in lower case", tag)
		}
	}
	for j, d := range r.If.MailDomains {
		if !strings.Contains(d, ".") || strings.ContainsAny(d, "@ ") || d != strings.ToLower(d) {
			c.at(fmt.Sprintf("%s.if.mail_domains[%d]", path, j), "must be a domain such as example.com, in lower case")
		}
	}
	f, ok := s.CustomerField(r.If.Field)
	if r.If.Field != "" && !ok {
		c.at(path+".if.field", "there is no field %q in customer_fields", r.If.Field)
	}
	for j, v := range r.If.Values {
		if why := f.Fault(v); why != "" || v == "" || r.If.Field == "" {
			c.at(fmt.Sprintf("%s.if.values[%d]", path, j), "%q is nothing that the field can hold", v)
		}
	}
}
