package ticketing

import (
	"context"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

const (
	maxFollowNote  = 120                  // characters: it stands in the ticket's header
	farthestFollow = 366 * 24 * time.Hour // longer is a mistake
)

// FollowUp has the desk bring a ticket back to its agents at a time, with a line on what
// is to be done; one that stood before is replaced.
func (d *Desk) FollowUp(ctx context.Context, act Act, id desk.TicketID, at time.Time, note string) error {
	note = strings.Join(strings.Fields(note), " ")
	switch {
	case !at.After(act.At) || at.After(act.At.Add(farthestFollow)):
		return desk.FieldError("at", "should be a time to come, within a year")
	case note == "":
		return desk.FieldError("note", "is empty")
	case len([]rune(note)) > maxFollowNote:
		return desk.FieldError("note", "may have at most %d characters", maxFollowNote)
	}
	_, err := d.on(ctx, act, id, func(a *acting) error {
		if a.t.Into != "" || a.t.Status == desk.StatusSpam {
			return desk.Errorf(desk.Conflict, "there is nothing to follow up on a ticket that is spam or merged")
		}
		a.t.Follow = &desk.FollowUp{At: at.UTC(), Note: note, By: act.By}
		a.t.Arm(desk.TimerFollowUp, at.UTC())
		a.said = append(a.said, said("follow.set", "at", at.UTC().Format(time.RFC3339), "note", note))
		return nil
	})
	return err
}

// DropFollowUp calls a ticket's follow-up off; without one it does nothing.
func (d *Desk) DropFollowUp(ctx context.Context, act Act, id desk.TicketID) error {
	_, err := d.on(ctx, act, id, func(a *acting) error {
		if a.t.Follow != nil {
			a.said = append(a.said, said("follow.dropped", "note", a.t.Follow.Note))
			a.t.Follow = nil
			a.t.Disarm(desk.TimerFollowUp)
		}
		return nil
	})
	return err
}

// followUp brings the ticket back to its agents.
func (a *acting) followUp() error {
	f := a.t.Follow
	a.t.Disarm(desk.TimerFollowUp)
	a.t.Follow = nil
	if f == nil || a.t.Into != "" || a.t.Status == desk.StatusSpam {
		return nil
	}
	a.said = append(a.said, said("follow.due", "note", f.Note, "who", f.By.Name))
	return a.become(desk.StatusOpen)
}
