package ticketing

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/store"
)

// Split is what is taken out of a ticket.
type Split struct {
	Messages []desk.MessageID // what the customer wrote, and notes
	Subject  string           // of the new ticket; "" = the first message's
}

// splitMost bounds how many messages go at once: each is up to three items of one
// transaction, which takes 100, and marked as feedback one more. splitBytes bounds their
// texts: it takes 4 MB.
const (
	splitMost  = 30
	splitItems = 3 * splitMost
	splitBytes = 1 << 20
)

// Split moves chosen messages into a new ticket of the same customer, in one transaction,
// and gives that ticket's id. Their rows stay behind as stubs that say where the words
// are, so that nothing is counted twice and the order of what was applied stays. Answers
// to a moved mail land in the new ticket; on a channel with one ticket for each customer
// what they write next lands where it did.
func (d *Desk) Split(ctx context.Context, act Act, id desk.TicketID, sp Split) (desk.TicketID, error) {
	ids, err := sp.check()
	if err != nil {
		return "", err
	}
	var made desk.TicketID
	msg, err := d.on(ctx, act, id, func(a *acting) error {
		s := &splitting{acting: a, subject: sp.Subject}
		err := s.split(ctx, ids)
		made = s.t2.ID
		return err
	})
	if err != nil || made != "" {
		return made, err
	}
	return d.madeBefore(ctx, id, msg, splitOff)
}

func (sp Split) check() ([]desk.MessageID, error) {
	ids := slices.Clone(sp.Messages)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	switch {
	case len(ids) == 0:
		return nil, desk.FieldError("message_ids", "name at least one message")
	case len(ids) > splitMost:
		return nil, desk.FieldError("message_ids", "at most %d messages are split off at once", splitMost)
	case len([]rune(sp.Subject)) > 120 || strings.ContainsAny(sp.Subject, "\r\n"):
		return nil, desk.FieldError("subject", "may have one line of at most 120 characters")
	}
	return ids, nil
}

// madeBefore finds the ticket that the same request made before: its journal names it in
// a decision of this code.
func (d *Desk) madeBefore(ctx context.Context, id desk.TicketID, msg desk.MessageID, code string) (desk.TicketID, error) {
	row, err := d.Store.Message(ctx, id, msg)
	if err != nil {
		return "", err
	}
	for _, x := range row.Value.Decisions {
		if n, ok := desk.ParseNumber(x.Args["ticket"]); ok && x.Code == code {
			return n, nil
		}
	}
	return "", desk.Errorf(desk.Conflict, "the idempotency key was used for something else")
}

const splitOff = "thread.split_off"

// splitting is one try of taking messages out of a ticket.
type splitting struct {
	*acting
	subject string
	t2      desk.Ticket
	moved   []desk.Message
}

func (s *splitting) split(ctx context.Context, ids []desk.MessageID) error {
	switch t := s.t; {
	case t.Into != "":
		return desk.Errorf(desk.Conflict, "the ticket was merged into %s: undo that first", t.Into.Number())
	case t.Status == desk.StatusSpam:
		return desk.Errorf(desk.Conflict, "the ticket is spam: mark it as not spam first")
	case t.AnswerTo().ID == "":
		return desk.Errorf(desk.Conflict, "the customer left no address: they would never find the new ticket")
	}
	rows, err := s.desk.Store.MessagesByID(ctx, s.t.ID, ids...)
	if err != nil {
		return err
	}
	if len(rows) < len(ids) {
		return desk.FieldError("message_ids", "names a message that the ticket doesn't have")
	}
	size, items := 0, 0
	for _, row := range rows {
		if why := unmovable(row.Value); why != "" {
			return desk.FieldError("message_ids", "%s", why)
		}
		size += len(row.Value.Text) + len(row.Value.Full) + len(row.Value.HTML)
		items += itemsOf(row.Value)
		s.moved = append(s.moved, row.Value)
	}
	if items > splitItems {
		return desk.FieldError("message_ids", "at most %d messages are split off at once", splitItems/4)
	}
	if size > splitBytes {
		return desk.FieldError("message_ids", "their texts are too long to be moved at once: choose fewer")
	}
	if err := s.newTicket(ctx); err != nil {
		return err
	}
	for _, row := range rows {
		if err := s.record(ctx, &row.Value); err != nil {
			return err
		}
		s.move(row)
	}
	return s.write(ctx)
}

// unmovable says why a message can't be moved, or "".
func unmovable(m desk.Message) string {
	switch {
	case m.Kind != desk.FromCustomer && m.Kind != desk.Note:
		return "only what the customer wrote and notes can be split off"
	case m.Gone != "":
		return "names a message that was split off already"
	case m.From.Channel != desk.Generic && slices.ContainsFunc(m.Attachments, desk.Attachment.Waiting):
		return "has files that are still being fetched: try again in a minute"
	}
	return ""
}

// newTicket makes the ticket that the messages go to: it goes on with whoever has the
// other one, and waits from the oldest of its messages that the customer waits for.
func (s *splitting) newTicket(ctx context.Context) error {
	t := s.t
	id, err := s.freeID(ctx)
	if err != nil {
		return err
	}
	s.t2 = desk.Ticket{
		ID: id, Subject: s.title(), Status: desk.StatusOpen, Priority: t.Priority, Type: t.Type, Team: t.Team, Assignee: t.Assignee,
		Customer: t.Customer, Name: t.Name, Tier: t.Tier, From: t.From, Phoned: t.Phoned, To: t.To, Lang: t.Lang, Tags: slices.Clone(t.Tags),
		Skills: slices.Clone(t.Skills), SLA: t.SLA, Opened: s.act.At, Contact: t.Contact,
		By: s.act.By, V: s.s.Version, Updated: s.act.At, Mail: s.mailHead(),
	}
	for _, m := range s.moved {
		if !t.WaitingSince.IsZero() && m.Kind == desk.FromCustomer && m.Automatic == "" && !m.At.Before(t.WaitingSince) {
			s.t2.WaitingSince = m.At
			break
		}
	}
	return nil
}

