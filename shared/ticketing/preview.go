package ticketing

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/release"
	"github.com/deskhook/deskhook/shared/policy/takes"
)

// Preview is how an answer would go out if it were sent now.
type Preview struct {
	To       desk.Address // ID "": it is laid on the status page
	Why      string       // decision code: why it doesn't go to To; "" = it does
	Window   Hours
	Fallback desk.Address // where it goes instead; ID "" = nowhere
	Pieces   []desk.Message
	Undo     time.Time // until when it could be taken back; zero = not at all
}

// Hours is for how long and how often a channel takes answers: Until zero and Left below
// zero are no limit.
type Hours struct {
	Until time.Time
	Left  int
}

// Open says whether an answer may go now.
func (w Hours) Open(at time.Time) bool {
	return (w.Until.IsZero() || at.Before(w.Until)) && w.Left != 0
}

// Preview decides on an answer as delivery will, and writes nothing. window is that of the
// address's channel. What delivery can't know before it asks the provider isn't known here
// either, and an answer that is undone or waits behind another may meet another window.
func (d *Desk) Preview(ctx context.Context, act Act, id desk.TicketID, r Reply, window func(desk.Identity, time.Time) Hours) (Preview, error) {
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
	p := Preview{To: t.Value.AnswerTo(), Window: Hours{Left: -1}}
	if err := answerable(t.Value); err != nil {
		return p, err
	}
	if err := takes.Check(p.To, s.Takes(p.To), r.Attachments); err != nil {
		return p, err
	}
	if p.To.ID != "" {
		if err := d.foresee(ctx, act, t.Value, r, &p, window); err != nil {
			return p, err
		}
	}
	if undo := s.Tickets.UndoSend.D(); undo > 0 && p.To.ID != "" {
		p.Undo = act.At.Add(undo)
	}
	by := p.To.Channel
	if p.Fallback.ID != "" {
		by = p.Fallback.Channel
	}
	for _, x := range pieces(by, r) {
		p.Pieces = append(p.Pieces, desk.Message{Text: x.text, Attachments: x.files})
	}
	return p, nil
}

// foresee decides whether the channel takes it, and where it goes otherwise.
func (d *Desk) foresee(ctx context.Context, act Act, t desk.Ticket, r Reply, p *Preview, window func(desk.Identity, time.Time) Hours) error {
	who, err := d.Store.Identity(ctx, p.To)
	if err != nil {
		return err
	}
	p.Window = window(who.Value, act.At)
	m := desk.Message{From: p.To, Kind: desk.ToCustomer, Purpose: "reply", At: act.At, Text: r.Text, Attachments: r.Attachments}
	v := release.Decide(release.Question{
		Message: m, Ticket: desk.Ticket{Status: t.Status}, Identity: who.Value, WindowUntil: p.Window.Until, WindowLeft: p.Window.Left, At: act.At,
	})
	if p.Why = v.Why; v.Why != release.WindowClosed {
		return nil
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	p.Fallback, err = Elsewhere(ctx, d.Store, s, t, m)
	return err
}
