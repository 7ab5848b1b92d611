package webformfn

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/channel/webform"
	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/links"
	"github.com/deskhook/deskhook/shared/receive"
	"github.com/deskhook/deskhook/shared/sign"
)

// How long an upload may begin, and how long the form may then be sent with it.
const (
	putLife = 15 * time.Minute
	refLife = 2 * time.Hour
)

// maxWish is the largest question for an upload, in bytes.
const maxWish = 4096

// uploads is the form of /forms/{form}/uploads.
func uploads(path string) (form string, ok bool) {
	rest, ok := strings.CutPrefix(path, "/forms/")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, "/uploads")
}

// ticket answers a script that asks where to put a file: one key nobody can guess, one
// size, one type, for a while. Nothing is written; what is never sent with a form
// expires in the bucket.
func (h *Handler) ticket(ctx context.Context, r channel.Request, form string) channel.Response {
	switch {
	case r.Method == http.MethodOptions:
		return h.preflight(ctx, r, form)
	case r.Method != http.MethodPost:
		resp := receive.Problem(http.StatusMethodNotAllowed)
		resp.Header["allow"] = "POST"
		return resp
	case len(r.Body) > maxWish:
		return receive.Problem(http.StatusRequestEntityTooLarge)
	}
	c, err := h.form(ctx, form)
	if desk.KindOf(err) == desk.NotFound {
		return receive.Problem(http.StatusNotFound)
	}
	key, keyErr := links.Key(h.Secrets)
	if err != nil || keyErr != nil {
		return h.noTicket(ctx, "settings")
	}
	u, err := c.Want(r)
	if err != nil {
		return c.RefuseUpload(r, err)
	}
	if !h.asked.may(form, r.SourceIP, h.Now()) {
		h.Log.WarnContext(ctx, "webhook", "metric", "refused", "channel", desk.WebForm, "why", "uploads")
		return c.RefuseUpload(r, nil)
	}
	u.Key = channel.UploadPrefix + form + "/" + rand.Text()
	url, err := h.Blob.SignPut(ctx, u.Key, u.Size, putLife, blob.Options{ContentType: u.Type})
	if err != nil {
		return h.noTicket(ctx, "blob")
	}
	ref := key.Token(links.UploadPurpose, h.Now().Add(refLife), form, u.Field, u.Key, u.Name, u.Type, strconv.FormatInt(u.Size, 10))
	return c.GiveUpload(r, u, url, ref)
}

func (h *Handler) noTicket(ctx context.Context, why string) channel.Response {
	h.Log.ErrorContext(ctx, "webhook", "metric", "failed", "channel", desk.WebForm, "why", why)
	return receive.Problem(http.StatusInternalServerError)
}

// openUpload reads references that ticket gave out for the form.
func openUpload(key sign.Key, form string, now func() time.Time) func(string) (webform.Upload, bool) {
	return func(ref string) (webform.Upload, bool) {
		f, err := key.Open(links.UploadPurpose, ref, now())
		if err != nil || len(f) != 6 || f[0] != form {
			return webform.Upload{}, false
		}
		size, err := strconv.ParseInt(f[5], 10, 64)
		return webform.Upload{Field: f[1], Key: f[2], Name: f[3], Type: f[4], Size: size}, err == nil
	}
}

// Uploads that one instance gives out within a while: to one address, and of one form.
const (
	askSpan    = 10 * time.Minute
	askAddress = 30
	askForm    = 600
)

// asked counts uploads given out. It is the instance's own, since a receiver has no
// table: it holds one visitor's loop, and the gateway's throttle on the route holds
// everybody's.
type asked struct {
	mu    sync.Mutex
	began time.Time
	n     map[string]int
}

func (a *asked) may(form, address string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Sub(a.began) >= askSpan || now.Before(a.began) {
		a.began, a.n = now, map[string]int{}
	}
	one := form + " " + address
	if a.n[form] >= askForm || a.n[one] >= askAddress {
		return false
	}
	a.n[form]++
	a.n[one]++
	return true
}
