// Package wechatfn receives what Tencent pushes for an Official Account: it proves the
// call, puts the message on the queue and answers `success` within Tencent's 5 seconds.
// The address is /webhooks/wechat/{account}; a GET there is the console's check.
package wechatfn

import (
	"context"
	"log/slog"
	"path"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/wechat"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
)

// Handler receives for all WeChat accounts of the desk. All fields are needed; it is
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
	r, err := lambdaevent.Request(e, "", h.Now().UTC()) // WeChat signs no address: the public URL isn't needed
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	rc := receive.Handler{Channel: h.channel, Queue: h.Queue, Blob: h.Blob, Now: h.Now, Log: h.Log, MaxBody: wechat.BodyLimit}
	return lambdaevent.Response(rc.Account(ctx, r, accountName(e, r))), nil
}

func accountName(e events.APIGatewayV2HTTPRequest, r channel.Request) string {
	if name := e.PathParameters["account"]; name != "" {
		return name
	}
	return path.Base(r.Path)
}

// channel makes an account's channel anew for each call: a rotated secret and changed
// settings then hold at once, and it costs a few microseconds.
func (h *Handler) channel(ctx context.Context, name string) (channel.Channel, error) {
	set, err := h.Settings(ctx)
	if err != nil {
		return nil, err
	}
	a, ok := set.Account(desk.WeChat, name)
	if !ok {
		return nil, desk.Errorf(desk.NotFound, "no WeChat account of this name")
	}
	return wechat.New(channel.Account{
		Name:      a.Name,
		Settings:  a.Settings,
		Secret:    h.Secrets.Account(desk.WeChat, a.Name),
		PublicURL: set.Desk.PublicURL,
		Now:       h.Now,
	})
}
