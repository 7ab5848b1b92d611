package ticketing

import (
	"context"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/thread"
	"github.com/deskhook/deskhook/shared/store"
)

// write puts everything that follows from a message into the transaction.
func (r *receiving) write(ctx context.Context, row store.Row[desk.Ticket], v thread.Verdict, refs map[string]store.Row[store.Ref]) error {
	t := &row.Value
	was := row.Value
	m := r.newMessage(t.ID)
	m.Decisions = slices.Concat(v.Decisions, r.proving.said)
	opened := !row.Exists()
	if opened {
		m.Decisions = append(m.Decisions, r.routed.Decisions...)
		m.Decisions = append(m.Decisions, said("route.team", "team", t.Team))
		r.tx.PutFact(factID(desk.FactOpened, *t), fact(r.s, desk.FactOpened, *t, r.at))
	}
	m.Decisions = append(m.Decisions, r.in.Marks...)
	if r.in.Spam != "" {
		m.Decisions = append(m.Decisions, said("spam.marked", "why", r.in.Spam))
	}
	if r.in.Automatic != "" {
		m.Decisions = append(m.Decisions, said("auto.recognised", "why", r.in.Automatic))
	}
	if mail := r.in.Mail; mail != nil && !mail.Trusted {
		m.Decisions = append(m.Decisions, said("mail.unproven", "why", mail.Why))
	}
	if (opened || r.person()) && !v.Thanks {
		r.customerTurn(t, v.Reopen, &m)
	}
	if v.Thanks {
		t.Disarm(desk.TimerRemind) // they have answered, and there is nothing more to do for them
	}
	r.threadMail(t, m.ID, refs)
	r.touchIdentity(*t)
	if opened {
		m.Decisions = append(m.Decisions, acknowledge(r.s, &r.tx, t, &r.identity.Value, r.in, r.routed.Acknowledge, r.wait, m.ID, r.at)...)
	}
	if opened {
		was = desk.Ticket{}
	}
	ds, err := r.follow(ctx, was, t, !opened)
	if err != nil {
		return err
	}
	m.Decisions = append(m.Decisions, ds...)
	if err := r.feedback(ctx, t, &m, opened); err != nil {
		return err
	}
	r.tx.PutMessage(store.Row[desk.Message]{Value: m})
	r.tx.PutTicket(row)
	r.tx.PutIdentity(r.identity)
	r.seen = store.Seen{Ticket: t.ID, Message: m.ID}
	return nil
}

// feedback keeps what the message is besides: a review, or a form's feedback.
func (r *receiving) feedback(ctx context.Context, t *desk.Ticket, m *desk.Message, opened bool) error {
	switch {
	case r.reviewed != nil:
		return r.recorded(ctx, *r.reviewed, t, m)
	case opened:
		return r.formFeedback(ctx, t, m)
	}
	return nil
}

// follow keeps deadlines and loads, and finds an agent for a ticket that opens or
// reopens (back: by its customer). One that was open already costs nothing here.
func (r *receiving) follow(ctx context.Context, was desk.Ticket, t *desk.Ticket, back bool) ([]desk.Decision, error) {
	x := &handing{desk: r.desk, s: r.s, tx: &r.tx, at: r.at, back: back}
	ds, err := x.follows(ctx, was, t)
	x.write()
	return ds, err
}

func (r *receiving) newMessage(t desk.TicketID) desk.Message {
	in := r.in
	m := desk.Message{
		ID: r.messageID(), Ticket: t, Kind: desk.FromCustomer,
		By: desk.Actor{Kind: desk.ByCustomer, Name: r.identity.Value.Called()}, At: r.at, Sent: in.At, From: in.From,
		Subject: in.Subject, Text: in.Text, Full: in.Full, HTML: in.HTML, Type: in.Type, Fields: in.Fields,
		Attachments: in.Attachments, ProviderID: in.ID, Automatic: in.Automatic, Lang: in.Lang, V: r.s.Version,
	}
	if in.Mail != nil {
		m.MailID = in.Mail.MessageID
	}
	return m
}

// person says whether a person wrote: an out-of-office note neither reopens a ticket nor
// takes it from "waiting for the customer".
func (r *receiving) person() bool { return r.in.Automatic == "" && !r.in.Quiet }

