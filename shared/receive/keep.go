package receive

import (
	"context"

	"github.com/deskhook/deskhook/shared/channel"
)

// Keep is Serve for what comes by a queue and not by HTTP: it proves, cuts and
// enqueues. An error that wraps channel.ErrUnauthentic will not pass by trying again;
// any other may.
func (h *Handler) Keep(ctx context.Context, r channel.Request, ch channel.Channel) error {
	name := string(ch.Name())
	v, err := ch.Verify(ctx, r)
	if err != nil {
		h.count(ctx, "refused", name, "unauthentic")
		return err
	}
	envs, err := ch.Envelopes(v)
	if err == nil {
		err = h.enqueue(ctx, envs)
	}
	if err != nil {
		h.fault(ctx, name, "enqueue", err)
		return err
	}
	h.count(ctx, "received", name, "")
	return nil
}
