// Package smsfn receives what Twilio calls the desk with: messages at
// /webhooks/sms/{account}, and what became of the desk's own at
// /webhooks/sms/{account}/status. It proves the call, puts it on the queue and answers
// with empty TwiML.
package smsfn

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/sms"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
)

// maxBody is far over what Twilio sends: 1600 characters and a few dozen fields.
const maxBody = 128 * 1024

// Handler receives for all SMS accounts of the desk. All fields are needed; it
// is safe for concurrent use.
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
	r, err := lambdaevent.Request(e, "", h.Now().UTC()) // the settings name the address that Twilio signs
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	rc := receive.Handler{Channel: h.channel, Queue: h.Queue, Blob: h.Blob, Now: h.Now, Log: h.Log, MaxBody: maxBody}
	return lambdaevent.Response(rc.Account(ctx, r, accountName(r.Path))), nil
}

// accountName is the segment behind /webhooks/sms/; "" for any other address.
func accountName(path string) string {
	rest, _ := strings.CutPrefix(path, "/webhooks/sms/")
	name, tail, _ := strings.Cut(rest, "/")
	if rest == path || (tail != "" && tail != "status") {
		return ""
	}
	return name
}

func (h *Handler) channel(ctx context.Context, name string) (channel.Channel, error) {
	set, err := h.Settings(ctx)
	if err != nil {
		return nil, err
	}
	a, ok := set.Account(desk.SMS, name)
	if !ok {
		return nil, desk.Errorf(desk.NotFound, "no SMS account of this name")
	}
	return sms.New(channel.Account{
		Name: a.Name, Settings: a.Settings, Secret: h.Secrets.Account(desk.SMS, a.Name), PublicURL: set.Desk.PublicURL, Now: h.Now,
	})
}
