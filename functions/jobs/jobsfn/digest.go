package jobsfn

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/notify"
	"github.com/deskhook/deskhook/shared/policy/tell"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

const (
	digestMost  = 90               // notices of one mail, the newest: they are written in one transaction
	digestLines = 30               // that it tells; the console has them all
	digestAgain = 10 * time.Minute // until a mail that nobody took is tried again
	digestTries = 12
)

// hold leaves a notice in the console, and the promise to mail it when quiet hours end. In
// one transaction: no notice is held back that nobody will look for.
func (x *telling) hold(ctx context.Context, row store.Row[desk.Notice], until time.Time) error {
	for try := 0; ; try++ {
		d, err := x.h.Store.Digest(ctx, row.Value.Agent)
		if err != nil {
			return err
		}
		var tx store.Tx
		tx.PutNotice(row)
		if d.Value.Hold(x.hp.At, until) {
			tx.PutDigest(d)
		} else {
			tx.CheckDigest(d)
		}
		err = x.h.Store.Commit(ctx, &tx)
		if !errors.Is(err, table.ErrConflict) {
			return err
		}
		was, err := x.h.Store.Notice(ctx, row.Value.Agent, row.Value.ID)
		if err != nil || was.Exists() {
			return err // another job was first
		}
		if try >= races {
			return table.ErrConflict
		}
	}
}

// digest mails an agent what was held back in their quiet hours, as one mail and each
// notice at most once: what was read or settled meanwhile is left out, and where nothing
// is left nobody is written to. What is mailed is noted before it goes, so that a crash
// mails none rather than two; the console has them all.
func (h *Handler) digest(ctx context.Context, who work.AgentAt) error {
	s, err := h.Settings(ctx)
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		x := &digesting{h: h, s: s, now: h.Now().UTC().Truncate(time.Millisecond)}
		err := x.claim(ctx, who.Agent)
		if errors.Is(err, table.ErrConflict) && try < races {
			continue
		}
		if err != nil || len(x.tell) == 0 {
			return err
		}
		return x.send(ctx)
	}
}

// digesting is one try of one agent's mail.
type digesting struct {
	h       *Handler
	s       *config.Settings
	now     time.Time
	row     store.Row[desk.Digest]
	person  notify.Person
	tell    []store.Row[desk.Notice] // newest first
	tickets map[desk.TicketID]desk.Ticket
}

// claim notes of each notice that was held back what becomes of it, and keeps those to
// tell.
func (x *digesting) claim(ctx context.Context, agent string) (err error) {
	if x.row, err = x.h.Store.Digest(ctx, agent); err != nil || x.row.Value.Due.IsZero() {
		return err
	}
	people := x.s.People()
	i := slices.IndexFunc(people, func(p notify.Person) bool { return p.ID == agent })
	if i >= 0 {
		x.person = people[i]
		if end := x.person.Rules.QuietEnd(x.now); end.After(x.now) { // the settings have changed
			x.row.Value.Due = end
			return x.commit(ctx, nil)
		}
	}
	held, err := x.held(ctx, agent)
	if err != nil {
		return err
	}
	read, err := x.h.Store.NoticesRead(ctx, agent)
	if err != nil {
		return err
	}
	a, _ := x.s.Agent(agent)
	for n := range held {
		v := &held[n].Value
		switch {
		case a.Mail == "" || mailAccount(x.s, "") == "":
			v.Mail = desk.MailRefused
		case v.ID <= read.Value.Until || notify.Settled(*v, x.tickets[v.Ticket], x.person, people):
			v.Mail = desk.MailSpared
		default:
			v.Mail = desk.MailSent
			x.tell = append(x.tell, held[n])
		}
	}
	x.row.Value.Due = time.Time{}
	return x.commit(ctx, held)
}

