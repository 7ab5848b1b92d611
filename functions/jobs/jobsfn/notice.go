package jobsfn

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/journal"
	"github.com/deskhook/deskhook/shared/policy/notify"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/work"
)

// telling is one thing that happened on its way to those whom it concerns.
type telling struct {
	h   *Handler
	s   *config.Settings
	hp  notify.Happening
	t   desk.Ticket
	now time.Time
}

// notice tells people of the desk what happened. Everything it leaves has ids of what
// happened, so a repeat tells nobody twice but by a mail whose sending nobody noted.
func (h *Handler) notice(ctx context.Context, hp notify.Happening) error {
	s, err := h.Settings(ctx)
	if err != nil {
		return err
	}
	x := &telling{h: h, s: s, hp: hp, now: h.Now().UTC().Truncate(time.Millisecond)}
	if hp.Ticket != "" {
		row, err := h.Store.Ticket(ctx, hp.Ticket)
		if desk.KindOf(err) == desk.NotFound {
			return nil // erased meanwhile
		}
		if err != nil {
			return err
		}
		x.t = row.Value
	}
	var failed []error
	for _, n := range notify.Notices(hp, x.t, s.People(), s.Robots(), x.now) {
		if n.Robot != "" {
			failed = append(failed, x.robot(ctx, n.Robot))
			continue
		}
		failed = append(failed, x.agent(ctx, n))
	}
	return errors.Join(failed...) // one's trouble keeps nothing from another
}

// robot hands the notice over as an event of its own; the delivery's row makes it one.
func (x *telling) robot(ctx context.Context, name string) error {
	r, ok := x.s.Robot(name)
	if !ok {
		return nil
	}
	e := &desk.Event{ID: x.hp.ID, Name: x.hp.Kind.Event(), At: x.hp.At, Ticket: x.hp.Ticket, Team: x.t.Team}
	body, err := json.Marshal(robotText{Text: x.words(r.ShowsSubject())})
	if err != nil {
		return err
	}
	e.Body = string(body)
	job, err := work.NewJob(work.JobHook, work.Hook{Hook: name, Event: e})
	if err != nil {
		return err
	}
	return work.Send(ctx, x.h.Queue, queue.Jobs, job)
}

// maxSubject is how much of a subject leaves the desk, in characters.
const maxSubject = 60

// words say the notice in the desk's language: what, of which ticket, and where it is.
func (x *telling) words(subject bool) string {
	lang := x.s.Desk.Language
	said := journal.Words(names(x.s, lang).Named(x.hp.What), lang)
	if x.t.ID == "" {
		return said
	}
	number, title := x.t.ID.Number(), ""
	if subject {
		title = cutTo(x.t.Subject, maxSubject)
	}
	text := journal.NoticeLine(number, title, said, lang)
	if base := x.s.Desk.PublicURL; base != "" {
		text += "\n" + base + "/console/tickets/" + number
	}
	return text
}

func cutTo(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// agent leaves the notice in the console, and mails it where the agent wants that.
func (x *telling) agent(ctx context.Context, n notify.Notice) error {
	row, err := x.h.Store.Notice(ctx, n.Agent, x.hp.ID)
	if err != nil {
		return err
	}
	if !row.Exists() {
		row.Value = desk.Notice{ID: x.hp.ID, Agent: n.Agent, Kind: string(x.hp.Kind), At: x.hp.At, Ticket: x.hp.Ticket, What: x.hp.What}
		switch {
		case n.Mail:
			row.Value.Mail = desk.MailDue
		case !n.Later.IsZero():
			row.Value.Mail = desk.MailLater
			return x.hold(ctx, row, n.Later)
		}
		if err := x.put(ctx, row); err != nil {
			return unlessLost(err)
		}
		row.Version++
	}
	if row.Value.Mail != desk.MailDue {
		return nil
	}
	state, err := x.mail(ctx, n.Agent)
	if err != nil {
		return err
	}
	row.Value.Mail = state
	return unlessLost(x.put(ctx, row))
}

func (x *telling) put(ctx context.Context, row store.Row[desk.Notice]) error {
	var tx store.Tx
	tx.PutNotice(row)
	return x.h.Store.Commit(ctx, &tx)
}
