package apifn

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/deskhook/deskhook/shared/desk"
	"github.com/deskhook/deskhook/shared/policy/allow"
	"github.com/deskhook/deskhook/shared/table"
)

// problem is an answer in RFC 9457's form, and an error until it is given.
type problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail,omitempty"`
	Errors []fault `json:"errors,omitempty"`
	// CustomerIDs are who has the address already that a customer was to be made by.
	CustomerIDs []string `json:"customer_ids,omitempty"`
}

// fault is one field that is wrong, and how to mend it.
type fault struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Line    int    `json:"line,omitempty"` // of a file
}

// Error gives the detail.
func (p problem) Error() string { return http.StatusText(p.Status) + ": " + p.Detail }

// named is the problem with what only its status says.
func (p problem) named() problem {
	p.Type, p.Title = "about:blank", http.StatusText(p.Status)
	return p
}

// fault is what is wrong, in few words.
func (p problem) fault() string {
	if len(p.Errors) > 0 {
		return p.Errors[0].Message
	}
	return p.Detail
}

// inField is an error about a field of a part of the body; what is nobody's fault stays
// what it is.
func inField(part string, err error) error {
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError {
		return err
	}
	p.Errors = slices.Clone(p.Errors)
	for i := range p.Errors {
		p.Errors[i].Field = part + "." + p.Errors[i].Field
	}
	return p
}

func (p problem) write(w http.ResponseWriter) {
	p = p.named()
	// A problem always marshals.
	body, _ := json.Marshal(p)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // a client that is gone needs no answer
}

// badParameter is about the address, badField about the body.
func badParameter(name, message string) problem {
	return problem{Status: http.StatusBadRequest, Detail: "A parameter is wrong.", Errors: []fault{{Field: name, Message: message}}}
}

func badField(name, message string) problem {
	return problem{Status: http.StatusUnprocessableEntity, Detail: "A field is wrong.", Errors: []fault{{Field: name, Message: message}}}
}

var statusOf = map[desk.Kind]int{
	desk.Invalid: http.StatusUnprocessableEntity, desk.Forbidden: http.StatusForbidden,
	desk.NotFound: http.StatusNotFound, desk.Conflict: http.StatusConflict,
	desk.TooLarge: http.StatusRequestEntityTooLarge, desk.Throttled: http.StatusServiceUnavailable,
}

// problemOf says what an error is to the client. Texts of a desk.Error may be shown;
// of any other error nothing is told.
func problemOf(err error) problem {
	var p problem
	var e *desk.Error
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &e) && statusOf[e.Kind] != 0:
		p = problem{Status: statusOf[e.Kind], Detail: sentence(e.Text)}
		if e.Field != "" {
			p = problem{Status: p.Status, Detail: "A field is wrong.", Errors: []fault{{Field: e.Field, Message: e.Text}}}
		}
		return p
	case errors.Is(err, table.ErrThrottled), errors.Is(err, table.ErrConflict):
		return problem{Status: http.StatusServiceUnavailable, Detail: "Too much at once. Nothing was changed by the last step; try again."}
	case errors.Is(err, table.ErrTooLarge):
		return problem{Status: http.StatusRequestEntityTooLarge}
	}
	return problem{Status: http.StatusInternalServerError, Detail: "Something failed here. Trying again may help."}
}

// apiNames are fields that the API calls otherwise than the desk.
var apiNames = map[string]string{"assignee": "assignee_id", "until": "snoozed_until", "key": "Idempotency-Key", "files": "uploads", "owner": "owner_id", "follower": "agent"}

func fieldNames(err error) error {
	var e *desk.Error
	if !errors.As(err, &e) || apiNames[e.Field] == "" {
		return err
	}
	named := *e
	named.Field = apiNames[e.Field]
	return &named
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

func (a *api) fail(c *call, err error) {
	p := problemOf(fieldNames(err))
	if p.Status == http.StatusServiceUnavailable {
		c.w.Header().Set("Retry-After", "1")
	}
	if p.Status == http.StatusPreconditionFailed && c.tagNow != nil {
		c.w.Header().Set("ETag", c.tagNow())
	}
	a.logFault(c, p, err)
	p.write(c.w)
}

func (a *api) logFault(c *call, p problem, err error) {
	if p.Status == http.StatusInternalServerError && a.Log != nil {
		a.Log.ErrorContext(c.ctx, "api: fault", "method", c.r.Method, "route", c.r.Pattern, "err", err)
	}
}

// signed answers with an address that is signed to its last byte, which masking would
// break. What else is in it the caller has masked.
func (c *call) signed(status int, v any) error {
	c.masked = false
	return c.json(status, v)
}

func (c *call) json(status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if c.masked {
		body = []byte(allow.Mask(string(body)))
	}
	if c.unchanged(status, body) {
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(append(body, '\n')) // a client that is gone needs no answer
	return nil
}
