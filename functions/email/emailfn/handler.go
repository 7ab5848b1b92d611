// Package emailfn takes SES's notices of received mail, and of what became of ours,
// from their queue: it finds the account the mail was written to and enqueues. The mail
// itself stays in the bucket where SES has laid it; it is read behind the queue.
package emailfn

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/email"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
)

// Handler works the queue of SES's notices. All fields are needed.
type Handler struct {
	Settings func(context.Context) (*config.Settings, error)
	Queue    queue.Queue
	Blob     blob.Store
	Now      func() time.Time
	Log      *slog.Logger
}

// Handle works one batch; what fails comes again.
func (h *Handler) Handle(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
	s, err := h.Settings(ctx)
	if err != nil {
		return events.SQSEventResponse{}, err
	}
	var failed []string
	for _, m := range lambdaevent.Messages(e) {
		if err := h.one(ctx, s, m.Body); err != nil {
			h.Log.ErrorContext(ctx, "notice handed back", "id", m.ID, "count", m.Count, "err", err)
			failed = append(failed, m.ID)
		}
	}
	return lambdaevent.Failures(failed...), nil
}

func (h *Handler) one(ctx context.Context, s *config.Settings, body string) error {
	ch, err := h.channel(s, body)
	if err != nil {
		return err
	}
	rc := receive.Handler{Queue: h.Queue, Blob: h.Blob, Now: h.Now, Log: h.Log}
	err = rc.Keep(ctx, channel.Request{Body: []byte(body), At: h.Now().UTC()}, ch)
	if errors.Is(err, channel.ErrUnauthentic) {
		return nil // counted by receive; trying again won't make it SES's
	}
	return err
}

// channel is the account a notice is for. One that no account takes goes to the first,
// where the ticket shows to whom it was written: SES has accepted it, so it must not be
// lost.
func (h *Handler) channel(s *config.Settings, body string) (channel.Channel, error) {
	var accounts []config.Account
	for _, a := range s.Accounts {
		if a.Channel == desk.Email {
			accounts = append(accounts, a)
		}
	}
	if len(accounts) == 0 {
		return nil, errors.New("emailfn: mail came, but the settings have no e-mail account")
	}
	to := email.Recipients([]byte(body))
	i := max(0, slices.IndexFunc(accounts, func(a config.Account) bool { return takes(a, to) }))
	return email.New(channel.Account{Name: accounts[i].Name, Settings: accounts[i].Settings, Now: h.Now})
}

func takes(a config.Account, to []string) bool {
	var s struct {
		Address string `json:"address"`
	}
	if json.Unmarshal(a.Settings, &s) != nil {
		return false
	}
	return slices.ContainsFunc(to, func(r string) bool { return strings.EqualFold(email.Untagged(r), s.Address) })
}