// held reads what was held back, with the tickets as they are now.
func (x *digesting) held(ctx context.Context, agent string) ([]store.Row[desk.Notice], error) {
	rows, err := x.h.Store.NoticesSince(ctx, agent, tell.ID(x.row.Value.First.Add(-time.Second)), digestMost)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r store.Row[desk.Notice]) bool { return r.Value.Mail != desk.MailLater })
	var ids []desk.TicketID
	for _, r := range rows {
		if t := r.Value.Ticket; t != "" && !slices.Contains(ids, t) {
			ids = append(ids, t)
		}
	}
	tickets, err := x.h.Store.Tickets(ctx, ids...)
	x.tickets = map[desk.TicketID]desk.Ticket{}
	for _, t := range tickets {
		x.tickets[t.Value.ID] = t.Value
	}
	return rows, err
}

func (x *digesting) commit(ctx context.Context, rows []store.Row[desk.Notice]) error {
	var tx store.Tx
	for _, r := range rows {
		tx.PutNotice(r)
	}
	tx.PutDigest(x.row)
	return x.h.Store.Commit(ctx, &tx)
}

func (x *digesting) send(ctx context.Context) error {
	a, _ := x.s.Agent(x.row.Value.Agent)
	account := mailAccount(x.s, "")
	out := channel.Outcome{Kind: channel.OutcomeTransient}
	sender, err := x.h.Sender(ctx, desk.Email, account)
	if err == nil {
		subject, text := x.words()
		out = sender.Send(ctx, channel.Outgoing{
			ID:   desk.MessageID(desk.DeriveID("digest", a.ID, x.tell[0].Value.ID)),
			Name: a.Name, Automatic: true, Purpose: "notice", Lang: x.s.Desk.Language, Subject: subject, Text: text,
			To: desk.Address{Channel: desk.Email, Account: account, ID: strings.ToLower(a.Mail)},
		})
	}
	switch out.Kind {
	case channel.OutcomeSent, channel.OutcomeUnknown: // better none than two
		return nil
	case channel.OutcomeRateLimited, channel.OutcomeTransient:
		return x.putBack(ctx)
	}
	x.h.Log.WarnContext(ctx, "notices held back not mailed", "outcome", out.Kind, "code", out.Code)
	return nil
}

// putBack holds the notices back a while longer: provably nobody took the mail. It is the
// only one who knows that, so it doesn't yield to what is held back at the same moment.
func (x *digesting) putBack(ctx context.Context) (err error) {
	was := x.row.Value
	for range races {
		if err = x.holdAgain(ctx, was); err == nil {
			return nil
		}
	}
	return err
}

// holdAgain is one try of it, with everything as it stands now.
func (x *digesting) holdAgain(ctx context.Context, was desk.Digest) (err error) {
	if x.row, err = x.h.Store.Digest(ctx, was.Agent); err != nil {
		return err
	}
	var rows []store.Row[desk.Notice]
	for _, t := range x.tell {
		row, err := x.h.Store.Notice(ctx, was.Agent, t.Value.ID)
		if err != nil {
			return err
		}
		if row.Value.Mail == desk.MailSent { // else a try before this one was written after all
			row.Value.Mail = desk.MailLater
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if was.Tries+1 == digestTries { // they stand in the console, and wait for no mail any more
		x.h.Log.ErrorContext(ctx, "the mail of notices held back was refused again and again", "agent", was.Agent, "notices", len(rows))
		return nil
	}
	x.row.Value.Hold(was.First, x.now.Add(digestAgain))
	x.row.Value.Tries = was.Tries + 1
	return x.commit(ctx, rows)
}

// words are the mail's subject and text: a line for each notice, the oldest first.
func (x *digesting) words() (subject, text string) {
	lang := x.s.Desk.Language
	subject = journal.DigestSubject(len(x.tell), lang)
	lines := []string{subject, ""}
	shown := slices.Clone(x.tell[:min(len(x.tell), digestLines)])
	slices.Reverse(shown)
	for _, r := range shown {
		one := &telling{h: x.h, s: x.s, t: x.tickets[r.Value.Ticket], hp: notify.Happening{What: r.Value.What}}
		lines = append(lines, "· "+strings.ReplaceAll(one.words(true), "\n", "\n  "))
	}
	if base := x.s.Desk.PublicURL; base != "" {
		lines = append(lines, "", journal.DigestAll(lang)+base+"/console/notices")
	}
	return subject, strings.Join(append(lines, "", journal.NoticeFoot(lang)), "\n")
}
