package apifn

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxBody is the largest body taken, in bytes.
const maxBody = 1 << 20

// body reads a JSON object into v. A field that v doesn't have is refused by name.
func (c *call) body(v any) error {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" && kind != "application/merge-patch+json" {
		return problem{Status: http.StatusUnsupportedMediaType, Detail: "Send application/json."}
	}
	d := json.NewDecoder(http.MaxBytesReader(c.w, c.r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return decodeProblem(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return decodeProblem(err)
	}
	return nil
}

func decodeProblem(err error) problem {
	var tooLarge *http.MaxBytesError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &tooLarge):
		return problem{Status: http.StatusRequestEntityTooLarge, Detail: "The body is larger than 1 MB."}
	case errors.As(err, &wrong) && wrong.Field != "":
		return badField(wrong.Field, "is a "+wrong.Value+"; it must be a "+wrong.Type.String())
	case errors.As(err, &wrong):
		return problem{Status: http.StatusUnprocessableEntity, Detail: "The body must be a JSON object."}
	}
	// The standard library has no type for this error.
	if err != nil {
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return badField(strings.Trim(name, `"`), "is not known here")
		}
	}
	return problem{Status: http.StatusBadRequest, Detail: "The body is not one well-formed JSON object."}
}
