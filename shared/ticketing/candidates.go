package ticketing

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/policy/thread"
	"github.com/deskhook/deskhook/shared/store"
)

// candidate is a ticket that the message may belong to, with the row it was read as.
type candidate struct {
	how string
	row store.Row[desk.Ticket]
}

// candidates finds the tickets a message may belong to, the strongest sign first, and
// what is known of the Message-IDs it names.
func (r *receiving) candidates(ctx context.Context) ([]candidate, map[string]store.Row[store.Ref], error) {
	switch {
	case r.in.Mail != nil:
		return r.mailCandidates(ctx)
	case r.in.Follows != "":
		cs, err := r.followed(ctx)
		return cs, nil, err
	case oneTicketEach(r.in.From.Channel) && r.identity.Value.Ticket != "":
		rows, err := r.desk.Store.Tickets(ctx, r.identity.Value.Ticket)
		if err != nil || len(rows) == 0 {
			return nil, nil, err
		}
		return []candidate{{thread.ByConversation, rows[0]}}, nil, nil
	}
	return nil, nil, nil
}

// refsAsked bounds how many Message-IDs of one mail are looked up.
const refsAsked = 20

func (r *receiving) mailCandidates(ctx context.Context) ([]candidate, map[string]store.Row[store.Ref], error) {
	mail := r.in.Mail
	asked := []string{mail.MessageID, mail.InReplyTo}
	for _, id := range slices.Backward(mail.References) {
		asked = append(asked, id)
	}
	asked = slices.DeleteFunc(asked, func(id string) bool { return id == "" })
	if len(asked) > refsAsked {
		asked = asked[:refsAsked]
	}
	known, err := r.desk.Store.Refs(ctx, asked)
	if err != nil {
		return nil, nil, err
	}
	cs, err := r.load(ctx, r.pointers(known))
	return cs, known, err
}

// pointer is a ticket's id and how it was found.
type pointer struct {
	how string
	id  desk.TicketID
}

func (r *receiving) pointers(known map[string]store.Row[store.Ref]) []pointer {
	var ps []pointer
	add := func(how string, id desk.TicketID) {
		if id != "" && !slices.ContainsFunc(ps, func(p pointer) bool { return p.id == id }) {
			ps = append(ps, pointer{how, id})
		}
	}
	mail := r.in.Mail
	for _, a := range slices.Concat(mail.Recipients, mail.To, mail.Cc) {
		if tag, ok := plusTag(a); ok {
			if id, ok := r.desk.Key.OpenTag(links.ReplyPurpose, tag); ok {
				add(thread.ByReplyAddress, desk.TicketID(strings.ToUpper(id)))
			}
		}
	}
	if ref, ok := known[mail.InReplyTo]; ok {
		add(thread.ByInReplyTo, ref.Value.Ticket)
	}
	for _, id := range slices.Backward(mail.References) {
		add(thread.ByReferences, known[id].Value.Ticket)
	}
	// A mail that others answered before it came itself.
	add(thread.ByReferences, known[mail.MessageID].Value.Ticket)
	return ps
}

func (r *receiving) load(ctx context.Context, ps []pointer) ([]candidate, error) {
	ids := make([]desk.TicketID, len(ps))
	for i, p := range ps {
		ids[i] = p.id
	}
	rows, err := r.desk.Store.Tickets(ctx, ids...)
	if err != nil {
		return nil, err
	}
	var cs []candidate
	for _, p := range ps {
		for _, row := range rows {
			if row.Value.ID == p.id {
				cs = append(cs, candidate{p.how, row})
			}
		}
	}
	return cs, nil
}

func toThread(cs []candidate) []thread.Candidate {
	out := make([]thread.Candidate, len(cs))
	for i, c := range cs {
		out[i] = thread.Candidate{How: c.how, Ticket: c.row.Value}
	}
	return out
}

// plusTag is what stands between "+" and "@" of an address.
func plusTag(address string) (string, bool) {
	local, _, ok := strings.Cut(address, "@")
	if !ok {
		return "", false
	}
	_, tag, ok := strings.Cut(local, "+")
	return tag, ok && tag != ""
}

// ownAddress says whether a mail address is the desk's own, with or without a tag.
func (r *receiving) ownAddress(address string) bool { return ownAddress(r.s, address) }

func ownAddress(s *config.Settings, address string) bool {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	local, _, _ = strings.Cut(local, "+")
	return slices.Contains(MailAddresses(s), local+"@"+domain)
}

// MailAddresses are the addresses of the desk's e-mail accounts, in lower case.
func MailAddresses(s *config.Settings) []string {
	var out []string
	for _, a := range s.Accounts {
		var own struct {
			Address string `json:"address"`
		}
		if a.Channel == desk.Email && json.Unmarshal(a.Settings, &own) == nil && own.Address != "" {
			out = append(out, strings.ToLower(own.Address))
		}
	}
	return out
}
