package ticketing

import (
	"context"
	"slices"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
)

// FireTimers does what a ticket's timers have promised for now or before, each once:
// a timer that fired is gone from the ticket. Where none is due yet (an early or late
// sweep, a repeat) it only arms the next one again.
func (d *Desk) FireTimers(ctx context.Context, id desk.TicketID, at time.Time) error {
	act := Act{By: desk.Actor{Kind: desk.ByDesk}, At: at}
	_, err := d.on(ctx, act, id, func(a *acting) error {
		due := slices.Clone(a.t.Timers)
		slices.SortStableFunc(due, func(x, y desk.Timer) int { return x.At.Compare(y.At) })
		for _, timer := range due {
			if timer.At.After(at) || !slices.Contains(a.t.Timers, timer) { // one before it may have put it off
				continue
			}
			if err := a.fire(ctx, timer); err != nil {
				return err
			}
		}
		a.touched = true // the sweep's claim has moved the ticket in the due index
		return nil
	})
	return err
}

func (a *acting) fire(ctx context.Context, timer desk.Timer) error {
	switch timer.Kind {
	case desk.TimerUnsnooze:
		a.t.Disarm(desk.TimerUnsnooze)
		if a.t.Status == desk.StatusSnoozed {
			return a.become(desk.StatusOpen)
		}
	case desk.TimerClose:
		a.t.Disarm(desk.TimerClose)
		if a.t.Status == desk.StatusResolved {
			return a.become(desk.StatusClosed)
		}
	case desk.TimerWarn, desk.TimerBreach:
		a.t.Disarm(timer.Kind) // settle tells what is past and arms the next
	case desk.TimerRemind:
		return a.remind(ctx)
	case desk.TimerGiveUp:
		return a.giveUp(ctx)
	case desk.TimerFollowUp:
		return a.followUp()
	case desk.TimerSend: // delivery's: schedule nudges it
	}
	return nil
}