// freeID derives the new ticket's id from what is moved, and looks up that it is free.
func (s *splitting) freeID(ctx context.Context) (desk.TicketID, error) {
	of := []string{"split", string(s.t.ID)}
	for _, m := range s.moved {
		of = append(of, string(m.ID))
	}
	for n := 0; ; n++ {
		id := desk.NewTicketID(n, of...)
		rows, err := s.desk.Store.Tickets(ctx, id)
		if err != nil || len(rows) == 0 {
			return id, err
		}
	}
}

func (s *splitting) title() string {
	if title := strings.TrimSpace(s.subject); title != "" {
		return title
	}
	for _, m := range s.moved {
		if text := firstOf(m.Subject, firstLine(m.Text)); m.Kind == desk.FromCustomer && text != "" {
			return cut(text, 120)
		}
	}
	return s.t.Subject
}

// mailHead is what answers from the new ticket need. Who read the other ticket's last
// mail gets a copy only where that mail goes along.
func (s *splitting) mailHead() *desk.MailHead {
	was := s.t.Mail
	if was == nil {
		return nil
	}
	h := &desk.MailHead{Parts: slices.Clone(was.Parts)}
	for _, m := range s.moved {
		if m.MailID != "" {
			h.LastID, h.Refs = m.MailID, chain(h.Refs, []string{m.MailID})
		}
	}
	if h.LastID == was.LastID {
		h.Cc = slices.Clone(was.Cc)
	}
	return h
}

// itemsOf is how many items of the transaction a message takes.
func itemsOf(m desk.Message) int {
	n := 2
	if m.MailID != "" {
		n++
	}
	if m.Marked != "" {
		n++
	}
	return n
}

// record takes the feedback along that a message is marked as. Its follow-up stays where it
// was opened: somebody may be at it.
func (s *splitting) record(ctx context.Context, m *desk.Message) error {
	if m.Marked == "" {
		return nil
	}
	row, err := s.desk.Store.Feedback(ctx, recordOf(*m))
	if err != nil || !row.Exists() {
		return err
	}
	f := &row.Value
	follow, err := s.desk.Store.Recovery(ctx, f.FollowedIn(), desk.SurveyID(f.ID))
	if err != nil {
		return err
	}
	if follow.Exists() {
		f.FollowUp = follow.Value.Ticket
	}
	m.Record = f.ID
	f.Ticket, f.Changed, f.V = s.t2.ID, s.act.At, s.s.Version
	s.tx.PutFeedback(row)
	return nil
}

// move puts a message's row into the new ticket and leaves a stub.
func (s *splitting) move(row store.Row[desk.Message]) {
	m := row.Value
	m.Ticket, m.Moved = s.t2.ID, s.t.ID
	s.tx.PutMessage(store.Row[desk.Message]{Value: m})
	was := row.Value
	row.Value = desk.Message{
		ID: was.ID, Ticket: was.Ticket, Kind: was.Kind, By: was.By, At: was.At, Sent: was.Sent, From: was.From, Automatic: was.Automatic,
		Gone: s.t2.ID, Decisions: []desk.Decision{said(splitOff, "ticket", s.t2.ID.Number())}, V: s.s.Version,
	}
	s.tx.PutMessage(row)
}

// write puts the new ticket, and what follows from it, into the transaction.
func (s *splitting) write(ctx context.Context) error {
	if err := s.refs(ctx); err != nil {
		return err
	}
	t2 := &s.t2
	s.tx.PutFact(factID(desk.FactOpened, *t2), fact(s.s, desk.FactOpened, *t2, s.act.At))
	ds := []desk.Decision{said("thread.split_from", "ticket", s.t.ID.Number())}
	ds = append(ds, settle(s.s, &s.tx, t2, s.act.At)...)
	x := &handing{desk: s.desk, s: s.s, tx: &s.tx, at: s.act.At}
	more, err := x.over(ctx, desk.Ticket{}, t2)
	if err != nil {
		return err
	}
	j := journal(t2.ID, s.act.By, s.act.At.Add(time.Millisecond), s.s.Version, append(ds, more...)...)
	s.tx.PutMessage(store.Row[desk.Message]{Value: j})
	s.tx.PutTicket(store.Row[desk.Ticket]{Value: *t2})
	s.said = append(s.said, said(splitOff, "ticket", t2.ID.Number()))
	return nil
}

// refs lets answers to the moved mails land in the new ticket.
func (s *splitting) refs(ctx context.Context) error {
	var ids []string
	for _, m := range s.moved {
		if m.MailID != "" {
			ids = append(ids, m.MailID)
		}
	}
	known, err := s.desk.Store.Refs(ctx, ids)
	if err != nil {
		return err
	}
	for _, m := range s.moved {
		if was, ok := known[m.MailID]; ok && was.Value.Message == m.ID {
			s.tx.PutRef(m.MailID, store.Row[store.Ref]{Value: store.Ref{Ticket: s.t2.ID, Message: m.ID}, Version: was.Version})
		}
	}
	return nil
}
