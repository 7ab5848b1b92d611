package ticketing

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/phone"
	"github.com/deskhook/deskhook/shared/policy/route"
	"github.com/deskhook/deskhook/shared/policy/thread"
	"github.com/deskhook/deskhook/shared/store"
)

// Received says what a message became.
type Received struct {
	Ticket    desk.TicketID
	Message   desk.MessageID
	Duplicate bool // it had been applied before; nothing was written
}

// Receive applies one thing that a channel's parser read (promise 1: exactly once,
// whatever is repeated). env gives the receiver's stamp, from which all keys come.
func (d *Desk) Receive(ctx context.Context, env channel.Envelope, in desk.Inbound) (Received, error) {
	s, err := d.Settings(ctx)
	if err != nil {
		return Received{}, err
	}
	in.Contact = d.readPhone(in.Contact, s.Desk.Country)
	var got Received
	err = d.attempt(ctx, func(n int) error {
		r := &receiving{desk: d, s: s, in: in, at: env.At, try: n}
		got = Received{}
		if err := r.read(ctx); err != nil {
			return err
		}
		if r.sender.Seen.Exists() {
			v := r.sender.Seen.Value
			got = Received{Ticket: v.Ticket, Message: v.Message, Duplicate: true}
			return nil
		}
		if err := r.decide(ctx); err != nil {
			return err
		}
		got = Received{Ticket: r.seen.Ticket, Message: r.seen.Message}
		r.tx.PutSeen(in.From, in.ID, r.seen)
		return d.Store.Commit(ctx, &r.tx)
	})
	return got, err
}

// readPhone gives the phone of a contact in E.164 by the numbering plans. One that can't
// be read stands in the message's fields as it was typed, for an agent to read.
func (d *Desk) readPhone(c desk.Contact, country string) desk.Contact {
	read := d.Phone
	if read == nil {
		read = phone.E164
	}
	for _, typed := range []string{c.Phone, c.Typed} {
		if e164, ok := read(typed, country); ok {
			c.Phone, c.Typed = e164, ""
			return c
		}
	}
	c.Phone, c.Typed = "", ""
	return c
}

// receiving is one try of applying one inbound.
type receiving struct {
	desk *Desk
	s    *config.Settings
	in   desk.Inbound
	at   time.Time
	try  int

	submission store.Row[store.Seen] // that the message follows
	sender     store.Sender
	identity   store.Row[desk.Identity]
	known      bool // the identity is filled in
	tx         store.Tx
	seen       store.Seen
	proving    proving
	routed     route.Verdict // of a ticket that opens
	wait       string        // what is said of how long an answer takes

	reviewed *store.Row[desk.Feedback] // the review that the message is
}

// read gets who wrote, and makes an identity and a customer for a stranger.
func (r *receiving) read(ctx context.Context) (err error) {
	r.sender, err = r.desk.Store.Sender(ctx, r.in.From, r.in.ID)
	r.identity = r.sender.Identity
	return err
}

func (r *receiving) decide(ctx context.Context) error {
	switch r.in.Kind {
	case desk.InReceipt, desk.InBounce, desk.InComplaint:
		return r.receipt(ctx)
	}
	if err := r.prove(ctx); err != nil {
		return err
	}
	switch r.in.Kind {
	case desk.InMessage:
		return r.message(ctx)
	case desk.InReview:
		return r.review(ctx)
	default:
		return r.event(ctx)
	}
}

// when is the time that order depends on: the provider's, else the receiver's.
func (r *receiving) when() time.Time {
	if !r.in.At.IsZero() {
		return r.in.At
	}
	return r.at
}

func (r *receiving) messageID() desk.MessageID {
	f := r.in.From
	return desk.NewMessageID(r.at, string(f.Channel), f.Account, f.ID, r.in.ID)
}

// know fills in the identity of who wrote; a stranger becomes a customer.
func (r *receiving) know() {
	if r.known {
		return
	}
	r.known = true
	id := &r.identity.Value
	id.Address = r.in.From
	if id.Customer != "" {
		r.nowProven()
	} else if !r.join() { // a stranger, or one who unsubscribed before ever writing
		f := r.in.From
		c := stranger(f, r.in.Name, r.lang(), r.at)
		c.Contact = r.in.Contact
		id.Customer = c.ID
		r.claim(&c)
		r.tx.PutCustomer(store.Row[desk.Customer]{Value: c})
	}
	if r.in.LookUp {
		id.LookUp(r.at)
	}
	if r.in.Name != "" {
		id.Name = r.in.Name
	}
	if r.in.Lang != "" {
		id.Lang = r.in.Lang
	}
}

