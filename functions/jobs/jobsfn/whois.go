package jobsfn

import (
	"context"
	"time"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/work"
)

// whois asks the provider whose an address is, and has the desk join the customers that
// turn out to be one. A provider that doesn't tell is as good as one that has told: the
// address is what it was. Doing it twice does it once.
func (h *Handler) whois(ctx context.Context, job work.WhoIs) error {
	at := h.Now().UTC().Truncate(time.Millisecond)
	id, err := h.Store.Identity(ctx, job.Address)
	if err != nil || !id.Exists() {
		return err
	}
	union := ""
	if !id.Value.Look.IsZero() && id.Value.Gone.IsZero() {
		if union, err = h.union(ctx, job.Address); desk.KindOf(err) == desk.NotFound {
			h.Log.WarnContext(ctx, "a provider doesn't tell whose an address is", "channel", job.Address.Channel, "account", job.Address.Account, "why", err)
			err = nil
		}
	}
	if err != nil {
		return err
	}
	return h.Desk.Told(ctx, job.Address, union, at)
}

func (h *Handler) union(ctx context.Context, a desk.Address) (string, error) {
	far, err := h.WhoIs(ctx, a.Channel, a.Account)
	if err != nil {
		return "", err
	}
	p, err := far.WhoIs(ctx, a.ID)
	return p.Union, err
}
