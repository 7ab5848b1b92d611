// Package webformfn receives what customers send by web form: a POST to /forms/{form},
// from the desk's own page or another site's, a POST to /t/{token}/messages when they
// write on in the conversation, and the OPTIONS that a browser asks first. The fields are
// checked at once, since the customer is still there to mend them; all else is done behind
// the queue.
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
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/queue"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/sign"
)

// Handler receives for all forms of the desk. All fields are needed; it
// is safe for concurrent use.
type Handler struct {
	Settings func(context.Context) (*config.Settings, error) // such as config.Snapshot's Current
	Secrets  config.Lookup                                   // of config.LinkKey, which signs links to status pages, and of captchas
	HTTP     channel.Doer                                    // asks captchas' providers, such as captcha.Client
	Queue    queue.Queue
	Blob     blob.Store
	Now      func() time.Time
	Log      *slog.Logger

	asked asked // for uploads
}

// Handle answers one call. The error is always one of a malformed event.
func (h *Handler) Handle(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	r, err := lambdaevent.Request(e, "", h.Now().UTC()) // nothing is signed: the public URL isn't needed
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	if token, ok := conversation(r.Path); ok {
		return lambdaevent.Response(h.answer(ctx, r, token, h.followUp, h.followedForm)), nil
	}
	if form, ok := uploads(r.Path); ok {
		return lambdaevent.Response(h.ticket(ctx, r, form)), nil
	}
	return lambdaevent.Response(h.answer(ctx, r, path.Base(r.Path), h.channel, asIs)), nil
}

// answer serves a call about a form, or a conversation, of a name; formOf tells the form
// that the name leads to.
func (h *Handler) answer(ctx context.Context, r channel.Request, name string,
	open func(context.Context, string) (channel.Channel, error), formOf func(string) string,
) channel.Response {
	if r.Method == http.MethodOptions {
		return h.preflight(ctx, r, formOf(name))
	}
	rc := receive.Handler{Channel: open, Queue: h.Queue, Blob: h.Blob, Now: h.Now, Log: h.Log}
	return rc.Account(ctx, r, name)
}

func asIs(form string) string { return form }

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
	return h.form(ctx, form)
}

func (h *Handler) form(ctx context.Context, form string) (*webform.Channel, error) {
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
	if key, ok := h.key(ctx); ok {
		c.StatusURL = h.statusURL(set, key)
		c.OpenUpload = openUpload(key, f.ID, h.Now)
	}
	c.Captcha = h.captcha(set, f)
	return c, nil
}

// key signs links to status pages and references to files. Without it there are none,
// but the customer's message is taken all the same.
func (h *Handler) key(ctx context.Context) (sign.Key, bool) {
	key, err := links.Key(h.Secrets)
	if err != nil {
		h.Log.ErrorContext(ctx, "no links to status pages: the key can't be read or is too short", "secret", config.LinkKey)
	}
	return key, err == nil
}

func (h *Handler) statusURL(set *config.Settings, key sign.Key) func(desk.Address, string) string {
	return func(from desk.Address, id string) string { return links.Status(set.Desk.PublicURL, key, from, id) }
}