// lang is the language to answer in: the one told, else what the words look like, else
// what the address used before, else the desk's.
func (r *receiving) lang() string {
	for _, l := range []string{r.in.Lang, looksLike(r.in.Text), r.identity.Value.Lang} {
		if l != "" {
			return l
		}
	}
	return r.s.Desk.Language
}

// message applies something that somebody wrote.
func (r *receiving) message(ctx context.Context) error {
	if row, ok, err := r.fromThirdParty(ctx); ok || err != nil {
		if ok {
			return r.noteAnswer(ctx, row)
		}
		return err
	}
	if ok, err := r.fromStaff(ctx); ok || err != nil {
		return err
	}
	r.know()
	if done, err := r.answersQuestion(ctx); done || err != nil {
		return err
	}
	if r.in.Follows == "" {
		r.limited()
	}
	r.listed()
	candidates, refs, err := r.candidates(ctx)
	if err != nil {
		return err
	}
	v := r.choose(candidates)
	if r.in.Quiet && v.Join == nil {
		return r.event(ctx) // our own mail, a read receipt: kept with the sender, never a ticket
	}
	ticket, err := r.place(ctx, v, candidates)
	if err != nil {
		return err
	}
	return r.write(ctx, ticket, v, refs)
}

// choose decides which ticket it belongs to. Who writes on in a form's conversation opens
// nothing, as a rule, and isn't counted; one that opens a ticket all the same is.
func (r *receiving) choose(cs []candidate) thread.Verdict {
	q := thread.Question{In: r.in, At: r.at, Candidates: toThread(cs), ReopenWithin: r.s.Tickets.ReopenWithin.D()}
	v := thread.Choose(q)
	if v.Join != nil || r.in.Follows == "" {
		return v
	}
	r.limited()
	q.In = r.in
	return thread.Choose(q)
}

// place gives the ticket's row as it will be written: the one joined, or a new one.
func (r *receiving) place(ctx context.Context, v thread.Verdict, cs []candidate) (store.Row[desk.Ticket], error) {
	if v.Join != nil {
		for _, c := range cs {
			if c.row.Value.ID == v.Join.ID {
				return c.row, nil
			}
		}
	}
	id, err := r.freeID(ctx)
	t := r.newTicket(id, v)
	if err == nil {
		err = r.route(ctx, &t)
	}
	if err == nil {
		r.wait, err = r.desk.expected(ctx, r.s, t, r.at)
	}
	r.carryOn(&t, cs)
	return store.Row[desk.Ticket]{Value: t}, err
}

// freeID derives the new ticket's id. Only after a conflict is it looked up whether
// another ticket has it: that costs a read, and almost never happens.
func (r *receiving) freeID(ctx context.Context) (desk.TicketID, error) {
	f := r.in.From
	for n := 0; ; n++ {
		id := desk.NewTicketID(n, string(f.Channel), f.Account, f.ID, r.in.ID)
		if r.try == 0 {
			return id, nil
		}
		rows, err := r.desk.Store.Tickets(ctx, id)
		if err != nil || len(rows) == 0 {
			return id, err
		}
	}
}

func (r *receiving) newTicket(id desk.TicketID, v thread.Verdict) desk.Ticket {
	in := r.in
	t := desk.Ticket{
		ID: id, Subject: subject(in), Status: desk.StatusNew, Priority: desk.Normal, Type: desk.Inquiry,
		Team: defaultTeam(r.s, in.From, in.Form), Customer: r.identity.Value.Customer, Name: r.identity.Value.Called(),
		From: in.From, Lang: r.lang(), Opened: r.at, Before: v.Follows, Contact: in.Contact,
	}
	if in.Form != "" {
		t.Submission = in.ID
		if f, ok := r.s.Form(in.Form); ok && f.Type != "" {
			t.Type = f.Type
		}
		t.To = answerAddress(r.s, in.Contact)
	}
	if in.Spam != "" {
		t.Status = desk.StatusSpam
	}
	return t
}

// answerAddress is where a form's submitter is answered: by mail, else by SMS.
func answerAddress(s *config.Settings, c desk.Contact) desk.Address {
	for _, a := range s.Accounts {
		if c.Mail != "" && a.Channel == desk.Email {
			return desk.Address{Channel: desk.Email, Account: a.Name, ID: c.Mail}
		}
	}
	for _, a := range s.Accounts {
		if c.Phone != "" && a.Channel == desk.SMS {
			return desk.Address{Channel: desk.SMS, Account: a.Name, ID: c.Phone}
		}
	}
	return desk.Address{}
}

// subject is what lists show: the message's own, else its first words.
func subject(in desk.Inbound) string {
	text := in.Subject
	if text == "" {
		text = firstLine(in.Text)
	}
	if text == "" {
		text = in.Type
	}
	return cut(text, 120)
}
