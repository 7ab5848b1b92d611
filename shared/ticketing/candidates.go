package ticketing

import (
	"context"
	"encoding/json"
	"regexp"
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
	how     string
	row     store.Row[desk.Ticket]
	pointed *desk.Ticket // where the sign points to, if that was merged into row
}

// candidates finds the tickets a message may belong to, the strongest sign first, and
// what is known of the Message-IDs it names.
func (r *receiving) candidates(ctx context.Context) ([]candidate, map[string]store.Row[store.Ref], error) {
	switch {
	case r.shutOut():
		return nil, nil, nil
	case r.in.Mail != nil:
		return r.mailCandidates(ctx)
	case r.in.Follows != "":
		cs, err := r.followed(ctx)
		return cs, nil, err
	case oneTicketEach(r.in.From.Channel) && r.identity.Value.Ticket != "":
		cs, err := r.load(ctx, []pointer{{thread.ByConversation, r.identity.Value.Ticket}})
		return cs, nil, err
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
	for _, id := range known[mail.InReplyTo].Value.Tickets() {
		add(thread.ByInReplyTo, id)
	}
	for _, ref := range slices.Backward(mail.References) {
		for _, id := range known[ref].Value.Tickets() {
			add(thread.ByReferences, id)
		}
	}
	// A mail that others answered before it came itself.
	for _, id := range known[mail.MessageID].Value.Tickets() {
		add(thread.ByReferences, id)
	}
	for _, id := range numbers(r.in.Subject) {
		add(thread.BySubject, id)
	}
	return ps[:min(len(ps), ticketsAsked)]
}

// ticketsAsked bounds how many tickets are read for one mail.
const ticketsAsked = 30

// tag is a ticket's number in a subject, as [DH-7K3Q-9W] or [#DH-7K3Q-9W].
var tag = regexp.MustCompile(`(?i)\[#?(DH-[0-9A-Z]{4}-[0-9A-Z]{2})\]`)

// numbers are the tickets whose numbers stand in a subject, at most three.
func numbers(subject string) []desk.TicketID {
	var out []desk.TicketID
	for _, m := range tag.FindAllStringSubmatch(subject, 3) {
		if id, ok := desk.ParseNumber(m[1]); ok {
			out = append(out, id)
		}
	}
	return out
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
			if row.Value.ID != p.id {
				continue
			}
			c, err := r.merged(ctx, candidate{how: p.how, row: row})
			if err != nil {
				return nil, err
			}
			cs = append(cs, c)
		}
	}
	return cs, nil
}

// hops bounds how many merges are followed, one after another.
const hops = 8

// merged follows a ticket into the one it was merged into: a read for each, and only
// where there was a merge.
func (r *receiving) merged(ctx context.Context, c candidate) (candidate, error) {
	for n := 0; n < hops && c.row.Value.Into != ""; n++ {
		if c.pointed == nil {
			t := c.row.Value
			c.pointed = &t
		}
		rows, err := r.desk.Store.Tickets(ctx, c.row.Value.Into)
		if err != nil || len(rows) == 0 {
			return c, err
		}
		c.row = rows[0]
	}
	return c, nil
}

func toThread(cs []candidate) []thread.Candidate {
	out := make([]thread.Candidate, len(cs))
	for i, c := range cs {
		out[i] = thread.Candidate{How: c.how, Ticket: c.row.Value, Pointed: c.pointed}
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
