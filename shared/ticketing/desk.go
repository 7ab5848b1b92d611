// Package ticketing does to tickets what can be done to them: receive a message, reply,
// note, assign, resolve, fire a timer, ask and answer a survey. Each reads, lets a
// policy decide, and writes everything that follows in one transaction: the messages
// with the decisions taken on them, what is to be sent, the facts, the promises about
// the future. Nothing is sent from here; what follows from a write comes from the
// change feed.
package ticketing

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/sign"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
)

// Desk acts on tickets. All fields but Pause are required.
type Desk struct {
	Store    *store.Store
	Settings func(context.Context) (*config.Settings, error)
	Key      sign.Key // of survey links and reply addresses
	// Phone gives a typed number in E.164, where country has or names one; nil takes
	// phone.E164, which knows no numbering plans.
	Phone func(typed, country string) (string, bool)
	// Pause waits between two tries of one transaction; nil sleeps a little with jitter.
	Pause func(ctx context.Context, try int) error
}

// tries is how often a transaction is decided anew after a conflict or a throttle
// before the message goes back to its queue.
const tries = 8

// attempt runs fn until it neither conflicts nor is throttled. fn reads and decides
// anew each time; n counts from 0. On a conflict it thus finds its own lost answer.
func (d *Desk) attempt(ctx context.Context, fn func(n int) error) error {
	var err error
	for n := range tries {
		err = fn(n)
		if !errors.Is(err, table.ErrConflict) && !errors.Is(err, table.ErrThrottled) {
			return err
		}
		if perr := d.pause(ctx, n); perr != nil {
			return errors.Join(err, perr)
		}
	}
	return fmt.Errorf("ticketing: after %d tries: %w", tries, err)
}

func (d *Desk) pause(ctx context.Context, n int) error {
	if d.Pause != nil {
		return d.Pause(ctx, n)
	}
	wait := time.Duration(5<<n)*time.Millisecond + time.Duration(rand.IntN(10))*time.Millisecond
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
		return nil
	}
}

// journal makes a timeline row of something that happened.
func journal(t desk.TicketID, by desk.Actor, at time.Time, v int64, ds ...desk.Decision) desk.Message {
	parts := []string{string(t), string(by.Kind), by.ID}
	for _, d := range ds {
		parts = append(parts, d.Code, fmt.Sprint(d.Args))
	}
	return desk.Message{
		ID: desk.NewMessageID(at, parts...), Ticket: t, Kind: desk.Journal,
		By: by, At: at, Decisions: ds, V: v,
	}
}

func said(code string, kv ...string) desk.Decision {
	d := desk.Decision{Code: code}
	for i := 0; i+1 < len(kv); i += 2 {
		if d.Args == nil {
			d.Args = map[string]string{}
		}
		d.Args[kv[i]] = kv[i+1]
	}
	return d
}

// fact starts a fact about a ticket, dated in the desk's zone.
func fact(s *config.Settings, kind desk.FactKind, t desk.Ticket, at time.Time) desk.Fact {
	return desk.Fact{
		Kind: kind, At: at, Day: at.In(s.Desk.Location()).Format(time.DateOnly),
		Channel: t.From.Channel, Team: t.Team, Assignee: t.Assignee, Type: t.Type,
	}
}

func factID(kind desk.FactKind, t desk.Ticket, more ...string) string {
	return desk.DeriveID("fact", append([]string{string(kind), string(t.ID), fmt.Sprint(t.Round, t.Reopened)}, more...)...)
}
