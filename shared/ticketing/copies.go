package ticketing

import (
	"net/mail"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
)

// Copies are those who get a copy when an answer goes to all of a ticket's last mail;
// none where the answer doesn't go by mail.
func Copies(t desk.Ticket) []string {
	to := t.AnswerTo()
	if t.Mail == nil || to.Channel != desk.Email || to.ID == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.Mail.Cc), func(a string) bool { return a == to.ID })
}

// copies checks whom an agent chose, nil being all. Who gets a copy takes part from then
// on: their answer joins the ticket.
func (a *acting) copies(chosen []string) ([]string, error) {
	to := a.t.AnswerTo()
	if chosen == nil {
		return Copies(*a.t), nil
	}
	var out []string
	for _, s := range chosen {
		address, err := mailAddress("cc", s)
		if err != nil {
			return nil, err
		}
		if address != to.ID && !ownAddress(a.s, address) && !slices.Contains(out, address) {
			out = append(out, address)
		}
	}
	switch {
	case len(out) == 0:
		return nil, nil
	case to.Channel != desk.Email || to.ID == "":
		return nil, desk.FieldError("cc", "only mails have copies")
	case len(out) > mailParts:
		return nil, desk.FieldError("cc", "at most %d addresses get a copy", mailParts)
	}
	a.join(out)
	return out, nil
}

func (a *acting) join(addresses []string) {
	if a.t.Mail == nil {
		a.t.Mail = &desk.MailHead{}
	}
	h := a.t.Mail
	for _, s := range addresses {
		if !slices.Contains(h.Parts, s) && len(h.Parts) < mailParts {
			h.Parts = append(h.Parts, s)
		}
	}
}

// mailAddress reads one address that an agent wrote, with or without a name, and gives
// it as the desk compares it: bare, in lower case.
func mailAddress(field, s string) (string, error) {
	a, err := mail.ParseAddress(strings.TrimSpace(s))
	if err != nil || !strings.Contains(a.Address[strings.LastIndexByte(a.Address, '@')+1:], ".") || strings.ContainsAny(a.Address, " \"\r\n") {
		return "", desk.FieldError(field, "is not a mail address")
	}
	return strings.ToLower(a.Address), nil
}
