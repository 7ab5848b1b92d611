package ticketing

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/release"
	"github.com/deskhook/deskhook/shared/policy/takes"
	"github.com/deskhook/deskhook/shared/store"
)

// Preview is how an answer would go out if it were sent now.
type Preview struct {
	Address desk.Address // ID "": it is laid on the status page
	Foreseen
	Window channel.Hours
	Pieces []desk.Message
	Undo   time.Time // until when it could be taken back; zero = not at all
}

// HoursOf tells for how long an identity's channel takes answers.
type HoursOf func(*config.Settings, desk.Identity, time.Time) channel.Hours

// Preview decides on an answer as delivery will, and writes nothing. hours is that of the
// address's channel. What delivery can't know before it asks the provider isn't known here
// either, and an answer that is undone or waits behind another may meet another window.
func (d *Desk) Preview(ctx context.Context, act Act, id desk.TicketID, r Reply, hours HoursOf) (Preview, error) {
	if err := checkText(r.Text); err != nil && (r.Text != "" || len(r.Attachments) == 0) {
		return Preview{}, err
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return Preview{}, err
	}
	t, err := d.Store.Ticket(ctx, id)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Address: t.Value.AnswerTo(), Window: channel.Hours{Left: -1}}
	if err := answerable(t.Value); err != nil {
		return p, err
	}
	if err := takes.Check(p.Address, s.Takes(p.Address), r.Attachments); err != nil {
		return p, err
	}
	if p.Address.ID != "" {
		if err := d.foresee(ctx, act, s, t.Value, r, &p, hours); err != nil {
			return p, err
		}
	}
	if undo := s.Tickets.UndoSend.D(); undo > 0 && p.Address.ID != "" {
		p.Undo = act.At.Add(undo)
	}
	for _, x := range pieces(p.By(), r) {
		p.Pieces = append(p.Pieces, desk.Message{Text: x.text, Attachments: x.files})
	}
	return p, nil
}

// By is the channel that it goes by at last.
func (p Preview) By() desk.Channel {
	if p.To.ID != "" {
		return p.To.Channel
	}
	return p.Address.Channel
}

// foresee decides whether the channel takes it, and where it goes otherwise.
func (d *Desk) foresee(ctx context.Context, act Act, s *config.Settings, t desk.Ticket, r Reply, p *Preview, hours HoursOf) error {
	who, err := d.Store.Identity(ctx, p.Address)
	if err != nil {
		return err
	}
	m := desk.Message{From: p.Address, Kind: desk.ToCustomer, Purpose: "reply", At: act.At, Text: r.Text, Attachments: r.Attachments}
	p.Window = hours(s, who.Value, act.At)
	p.Foreseen, err = Foresee(ctx, d.Store, s, t, m, who.Value, p.Window)
	return err
}

// Foreseen is what becomes of an answer that is sent now.
type Foreseen struct {
	Why string // decision code: why it doesn't go to its address; "" = it does
	Way        // goes there instead
}

// Foresee decides on an answer of now as delivery will, from what is known before the provider
// is asked. It reads only where the channel takes none: up to ten times.
func Foresee(ctx context.Context, st *store.Store, s *config.Settings, t desk.Ticket, m desk.Message, who desk.Identity, w channel.Hours) (f Foreseen, err error) {
	v := release.Decide(release.Question{
		Message: m, Ticket: desk.Ticket{Status: t.Status}, Identity: who, WindowUntil: w.Until, WindowLeft: w.Left, At: m.At,
	})
	if f.Why = v.Why; f.Why == release.WindowClosed {
		f.Way, err = Instead(ctx, st, s, t, m, who, w.Notices)
	}
	return f, err
}
