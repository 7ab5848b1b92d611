package jobsfn

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/policy/hook"
)

// call makes one attempt. Its errors may hold the address, so none is kept or logged:
// a code says what happened.
func (o *hooking) call(ctx context.Context) hook.Answer {
	if o.bot != nil {
		return o.callRobot(ctx, *o.bot)
	}
	secrets, err := o.h.Secrets.Values(config.WebhookSecret(o.to.Name))
	switch {
	case errors.Is(err, config.ErrNoSecret):
		return hook.Answer{Why: "hook.no_secret"}
	case err != nil:
		return hook.Answer{Why: "hook.secret_unread"}
	}
	e, start := o.row.Delivery.Value.Event, o.h.Now()
	header, err := generic.Headers(secrets, e.ID, start, []byte(e.Body))
	if err != nil {
		return hook.Answer{Why: "hook.bad_secret"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.to.URL, strings.NewReader(e.Body))
	if err != nil {
		return hook.Answer{Why: "hook.bad_url"}
	}
	req.GetBody, req.Header = nil, header // one attempt is one request
	resp, err := o.h.Callbacks(o.to.AllowLoopback).Do(req)
	took := o.h.Now().Sub(start)
	switch {
	case errors.Is(err, generic.ErrNotPublic):
		return hook.Answer{Why: "hook.not_public", Took: took}
	case err != nil:
		return hook.Answer{Why: "hook.no_answer", Took: took}
	}
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // what it says beside the status doesn't count
	_ = resp.Body.Close()
	a := hook.Answer{Status: resp.StatusCode, Took: took}
	if v := resp.Header.Get("Retry-After"); v != "" {
		a.RetryAfter = generic.RetryAfter(v, o.h.Now())
	}
	return a
}
