// Package webformfn receives what customers send by web form: a POST to /forms/{form},
// from the desk's own page or another site's, and the OPTIONS that a browser asks
// first. The fields are checked at once, since the customer is still there to mend
// them; all else is done behind the queue.
package webformfn

import (
	"context"
	"log/slog"
	"net/http"
	"path"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/webform"
	"github.com/deskhook/deskhook/shared/config"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/lambdaevent"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
)

// Handler receives for all forms of the desk. All fields but StatusURL are needed; it
// is safe for concurrent use.
type Handler struct {
	Settings func(context.Context) (*config.Settings, error) // such as config.Snapshot's Current
	Queue    queue.Queue
	Blob     blob.Store
	Now      func() time.Time
	Log      *slog.Logger
	// StatusURL makes the address of the page that tells how a submission stands. Nil:
	// there is none, and a browser is thanked on the spot.
	StatusURL func(s *config.Settings, form, submissionID string) string
}

// Handle answers one call. The error is always one of a malformed event.
func (h *Handler) Handle(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	r, err := lambdaevent.Request(e, "", h.Now().UTC()) // nothing is signed: the public URL isn't needed
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	return lambdaevent.Response(h.answer(ctx, r, path.Base(r.Path))), nil
}

func (h *Handler) answer(ctx context.Context, r channel.Request, form string) channel.Response {
	if r.Method == http.MethodOptions {
		return h.preflight(ctx, r, form)
	}
	rc := receive.Handler{Channel: h.channel, Queue: h.Queue, Blob: h.Blob, Now: h.Now, Log: h.Log}
	return rc.Account(ctx, r, form)
}

func (h *Handler) preflight(ctx context.Context, r channel.Request, form string) channel.Response {
	set, err := h.Settings(ctx)
	if err != nil {
		h.Log.ErrorContext(ctx, "webhook", "metric", "failed", "channel", desk.WebForm, "why", "settings", "error", err.Error())
		return receive.Problem(http.StatusInternalServerError)
	}
	f, ok := set.Form(form)
	if !ok {
		return receive.Problem(http.StatusNotFound)
	}
	return webform.Preflight(f, r.Get("origin"))
}

func (h *Handler) channel(ctx context.Context, form string) (channel.Channel, error) {
	set, err := h.Settings(ctx)
	if err != nil {
		return nil, err
	}
	f, ok := set.Form(form)
	if !ok {
		return nil, desk.Errorf(desk.NotFound, "no form of this name")
	}
	c, err := webform.New(f, channel.Account{Name: f.ID, PublicURL: set.Desk.PublicURL, Now: h.Now})
	if err != nil {
		return nil, err
	}
	c.Lang = set.Desk.Language
	if h.StatusURL != nil {
		c.StatusURL = func(id string) string { return h.StatusURL(set, f.ID, id) }
	}
	return c, nil
}
