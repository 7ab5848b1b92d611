// Package deliveryfn sends messages to customers, and is the only one that does. A
// nudge names a conversation; its unsent messages go in order, one holder at a time.
//
// A message is marked as being sent before the provider is called, and what came of it
// is written after. Whoever finds it marked and nobody holding it can't know whether
// the provider took it: it is uncertain, shown to the agent, and never tried again by
// itself (promise 3).
package deliveryfn

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/store"
	"github.com/deskhook/deskhook/shared/table"
	"github.com/deskhook/deskhook/shared/work"
)

// Handler works the outbound queue.
type Handler struct {
	Store    *store.Store
	Settings func(context.Context) (*config.Settings, error)
	Blob     blob.Store
	// Sender gives the sender of an account; NotFound where there is none any more.
	Sender func(context.Context, desk.Channel, string) (channel.Sender, error)
	Now    func() time.Time
	Worker func() string // names a holder; never the same twice
	// Pause waits between two tries to write what came of a call; nil sleeps a little.
	Pause func(ctx context.Context, try int) error
	Log   *slog.Logger
}

const (
	lease    = time.Minute // how long a holder may take for one message
	perNudge = 20          // messages of one conversation sent on one nudge
	races    = 6           // lost races over one conversation before the nudge goes back

	// room is what a call and the writing of what came of it may take: a provider is given a
	// quarter of a minute to answer (senders.Client).
	room = 20 * time.Second
)

// late says whether the function may end before another call has. A message whose call was
// cut off is uncertain, for a person to decide on: it is better not begun.
func (h *Handler) late(ctx context.Context) bool {
	return lambdaevent.EndsWithin(ctx, h.Now(), room)
}

// Handle works one batch of nudges; what fails comes again.
func (h *Handler) Handle(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
	var failed []string
	for _, m := range lambdaevent.Messages(e) {
		if err := h.nudge(ctx, m.Body); err != nil {
			h.Log.ErrorContext(ctx, "nudge handed back", "id", m.ID, "count", m.Count, "err", err)
			failed = append(failed, m.ID)
		}
	}
	return lambdaevent.Failures(failed...), nil
}

func (h *Handler) nudge(ctx context.Context, body string) error {
	var n work.Nudge
	if err := json.Unmarshal([]byte(body), &n); err != nil || n.Ticket == "" {
		return desk.Errorf(desk.Unreadable, "not a nudge")
	}
	lost := 0
	for range perNudge {
		more, err := h.next(ctx, n.Ticket)
		if errors.Is(err, table.ErrConflict) && lost < races {
			lost++
			continue
		}
		if err != nil || !more {
			return ignoreGone(err)
		}
	}
	return work.ErrMore
}

func ignoreGone(err error) error {
	if desk.KindOf(err) == desk.NotFound {
		return nil
	}
	return err
}

// next does one step of a conversation: sends, settles or drops the message at its
// head. more says that there may be another step to do now.
func (h *Handler) next(ctx context.Context, id desk.TicketID) (more bool, err error) {
	c, err := h.read(ctx, id)
	if err != nil || c == nil {
		return false, err
	}
	now := h.Now().UTC()
	if c.t().Claim.Until.After(now) {
		return false, nil // somebody is at it; the timer looks after it should they fall over
	}
	switch c.m().State {
	case desk.Queued:
		return h.queued(ctx, c, now)
	case desk.Sending:
		return true, h.settle(ctx, c, now, channel.Outcome{
			Kind: channel.OutcomeUnknown, Reason: "send.interrupted",
		})
	default:
		c.pop()
		return true, c.commit(ctx, h.Store)
	}
}