// customerTurn moves the ticket's state as a customer's message does.
func (r *receiving) customerTurn(t *desk.Ticket, reopen bool, m *desk.Message) {
	t.By, t.V, t.Updated = m.By, r.s.Version, r.at
	if t.Status == desk.StatusSpam {
		return
	}
	if t.WaitingSince.IsZero() && r.person() {
		t.WaitingSince = r.at
	}
	t.Ours = t.Ours && !r.person()
	if reopen {
		t.Reopened++
		t.Resolved, t.Closed = time.Time{}, time.Time{}
		t.Disarm(desk.TimerClose)
		r.tx.PutFact(factID(desk.FactReopened, *t), fact(r.s, desk.FactReopened, *t, r.at))
	}
	switch t.Status {
	case desk.StatusPending, desk.StatusOnHold, desk.StatusSnoozed, desk.StatusResolved, desk.StatusClosed:
		m.Decisions = append(m.Decisions, said("status.changed", "from", string(t.Status), "to", string(desk.StatusOpen)))
		t.Status = desk.StatusOpen
		t.SnoozedUntil = time.Time{}
		t.Disarm(desk.TimerUnsnooze)
	}
}

// mailParts and mailRefs bound what a ticket's header keeps of its mails: it is read
// and written with every message.
const (
	mailParts = 12
	mailRefs  = 4
	refsKept  = 10
)

// threadMail keeps what the next answer needs, and notes the mail's ids so that
// answers to it, and mails it refers to, find the ticket.
func (r *receiving) threadMail(t *desk.Ticket, id desk.MessageID, known map[string]store.Row[store.Ref]) {
	mail := r.in.Mail
	if mail == nil {
		return
	}
	if t.Mail == nil {
		t.Mail = &desk.MailHead{}
	}
	h := t.Mail
	h.Refs = chain(h.Refs, append(slices.Clone(mail.References), mail.MessageID))
	if mail.MessageID != "" {
		h.LastID = mail.MessageID
	}
	for _, a := range slices.Concat([]string{r.in.From.ID}, mail.To, mail.Cc) {
		if !slices.Contains(h.Parts, a) && !r.ownAddress(a) && len(h.Parts) < mailParts {
			h.Parts = append(h.Parts, a)
		}
	}
	if r.person() { // who is copied in a robot's note asked for nothing
		h.Cc = r.readers()
	}
	if !r.shutOut() { // what they refer to is none of theirs, and nothing was looked up
		r.noteRefs(t.ID, id, known)
	}
}

// readers are those of a mail that an answer to all goes to: its author, and everybody
// it was sent to but the desk. Whom the answer goes to anyway is left out when it is
// written.
func (r *receiving) readers() []string {
	var out []string
	for _, a := range slices.Concat([]string{r.in.From.ID}, r.in.Mail.To, r.in.Mail.Cc) {
		if a != "" && !r.ownAddress(a) && !slices.Contains(out, a) && len(out) <= mailParts {
			out = append(out, a)
		}
	}
	return out
}

func (r *receiving) noteRefs(t desk.TicketID, m desk.MessageID, known map[string]store.Row[store.Ref]) {
	mail := r.in.Mail
	var noted []string
	note := func(id string, ref store.Ref, over bool) {
		was, exists := known[id]
		if id == "" || len(noted) >= refsKept {
			return
		}
		if exists && !over {
			if ref = was.Value; !ref.Also(t) {
				return
			}
		}
		if slices.ContainsFunc(noted, func(x string) bool { return store.SameRef(x, id) }) {
			return
		}
		noted = append(noted, id)
		r.tx.PutRef(id, store.Row[store.Ref]{Value: ref, Version: was.Version})
	}
	// A mail that was only referred to so far is now here itself.
	was, exists := known[mail.MessageID]
	note(mail.MessageID, store.Ref{Ticket: t, Message: m}, exists && was.Value.Message == "")
	if !mail.Trusted { // who can't prove who they are claims no mail of others
		return
	}
	note(mail.InReplyTo, store.Ref{Ticket: t}, false)
	for _, id := range slices.Backward(mail.References) {
		note(id, store.Ref{Ticket: t}, false)
	}
}

// chain keeps the first and the last few of a thread's ids.
func chain(old, more []string) []string {
	all := slices.Clone(old)
	for _, id := range more {
		if id != "" && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	if len(all) <= mailRefs {
		return all
	}
	return append(all[:1:1], all[len(all)-mailRefs+1:]...)
}

// touchIdentity notes what is true of the address now: reply windows count from here,
// and a channel with one ticket per customer finds it here.
func (r *receiving) touchIdentity(t desk.Ticket) {
	id := &r.identity.Value
	id.Wrote(r.when())
	if oneTicketEach(r.in.From.Channel) && t.Status != desk.StatusSpam {
		id.Ticket = t.ID
	}
}

// oneTicketEach says whether a customer has one open ticket at a time on a channel.
func oneTicketEach(c desk.Channel) bool {
	return c == desk.WeChat || c == desk.SMS || c == desk.Generic
}
