package ticketing

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/policy/takes"
	"github.com/deskhook/deskhook/shared/store"
)

// purposeForward marks a message that goes to a third party and is no customer's to see.
const purposeForward = "forward"

// Forward asks a third party, such as a supplier, about a ticket.
type Forward struct {
	To   string // a mail address
	Text string
	Last bool // quote the customer's last message below, with its files
}

// quotedBack is how far back the customer's last message is looked for.
const quotedBack = 50

// Forward mails a third party from the ticket and puts the ticket on hold. Their answer
// comes back as a note: the customer sees neither. The answer's address is signed for
// that party alone.
func (d *Desk) Forward(ctx context.Context, act Act, id desk.TicketID, f Forward) (desk.MessageID, error) {
	if err := checkText(f.Text); err != nil {
		return "", err
	}
	party, err := mailAddress("to", f.To)
	if err != nil {
		return "", err
	}
	return d.on(ctx, act, id, func(a *acting) error {
		if a.t.Status == desk.StatusSpam || a.t.Status == desk.StatusClosed {
			return desk.Errorf(desk.Conflict, "the ticket is over: open it before forwarding")
		}
		from, err := a.forwardFrom(party)
		if err != nil {
			return err
		}
		m := a.message("forward", f.Text+"\x00"+party)
		m.Text, m.Purpose, m.Subject, m.Lang = f.Text, purposeForward, a.t.Subject, a.t.Lang
		if f.Last {
			if err := a.quoteLast(ctx, &m, from); err != nil {
				return err
			}
		}
		a.msg = m.ID
		a.said = append(a.said, said("mail.forwarded", "who", party))
		a.sendTo(m, from)
		return a.become(desk.StatusOnHold)
	})
}

// forwardFrom is the party's address at the mailbox that writes to it: the ticket's own
// where it is answered by mail, else the first.
func (a *acting) forwardFrom(party string) (desk.Address, error) {
	if ownAddress(a.s, party) {
		return desk.Address{}, desk.FieldError("to", "is the desk's own address")
	}
	to := desk.Address{Channel: desk.Email, ID: party}
	if own := a.t.AnswerTo(); own.Channel == desk.Email {
		to.Account = own.Account
		return to, nil
	}
	i := slices.IndexFunc(a.s.Accounts, func(x config.Account) bool { return x.Channel == desk.Email })
	if i < 0 {
		return to, desk.FieldError("to", "no mailbox is set up to forward from")
	}
	to.Account = a.s.Accounts[i].Name
	return to, nil
}

// quoteLast puts the customer's last message below the text.
func (a *acting) quoteLast(ctx context.Context, m *desk.Message, to desk.Address) error {
	rows, _, err := a.desk.Store.Messages(ctx, a.t.ID, "", quotedBack, true)
	if err != nil {
		return err
	}
	for _, r := range rows {
		q := r.Value
		if q.Kind != desk.FromCustomer || q.Gone != "" {
			continue
		}
		m.Text += fmt.Sprintf("\n\n---- %s, %s ----\n%s", q.By.Name, q.ShownAt().In(a.s.Desk.Location()).Format("2006-01-02 15:04"), quoted(q))
		for _, f := range q.Attachments {
			if f.Blob != "" {
				f.Inline = ""
				m.Attachments = append(m.Attachments, f)
			}
		}
		if takes.Check(to, a.s.Takes(to), m.Attachments) != nil {
			m.Attachments = nil // more than a mail of ours carries: the agent sees them on the ticket
		}
		return nil
	}
	return nil
}

// quoted is a message as text, a form's fields line by line.
func quoted(m desk.Message) string {
	var b strings.Builder
	for _, f := range m.Fields {
		fmt.Fprintf(&b, "%s: %s\n", firstOf(f.Label, f.Name), f.Value)
	}
	if len(m.Fields) == 0 {
		b.WriteString(m.Text)
	}
	return "> " + strings.ReplaceAll(strings.TrimSpace(b.String()), "\n", "\n> ")
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// fromThirdParty finds the ticket of which the message is a third party's answer: one
// to the address that was signed for its author. In anybody else's mail the address says
// nothing, and the mail is threaded like any other.
func (r *receiving) fromThirdParty(ctx context.Context) (store.Row[desk.Ticket], bool, error) {
	var none store.Row[desk.Ticket]
	if r.in.Mail == nil || r.in.From.ID == "" {
		return none, false, nil
	}
	for _, a := range slices.Concat(r.in.Mail.Recipients, r.in.Mail.To, r.in.Mail.Cc) {
		tag, ok := plusTag(a)
		if !ok {
			continue
		}
		id, ok := links.OpenForwardTag(r.desk.Key, tag, r.in.From.ID)
		if !ok {
			continue
		}
		rows, err := r.desk.Store.Tickets(ctx, id)
		if err != nil || len(rows) == 0 {
			return none, false, err
		}
		return rows[0], true, nil
	}
	return none, false, nil
}

// noteAnswer keeps a third party's answer as a note. It reopens nothing; a ticket that
// waits for it goes back to the agents, unless a robot answered.
func (r *receiving) noteAnswer(ctx context.Context, row store.Row[desk.Ticket]) error {
	t, was := &row.Value, row.Value
	m := r.newMessage(t.ID)
	m.Kind = desk.Note
	m.By = desk.Actor{Kind: desk.ByThirdParty, ID: r.in.From.ID, Name: firstOf(r.in.Name, r.in.From.ID)}
	m.Decisions = []desk.Decision{said("thread.internal", "who", r.in.From.ID)}
	if r.in.Automatic != "" {
		m.Decisions = append(m.Decisions, said("auto.recognised", "why", r.in.Automatic))
	}
	if !r.in.Mail.Trusted {
		m.Decisions = append(m.Decisions, said("mail.unproven", "why", r.in.Mail.Why))
	}
	if t.Status == desk.StatusOnHold && r.person() {
		m.Decisions = append(m.Decisions, said("status.changed", "from", string(t.Status), "to", string(desk.StatusOpen)))
		t.Status = desk.StatusOpen
	}
	t.By, t.V, t.Updated = m.By, r.s.Version, r.at
	ds, err := r.follow(ctx, was, t, false)
	if err != nil {
		return err
	}
	m.Decisions = append(m.Decisions, ds...)
	r.tx.PutMessage(store.Row[desk.Message]{Value: m})
	r.tx.PutTicket(row)
	r.seen = store.Seen{Ticket: t.ID, Message: m.ID}
	return nil
}
