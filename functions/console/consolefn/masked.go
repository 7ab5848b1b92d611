package consolefn

import (
	"errors"
	"fmt"
	"html/template"
	"maps"
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

// typed is what an agent has written, to be shown to them again: escaped so that the
// hiding of customers' addresses finds none in it. It is their own text, and would else
// be sent as it was hidden.
func typed(text string) template.HTML {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("<>&\"'@%0123456789", r) {
			fmt.Fprintf(&b, "&#x%X;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return template.HTML(b.String()) //nolint:gosec // all that means something in HTML is escaped
}

// Typed is typed where something would else be hidden.
func (f frame) Typed(text string) any {
	if f.visit == nil || !f.visit.masked() {
		return text
	}
	return typed(text)
}

// typedURL is typed for an address that has what the agent typed.
func (v *visit) typedURL(u string) string {
	path, query, ok := strings.Cut(u, "?")
	if !ok || !v.masked() {
		return u
	}
	out := strings.Builder{}
	for i := 0; i < len(query); i++ {
		switch c := query[i]; {
		case c == '%' && i+2 < len(query):
			out.WriteString(query[i : i+3])
			i += 2
		case c == '.' || c >= '0' && c <= '9':
			fmt.Fprintf(&out, "%%%02X", c)
		default:
			out.WriteByte(c)
		}
	}
	return path + "?" + out.String()
}

// shownCustomer is a customer whose forms have what unhidden knows again.
func (v *visit) shownCustomer(c desk.Customer) desk.Customer {
	if !v.masked() {
		return c
	}
	c.Name, c.Remark, c.Tags, c.Fields = allow.Mask(c.Name), allow.Mask(c.Remark), v.shown(c.Tags), maps.Clone(c.Fields)
	for id, value := range c.Fields {
		c.Fields[id] = allow.Mask(value)
	}
	return c
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
	return v.unhidden("cc", typed, ticketing.Copies(row.Value))
}

// unhidden puts what is kept for what of it a masked agent's form has hidden in part. What
// looks hidden and is nothing of what is kept is refused: it would be kept as it looks.
func (v *visit) unhidden(field string, typed, kept []string) ([]string, error) {
	typed, kept, shown := slices.Clone(typed), slices.Clone(kept), slices.Clone(v.shown(kept))
	for i, one := range typed {
		if !hidden(one) {
			continue
		}
		n := slices.Index(shown, one)
		if n < 0 {
			return nil, desk.FieldError(field, "is hidden in part: leave it as it is, or take it out")
		}
		typed[i] = kept[n]
		kept, shown = slices.Delete(kept, n, n+1), slices.Delete(shown, n, n+1)
	}
	return typed, nil
}

// unhide is unhidden for a field of one value.
func (v *visit) unhide(field string, typed *string, kept string) error {
	one, err := v.unhidden(field, []string{*typed}, []string{kept})
	if err == nil {
		*typed = one[0]
	}
	return err
}

// unhideProfile puts what is kept of the customer for what the form had hidden of it.
func (v *visit) unhideProfile(p *ticketing.Profile) error {
	if !v.masked() {
		return nil
	}
	row, err := v.Store.Customer(v.r.Context(), v.customerID())
	if err != nil {
		return err
	}
	c := row.Value
	if p.Name != nil {
		err = v.unhide("name", p.Name, c.Name)
	}
	if err == nil && p.Mail != nil {
		err = errors.Join(v.unhide("email", p.Mail, c.Contact.Mail), v.unhide("phone", p.Phone, c.Contact.Phone))
	}
	if err == nil {
		*p.Tags, err = v.unhidden("tags", *p.Tags, c.Tags)
	}
	for id, value := range p.Fields {
		if err == nil {
			err = v.unhide("custom_fields."+id, &value, c.Fields[id])
			p.Fields[id] = value
		}
	}
	return err
}

// hidden says whether an address was masked.
func hidden(address string) bool { return strings.Contains(address, "***") }
