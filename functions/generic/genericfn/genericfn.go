// Package genericfn receives what programs hand to the desk, signed as Standard Webhooks
// tells, at /webhooks/generic/{account}. It proves the call, puts it on the queue and
// answers 200 with nothing in it.
package genericfn

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/generic"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
)

// Handler receives for all generic accounts of the desk. All fields are needed; it is
// safe for concurrent use.
type Handler struct {
	Settings func(context.Context) (*config.Settings, error) // such as config.Snapshot's Current
	Secrets  config.Lookup
	Queue    queue.Queue
	Blob     blob.Store
	Now      func() time.Time
	Log      *slog.Logger
}

// Handle answers one call. The error is always one of a malformed event.
func (h *Handler) Handle(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	r, err := lambdaevent.Request(e, "", h.Now().UTC()) // the address isn't signed: the public URL isn't needed
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	rc := receive.Handler{Channel: h.channel, Queue: h.Queue, Blob: h.Blob, Now: h.Now, Log: h.Log, MaxBody: generic.BodyLimit}
	return lambdaevent.Response(rc.Account(ctx, r, accountName(r.Path))), nil
}

// accountName is the segment behind /webhooks/generic/; "" for any other address.
func accountName(path string) string {
	name, ok := strings.CutPrefix(path, "/webhooks/generic/")
	if !ok || strings.Contains(name, "/") {
		return ""
	}
	return name
}

// channel makes an account's channel anew for each call: a rotated secret and changed
// settings then hold at once.
func (h *Handler) channel(ctx context.Context, name string) (channel.Channel, error) {
	set, err := h.Settings(ctx)
	if err != nil {
		return nil, err
	}
	a, ok := set.Account(desk.Generic, name)
	if !ok {
		return nil, desk.Errorf(desk.NotFound, "no account of this name")
	}
	return generic.New(channel.Account{Name: a.Name, Settings: a.Settings, Secret: h.Secrets.Account(desk.Generic, a.Name), Now: h.Now})
}
