package webform

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/channel"
	"github.com/deskhook/deskhook/shared/config"
)

// Preflight answers a browser's question before a script may post (Fetch standard,
// "CORS-preflight request"). Only an origin that the form lists is echoed, and "null",
// which sandboxed pages of anybody have, never. CORS protects browsers' users; it is
// no access control.
func Preflight(form config.Form, origin string) channel.Response {
	h := cors(form, origin)
	if h["access-control-allow-origin"] != "" {
		h["access-control-allow-methods"] = "POST"
		h["access-control-allow-headers"] = "content-type, accept"
		h["access-control-max-age"] = "600"
	}
	return channel.Response{Status: http.StatusNoContent, Header: h}
}

// MayRead says whether scripts of an origin may read what the desk says about a form's
// submissions: those that the form lists, and never "null".
func MayRead(form config.Form, origin string) bool {
	return origin != "" && origin != "null" && slices.Contains(form.Origins, origin)
}

func cors(form config.Form, origin string) map[string]string {
	h := map[string]string{"vary": "Origin, Accept, Accept-Language"}
	if MayRead(form, origin) {
		h["access-control-allow-origin"] = origin
	}
	return h
}

// wantsPage tells a browser that goes to the answer from a script that reads it.
func wantsPage(r channel.Request) bool {
	return strings.Contains(r.Get("accept"), "text/html") &&
		!strings.HasPrefix(strings.ToLower(r.Get("content-type")), "application/json")
}

// Ack sends a browser on to _next, where the form allows it, else to the status page;
// a script gets JSON: ok, id and, where there is a status page, status_url.
func (c *Channel) Ack(v channel.Verified) channel.Response {
	s := c.accepted(v).submission
	id, status := c.id(s, v.Request.At), ""
	if c.StatusURL != nil {
		status = c.StatusURL(c.from(s, id), id)
	}
	h := cors(c.form, v.Request.Get("origin"))
	h["cache-control"] = "no-store"
	if !wantsPage(v.Request) {
		return jsonAnswer(http.StatusOK, "application/json", h, map[string]any{"ok": true, "id": id, "status_url": status})
	}
	if next := s.first("_next"); c.allowed(next) {
		status = next
	}
	if status == "" {
		return c.thanks(c.submissionLang(s, c.requestLang(v.Request)), h)
	}
	h["location"] = status
	return channel.Response{Status: http.StatusSeeOther, Header: h}
}

// allowed: only what begins as the form's settings say, or a stranger's link through
// the desk could lead anywhere.
func (c *Channel) allowed(next string) bool {
	u, err := url.Parse(next)
	if err != nil || u.Host == "" || u.User != nil || strings.ContainsAny(next, "\\ ") {
		return false
	}
	for _, p := range c.form.Redirects {
		if strings.HasPrefix(next, p) {
			return true
		}
	}
	return false
}

// Refuse answers a submission that Verify refused: names every field at fault, as
// problem+json (RFC 9457) or as a page that shows the form again with what was typed.
func (c *Channel) Refuse(r channel.Request, err error) channel.Response {
	ref := refusal{status: http.StatusUnprocessableEntity}
	_ = errors.As(err, &ref)
	h := cors(c.form, r.Get("origin"))
	h["cache-control"] = "no-store"
	if wantsPage(r) {
		return c.again(r, ref, h)
	}
	return problem(ref, h)
}

// problem names the faults for a script (RFC 9457).
func problem(ref refusal, h map[string]string) channel.Response {
	type fault struct {
		Field   string `json:"field,omitempty"`
		Message string `json:"message"`
	}
	faults := []fault{}
	for _, f := range ref.faults {
		faults = append(faults, fault{f.Field, f.Text})
	}
	return jsonAnswer(ref.status, "application/problem+json", h, map[string]any{
		"type": "about:blank", "title": http.StatusText(ref.status), "status": ref.status, "errors": faults,
	})
}

func jsonAnswer(status int, contentType string, h map[string]string, body map[string]any) channel.Response {
	if body["status_url"] == "" {
		delete(body, "status_url")
	}
	b, _ := json.Marshal(body) // texts and numbers only
	h["content-type"] = contentType
	return channel.Response{Status: status, Header: h, Body: b}
}
